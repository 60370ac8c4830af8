// PolicyService over the wire.
#include "absl/strings/str_cat.h"
#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using PolicyStub = v1::PolicyService::Stub;
using ::grpc::StatusCode;

const Identity kNobody;
const Identity kBoth = {"boss@acme.example", "marketing,sales"};
const Identity kAdmin = {"root@acme.example", "admin"};

// Revision 1 is active.
class PolicyApiTest : public ApiTest {
 protected:
  Outcome<v1::CreatePolicyRevisionResponse> Create(const std::string& yaml,
                                                   const Identity& as = kMia,
                                                   bool validate_only = false,
                                                   const std::string& parent = "workspaces/acme") {
    v1::CreatePolicyRevisionRequest request;
    request.set_parent(parent);
    request.set_yaml(yaml);
    request.set_validate_only(validate_only);
    return CallAs(as, *api_.policies, &PolicyStub::CreatePolicyRevision, request);
  }
  Outcome<v1::GetPolicyResponse> Get(const std::string& policy,
                                     const std::string& parent = "workspaces/acme") {
    v1::GetPolicyRequest request;
    request.set_name(parent + "/policies/" + policy);
    return Call(*api_.policies, &PolicyStub::GetPolicy, request);
  }
  Outcome<v1::ApprovePolicyRevisionResponse> Approve(const std::string& policy, const Identity& as,
                                                     v1::ApproverRole role,
                                                     const std::string& etag = "") {
    v1::ApprovePolicyRevisionRequest request;
    request.set_name("workspaces/acme/policies/" + policy);
    request.set_role(role);
    request.set_etag(etag);
    return CallAs(as, *api_.policies, &PolicyStub::ApprovePolicyRevision, request);
  }
  void ApproveByBoth(const std::string& policy) {
    ASSERT_TRUE(Approve(policy, kMia, v1::APPROVER_ROLE_MARKETING).ok());
    ASSERT_TRUE(Approve(policy, kSam, v1::APPROVER_ROLE_SALES).ok());
  }
  Outcome<v1::ActivatePolicyRevisionResponse> Activate(const std::string& policy,
                                                       const std::string& etag,
                                                       const Identity& as = kSam) {
    v1::ActivatePolicyRevisionRequest request;
    request.set_name("workspaces/acme/policies/" + policy);
    request.set_etag(etag);
    return CallAs(as, *api_.policies, &PolicyStub::ActivatePolicyRevision, request);
  }
  Outcome<v1::RollbackPolicyResponse> Rollback(const std::string& policy, const std::string& etag,
                                               const Identity& as = kSam,
                                               const std::string& reason = "it lost leads") {
    v1::RollbackPolicyRequest request;
    request.set_name("workspaces/acme/policies/" + policy);
    request.set_etag(etag);
    request.set_reason(reason);
    return CallAs(as, *api_.policies, &PolicyStub::RollbackPolicy, request);
  }
  Outcome<v1::ListPolicyRevisionsResponse> List(int page_size = 0, const std::string& token = "") {
    v1::ListPolicyRevisionsRequest request;
    request.set_parent("workspaces/acme");
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Call(*api_.policies, &PolicyStub::ListPolicyRevisions, request);
  }
  int Active() { return Get("-").response.policy().revision(); }
};

// The policy with other points.
std::string Text(int points) {
  std::string yaml = kPolicy;
  return yaml.replace(yaml.find("points: 30"), 10, absl::StrCat("points: ", points));
}

TEST_F(PolicyApiTest, EveryErrorOfADocumentIsAViolationAndTheActiveOneStays) {
  std::string yaml = kPolicy;
  yaml.replace(yaml.find("points: 30"), 10, "point: 30");
  yaml.replace(yaml.find("accept_within: 1h"), 17, "accept_within: 1x");
  const auto refused = Create(yaml);
  EXPECT_EQ(refused.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "INVALID_POLICY");
  const auto violations = DetailsOf(refused.status).violations;
  ASSERT_GE(violations.size(), 2u);
  EXPECT_EQ(violations[0].field, "yaml");
  EXPECT_NE(violations[0].description.find("policy:8:"), std::string::npos)
      << violations[0].description;
  EXPECT_NE(violations[0].description.find("points"), std::string::npos);
  EXPECT_EQ(List().response.policies_size(), 1);
  EXPECT_EQ(Get("inbound").response.policy().yaml(), kPolicy);
}

