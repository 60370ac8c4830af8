// WebhookStore: what people say of webhooks, and what deliverers report of them.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::WorkspaceId;
using store::Webhook;
using store::WebhookKey;
using store::WebhookProgress;
using store::WebhookReport;
using store::WebhookState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using Latest = WebhookReport::Latest;

class WebhookStoreTest : public StoreTest {
 protected:
  static Webhook Named(const std::string& id) {
    Webhook webhook;
    webhook.id = id;
    webhook.url = "https://hooks.example/in?a=1|2,3 %";
    webhook.types = {"assigned", "sla_warned"};
    webhook.queues = {"inside"};
    webhook.salt = "c2FsdA==";
    webhook.creator = "ada@acme.example";
    webhook.from_ms = 77;
    webhook.request_id = "r 1|x";
    webhook.fingerprint = 18'000'000'000'000'000'000u;
    return webhook;
  }
  Webhook Put(const Webhook& webhook) {
    const auto stored = store().PutWebhook(acme_, webhook);
    EXPECT_TRUE(stored.ok()) << stored.status();
    return stored.value_or(Webhook());
  }
  WebhookState Get(const std::string& id) {
    const auto state = store().GetWebhook({acme_, id});
    EXPECT_TRUE(state.ok()) << state.status();
    return state.value_or(WebhookState());
  }
  bool Report(const WebhookReport& report) {
    const auto parked = store().ReportWebhook({acme_, "crm"}, report);
    EXPECT_TRUE(parked.ok()) << parked.status();
    return parked.value_or(false);
  }
  // Of a webhook's first generation and round.
  static WebhookReport First(Latest latest = Latest::kNone) {
    WebhookReport report;
    report.generation = 1;
    report.round = 1;
    report.latest = latest;
    report.park_after_ms = 1000;
    if (latest == Latest::kFailed) report.error = "500 | %, who knows";
    return report;
  }
  int64_t Version(const WorkspaceId& workspace) {
    const auto versions = store().WebhookVersions();
    EXPECT_TRUE(versions.ok()) << versions.status();
    const auto found = versions->find(workspace);
    return found == versions->end() ? 0 : found->second;
  }
};

TEST_P(WebhookStoreTest, AWebhookIsKeptAsItWasSaid) {
  clock_.Advance(5);
  Webhook expected = Named("crm");
  const Webhook stored = Put(expected);
  expected.created_at_ms = stored.created_at_ms;
  expected.revision = 1;
  EXPECT_GT(stored.created_at_ms, 0);
  EXPECT_EQ(stored, expected);
  EXPECT_EQ(Get("crm").webhook, expected);
  EXPECT_EQ(Get("crm").progress, WebhookProgress());
  EXPECT_TRUE(Get("crm").active());

  expected.disabled = true;
  expected.old_salt = "b2xk";
  expected.old_salt_until_ms = 99;
  expected.types.clear();
  expected.queues.clear();
  expected.ping = "p1";
  clock_.Advance(1000);
  const Webhook again = Put(expected);
  expected.revision = 2;
  EXPECT_EQ(again, expected);
  EXPECT_FALSE(Get("crm").active());
}

TEST_P(WebhookStoreTest, OnlyTheRevisionThatWasReadIsReplacedOrDeleted) {
  const Webhook first = Put(Named("crm"));
  EXPECT_EQ(ErrorReason(store().PutWebhook(acme_, Named("crm")).status()), "WEBHOOK_EXISTS");
  Put(first);
  EXPECT_EQ(ErrorReason(store().PutWebhook(acme_, first).status()), "ETAG_MISMATCH");
  EXPECT_EQ(ErrorReason(store().DeleteWebhook({acme_, "crm"}, 1)), "ETAG_MISMATCH");
  Webhook gone = Named("gone");
  gone.revision = 3;
  EXPECT_EQ(ErrorReason(store().PutWebhook(acme_, gone).status()), "ETAG_MISMATCH");
  EXPECT_TRUE(store().DeleteWebhook({acme_, "crm"}, 2).ok());
  EXPECT_EQ(ErrorReason(store().DeleteWebhook({acme_, "crm"}, -1)), "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().GetWebhook({acme_, "crm"}).status()), "WEBHOOK_NOT_FOUND");
}

TEST_P(WebhookStoreTest, UnknownWorkspacesHaveNone) {
  const WorkspaceId nobody = WorkspaceId::Trusted("nobody");
  EXPECT_EQ(ErrorReason(store().PutWebhook(nobody, Named("crm")).status()), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().DeleteWebhook({nobody, "crm"}, -1)), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().ListWebhooks(nobody).status()), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().GetWebhook({nobody, "crm"}).status()), "WEBHOOK_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().ReportWebhook({nobody, "crm"}, First()).status()),
            "WEBHOOK_NOT_FOUND");
}

TEST_P(WebhookStoreTest, ListsAreByIdAndBoundedByTheCap) {
  EXPECT_THAT(*store().ListWebhooks(acme_), IsEmpty());
  for (int64_t i = 0; i < store::kWebhooksMax; ++i) Put(Named(absl::StrCat("w", 100 - i)));
  const auto full = store().PutWebhook(acme_, Named("one-more"));
  EXPECT_EQ(QuotaOf(full.status()), "TOO_MANY_WEBHOOKS workspaces/acme 32/32 fixed");
  const auto listed = store().ListWebhooks(acme_);
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(static_cast<int64_t>(listed->size()), store::kWebhooksMax);
  EXPECT_EQ(listed->front().webhook.id, "w100");
  EXPECT_EQ(listed->back().webhook.id, "w99");
}

