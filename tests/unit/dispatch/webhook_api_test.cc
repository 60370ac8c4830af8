// WebhookService over the wire.
#include <gmock/gmock.h>

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using WebhookStub = v1::WebhookService::Stub;
using ::grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const Identity kHookAdmin = {"root@acme.example", "admin"};
constexpr char kHookUrl[] = "https://hooks.acme.example/baton";
constexpr char kHookName[] = "workspaces/acme/webhooks/crm";

DispatchOptions WithHosts() {
  DispatchOptions options = RunningApi::DefaultOptions();
  options.egress = *webhooks::EgressRules::Parse("*.acme.example", "");
  return options;
}

class WebhookApiTest : public ApiTest {
 protected:
  WebhookApiTest() : ApiTest(WithHosts()) {}

  Outcome<v1::CreateWebhookResponse> Create(const v1::Webhook& webhook,
                                            const std::string& id = "crm",
                                            const Identity& as = kHookAdmin,
                                            bool validate_only = false) {
    v1::CreateWebhookRequest request;
    request.set_parent("workspaces/acme");
    request.set_webhook_id(id);
    *request.mutable_webhook() = webhook;
    request.set_validate_only(validate_only);
    return CallAs(as, *api_.webhooks, &WebhookStub::CreateWebhook, request);
  }
  static v1::Webhook To(const std::string& url) {
    v1::Webhook webhook;
    webhook.set_url(url);
    return webhook;
  }
  v1::Webhook Get() {
    v1::GetWebhookRequest request;
    request.set_name(kHookName);
    return CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::GetWebhook, request).response.webhook();
  }
  Outcome<v1::UpdateWebhookResponse> Update(v1::Webhook webhook,
                                            const std::vector<std::string>& paths) {
    v1::UpdateWebhookRequest request;
    webhook.set_name(kHookName);
    *request.mutable_webhook() = webhook;
    for (const std::string& path : paths) request.mutable_update_mask()->add_paths(path);
    return CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::UpdateWebhook, request);
  }
  Outcome<v1::ReplayWebhookResponse> Replay(int64_t from_seconds = 0,
                                            const std::string& etag = "") {
    v1::ReplayWebhookRequest request;
    request.set_name(kHookName);
    request.set_etag(etag);
    if (from_seconds != 0) request.mutable_from_time()->set_seconds(from_seconds);
    return CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::ReplayWebhook, request);
  }
  store::Webhook Stored() {
    return store_.GetWebhook({core::WorkspaceId::Trusted("acme"), "crm"})->webhook;
  }
  // As a relay would.
  void Report(store::WebhookReport report) {
    report.generation = Stored().generation;
    report.round = Stored().round;
    ASSERT_TRUE(store_.ReportWebhook({core::WorkspaceId::Trusted("acme"), "crm"}, report).ok());
  }
};

TEST_F(WebhookApiTest, AWebhookIsMadeWithASecretThatIsShownOnce) {
  v1::Webhook wanted = To(kHookUrl);
  wanted.add_types("sla_warned");
  wanted.add_types("assigned");
  wanted.add_types("assigned");
  wanted.add_queues("dach");
  const auto made = Create(wanted);
  ASSERT_TRUE(made.ok()) << made.status.error_message();
  EXPECT_THAT(made.response.secret(), StartsWith("whsec_"));
  const v1::Webhook webhook = Get();
  EXPECT_EQ(webhook.name(), kHookName);
  EXPECT_EQ(webhook.url(), kHookUrl);
  EXPECT_THAT(webhook.types(), ElementsAre("assigned", "sla_warned"));
  EXPECT_THAT(webhook.queues(), ElementsAre("dach"));
  EXPECT_EQ(webhook.state(), v1::Webhook::STATE_ENABLED);
  EXPECT_EQ(webhook.creator(), kHookAdmin.principal);
  EXPECT_EQ(webhook.etag(), "1");
  EXPECT_TRUE(webhook.has_create_time());
  EXPECT_EQ(Create(wanted).reason(), "WEBHOOK_EXISTS");
}

TEST_F(WebhookApiTest, WhatCannotBeIsRefusedWithAReason) {
  EXPECT_THAT(Create(To("https://evil.example/")).status.error_message(),
              HasSubstr("webhooks.hosts"));
  EXPECT_EQ(Create(To("")).reason(), "INVALID_FIELD");
  EXPECT_EQ(Create(To(kHookUrl), "no id").reason(), "INVALID_FIELD");
  EXPECT_EQ(Create(To(kHookUrl), "crm", {"", "admin"}).code(), StatusCode::UNAUTHENTICATED);
  v1::Webhook webhook = To(kHookUrl);
  webhook.add_types("asigned");
  EXPECT_THAT(Create(webhook).status.error_message(), HasSubstr("webhook.types"));
  webhook = To(kHookUrl);
  webhook.add_queues("no id");
  EXPECT_EQ(Create(webhook).reason(), "INVALID_FIELD");
  EXPECT_TRUE(Create(To(kHookUrl), "crm", kHookAdmin, /*validate_only=*/true).ok());
  EXPECT_EQ(Get().name(), "");
}