TEST_F(PolicyApiTest, ADocumentWhoseTestFailsIsRefused) {
  const std::string test = "  tests: [{name: Nobody, given: {}, expect: {mql: true}}]\n";
  const auto refused = Create(kPolicy + test);
  EXPECT_EQ(refused.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "INVALID_POLICY");
  const auto violations = DetailsOf(refused.status).violations;
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_NE(violations[0].description.find("test 'Nobody' expects mql true, found false"),
            std::string::npos)
      << violations[0].description;
  EXPECT_EQ(Active(), 1);
}

TEST_F(PolicyApiTest, ADraftSaysWhoseApprovalIsMissing) {
  const auto draft = Create(Text(31));
  ASSERT_TRUE(draft.ok()) << draft.status.error_message();
  const v1::Policy& policy = draft.response.policy();
  EXPECT_EQ(policy.name(), "workspaces/acme/policies/inbound@2");
  EXPECT_EQ(policy.state(), v1::POLICY_STATE_DRAFT);
  EXPECT_EQ(policy.creator(), kMia.principal);
  EXPECT_TRUE(policy.has_create_time());
  EXPECT_EQ(policy.missing_approvals_size(), 2);
  EXPECT_EQ(policy.activation_etag(), "1");
  const auto approved = Approve("inbound@2", kSam, v1::APPROVER_ROLE_SALES, policy.etag());
  ASSERT_TRUE(approved.ok()) << approved.status.error_message();
  ASSERT_EQ(approved.response.policy().missing_approvals_size(), 1);
  EXPECT_EQ(approved.response.policy().missing_approvals(0), v1::APPROVER_ROLE_MARKETING);
  EXPECT_EQ(Active(), 1);
}

TEST_F(PolicyApiTest, OneApprovalAloneCannotActivateAndTheErrorNamesWhoIsMissing) {
  ASSERT_TRUE(Create(Text(31)).ok());
  ASSERT_TRUE(Approve("inbound@2", kMia, v1::APPROVER_ROLE_MARKETING).ok());
  const auto refused = Activate("inbound@2", "1");
  EXPECT_EQ(refused.code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.reason(), "APPROVAL_MISSING");
  EXPECT_EQ(DetailsOf(refused.status).metadata.at("missing"), "sales");
  EXPECT_EQ(Active(), 1);
}

TEST_F(PolicyApiTest, SomebodyWithBothRolesApprovesForOne) {
  ASSERT_TRUE(Create(Text(31)).ok());
  ASSERT_TRUE(Approve("inbound@2", kBoth, v1::APPROVER_ROLE_MARKETING).ok());
  EXPECT_EQ(Approve("inbound@2", kBoth, v1::APPROVER_ROLE_SALES).reason(),
            "APPROVED_FOR_OTHER_ROLE");
  v1::RevokePolicyApprovalRequest revoke;
  revoke.set_name("workspaces/acme/policies/inbound@2");
  ASSERT_TRUE(CallAs(kBoth, *api_.policies, &PolicyStub::RevokePolicyApproval, revoke).ok());
  EXPECT_TRUE(Approve("inbound@2", kBoth, v1::APPROVER_ROLE_SALES).ok());
}

TEST_F(PolicyApiTest, CallsThatChangeSomethingNeedAPrincipalAndItsRole) {
  ASSERT_TRUE(Create(Text(31)).ok());
  EXPECT_EQ(Create(Text(32), kNobody).reason(), "PRINCIPAL_MISSING");
  EXPECT_EQ(Create(Text(32), {"a b", ""}).reason(), "INVALID_PRINCIPAL");
  EXPECT_EQ(Approve("inbound@2", kNobody, v1::APPROVER_ROLE_SALES).code(),
            StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Approve("inbound@2", kMia, v1::APPROVER_ROLE_SALES).code(),
            StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Approve("inbound@2", kMia, v1::APPROVER_ROLE_UNSPECIFIED).reason(), "INVALID_FIELD");
  EXPECT_EQ(Activate("inbound@2", "1", kNobody).code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Activate("inbound@2", "1", {"ci", "service"}).reason(), "ROLE_MISSING");
  EXPECT_EQ(Rollback("inbound@1", "1", kAdmin).reason(), "ROLE_MISSING");
}

