// Drafts in the shadow of the active policy, over the wire.
#include "absl/strings/str_cat.h"
#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using PolicyStub = v1::PolicyService::Stub;
using ::grpc::StatusCode;

const Identity kRoot = {"root@acme.example", "admin"};
const Identity kOnlyARep = {"ada@acme.example", "rep"};
constexpr char kShadowName[] = "workspaces/acme/shadow";

// Revision 1 is active; 2 is a draft that sends everybody to triage.
class ShadowApiTest : public ApiTest {
 protected:
  ShadowApiTest() {
    std::string yaml = kPolicy;
    const std::string dach =
        "- {name: DACH, match: {country: DE}, to: {queue: dach, skills: [german]}}";
    yaml.replace(yaml.find(dach), dach.size(), "");
    v1::CreatePolicyRevisionRequest request;
    request.set_parent("workspaces/acme");
    request.set_yaml(yaml);
    const auto made = CallAs(kMia, *api_.policies, &PolicyStub::CreatePolicyRevision, request);
    EXPECT_EQ(made.response.policy().revision(), 2);
  }

  Outcome<v1::StartShadowResponse> Start(const std::string& policy, const Identity& as = kMia) {
    v1::StartShadowRequest request;
    request.set_name(absl::StrCat("workspaces/acme/policies/", policy));
    return CallAs(as, *api_.policies, &PolicyStub::StartShadow, request);
  }
  Outcome<v1::StopShadowResponse> Stop(const Identity& as = kSam) {
    v1::StopShadowRequest request;
    request.set_name(kShadowName);
    return CallAs(as, *api_.policies, &PolicyStub::StopShadow, request);
  }
  Outcome<v1::GetShadowResponse> Get(const std::string& name = kShadowName) {
    v1::GetShadowRequest request;
    request.set_name(name);
    return Call(*api_.policies, &PolicyStub::GetShadow, request);
  }
  Outcome<v1::ListShadowDifferencesResponse> List(int page_size = 0,
                                                  const std::string& token = "") {
    v1::ListShadowDifferencesRequest request;
    request.set_parent(kShadowName);
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Call(*api_.policies, &PolicyStub::ListShadowDifferences, request);
  }
};

TEST_F(ShadowApiTest, ARunIsStartedStoppedAndTold) {
  EXPECT_EQ(Get().reason(), "SHADOW_NOT_FOUND");
  const auto started = Start("inbound@2");
  ASSERT_TRUE(started.ok()) << started.status.error_message();
  const v1::Shadow& shadow = started.response.shadow();
  EXPECT_EQ(shadow.name(), kShadowName);
  EXPECT_EQ(shadow.policy(), "workspaces/acme/policies/inbound@2");
  EXPECT_EQ(shadow.run(), 1);
  EXPECT_EQ(shadow.state(), v1::SHADOW_STATE_RUNNING);
  EXPECT_EQ(shadow.starter(), kMia.principal);
  EXPECT_EQ(shadow.active_revision(), 1);
  EXPECT_FALSE(shadow.has_end_time());
  const auto stopped = Stop();
  EXPECT_EQ(stopped.response.shadow().state(), v1::SHADOW_STATE_STOPPED);
  EXPECT_EQ(stopped.response.shadow().stopper(), kSam.principal);
  EXPECT_TRUE(stopped.response.shadow().has_end_time());
  EXPECT_EQ(Get().response.shadow().DebugString(), stopped.response.shadow().DebugString());
}

TEST_F(ShadowApiTest, SomebodyWithARoleOfThePolicyStartsAndStops) {
  EXPECT_EQ(Start("inbound@2", Identity()).reason(), "PRINCIPAL_MISSING");
  EXPECT_EQ(Start("inbound@2", kOnlyARep).reason(), "ROLE_MISSING");
  EXPECT_EQ(Stop(kOnlyARep).reason(), "ROLE_MISSING");
  EXPECT_TRUE(Start("inbound@2", kRoot).ok());
  EXPECT_TRUE(Stop(kRoot).ok());
}

TEST_F(ShadowApiTest, NamesAndStatesAreChecked) {
  EXPECT_EQ(Start("inbound").reason(), "INVALID_FIELD");
  EXPECT_EQ(Start("inbound@1").reason(), "REVISION_NOT_A_DRAFT");
  EXPECT_EQ(Start("outbound@2").reason(), "POLICY_NOT_FOUND");
  EXPECT_TRUE(Start("-@2").ok());
  EXPECT_EQ(Get("workspaces/acme").code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Get("workspaces/acme/shadows").code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Get("workspaces/nobody/shadow").reason(), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(List(-1).code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(ShadowApiTest, CountsQueuesAndDifferencesAreTold) {
  ASSERT_TRUE(Start("inbound@2").ok());
  for (const char* lead : {"l1", "l2", "l3"}) AddLead(lead);
  const auto got = Get();
  const v1::ShadowCounts& counts = got.response.shadow().counts();
  EXPECT_EQ(counts.leads(), 3);
  EXPECT_EQ(counts.moved(), 3);
  EXPECT_EQ(counts.same() + counts.gained() + counts.lost(), 0);
  EXPECT_EQ(counts.mqls(), 3);
  EXPECT_EQ(counts.would_be_mqls(), 3);
  EXPECT_GE(counts.judgments(), 3);
  EXPECT_EQ(counts.failures(), 0);
  ASSERT_EQ(got.response.shadow().queues_size(), 2);
  EXPECT_EQ(got.response.shadow().queues(0).queue(), "workspaces/acme/queues/dach");
  EXPECT_EQ(got.response.shadow().queues(0).mqls(), 3);
  EXPECT_EQ(got.response.shadow().queues(1).would_be_mqls(), 3);

  const auto first = List(2);
  ASSERT_EQ(first.response.differences_size(), 2) << first.status.error_message();
  const v1::ShadowDifference& latest = first.response.differences(0);
  EXPECT_EQ(latest.lead(), "workspaces/acme/leads/l3");
  EXPECT_EQ(latest.cycle(), 1);
  EXPECT_EQ(latest.standing(), v1::SHADOW_STANDING_MOVED);
  EXPECT_EQ(latest.active().policy_revision(), 1);
  EXPECT_EQ(latest.active().rule(), "DACH");
  EXPECT_EQ(latest.active().skills(0), "german");
  EXPECT_EQ(latest.draft().policy_revision(), 2);
  EXPECT_EQ(latest.draft().queue(), "workspaces/acme/queues/triage");
  EXPECT_TRUE(latest.draft().mql());
  EXPECT_EQ(latest.draft().fit(), 30);
  const auto second = List(2, first.response.next_page_token());
  ASSERT_EQ(second.response.differences_size(), 1);
  EXPECT_EQ(second.response.differences(0).lead(), "workspaces/acme/leads/l1");
  EXPECT_EQ(second.response.next_page_token(), "");
}

}  // namespace
}  // namespace baton::dispatch