TEST_P(WebhookStoreTest, EveryChangeOfAWorkspacesWebhooksShowsInItsVersion) {
  EXPECT_EQ(Version(acme_), 0);
  const Webhook stored = Put(Named("crm"));
  EXPECT_EQ(Version(acme_), 1);
  Put(stored);
  EXPECT_EQ(Version(acme_), 2);
  Report(First(Latest::kSucceeded));
  EXPECT_EQ(Version(acme_), 2);
  ASSERT_TRUE(store().DeleteWebhook({acme_, "crm"}, -1).ok());
  EXPECT_EQ(Version(acme_), 3);
}

TEST_P(WebhookStoreTest, OffsetsOnlyGrowAndCountsAdd) {
  Put(Named("crm"));
  WebhookReport report = First(Latest::kSucceeded);
  report.offsets = {{0, 10}, {3, 5}};
  report.delivered = 4;
  EXPECT_FALSE(Report(report));
  report.offsets = {{0, 8}, {3, 6}, {1, 0}};
  report.given_up = 1;
  report.ping = "p1";
  report.ping_outcome = "200, well";
  Report(report);
  const WebhookProgress progress = Get("crm").progress;
  EXPECT_THAT(progress.offsets, ElementsAre(Pair(0, 10), Pair(1, 0), Pair(3, 6)));
  EXPECT_EQ(progress.delivered, 8);
  EXPECT_EQ(progress.given_up, 1);
  EXPECT_GT(progress.delivered_at_ms, 0);
  EXPECT_EQ(progress.failing_since_ms, 0);
  EXPECT_EQ(progress.ping, "p1");
  EXPECT_EQ(progress.ping_outcome, "200, well");
  EXPECT_FALSE(progress.truncated);
}

TEST_P(WebhookStoreTest, AnotherGenerationBeginsWithoutOffsets) {
  Webhook webhook = Put(Named("crm"));
  WebhookReport report = First();
  report.offsets = {{0, 10}, {1, 10}};
  report.truncated = true;
  Report(report);
  EXPECT_TRUE(Get("crm").progress.truncated);
  webhook.generation = 2;
  Put(webhook);
  EXPECT_EQ(Get("crm").progress.generation, 1);
  EXPECT_EQ(ErrorReason(store().ReportWebhook({acme_, "crm"}, report).status()), "ETAG_MISMATCH");
  report.generation = 2;
  report.offsets = {{0, 3}};
  report.truncated = false;
  Report(report);
  EXPECT_THAT(Get("crm").progress.offsets, ElementsAre(Pair(0, 3)));
  EXPECT_FALSE(Get("crm").progress.truncated);
}

TEST_P(WebhookStoreTest, AWebhookIsParkedWhenItFailedLongEnoughWithoutASuccess) {
  Put(Named("crm"));
  EXPECT_FALSE(Report(First(Latest::kFailed)));
  const core::TimeMs since = Get("crm").progress.failing_since_ms;
  EXPECT_EQ(Get("crm").progress.error, "500 | %, who knows");
  clock_.Advance(999);
  EXPECT_FALSE(Report(First(Latest::kFailed)));
  EXPECT_FALSE(Report(First(Latest::kSucceeded)));
  clock_.Advance(999);
  EXPECT_FALSE(Report(First(Latest::kFailed)));
  clock_.Advance(999);
  EXPECT_FALSE(Report(First(Latest::kFailed)));
  clock_.Advance(1);
  EXPECT_TRUE(Report(First(Latest::kFailed)));
  const WebhookProgress progress = Get("crm").progress;
  EXPECT_EQ(progress.failing_since_ms, since + 999 + 999);
  EXPECT_EQ(progress.parked_at_ms, progress.failing_since_ms + 1000);
  EXPECT_FALSE(Get("crm").active());
  EXPECT_TRUE(Report(First())) << "every deliverer hears of it";
}

TEST_P(WebhookStoreTest, AnotherRoundEndsTheParking) {
  Webhook webhook = Put(Named("crm"));
  WebhookReport report = First(Latest::kFailed);
  report.park_after_ms = 0;
  EXPECT_TRUE(Report(report));
  webhook.round = 2;
  Put(webhook);
  EXPECT_TRUE(Get("crm").active());
  report.round = 2;
  report.latest = Latest::kSucceeded;
  EXPECT_FALSE(Report(report));
}

TEST_P(WebhookStoreTest, ADeletedWebhookLeavesNothingToItsSuccessor) {
  Put(Named("crm"));
  WebhookReport report = First(Latest::kFailed);
  report.offsets = {{0, 10}};
  Report(report);
  ASSERT_TRUE(store().DeleteWebhook({acme_, "crm"}, -1).ok());
  Put(Named("crm"));
  EXPECT_EQ(Get("crm").progress, WebhookProgress());
}

INSTANTIATE_CONTRACT(WebhookStoreTest);

}  // namespace
}  // namespace baton::contract
