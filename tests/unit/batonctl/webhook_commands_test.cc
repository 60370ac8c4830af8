// batonctl webhook.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/webhook_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"

namespace baton::batonctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kCrm[] = "workspaces/demo/webhooks/crm";

class WebhookCommandsTest : public ::testing::Test {
 protected:
  WebhookCommandsTest() {
    webhook_.set_name(kCrm);
    webhook_.set_url("https://hooks.acme.example/");
    webhook_.set_state(v1::Webhook::STATE_ENABLED);
    webhook_.set_delivered_count(7);
    Answer<v1::CreateWebhookRequest, v1::CreateWebhookResponse>(
        [](auto& response) { response.set_secret("whsec_abc"); });
    Answer<v1::GetWebhookRequest, v1::GetWebhookResponse>([](auto&) {});
    Answer<v1::UpdateWebhookRequest, v1::UpdateWebhookResponse>([](auto&) {});
    Answer<v1::RotateWebhookSecretRequest, v1::RotateWebhookSecretResponse>(
        [](auto& response) { response.set_secret("whsec_new"); });
    Answer<v1::TestWebhookRequest, v1::TestWebhookResponse>(
        [](auto& response) { response.set_ping_id("p1"); });
    Answer<v1::ReplayWebhookRequest, v1::ReplayWebhookResponse>([](auto&) {});
    world_.server.On<v1::ListWebhooksRequest, v1::ListWebhooksResponse>(
        [this](const v1::ListWebhooksRequest&, v1::ListWebhooksResponse& response) {
          *response.add_webhooks() = webhook_;
          return absl::OkStatus();
        });
    world_.server.On<v1::DeleteWebhookRequest, v1::DeleteWebhookResponse>(
        [](const auto&, auto&) { return absl::OkStatus(); });
  }
  // A response with the webhook and what `add` puts there.
  template <typename Request, typename Response>
  void Answer(std::function<void(Response&)> add) {
    world_.server.On<Request, Response>([this, add](const Request&, Response& response) {
      *response.mutable_webhook() = webhook_;
      add(response);
      return absl::OkStatus();
    });
  }
  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo", "webhook"});
    return world_.Run(arguments);
  }

  World world_;
  v1::Webhook webhook_;
};

TEST_F(WebhookCommandsTest, CreateShowsTheSecretOnce) {
  const RunResult run = Run({"create", "crm", "--url", "https://hooks.acme.example/", "--type",
                             "assigned", "--type", "sla_warned", "--queue", "inside"});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  const auto& request = world_.server.At<v1::CreateWebhookRequest>(0);
  EXPECT_EQ(request.parent(), "workspaces/demo");
  EXPECT_EQ(request.webhook_id(), "crm");
  EXPECT_THAT(request.webhook().types(), ElementsAre("assigned", "sla_warned"));
  EXPECT_THAT(request.webhook().queues(), ElementsAre("inside"));
  EXPECT_NE(request.request_id(), "") << "so that it may be repeated";
  EXPECT_THAT(run.out, HasSubstr("whsec_abc"));
  EXPECT_THAT(run.err, HasSubstr("not shown again"));
  EXPECT_THAT(Run({"rotate-secret", "crm", "--etag", "3"}).out, HasSubstr("whsec_new"));
  EXPECT_EQ(world_.server.At<v1::RotateWebhookSecretRequest>(1).etag(), "3");
}

TEST_F(WebhookCommandsTest, ListAndGetSayHowItDoes) {
  webhook_.set_state(v1::Webhook::STATE_PARKED);
  webhook_.set_last_error("status 503");
  webhook_.set_truncated(true);
  const RunResult list = Run({"list"});
  EXPECT_THAT(list.out, HasSubstr("PARKED"));
  EXPECT_THAT(list.out, HasSubstr("status 503"));
  const RunResult get = Run({"get", "crm"});
  EXPECT_EQ(world_.server.At<v1::GetWebhookRequest>(1).name(), kCrm);
  EXPECT_THAT(get.out, HasSubstr("Kafka may no longer have had all"));
  EXPECT_THAT(get.out, Not(HasSubstr("secret")));
  EXPECT_EQ(Run({"list", "-o", "name"}).out, std::string(kCrm) + "\n");
}

TEST_F(WebhookCommandsTest, UpdateSendsOnlyWhatIsGiven) {
  ASSERT_EQ(Run({"update", "crm", "--disabled"}).code, kExitOk);
  const auto& disabling = world_.server.At<v1::UpdateWebhookRequest>(0);
  EXPECT_THAT(disabling.update_mask().paths(), ElementsAre("disabled"));
  EXPECT_TRUE(disabling.webhook().disabled());
  ASSERT_EQ(Run({"update", "crm", "--enabled", "--type", "", "--queue", "a"}).code, kExitOk);
  const auto& enabling = world_.server.At<v1::UpdateWebhookRequest>(1);
  EXPECT_THAT(enabling.update_mask().paths(), ElementsAre("types", "queues", "disabled"));
  EXPECT_FALSE(enabling.webhook().disabled());
  EXPECT_THAT(enabling.webhook().types(), IsEmpty());
  EXPECT_THAT(enabling.webhook().queues(), ElementsAre("a"));
  EXPECT_EQ(Run({"update", "crm"}).code, kExitUsage);
}

TEST_F(WebhookCommandsTest, TestWaitsForThePing) {
  webhook_.set_ping("p1");
  webhook_.set_ping_outcome("status 204");
  RunResult run = Run({"test", "crm"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.err, HasSubstr("The ping was delivered: status 204."));
  webhook_.set_ping_outcome("status 500");
  run = Run({"test", "crm"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("The ping failed: status 500."));
}

TEST_F(WebhookCommandsTest, ReplayGoesOnOrBeginsAtATime) {
  ASSERT_EQ(Run({"replay", "crm"}).code, kExitOk);
  EXPECT_FALSE(world_.server.At<v1::ReplayWebhookRequest>(0).has_from_time());
  ASSERT_EQ(Run({"replay", "crm", "--from", "2026-03-31T09:30:00Z"}).code, kExitOk);
  EXPECT_EQ(world_.server.At<v1::ReplayWebhookRequest>(1).from_time().seconds(), 1'774'949'400);
  EXPECT_EQ(Run({"replay", "crm", "--from", "yesterday"}).code, kExitUsage);
}

TEST_F(WebhookCommandsTest, DeleteNamesWhatItForgot) {
  const RunResult run = Run({"delete", "crm"});
  EXPECT_EQ(run.code, kExitOk);
  EXPECT_THAT(run.err, HasSubstr(kCrm));
}

}  // namespace
}  // namespace baton::batonctl
