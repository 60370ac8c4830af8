// WorkspaceStore: workspaces and the revisions of their policies.
#include "contract/store/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::WorkspaceId;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class WorkspaceStoreTest : public StoreTest {
 protected:
  std::vector<int64_t> Revisions(const std::vector<WorkspaceId>& workspaces) {
    std::vector<int64_t> revisions;
    const auto versions = store().PolicyVersions(workspaces);
    for (const auto& version : *versions) revisions.push_back(version->revision);
    return revisions;
  }
};

const WorkspaceId kNone = WorkspaceId::Trusted("elsewhere");

TEST_P(WorkspaceStoreTest, AWorkspaceIsCreatedOnce) {
  clock_.Advance(5);
  const WorkspaceId id = WorkspaceId::Trusted("Beta_1-x");
  const auto created = store().CreateWorkspace(id, "B\xc3\xa9ta \"&\" Co\n");
  ASSERT_TRUE(created.ok());
  const store::Workspace expected{id, "B\xc3\xa9ta \"&\" Co\n", kStart + 5, 0};
  EXPECT_EQ(Describe(*created), Describe(expected));
  const auto again = store().CreateWorkspace(id, "other");
  EXPECT_EQ(again.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrorReason(again.status()), "WORKSPACE_EXISTS");
  EXPECT_EQ(Describe(store().ListWorkspaces()->at(0)), Describe(expected)) << "sorted before acme";
}

TEST_P(WorkspaceStoreTest, WorkspacesAreListedByIdWithTheirActiveRevision) {
  MakeStore(16, store::StoreLimits());
  EXPECT_THAT(*store().ListWorkspaces(), IsEmpty());
  for (const char* id : {"zoo", "acme", "acme-2", "Acme", "b"}) {
    ASSERT_TRUE(store().CreateWorkspace(WorkspaceId::Trusted(id), "").ok());
  }
  ASSERT_TRUE(MakeActive(MakePolicy(), "first").ok());
  const auto all = store().ListWorkspaces();
  ASSERT_TRUE(all.ok());
  std::vector<std::string> ids;
  for (const store::Workspace& workspace : *all) ids.push_back(workspace.id.str());
  EXPECT_THAT(ids, ElementsAre("Acme", "acme", "acme-2", "b", "zoo"));
  EXPECT_EQ(all->at(1).policy_revision, 1);
  EXPECT_EQ(all->at(2).policy_revision, 0);
}

TEST_P(WorkspaceStoreTest, WorkspacesHaveACap) {
  MakeStore(4, {.workspaces_max = 2});
  ASSERT_TRUE(store().CreateWorkspace(WorkspaceId::Trusted("a"), "").ok());
  ASSERT_TRUE(store().CreateWorkspace(WorkspaceId::Trusted("b"), "").ok());
  const auto refused = store().CreateWorkspace(WorkspaceId::Trusted("c"), "");
  EXPECT_EQ(QuotaOf(refused.status()),
            "TOO_MANY_WORKSPACES installation 2/2 limits.workspaces_max");
  EXPECT_EQ(ErrorReason(store().CreateWorkspace(WorkspaceId::Trusted("a"), "").status()),
            "WORKSPACE_EXISTS");
}

TEST_P(WorkspaceStoreTest, PolicyVersionsAreToldInOrder) {
  const WorkspaceId fresh = WorkspaceId::Trusted("fresh");
  ASSERT_TRUE(store().CreateWorkspace(fresh, "").ok());
  EXPECT_THAT(Revisions({fresh, acme_, kNone, acme_}), ElementsAre(0, 1, store::kNoWorkspace, 1));
  EXPECT_THAT(*store().PolicyVersions({}), IsEmpty());
}

TEST_P(WorkspaceStoreTest, TheFingerprintOfAPolicyIsThatOfItsText) {
  const auto fingerprint = [this] { return store().PolicyVersions({acme_})->at(0)->fingerprint; };
  const std::string first = fingerprint();
  EXPECT_NE(first, "");
  ASSERT_TRUE(MakeActive(MakePolicy(), "second").ok());
  EXPECT_NE(fingerprint(), first);
  ASSERT_TRUE(MakeActive(MakePolicy(), "first").ok());
  EXPECT_EQ(fingerprint(), first);
}

TEST_P(WorkspaceStoreTest, EveryRevisionsDocumentIsKept) {
  ASSERT_EQ(MakeActive(MakePolicy(), "second: \"\xc3\xa9\"\n")->revision, 2);
  ASSERT_EQ(MakeActive(MakePolicy(), "third")->revision, 3);
  EXPECT_THAT(Revisions({acme_}), ElementsAre(3));
  EXPECT_EQ(store().GetPolicy(acme_, 2)->yaml, "second: \"\xc3\xa9\"\n");
  EXPECT_EQ(store().GetPolicy(acme_, 0)->yaml, "third");
  EXPECT_EQ(store().GetPolicy(acme_, 0)->revision, 3);
  EXPECT_EQ(store().GetPolicy(acme_, 1)->yaml, "first");
}

TEST_P(WorkspaceStoreTest, AnAbsentPolicyIsNotFound) {
  const WorkspaceId fresh = WorkspaceId::Trusted("fresh");
  ASSERT_TRUE(store().CreateWorkspace(fresh, "").ok());
  for (const auto& [workspace, revision] :
       {std::pair(fresh, 0), std::pair(fresh, 1), std::pair(kNone, 0), std::pair(acme_, 2),
        std::pair(acme_, -1)}) {
    const auto refused = store().GetPolicy(workspace, revision);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kNotFound);
    EXPECT_EQ(ErrorReason(refused.status()), "POLICY_NOT_FOUND");
  }
}

}  // namespace
INSTANTIATE_CONTRACT(WorkspaceStoreTest);
}  // namespace baton::contract
