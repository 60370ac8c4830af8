// What is told to callers is durable: while the gate fails nothing is, and whoever asks again with
// the same request id is told what was done.
#include <atomic>

#include "api_fixture.h"
#include "support/flaky_store.h"
#include "watcher_client.h"

namespace baton::dispatch {
namespace {

using AssignmentStub = v1::AssignmentService::Stub;
using LeadStub = v1::LeadService::Stub;

const Identity kDpo = {"dpo@acme.example", "admin"};

// Takes and tells what it is asked to, but behind each call another server takes over, which may
// lack it.
class FailingOverStore final : public support::FlakyStore {
 public:
  explicit FailingOverStore(store::Store& inner)
      : FlakyStore(inner, [this] {
          ++incarnation_;
          return support::Fault::kNone;
        }) {}
  int64_t Incarnation() const override { return incarnation_; }
  absl::Status ConfirmDurable(int64_t incarnation) override {
    return incarnation == incarnation_ ? absl::OkStatus()
                                       : absl::UnavailableError("another server has taken over");
  }

 private:
  std::atomic<int64_t> incarnation_ = 0;
};

class DurabilityApiTest : public ApiTest {
 protected:
  FailingOverStore failing_over_{store_};
  RunningApi strict_{failing_over_};
};

TEST_F(DurabilityApiTest, AnAcceptIsNotToldBeforeItIsDurable) {
  AddRep("ada");
  AddLead("l1");
  v1::AcceptAssignmentRequest accept;
  accept.set_name("workspaces/acme/assignments/l1.1");
  accept.set_request_id("r1");
  EXPECT_EQ(Call(*strict_.assignments, &AssignmentStub::AcceptAssignment, accept).code(),
            ::grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(GetLead("l1").stage(), v1::STAGE_ACCEPTED);
  const auto again = Call(*api_.assignments, &AssignmentStub::AcceptAssignment, accept);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_EQ(again.response.assignment().stage(), v1::STAGE_ACCEPTED);
}

TEST_F(DurabilityApiTest, AClaimIsNotToldBeforeItIsDurable) {
  std::string policy = kPolicy;
  const std::string mode = "mode: offer, accept_within: 1h";
  policy.replace(policy.find(mode), mode.size(), "mode: pull");
  MakeActive(api_, policy);
  AddRep("ada");
  AddLead("l1");
  v1::ClaimNextLeadRequest claim;
  claim.set_rep("workspaces/acme/reps/ada");
  claim.set_request_id("claim-1");
  EXPECT_EQ(Call(*strict_.assignments, &AssignmentStub::ClaimNextLead, claim).code(),
            ::grpc::StatusCode::UNAVAILABLE);
  const auto again = Call(*api_.assignments, &AssignmentStub::ClaimNextLead, claim);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_EQ(again.response.assignment().name(), "workspaces/acme/assignments/l1.1");
}

TEST_F(DurabilityApiTest, WhatIsSetIsNotToldBeforeItIsDurable) {
  v1::CreateRepRequest create;
  create.set_parent("workspaces/acme");
  create.set_rep_id("ada");
  create.mutable_rep()->set_capacity(1);
  EXPECT_EQ(Call(*strict_.roster, &v1::RosterService::Stub::CreateRep, create).code(),
            ::grpc::StatusCode::UNAVAILABLE);
  v1::GetRepRequest get;
  get.set_name("workspaces/acme/reps/ada");
  EXPECT_TRUE(Call(*strict_.roster, &v1::RosterService::Stub::GetRep, get).ok());

  v1::CreatePolicyRevisionRequest draft;
  draft.set_parent("workspaces/acme");
  std::string another = kPolicy;
  another.replace(another.find("accept_within: 1h"), 17, "accept_within: 2h");
  draft.set_yaml(another);
  const auto made =
      CallAs(kMia, *api_.policies, &v1::PolicyService::Stub::CreatePolicyRevision, draft);
  ASSERT_TRUE(made.ok()) << made.status.error_message();
  v1::ApprovePolicyRevisionRequest approve;
  approve.set_name(made.response.policy().name());
  approve.set_role(v1::APPROVER_ROLE_MARKETING);
  using Policies = v1::PolicyService::Stub;
  EXPECT_EQ(CallAs(kMia, *strict_.policies, &Policies::ApprovePolicyRevision, approve).code(),
            ::grpc::StatusCode::UNAVAILABLE);
  v1::GetPolicyRequest look;
  look.set_name(approve.name());
  const auto approved = CallAs(kMia, *strict_.policies, &Policies::GetPolicy, look);
  ASSERT_TRUE(approved.ok()) << approved.status.error_message();
  EXPECT_EQ(approved.response.policy().missing_approvals_size(), 1);

  v1::StartShadowRequest start;
  start.set_name(approve.name());
  EXPECT_EQ(CallAs(kMia, *strict_.policies, &Policies::StartShadow, start).code(),
            ::grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(CallAs(kMia, *api_.policies, &Policies::StartShadow, start).ok());
  v1::StopShadowRequest stop;
  stop.set_name("workspaces/acme/shadow");
  EXPECT_EQ(CallAs(kMia, *strict_.policies, &Policies::StopShadow, stop).code(),
            ::grpc::StatusCode::UNAVAILABLE);
}

TEST_F(DurabilityApiTest, ADecisionIsNotToldBeforeItIsDurable) {
  AddRep("ada");
  v1::SubmitLeadEventsRequest submit;
  submit.set_parent("workspaces/acme");
  *submit.add_events() = Captured("l1", "e1");
  submit.set_wait_for_decision(true);
  const auto waited =
      Call(*strict_.leads, &LeadStub::SubmitLeadEvents, submit, absl::Milliseconds(500));
  EXPECT_EQ(waited.reason(), "NOT_DECIDED_YET");
  EXPECT_EQ(GetLead("l1").stage(), v1::STAGE_OFFERED);
}

TEST_F(DurabilityApiTest, AStreamTellsNothingBeforeItIsDurable) {
  AddRep("ada");
  const std::string ada = "workspaces/acme/reps/ada";
  std::string token;
  {
    WatcherClient watcher(*api_.assignments, ada);
    token = watcher.Event().resume_token();
  }
  AddLead("l1");
  for (const std::string& from : {std::string(), token}) {
    WatcherClient watcher(*strict_.assignments, ada, from);
    EXPECT_FALSE(watcher.NextEvent().has_value());
    EXPECT_EQ(watcher.Finish().error_code(), ::grpc::StatusCode::UNAVAILABLE);
  }
}

TEST_F(DurabilityApiTest, AnErasureIsNotToldBeforeItIsDurable) {
  AddRep("ada");
  AddLead("l1");
  v1::EraseLeadRequest erase;
  erase.set_name("workspaces/acme/leads/l1");
  erase.set_request_id("erase-1");
  EXPECT_EQ(CallAs(kDpo, *strict_.leads, &LeadStub::EraseLead, erase).code(),
            ::grpc::StatusCode::UNAVAILABLE);
  const auto again = CallAs(kDpo, *api_.leads, &LeadStub::EraseLead, erase);
  EXPECT_TRUE(again.ok()) << again.status.error_message();
}

}  // namespace
}  // namespace baton::dispatch
