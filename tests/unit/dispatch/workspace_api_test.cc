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

}  // namespace
}  // namespace baton::dispatch