TEST_F(WebhookApiTest, ARepeatedRequestGetsTheFirstAnswer) {
  v1::CreateWebhookRequest request;
  request.set_parent("workspaces/acme");
  request.set_webhook_id("crm");
  request.mutable_webhook()->set_url(kHookUrl);
  request.set_request_id("request-1");
  const auto first = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::CreateWebhook, request);
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  ASSERT_THAT(first.response.secret(), StartsWith("whsec_"));
  const auto again = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::CreateWebhook, request);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_EQ(again.response.SerializeAsString(), first.response.SerializeAsString());

  const Identity another = {"eve@acme.example", "admin"};
  EXPECT_EQ(CallAs(another, *api_.webhooks, &WebhookStub::CreateWebhook, request).reason(),
            "REQUEST_ID_REUSED");
  v1::RotateWebhookSecretRequest rotate;
  rotate.set_name(kHookName);
  ASSERT_TRUE(CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::RotateWebhookSecret, rotate).ok());
  const auto rotated = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::CreateWebhook, request);
  EXPECT_EQ(rotated.response.webhook().etag(), "2");
  EXPECT_EQ(rotated.response.secret(), "") << "the first one no longer is the webhook's";
  request.set_webhook_id("dwh");
  const auto other = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::CreateWebhook, request);
  EXPECT_EQ(other.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(other.reason(), "REQUEST_ID_REUSED");
  request.set_request_id(std::string(65, 'x'));
  EXPECT_EQ(CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::CreateWebhook, request).reason(),
            "INVALID_FIELD");
}

TEST_F(WebhookApiTest, OfTheSameRequestTwiceAtOnceBothGetOneAnswer) {
  for (int round = 0; round < 20; ++round) {
    v1::CreateWebhookRequest request;
    request.set_parent("workspaces/acme");
    request.set_webhook_id(absl::StrCat("hook-", round));
    request.mutable_webhook()->set_url(kHookUrl);
    request.set_request_id(absl::StrCat("request-", round));
    Outcome<v1::CreateWebhookResponse> outcomes[2];
    std::vector<std::thread> callers;
    for (Outcome<v1::CreateWebhookResponse>& outcome : outcomes) {
      callers.emplace_back([this, &outcome, &request] {
        outcome = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::CreateWebhook, request);
      });
    }
    for (std::thread& caller : callers) caller.join();
    ASSERT_TRUE(outcomes[0].ok()) << outcomes[0].status.error_message();
    ASSERT_TRUE(outcomes[1].ok()) << outcomes[1].status.error_message();
    EXPECT_EQ(outcomes[0].response.SerializeAsString(), outcomes[1].response.SerializeAsString());
  }
}

TEST_F(WebhookApiTest, OnlyWhatIsNamedChanges) {
  ASSERT_TRUE(Create(To(kHookUrl)).ok());
  v1::Webhook update = To("https://evil.example/");
  update.set_disabled(true);
  ASSERT_TRUE(Update(update, {"disabled"}).ok());
  EXPECT_EQ(Get().url(), kHookUrl);
  EXPECT_EQ(Get().state(), v1::Webhook::STATE_DISABLED);
  EXPECT_EQ(Update(update, {"url"}).reason(), "INVALID_FIELD");
  EXPECT_EQ(Update(update, {"state"}).reason(), "INVALID_FIELD");
  update.set_etag("1");
  EXPECT_EQ(Update(update, {"disabled"}).reason(), "ETAG_MISMATCH");
  update.set_etag("2");
  EXPECT_TRUE(Update(update, {"disabled"}).ok());
}

TEST_F(WebhookApiTest, OneWhoseHostIsNoLongerListedCanBeDisabledAndMoved) {
  store::Webhook before;
  before.id = "crm";
  before.url = "https://hooks.former.example/";
  ASSERT_TRUE(store_.PutWebhook(core::WorkspaceId::Trusted("acme"), before).ok());
  EXPECT_THAT(Replay().status.error_message(), HasSubstr("webhooks.hosts"));
  v1::Webhook update = To(before.url);
  update.set_disabled(true);
  const auto disabled = Update(update, {"disabled"});
  ASSERT_TRUE(disabled.ok()) << disabled.status.error_message();
  EXPECT_TRUE(Update(update, {}).ok()) << "all fields, with the URL as it is";
  EXPECT_EQ(Get().state(), v1::Webhook::STATE_DISABLED);
  EXPECT_EQ(Update(To("https://hooks.former.example/in"), {"url"}).reason(), "INVALID_FIELD");
  EXPECT_TRUE(Update(To(kHookUrl), {"url"}).ok());
  EXPECT_EQ(Get().url(), kHookUrl);
}

