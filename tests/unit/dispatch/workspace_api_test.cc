// WorkspaceService over the wire.
#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using WorkspaceStub = v1::WorkspaceService::Stub;

class WorkspaceApiTest : public ApiTest {
 protected:
  Outcome<v1::CreateWorkspaceResponse> Create(const std::string& id, const std::string& name = "") {
    v1::CreateWorkspaceRequest request;
    request.set_workspace_id(id);
    request.mutable_workspace()->set_display_name(name);
    return Call(*api_.workspaces, &WorkspaceStub::CreateWorkspace, request);
  }
  Outcome<v1::ApplyPolicyResponse> Apply(const std::string& yaml, const std::string& etag = "",
                                         bool validate_only = false,
                                         const std::string& parent = "workspaces/acme") {
    v1::ApplyPolicyRequest request;
    request.set_parent(parent);
    request.set_yaml(yaml);
    request.set_etag(etag);
    request.set_validate_only(validate_only);
    return Call(*api_.workspaces, &WorkspaceStub::ApplyPolicy, request);
  }
  Outcome<v1::GetPolicyResponse> GetPolicy(const std::string& name) {
    v1::GetPolicyRequest request;
    request.set_name(name);
    return Call(*api_.workspaces, &WorkspaceStub::GetPolicy, request);
  }
};

TEST_F(WorkspaceApiTest, CreatesReadsAndLists) {
  ASSERT_TRUE(Create("bolt", "Bolt Ltd").ok());
  EXPECT_EQ(Create("bolt").code(), ::grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Create("bolt").reason(), "WORKSPACE_EXISTS");
  const auto bad = Create("no good", std::string(129, 'x'));
  EXPECT_EQ(DetailsOf(bad.status).violations.size(), 2u);

  v1::GetWorkspaceRequest get;
  get.set_name("workspaces/bolt");
  const auto found = Call(*api_.workspaces, &WorkspaceStub::GetWorkspace, get);
  EXPECT_EQ(found.response.workspace().display_name(), "Bolt Ltd");
  EXPECT_TRUE(found.response.workspace().has_create_time());
  EXPECT_EQ(found.response.workspace().policy_revision(), 0);
  get.set_name("workspaces/nowhere");
  EXPECT_EQ(Call(*api_.workspaces, &WorkspaceStub::GetWorkspace, get).reason(),
            "WORKSPACE_NOT_FOUND");

  v1::ListWorkspacesRequest list;
  list.set_page_size(1);
  const auto first = Call(*api_.workspaces, &WorkspaceStub::ListWorkspaces, list);
  ASSERT_EQ(first.response.workspaces_size(), 1);
  EXPECT_EQ(first.response.workspaces(0).name(), "workspaces/acme");
  EXPECT_EQ(first.response.workspaces(0).policy_revision(), 1);
  list.set_page_token(first.response.next_page_token());
  const auto second = Call(*api_.workspaces, &WorkspaceStub::ListWorkspaces, list);
  EXPECT_EQ(second.response.workspaces(0).name(), "workspaces/bolt");
  EXPECT_EQ(second.response.next_page_token(), "");
  list.set_page_size(-5);
  EXPECT_EQ(Call(*api_.workspaces, &WorkspaceStub::ListWorkspaces, list).reason(), "INVALID_FIELD");
}

TEST_F(WorkspaceApiTest, EveryErrorOfADocumentIsAViolation) {
  std::string yaml = kPolicy;
  yaml.replace(yaml.find("points: 30"), 10, "point: 30");
  yaml.replace(yaml.find("accept_within: 1h"), 17, "accept_within: 1x");
  const auto refused = Apply(yaml);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "INVALID_POLICY");
  const auto violations = DetailsOf(refused.status).violations;
  ASSERT_GE(violations.size(), 2u);
  EXPECT_EQ(violations[0].field, "yaml");
  EXPECT_NE(violations[0].description.find("policy:8:"), std::string::npos)
      << violations[0].description;
  EXPECT_NE(violations[0].description.find("points"), std::string::npos);
}

TEST_F(WorkspaceApiTest, ADocumentWhoseTestFailsIsRefused) {
  const std::string test = "  tests: [{name: Nobody, given: {}, expect: {mql: true}}]\n";
  const auto refused = Apply(kPolicy + test);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "INVALID_POLICY");
  const auto violations = DetailsOf(refused.status).violations;
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_NE(violations[0].description.find("test 'Nobody' expects mql true, found false"),
            std::string::npos)
      << violations[0].description;
}

TEST_F(WorkspaceApiTest, NewDocumentIsTheNextRevision) {
  EXPECT_EQ(Apply(kPolicy).response.policy().revision(), 1);  // the same text
  std::string yaml = kPolicy;
  yaml.replace(yaml.find("points: 30"), 10, "points: 31");
  const auto checked = Apply(yaml, "1", /*validate_only=*/true);
  ASSERT_TRUE(checked.ok()) << checked.status.error_message();
  EXPECT_EQ(checked.response.policy().name(), "workspaces/acme/policies/inbound@2");
  EXPECT_EQ(GetPolicy("workspaces/acme/policies/inbound").response.policy().revision(), 1);
  EXPECT_EQ(Apply(yaml, "7", true).reason(), "ETAG_MISMATCH");
  EXPECT_EQ(Apply(yaml, "7").reason(), "ETAG_MISMATCH");
  ASSERT_TRUE(Apply(yaml, "1").ok());
  EXPECT_EQ(GetPolicy("workspaces/acme/policies/inbound").response.policy().yaml(), yaml);
  EXPECT_EQ(GetPolicy("workspaces/acme/policies/inbound@1").response.policy().yaml(), kPolicy);
  EXPECT_EQ(GetPolicy("workspaces/acme/policies/-").response.policy().name(),
            "workspaces/acme/policies/inbound@2");
}

TEST_F(WorkspaceApiTest, PolicyBelongsToItsWorkspace) {
  ASSERT_TRUE(Create("bolt").ok());
  EXPECT_EQ(Apply(kPolicy, "", false, "workspaces/bolt").reason(), "INVALID_FIELD");
  EXPECT_EQ(GetPolicy("workspaces/bolt/policies/-").reason(), "POLICY_NOT_FOUND");
  EXPECT_EQ(GetPolicy("workspaces/acme/policies/other").reason(), "POLICY_NOT_FOUND");
  EXPECT_EQ(GetPolicy("workspaces/acme/policies/inbound@9").reason(), "POLICY_NOT_FOUND");
  EXPECT_EQ(GetPolicy("workspaces/nowhere/policies/-").reason(), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(GetPolicy("workspaces/acme/policies/inbound@x").reason(), "INVALID_FIELD");
}

TEST_F(WorkspaceApiTest, DocumentOfTheFullSizeArrives) {
  std::string yaml = kPolicy;
  yaml += "#" + std::string(256 * 1024 - yaml.size() - 2, 'x') + "\n";
  ASSERT_EQ(yaml.size(), 256u * 1024);
  const auto applied = Apply(yaml);
  EXPECT_TRUE(applied.ok()) << applied.status.error_message();
  EXPECT_EQ(Apply(yaml + "#").reason(), "INVALID_FIELD");
  EXPECT_EQ(Apply(std::string(300 * 1024, '#')).code(), ::grpc::StatusCode::RESOURCE_EXHAUSTED);
}

}  // namespace
}  // namespace baton::dispatch
