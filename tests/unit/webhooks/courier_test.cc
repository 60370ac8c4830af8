#include "webhooks/courier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "absl/time/clock.h"
#include "refusing_store.h"
#include "store/memory/memory_store.h"
#include "store/store_errors.h"
#include "support/local_receiver.h"
#include "webhooks/signature.h"

namespace baton::webhooks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CourierTest : public ::testing::Test {
 protected:
  CourierTest() {
    EXPECT_TRUE(store_.CreateWorkspace(acme_, "").ok());
    store::Webhook webhook;
    webhook.id = "crm";
    webhook.url = receiver_.url();
    webhook.salt = "salt";
    EXPECT_TRUE(store_.PutWebhook(acme_, webhook).ok());
    Refresh();
  }

  static EgressRules Rules(const std::string& hosts) {
    return *EgressRules::Parse(hosts, "127.0.0.0/8");
  }
  void Refresh() {
    ASSERT_TRUE(directory_.Refresh().ok());
    endpoint_ = directory_.Find(key_);
  }
  void Add(int64_t offset, const std::string& lead) {
    endpoint_->lanes.try_emplace(0, Lane{offset, true, false});
    endpoint_->Offer(endpoint_->lanes[0], 0, offset, {absl::StrCat("e", offset), lead, "{}"});
  }
  void Wait(absl::Duration duration) {
    now_ += duration;
    now_ms_ += absl::ToInt64Milliseconds(duration);
  }
  // Sends what is due, until all of it has come to an end.
  void Deliver(Courier& courier) {
    courier.SendDue(now_, true);
    const absl::Time give_up_at = absl::Now() + absl::Seconds(10);
    while (courier.in_flight() > 0 && absl::Now() < give_up_at) {
      absl::SleepFor(absl::Milliseconds(1));
      courier.Collect(now_);
    }
  }
  // And notes what came of it.
  void Carry(absl::Duration after = absl::ZeroDuration()) {
    Wait(after);
    Deliver(courier_);
    ASSERT_TRUE(courier_.Report(now_, false).ok());
  }
  store::WebhookState Stored() { return *store_.GetWebhook(key_); }

  const core::WorkspaceId acme_ = core::WorkspaceId::Trusted("acme");
  const store::WebhookKey key_ = {acme_, "crm"};
  std::atomic<int> status_ = 200;
  support::LocalReceiver receiver_{
      [this](const auto&, httplib::Response& response) { response.status = status_; }};
  core::TimeMs now_ms_ = 1'700'000'000'000;
  absl::Time now_ = absl::FromUnixMillis(now_ms_);
  store::MemoryStore store_{4, store::StoreLimits(), [this] { return now_ms_; }};
  RefusingStore told_{store_};
  Directory directory_{store_, QueueLimits()};
  platform::HttpClient sender_{{}};
  std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  Courier courier_{{"installation", Rules("127.0.0.1"), absl::Hours(24)},
                   directory_,
                   told_,
                   sender_,
                   [](const Endpoint& endpoint) {
                     const auto lane = endpoint.lanes.find(0);
                     if (lane == endpoint.lanes.end()) return std::map<int32_t, int64_t>();
                     return std::map<int32_t, int64_t>{
                         {0, endpoint.queue.FirstPending(0).value_or(lane->second.next)}};
                   },
                   *metrics_};
  Endpoint* endpoint_ = nullptr;
};