TEST_F(WebhookApiTest, RotationKeepsTheOldSecretForADay) {
  const std::string first = Create(To(kHookUrl)).response.secret();
  const store::Webhook before = Stored();
  v1::RotateWebhookSecretRequest request;
  request.set_name(kHookName);
  const auto rotated =
      CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::RotateWebhookSecret, request);
  ASSERT_TRUE(rotated.ok()) << rotated.status.error_message();
  EXPECT_NE(rotated.response.secret(), first);
  EXPECT_EQ(Stored().old_salt, before.salt);
  const int64_t left = Get().old_secret_expire_time().seconds() - absl::ToUnixSeconds(absl::Now());
  EXPECT_GT(left, 86'000);
  EXPECT_LE(left, 86'400);
}

TEST_F(WebhookApiTest, AReplayUnparksAndMayBeginAtATime) {
  ASSERT_TRUE(Create(To(kHookUrl)).ok());
  const int64_t generation = Stored().generation;
  store::WebhookReport failed;
  failed.latest = store::WebhookReport::Latest::kFailed;
  failed.error = "status 500";
  failed.offsets = {{0, 5}};
  Report(failed);
  EXPECT_EQ(Get().state(), v1::Webhook::STATE_PARKED);
  EXPECT_TRUE(Get().has_parked_time());
  EXPECT_TRUE(Get().has_failing_since());
  EXPECT_EQ(Get().last_error(), "status 500");
  ASSERT_TRUE(Replay().ok());
  EXPECT_EQ(Get().state(), v1::Webhook::STATE_ENABLED);
  EXPECT_EQ(Stored().generation, generation);
  const int64_t hour_ago = absl::ToUnixSeconds(absl::Now()) - 3600;
  ASSERT_TRUE(Replay(hour_ago).ok());
  EXPECT_EQ(Stored().generation, generation + 1);
  EXPECT_EQ(Stored().from_ms, hour_ago * 1000);
  EXPECT_EQ(Replay(hour_ago + 7200).reason(), "INVALID_FIELD");
  EXPECT_EQ(Replay(0, "1").reason(), "ETAG_MISMATCH");
}

TEST_F(WebhookApiTest, APingIsAskedForAndItsOutcomeShown) {
  ASSERT_TRUE(Create(To(kHookUrl)).ok());
  v1::TestWebhookRequest request;
  request.set_name(kHookName);
  const auto asked = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::TestWebhook, request);
  ASSERT_TRUE(asked.ok()) << asked.status.error_message();
  EXPECT_EQ(Stored().ping, asked.response.ping_id());
  store::WebhookReport answered;
  answered.ping = asked.response.ping_id();
  answered.ping_outcome = "status 200";
  answered.truncated = true;
  answered.delivered = 3;
  answered.given_up = 1;
  Report(answered);
  EXPECT_EQ(Get().ping(), asked.response.ping_id());
  EXPECT_EQ(Get().ping_outcome(), "status 200");
  EXPECT_TRUE(Get().truncated());
  EXPECT_EQ(Get().delivered_count(), 3);
  EXPECT_EQ(Get().given_up_count(), 1);
}

TEST_F(WebhookApiTest, ListsComeInPagesAndWhatIsDeletedIsGone) {
  for (const char* id : {"crm", "b", "a"}) ASSERT_TRUE(Create(To(kHookUrl), id).ok());
  v1::ListWebhooksRequest request;
  request.set_parent("workspaces/acme");
  request.set_page_size(2);
  const auto first = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::ListWebhooks, request);
  ASSERT_EQ(first.response.webhooks_size(), 2);
  EXPECT_EQ(first.response.webhooks(0).name(), "workspaces/acme/webhooks/a");
  request.set_page_token(first.response.next_page_token());
  const auto second = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::ListWebhooks, request);
  ASSERT_EQ(second.response.webhooks_size(), 1);
  EXPECT_EQ(second.response.next_page_token(), "");
  v1::DeleteWebhookRequest remove;
  remove.set_name(kHookName);
  remove.set_etag("7");
  EXPECT_EQ(CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::DeleteWebhook, remove).reason(),
            "ETAG_MISMATCH");
  remove.set_etag("");
  EXPECT_TRUE(CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::DeleteWebhook, remove).ok());
  EXPECT_EQ(CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::DeleteWebhook, remove).reason(),
            "WEBHOOK_NOT_FOUND");
}

class WebhooksOffTest : public ApiTest {};

TEST_F(WebhooksOffTest, WithoutListedHostsThereAreNoWebhooks) {
  v1::CreateWebhookRequest request;
  request.set_parent("workspaces/acme");
  request.set_webhook_id("crm");
  request.mutable_webhook()->set_url(kHookUrl);
  const auto refused = CallAs(kHookAdmin, *api_.webhooks, &WebhookStub::CreateWebhook, request);
  EXPECT_EQ(refused.code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.reason(), "WEBHOOKS_OFF");
  EXPECT_THAT(refused.status.error_message(), HasSubstr("webhooks.hosts"));
}

}  // namespace
}  // namespace baton::dispatch
