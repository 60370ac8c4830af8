#include "webhooks/directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "refusing_store.h"
#include "store/memory/memory_store.h"
#include "store/store_errors.h"

namespace baton::webhooks {
namespace {

class DirectoryTest : public ::testing::Test {
 protected:
  DirectoryTest() { EXPECT_TRUE(store_.CreateWorkspace(acme_, "").ok()); }

  store::Webhook Put(store::Webhook webhook) {
    ++now_ms_;
    const auto stored = store_.PutWebhook(acme_, webhook);
    EXPECT_TRUE(stored.ok()) << stored.status();
    return stored.value_or(webhook);
  }
  static store::Webhook Crm() {
    store::Webhook webhook;
    webhook.id = "crm";
    webhook.url = "https://a.example/";
    return webhook;
  }
  Endpoint* Refreshed() {
    EXPECT_TRUE(directory_.Refresh().ok());
    return directory_.Find(store::WebhookKey{acme_, "crm"});
  }
  // As if the feed had placed it and something was pending.
  static void Fill(Endpoint& endpoint) {
    endpoint.lanes[0] = {10, true, false};
    endpoint.Offer(endpoint.lanes[0], 0, 10, {"id", "eve", "{}"});
  }

  const core::WorkspaceId acme_ = core::WorkspaceId::Trusted("acme");
  core::TimeMs now_ms_ = 1'000;
  store::MemoryStore store_{4, store::StoreLimits(), [this] { return now_ms_; }};
  RefusingStore asked_{store_};
  Directory directory_{asked_, QueueLimits()};
};

TEST_F(DirectoryTest, FollowsTheStore) {
  EXPECT_EQ(Refreshed(), nullptr);
  EXPECT_TRUE(directory_.idle());
  store::Webhook webhook = Put(Crm());
  ASSERT_NE(Refreshed(), nullptr);
  EXPECT_FALSE(directory_.idle());
  EXPECT_NE(directory_.Find("acme"), nullptr);
  webhook.disabled = true;
  Put(webhook);
  EXPECT_FALSE(Refreshed()->active());
  EXPECT_TRUE(directory_.idle());
  ASSERT_TRUE(store_.DeleteWebhook({acme_, "crm"}, -1).ok());
  EXPECT_EQ(Refreshed(), nullptr);
  EXPECT_EQ(directory_.Find("acme"), nullptr);
}

TEST_F(DirectoryTest, AnUpdateKeepsWhatIsPending) {
  store::Webhook webhook = Put(Crm());
  Fill(*Refreshed());
  webhook.types = {"assigned"};
  webhook = Put(webhook);
  EXPECT_EQ(Refreshed()->queue.pending(), 1u);
  webhook.disabled = true;
  Put(webhook);
  EXPECT_EQ(Refreshed()->queue.pending(), 0u);
  EXPECT_TRUE(Refreshed()->lanes.empty());
}

TEST_F(DirectoryTest, AnotherGenerationBeginsAnew) {
  store::Webhook webhook = Put(Crm());
  Fill(*Refreshed());
  ++webhook.generation;
  Put(webhook);
  Endpoint* endpoint = Refreshed();
  EXPECT_EQ(endpoint->queue.pending(), 0u);
  EXPECT_TRUE(endpoint->lanes.empty());
  EXPECT_EQ(endpoint->report.generation, webhook.generation);
}

TEST_F(DirectoryTest, OneThatWasMadeAgainIsAnother) {
  Put(Crm());
  Fill(*Refreshed());
  ASSERT_TRUE(store_.DeleteWebhook({acme_, "crm"}, -1).ok());
  Put(Crm());
  EXPECT_EQ(Refreshed()->queue.pending(), 0u);
}

TEST_F(DirectoryTest, AParkedWebhookIsIdleButAnswersPings) {
  store::Webhook webhook = Put(Crm());
  store::WebhookReport report;
  report.generation = report.round = 1;
  report.latest = store::WebhookReport::Latest::kFailed;
  ASSERT_TRUE(*store_.ReportWebhook({acme_, "crm"}, report));
  EXPECT_FALSE(Refreshed()->active());
  EXPECT_TRUE(directory_.idle());
  webhook.ping = "p1";
  webhook = Put(webhook);
  EXPECT_TRUE(Refreshed()->ping_asked());
  EXPECT_FALSE(directory_.idle());
  ++webhook.round;
  Put(webhook);
  EXPECT_TRUE(Refreshed()->active());
}

TEST_F(DirectoryTest, WhatCouldNotBeAskedIsAskedAgain) {
  Put(Crm());
  asked_.refusal = absl::PermissionDeniedError("WRONGPASS");
  EXPECT_EQ(directory_.Refresh(), asked_.refusal);
  asked_.refusal = absl::OkStatus();
  EXPECT_NE(Refreshed(), nullptr);
}

TEST_F(DirectoryTest, WhatCannotBeReadIsNotReadAgainUntilItChanges) {
  store::Webhook webhook = Put(Crm());
  asked_.refusal = store::StateUnreadable("webhook crm", "its url");
  EXPECT_EQ(Refreshed(), nullptr);
  asked_.refusal = absl::OkStatus();
  EXPECT_EQ(Refreshed(), nullptr);
  Put(webhook);
  EXPECT_NE(Refreshed(), nullptr);
}

TEST_F(DirectoryTest, WithoutRoomALaneStopsBeforeTheChange) {
  QueueLimits limits;
  limits.pending_max = 1;
  ByteBudget budget(kDeliveryBytesMax);
  Endpoint endpoint({acme_, "crm"}, {Crm(), {}}, limits, budget);
  Lane lane{10, true, false};
  endpoint.Offer(lane, 0, 9, {"before", "eve", "{}"});
  EXPECT_EQ(endpoint.queue.pending(), 0u) << "it had that";
  endpoint.Offer(lane, 0, 12, {"first", "eve", "{}"});
  EXPECT_EQ(lane.next, 13);
  EXPECT_TRUE(lane.live);
  endpoint.Offer(lane, 0, 20, {"second", "bob", "{}"});
  EXPECT_EQ(lane.next, 20);
  EXPECT_FALSE(lane.live);
  EXPECT_EQ(endpoint.queue.pending(), 1u);
}

TEST_F(DirectoryTest, WhatAllWebhooksHoldTogetherIsBounded) {
  constexpr size_t kBodyBytes = 10'000;
  constexpr int kWebhooks = 10;
  for (int i = 0; i < kWebhooks; ++i) {
    store::Webhook webhook = Crm();
    webhook.id = absl::StrCat("w", i);
    Put(webhook);
  }
  Directory directory(store_, QueueLimits(), 1'000'000);
  ASSERT_TRUE(directory.Refresh().ok());
  size_t held = 0;
  directory.ForEach([&](Endpoint& endpoint) {
    Lane lane{0, true, false};
    for (int offset = 0; offset < 200; ++offset) {
      endpoint.Offer(lane, 0, offset, {"id", "eve", std::string(kBodyBytes, 'x')});
      if (!lane.live) break;
    }
    EXPECT_EQ(endpoint.queue.pending(), static_cast<size_t>(lane.next))
        << "the rest waits in Kafka";
    EXPECT_GT(lane.next, 0) << endpoint.key.id;
    held += endpoint.queue.pending() * kBodyBytes;
  });
  EXPECT_GT(held, 900'000u);
  EXPECT_LT(held, 1'000'000 + kWebhooks * kQueueBytesOwn);
}

}  // namespace
}  // namespace baton::webhooks
