// Webhooks of workspaces: where changes are sent over HTTPS, and how far that has come. Contract,
// errors and thread-safety as in lead_store.h.
//
// The changes themselves are not kept here: they are in Kafka, and a webhook has for each partition
// of the feedback topic the offset of the next one to deliver (ADR 24). Nor is a webhook's secret:
// it is made from its salt and the installation's secret.
#ifndef BATON_STORE_WEBHOOK_STORE_H_
#define BATON_STORE_WEBHOOK_STORE_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/ids.h"
#include "core/time.h"

namespace baton::store {

inline constexpr int64_t kWebhooksMax = 32;  // of a workspace
inline constexpr size_t kWebhookErrorBytesMax = 500;
inline constexpr int64_t kWebhookReportedMax = 100'000;  // deliveries in one report

struct WebhookKey {
  core::WorkspaceId workspace;
  std::string id;  // an id

  bool operator<(const WebhookKey& other) const {
    return workspace != other.workspace ? workspace < other.workspace : id < other.id;
  }
  bool operator==(const WebhookKey&) const = default;
};

// What people say of a webhook.
struct Webhook {
  std::string id;
  std::string url;
  std::vector<std::string> types;   // names of changes, "assigned"; empty: all
  std::vector<std::string> queues;  // of the changes; empty: any
  bool disabled = false;
  std::string salt;                    // of its secret
  std::string old_salt;                // empty: none
  core::TimeMs old_salt_until_ms = 0;  // until then the old secret signs too
  int64_t generation = 1;              // grows when it is to begin anew at from_ms
  core::TimeMs from_ms = 0;            // where a generation without offsets begins
  int64_t round = 1;                   // grows when a parked webhook is to go on
  std::string ping;                    // the ping asked for last; empty: none
  std::string creator;                 // principal
  std::string request_id;              // of the request that made it; empty: none
  uint64_t fingerprint = 0;            // of that one's body
  core::TimeMs created_at_ms = 0;      // set by the store
  int64_t revision = 0;                // 0: not stored yet
  bool operator==(const Webhook&) const = default;
};

// What became of it. Of a webhook that nothing was reported of: as initialised.
struct WebhookProgress {
  int64_t generation = 0;              // that the offsets belong to
  std::map<int32_t, int64_t> offsets;  // partition -> next change to deliver
  bool truncated = false;              // Kafka no longer had all of this generation's changes
  int64_t delivered = 0;
  int64_t given_up = 0;
  core::TimeMs delivered_at_ms = 0;   // the latest; 0: never
  core::TimeMs failing_since_ms = 0;  // 0: the latest attempt succeeded
  core::TimeMs parked_at_ms = 0;
  int64_t parked_round = 0;  // the round in which it was parked
  std::string error;         // of the latest failure
  core::TimeMs error_at_ms = 0;
  std::string ping;  // the ping answered last
  std::string ping_outcome;
  bool operator==(const WebhookProgress&) const = default;
};

struct WebhookState {
  Webhook webhook;
  WebhookProgress progress;

  bool parked() const { return progress.parked_round == webhook.round; }
  // Whether changes are to be delivered now.
  bool active() const { return !webhook.disabled && !parked(); }
};

// What a deliverer has to say of one generation and round; it adds to what others said.
struct WebhookReport {
  enum class Latest { kNone, kSucceeded, kFailed };

  int64_t generation = 0;
  int64_t round = 0;
  std::map<int32_t, int64_t> offsets;  // where they are ahead of what is stored
  bool truncated = false;
  int64_t delivered = 0;          // at most kWebhookReportedMax
  int64_t given_up = 0;           // likewise
  Latest latest = Latest::kNone;  // attempt
  std::string error;              // kFailed: at most kWebhookErrorBytesMax
  // kFailed: park when attempts have failed for so long without a success between; 0: at once.
  int64_t park_after_ms = 0;
  std::string ping;  // that was answered; empty: none
  std::string ping_outcome;
};

class WebhookStore {
 public:
  virtual ~WebhookStore() = default;

  // Keeps the webhook if its revision is the stored one (0: there is none yet), with the next
  // revision. WORKSPACE_NOT_FOUND; ALREADY_EXISTS WEBHOOK_EXISTS for revision 0; ABORTED
  // ETAG_MISMATCH; RESOURCE_EXHAUSTED TOO_MANY_WEBHOOKS.
  virtual absl::StatusOr<Webhook> PutWebhook(const core::WorkspaceId& workspace,
                                             const Webhook& webhook) = 0;
  // With its progress. WORKSPACE_NOT_FOUND, WEBHOOK_NOT_FOUND; ETAG_MISMATCH unless
  // `expected_revision` is the stored one or -1.
  virtual absl::Status DeleteWebhook(const WebhookKey& key, int64_t expected_revision) = 0;
  // NOT_FOUND WEBHOOK_NOT_FOUND, also without the workspace; INTERNAL STATE_UNREADABLE.
  virtual absl::StatusOr<WebhookState> GetWebhook(const WebhookKey& key) = 0;
  // All of the workspace, by id. WORKSPACE_NOT_FOUND; INTERNAL STATE_UNREADABLE.
  virtual absl::StatusOr<std::vector<WebhookState>> ListWebhooks(
      const core::WorkspaceId& workspace) = 0;
  // Workspaces that have or had webhooks, each with a number that grows with every PutWebhook and
  // DeleteWebhook. One round trip.
  virtual absl::StatusOr<std::map<core::WorkspaceId, int64_t>> WebhookVersions() = 0;
  // Whether the webhook is parked now. An offset behind the stored one of the same generation stays
  // as it is. WEBHOOK_NOT_FOUND; ABORTED ETAG_MISMATCH, and nothing is noted, when the webhook has
  // another generation; INTERNAL STATE_UNREADABLE.
  virtual absl::StatusOr<bool> ReportWebhook(const WebhookKey& key,
                                             const WebhookReport& report) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_WEBHOOK_STORE_H_
