// A store of webhooks that refuses to list them and to take reports when a test says so.
#ifndef BATON_TESTS_UNIT_WEBHOOKS_REFUSING_STORE_H_
#define BATON_TESTS_UNIT_WEBHOOKS_REFUSING_STORE_H_

#include <map>
#include <vector>

#include "store/webhook_store.h"

namespace baton::webhooks {

class RefusingStore : public store::WebhookStore {
 public:
  explicit RefusingStore(store::WebhookStore& inner) : inner_(inner) {}

  absl::StatusOr<store::Webhook> PutWebhook(const core::WorkspaceId& workspace,
                                            const store::Webhook& webhook) override {
    return inner_.PutWebhook(workspace, webhook);
  }
  absl::Status DeleteWebhook(const store::WebhookKey& key, int64_t expected_revision) override {
    return inner_.DeleteWebhook(key, expected_revision);
  }
  absl::StatusOr<store::WebhookState> GetWebhook(const store::WebhookKey& key) override {
    return inner_.GetWebhook(key);
  }
  absl::StatusOr<std::vector<store::WebhookState>> ListWebhooks(
      const core::WorkspaceId& workspace) override {
    if (!refusal.ok()) return refusal;
    return inner_.ListWebhooks(workspace);
  }
  absl::StatusOr<std::map<core::WorkspaceId, int64_t>> WebhookVersions() override {
    return inner_.WebhookVersions();
  }
  absl::StatusOr<bool> ReportWebhook(const store::WebhookKey& key,
                                     const store::WebhookReport& report) override {
    if (!refusal.ok()) return refusal;
    return inner_.ReportWebhook(key, report);
  }

  absl::Status refusal;

 private:
  store::WebhookStore& inner_;
};

}  // namespace baton::webhooks

#endif  // BATON_TESTS_UNIT_WEBHOOKS_REFUSING_STORE_H_