TEST_F(PolicyApiTest, ApprovalsAreOfTheDocumentThatWasRead) {
  const auto draft = Create(Text(31));
  ApproveByBoth("inbound@2");
  ASSERT_TRUE(Create(Text(32)).ok());
  EXPECT_EQ(Activate("inbound@3", "1").reason(), "APPROVAL_MISSING") << "a changed draft has none";
  EXPECT_EQ(Approve("inbound@3", kMia, v1::APPROVER_ROLE_MARKETING, draft.response.policy().etag())
                .reason(),
            "ETAG_MISMATCH");
}

TEST_F(PolicyApiTest, TheSecondOfTwoActivationsIsAborted) {
  ASSERT_TRUE(Create(Text(31)).ok());
  const auto second = Create(Text(32));
  ApproveByBoth("inbound@2");
  ApproveByBoth("inbound@3");
  const std::string etag = second.response.policy().activation_etag();
  ASSERT_TRUE(Activate("inbound@2", etag).ok());
  const auto late = Activate("inbound@3", etag);
  EXPECT_EQ(late.code(), StatusCode::ABORTED);
  EXPECT_EQ(late.reason(), "ETAG_MISMATCH");
  EXPECT_EQ(DetailsOf(late.status).metadata.at("found"), "2");
  EXPECT_EQ(Active(), 2);
  EXPECT_TRUE(Activate("inbound@2", etag).ok()) << "a repetition";
  EXPECT_EQ(Activate("inbound@3", "").reason(), "INVALID_FIELD") << "the etag is required";
}

TEST_F(PolicyApiTest, ARollbackIsInTheHistoryWithWhoAndWhy) {
  MakeActive(api_, Text(31));
  EXPECT_EQ(Rollback("inbound@1", "2", kSam, "").reason(), "INVALID_FIELD");
  const auto back = Rollback("inbound@1", "2");
  ASSERT_TRUE(back.ok()) << back.status.error_message();
  EXPECT_EQ(Active(), 1);
  const auto history = List();
  ASSERT_EQ(history.response.policies_size(), 2);
  EXPECT_EQ(history.response.policies(0).state(), v1::POLICY_STATE_SUPERSEDED);
  EXPECT_TRUE(history.response.policies(0).has_supersede_time());
  const v1::Policy& first = history.response.policies(1);
  EXPECT_EQ(first.state(), v1::POLICY_STATE_ACTIVE);
  EXPECT_EQ(first.yaml(), "");
  ASSERT_EQ(first.activations_size(), 2);
  EXPECT_FALSE(first.activations(0).rollback());
  EXPECT_TRUE(first.activations(1).rollback());
  EXPECT_EQ(first.activations(1).principal(), kSam.principal);
  EXPECT_EQ(first.activations(1).reason(), "it lost leads");
  const std::string metrics = api_.metrics().Expose();
  EXPECT_NE(metrics.find("baton_policy_activations_total{kind=\"rollback\"} 1"), std::string::npos);
}