TEST_F(CourierTest, DeliveriesAreSignedAndThePlaceIsKept) {
  Add(10, "eve");
  Add(11, "bob");
  Carry();
  ASSERT_EQ(receiver_.requests().size(), 2u);
  for (const httplib::Request& request : receiver_.requests()) {
    const std::string id = request.get_header_value("webhook-id");
    EXPECT_EQ(request.get_header_value("webhook-timestamp"), "1700000000");
    EXPECT_EQ(
        request.get_header_value("webhook-signature"),
        SignatureOf({SecretOf("installation", key_, "salt")}, id, 1'700'000'000, request.body));
  }
  EXPECT_EQ(Stored().progress.delivered, 2);
  EXPECT_EQ(Stored().progress.offsets.at(0), 12);
  EXPECT_THAT(metrics_->Expose(),
              HasSubstr("baton_webhook_deliveries_total{outcome=\"delivered\"} 2"));
}

TEST_F(CourierTest, WhatFailsKeepsThePlaceAndIsTriedAgain) {
  status_ = 500;
  Add(10, "eve");
  Carry();
  EXPECT_EQ(Stored().progress.error, "status 500");
  EXPECT_EQ(Stored().progress.failing_since_ms, now_ms_);
  EXPECT_EQ(Stored().progress.offsets.at(0), 10);
  status_ = 200;
  Carry(absl::Seconds(1));
  EXPECT_EQ(receiver_.requests().size(), 1u) << "not yet";
  Carry(absl::Seconds(5));
  EXPECT_EQ(Stored().progress.offsets.at(0), 11);
  EXPECT_EQ(Stored().progress.failing_since_ms, 0);
}

TEST_F(CourierTest, ADayOfFailureParks) {
  status_ = 503;
  Add(10, "eve");
  Carry();
  Carry(absl::Hours(23));
  EXPECT_TRUE(endpoint_->active());
  Carry(absl::Hours(2));
  EXPECT_FALSE(endpoint_->active());
  EXPECT_TRUE(Stored().parked());
  EXPECT_EQ(Stored().progress.offsets.at(0), 10);
  EXPECT_EQ(endpoint_->queue.pending(), 0u);
}

TEST_F(CourierTest, GoneParksAtOnce) {
  status_ = 410;
  Add(10, "eve");
  Carry();
  EXPECT_TRUE(Stored().parked());
}

TEST_F(CourierTest, WebhooksTakeTurnsWhereFewAttemptsMayBeUnderWay) {
  store::Webhook webhook = Stored().webhook;
  for (const char* id : {"a", "z"}) {
    webhook.id = id;
    webhook.revision = 0;
    ASSERT_TRUE(store_.PutWebhook(acme_, webhook).ok());
  }
  Refresh();
  directory_.ForEach([](Endpoint& endpoint) {
    Lane lane{0, true, false};
    for (int64_t offset = 0; offset < 2; ++offset) {
      endpoint.Offer(lane, 0, offset, {absl::StrCat(endpoint.key.id, offset), "eve", "{}"});
    }
  });
  const auto metrics = platform::NewMetrics();
  Courier narrow(
      {"installation", Rules("127.0.0.1"), absl::Hours(24), 1}, directory_, store_, sender_,
      [](const Endpoint&) { return std::map<int32_t, int64_t>(); }, *metrics);
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) {
    Deliver(narrow);
    ASSERT_EQ(receiver_.requests().size(), i + 1u);
    ids.push_back(receiver_.requests().back().get_header_value("webhook-id"));
  }
  EXPECT_THAT(ids, ElementsAre("a0", "crm0", "z0", "a1", "crm1", "z1"));
}

TEST_F(CourierTest, APingIsSentOnceAndItsOutcomeReported) {
  store::Webhook webhook = Stored().webhook;
  webhook.ping = "p1";
  webhook.disabled = true;
  ASSERT_TRUE(store_.PutWebhook(acme_, webhook).ok());
  Refresh();
  Carry();
  Carry();
  ASSERT_EQ(receiver_.requests().size(), 1u);
  EXPECT_EQ(receiver_.requests()[0].get_header_value("webhook-id"), "ping/p1");
  EXPECT_EQ(Stored().progress.ping, "p1");
  EXPECT_EQ(Stored().progress.ping_outcome, "status 200");
}

TEST_F(CourierTest, APingThatWasCutOffIsSentByTheNextCourier) {
  store::Webhook webhook = Stored().webhook;
  webhook.ping = "p1";
  ASSERT_TRUE(store_.PutWebhook(acme_, webhook).ok());
  Refresh();
  {
    platform::HttpClient sender{{}};
    const auto metrics = platform::NewMetrics();
    Courier cut_off(
        {"installation", Rules("127.0.0.1"), absl::Hours(24)}, directory_, store_, sender,
        [](const Endpoint&) { return std::map<int32_t, int64_t>(); }, *metrics);
    cut_off.SendDue(now_, true);
  }
  Carry();
  EXPECT_EQ(Stored().progress.ping, "p1");
}

// As after a restart with another list of hosts.
TEST_F(CourierTest, AHostThatIsNoLongerListedGetsNothingAndItsWebhookParks) {
  store::Webhook webhook = Stored().webhook;
  webhook.ping = "p1";
  ASSERT_TRUE(store_.PutWebhook(acme_, webhook).ok());
  Refresh();
  Add(10, "eve");
  const auto metrics = platform::NewMetrics();
  Courier stricter(
      {"installation", Rules("hooks.acme.example"), absl::Hours(24)}, directory_, store_, sender_,
      [](const Endpoint&) {
        return std::map<int32_t, int64_t>{{0, 10}};
      },
      *metrics);
  for (int hours = 0; hours < 26; hours += 2) {
    Deliver(stricter);
    ASSERT_TRUE(stricter.Report(now_, false).ok());
    EXPECT_EQ(Stored().parked(), hours >= 24);
    Wait(absl::Hours(2));
  }
  EXPECT_THAT(Stored().progress.error, HasSubstr("webhooks.hosts"));
  EXPECT_EQ(Stored().progress.ping, "p1");
  EXPECT_THAT(Stored().progress.ping_outcome, HasSubstr("webhooks.hosts"));
  EXPECT_TRUE(receiver_.requests().empty());
  EXPECT_THAT(metrics->Expose(), HasSubstr("baton_webhook_seconds_count 0"));
}

TEST_F(CourierTest, AnErrorThatPassesStopsNoWebhook) {
  Add(10, "eve");
  Deliver(courier_);
  for (const auto& passing :
       {absl::PermissionDeniedError("WRONGPASS"), absl::FailedPreconditionError("no password"),
        absl::InternalError("NOPERM"), absl::UnavailableError("away")}) {
    told_.refusal = passing;
    EXPECT_EQ(courier_.Report(now_, false), passing);
    EXPECT_TRUE(endpoint_->active());
  }
  told_.refusal = absl::OkStatus();
  Carry();
  EXPECT_EQ(Stored().progress.delivered, 1);
  EXPECT_EQ(Stored().progress.offsets.at(0), 11);
}

TEST_F(CourierTest, AWebhookOfWhichNothingCanBeToldGetsNothingMore) {
  Add(10, "eve");
  told_.refusal = store::StateUnreadable("webhook crm", "its progress");
  Carry();
  EXPECT_FALSE(endpoint_->active());
}

TEST_F(CourierTest, AWebhookThatWasDeletedGetsNothingMore) {
  Add(10, "eve");
  Add(11, "eve");
  ASSERT_TRUE(store_.DeleteWebhook(key_, -1).ok());
  Carry();
  EXPECT_EQ(endpoint_->queue.pending(), 0u);
  Refresh();
  EXPECT_EQ(endpoint_, nullptr);
}

TEST_F(CourierTest, AReplayElsewhereIsNotDisturbedByWhatWasUnderWay) {
  Add(10, "eve");
  courier_.SendDue(now_, false);
  store::Webhook webhook = Stored().webhook;
  ++webhook.generation;
  ASSERT_TRUE(store_.PutWebhook(acme_, webhook).ok());
  Refresh();
  Add(3, "eve");
  Carry();
  EXPECT_EQ(Stored().progress.generation, webhook.generation);
  EXPECT_EQ(Stored().progress.offsets.at(0), 4);
  EXPECT_EQ(Stored().progress.delivered, 1);
}

}  // namespace
}  // namespace baton::webhooks