TEST_F(PolicyApiTest, TheHistoryIsPaged) {
  for (int points = 31; points < 34; ++points) ASSERT_TRUE(Create(Text(points)).ok());
  const auto first = List(3);
  ASSERT_EQ(first.response.policies_size(), 3);
  EXPECT_EQ(first.response.policies(0).revision(), 4);
  const auto last = List(3, first.response.next_page_token());
  ASSERT_EQ(last.response.policies_size(), 1);
  EXPECT_EQ(last.response.policies(0).revision(), 1);
  EXPECT_EQ(last.response.next_page_token(), "");
  EXPECT_EQ(List(-1).reason(), "INVALID_FIELD");
  EXPECT_EQ(List(3, "forged").code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(PolicyApiTest, WithdrawnDraftsAreClosedAndAnAdminDeletesThem) {
  ASSERT_TRUE(Create(Text(31)).ok());
  v1::WithdrawPolicyRevisionRequest withdraw;
  withdraw.set_name("workspaces/acme/policies/inbound@2");
  const auto withdrawn =
      CallAs(kSam, *api_.policies, &PolicyStub::WithdrawPolicyRevision, withdraw);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status.error_message();
  EXPECT_EQ(withdrawn.response.policy().withdrawer(), kSam.principal);
  EXPECT_EQ(Approve("inbound@2", kSam, v1::APPROVER_ROLE_SALES).reason(), "REVISION_NOT_A_DRAFT");
  v1::DeletePolicyRevisionRequest remove;
  remove.set_name("workspaces/acme/policies/inbound@2");
  const auto call = [&](const Identity& as) {
    return CallAs(as, *api_.policies, &PolicyStub::DeletePolicyRevision, remove);
  };
  EXPECT_EQ(call(kSam).reason(), "ROLE_MISSING");
  EXPECT_TRUE(call(kAdmin).ok());
  EXPECT_EQ(call(kAdmin).reason(), "POLICY_NOT_FOUND");
  remove.set_name("workspaces/acme/policies/inbound@1");
  EXPECT_EQ(call(kAdmin).reason(), "REVISION_IN_USE");
}

TEST_F(PolicyApiTest, CheckingKeepsNothing) {
  const auto checked = Create(Text(31), kNobody, /*validate_only=*/true);
  ASSERT_TRUE(checked.ok()) << checked.status.error_message();
  EXPECT_EQ(checked.response.policy().name(), "workspaces/acme/policies/inbound");
  EXPECT_EQ(List().response.policies_size(), 1);
}

TEST_F(PolicyApiTest, RevisionsAreReadByName) {
  MakeActive(api_, Text(31));
  EXPECT_EQ(Get("inbound").response.policy().yaml(), Text(31));
  EXPECT_EQ(Get("inbound@1").response.policy().yaml(), kPolicy);
  EXPECT_EQ(Get("-").response.policy().name(), "workspaces/acme/policies/inbound@2");
  EXPECT_EQ(Create(kPolicy).response.policy().revision(), 3) << "superseded: approved anew";
}

TEST_F(PolicyApiTest, PolicyBelongsToItsWorkspace) {
  v1::CreateWorkspaceRequest bolt;
  bolt.set_workspace_id("bolt");
  ASSERT_TRUE(Call(*api_.workspaces, &v1::WorkspaceService::Stub::CreateWorkspace, bolt).ok());
  EXPECT_EQ(Create(kPolicy, kMia, false, "workspaces/bolt").reason(), "INVALID_FIELD");
  EXPECT_EQ(Get("-", "workspaces/bolt").reason(), "POLICY_NOT_FOUND");
  EXPECT_EQ(Get("other").reason(), "POLICY_NOT_FOUND");
  EXPECT_EQ(Get("inbound@9").reason(), "POLICY_NOT_FOUND");
  EXPECT_EQ(Get("-", "workspaces/nowhere").reason(), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(Get("inbound@x").reason(), "INVALID_FIELD");
  EXPECT_EQ(Activate("inbound", "1").reason(), "INVALID_FIELD") << "no revision";
}

TEST_F(PolicyApiTest, DocumentOfTheFullSizeArrives) {
  std::string yaml = kPolicy;
  yaml += "#" + std::string(256 * 1024 - yaml.size() - 2, 'x') + "\n";
  ASSERT_EQ(yaml.size(), 256u * 1024);
  const auto applied = Create(yaml);
  EXPECT_TRUE(applied.ok()) << applied.status.error_message();
  EXPECT_EQ(Create(yaml + "#").reason(), "INVALID_FIELD");
  EXPECT_EQ(Create(std::string(5 << 20, '#')).code(), StatusCode::RESOURCE_EXHAUSTED);
}

}  // namespace
}  // namespace baton::dispatch
