#include "agreement/policy_cache.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "policy/parse_policy.h"
#include "store/memory/memory_store.h"
#include "store/store_errors.h"
#include "support/builders.h"
#include "support/flaky_store.h"
#include "support/make_active.h"
#include "support/manual_clock.h"
#include "support/policy_text.h"

namespace baton::agreement {
namespace {

using core::WorkspaceId;

// A store that can be put in the place of another one, as after a failover, and that can lose the
// documents of a workspace.
class ReplacedStore : public store::WorkspaceStore {
 public:
  explicit ReplacedStore(store::WorkspaceStore& first) : now(&first) {}

  absl::StatusOr<store::Workspace> CreateWorkspace(const WorkspaceId& id,
                                                   const std::string& name) override {
    return now->CreateWorkspace(id, name);
  }
  absl::StatusOr<std::vector<store::Workspace>> ListWorkspaces() override {
    return now->ListWorkspaces();
  }
  absl::StatusOr<std::vector<absl::StatusOr<store::PolicyVersion>>> PolicyVersions(
      absl::Span<const WorkspaceId> workspaces) override {
    return now->PolicyVersions(workspaces);
  }
  absl::StatusOr<store::PolicyDocument> GetPolicy(const WorkspaceId& id,
                                                  int64_t revision) override {
    if (id.str() != lost) return now->GetPolicy(id, revision);
    if (at_loss) at_loss();
    return store::PolicyNotFound(id, revision);
  }

  store::WorkspaceStore* now;
  std::string lost;
  std::function<void()> at_loss;
};

class PolicyCacheTest : public ::testing::Test {
 protected:
  PolicyCacheTest() { Create("acme"); }

  void Create(const std::string& workspace) {
    ASSERT_TRUE(store_.CreateWorkspace(WorkspaceId::Trusted(workspace), workspace).ok());
  }
  void Activate(const std::string& workspace, int points) { Activate(store_, workspace, points); }
  static std::string Text(const std::string& workspace, int points) {
    std::string yaml = support::kPolicyText;
    yaml.replace(yaml.find("acme"), 4, workspace);
    yaml.replace(yaml.find("points: 60"), 10, absl::StrCat("points: ", points));
    return yaml;
  }
  static void Activate(store::PolicyStore& store, const std::string& workspace, int points) {
    const std::string yaml = Text(workspace, points);
    policy::ParsedPolicy parsed = policy::ParsePolicy(yaml, "policy.yaml");
    ASSERT_TRUE(parsed.ok()) << policy::InvalidPolicy(parsed.errors);
    ASSERT_TRUE(support::MakeActive(store, parsed.policy, yaml).ok());
  }

  // A draft of acme's.
  int64_t Draft(int points) {
    const std::string yaml = Text("acme", points);
    const policy::ParsedPolicy parsed = policy::ParsePolicy(yaml, "policy.yaml");
    return store_.CreateRevision(parsed.policy, yaml, support::kMarketer)->revision;
  }

  support::ManualClock clock_{support::kNow};
  store::MemoryStore store_{4, {}, clock_.function()};
  int calls_ = 0;
  support::FlakyStore counting_{store_, [this] {
                                  ++calls_;
                                  return support::Fault::kNone;
                                }};
  PolicyCache cache_{counting_, counting_, 2};
};

TEST_F(PolicyCacheTest, TellsUnknownWorkspacesAndThoseWithoutPolicy) {
  const std::vector<WorkspaceId> workspaces = {WorkspaceId::Trusted("nobody"),
                                               WorkspaceId::Trusted("acme")};
  const auto active = cache_.Active(workspaces);
  ASSERT_TRUE(active.ok());
  EXPECT_FALSE((*active)[0]->workspace_exists);
  EXPECT_TRUE((*active)[1]->workspace_exists);
  EXPECT_EQ((*active)[1]->revision, 0);
  EXPECT_EQ((*active)[1]->policy, nullptr);
  EXPECT_EQ(core::ErrorReason(cache_.Active(WorkspaceId::Trusted("nobody")).status()),
            "WORKSPACE_NOT_FOUND");
}

TEST_F(PolicyCacheTest, CompilesEachRevisionOnce) {
  Activate("acme", 60);
  const auto first = cache_.Active(WorkspaceId::Trusted("acme"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->policy->revision, 1);
  EXPECT_EQ(first->policy->workspace.str(), "acme");
  calls_ = 0;
  EXPECT_EQ(cache_.Active(WorkspaceId::Trusted("acme"))->policy, first->policy);
  EXPECT_EQ(calls_, 1);  // the revision alone
  Activate("acme", 70);
  const auto second = cache_.Active(WorkspaceId::Trusted("acme"));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->revision, 2);
  EXPECT_EQ(second->policy->intent[0].points, 70);
  EXPECT_EQ(first->policy->intent[0].points, 60);  // whoever holds the old one keeps it
}

TEST_F(PolicyCacheTest, GivesTheDraftThatRunsBesideIt) {
  const WorkspaceId acme = WorkspaceId::Trusted("acme");
  Activate("acme", 60);
  EXPECT_FALSE(cache_.Active(acme)->shadow.has_value());
  const int64_t draft = Draft(70);
  ASSERT_TRUE(store_.StartShadow({acme, draft}, support::kMarketer).ok());
  const auto both = cache_.Active(acme);
  ASSERT_TRUE(both.ok()) << both.status();
  EXPECT_EQ(both->policy->intent[0].points, 60);
  ASSERT_TRUE(both->shadow.has_value());
  EXPECT_EQ(both->shadow->run, 1);
  EXPECT_EQ(both->shadow->policy->revision, draft);
  EXPECT_EQ(both->shadow->policy->intent[0].points, 70);
  calls_ = 0;
  EXPECT_EQ(cache_.Active(acme)->shadow->policy, both->shadow->policy);
  EXPECT_EQ(calls_, 1);
  ASSERT_TRUE(store_.StopShadow(acme, support::kMarketer).ok());
  EXPECT_FALSE(cache_.Active(acme)->shadow.has_value());
}

TEST_F(PolicyCacheTest, ADocumentThatIsGoneConcernsItsWorkspaceAlone) {
  const std::vector<WorkspaceId> both = {WorkspaceId::Trusted("acme"),
                                         WorkspaceId::Trusted("globex")};
  Create("globex");
  Activate("acme", 60);
  Activate("globex", 70);
  ReplacedStore lossy(store_);
  lossy.lost = "acme";
  PolicyCache cache(lossy, store_, 2);
  const auto active = cache.Active(both);
  ASSERT_TRUE(active.ok()) << active.status();
  EXPECT_EQ(core::ErrorReason((*active)[0].status()), "STATE_UNREADABLE") << (*active)[0].status();
  ASSERT_TRUE((*active)[1].ok()) << (*active)[1].status();
  EXPECT_EQ((*active)[1]->policy->intent[0].points, 70);
  lossy.lost.clear();
  EXPECT_EQ(cache.Active(both[0])->policy->intent[0].points, 60);
}

TEST_F(PolicyCacheTest, ADocumentThatIsReplacedWhileItIsReadIsAskedForAgain) {
  Activate("acme", 60);
  ReplacedStore moving(store_);
  moving.lost = "acme";
  moving.at_loss = [&] {
    Activate("acme", 70);
    moving.lost.clear();
  };
  PolicyCache cache(moving, store_, 2);
  const absl::Status first = cache.Active(WorkspaceId::Trusted("acme")).status();
  EXPECT_TRUE(absl::IsUnavailable(first)) << first;
  EXPECT_EQ(cache.Active(WorkspaceId::Trusted("acme"))->policy->intent[0].points, 70);
}

TEST_F(PolicyCacheTest, ADraftThatCannotBeReadLeavesTheActivePolicyAsItIs) {
  const WorkspaceId acme = WorkspaceId::Trusted("acme");
  Activate("acme", 60);
  core::Policy policy;
  policy.workspace = acme;
  const auto draft = store_.CreateRevision(policy, "not for this release", support::kMarketer);
  ASSERT_TRUE(store_.StartShadow({acme, draft->revision}, support::kMarketer).ok());
  const auto active = cache_.Active(acme);
  ASSERT_TRUE(active.ok()) << active.status();
  EXPECT_EQ(active->policy->revision, 1);
  ASSERT_TRUE(active->shadow.has_value());
  EXPECT_EQ(active->shadow->policy, nullptr);
}

TEST_F(PolicyCacheTest, ReadsTheTablesOfARevisionAndSharesThemWithTheNext) {
  const WorkspaceId acme = WorkspaceId::Trusted("acme");
  const std::string csv = "country,segment\nDE,dach\n";
  policy::GivenTables given = {{{"segments", core::LookupTable::Parse(csv).table}}, {}};
  const std::string sha256 = given.tables.at("segments")->sha256();
  ASSERT_TRUE(store_.PutTable(acme, {"segments", sha256, 1}, csv).ok());
  const auto activate = [&](int points) {
    std::string yaml = support::kPolicyText;
    yaml.replace(yaml.find("points: 60"), 10, absl::StrCat("points: ", points));
    yaml += absl::StrCat("  tables: {segments: {sha256: ", sha256, "}}\n");
    policy::ParsedPolicy parsed = policy::ParsePolicy(yaml, "policy.yaml", given);
    ASSERT_TRUE(parsed.ok()) << policy::InvalidPolicy(parsed.errors);
    ASSERT_TRUE(support::MakeActive(store_, parsed.policy, yaml).ok());
  };
  activate(60);
  const auto first = cache_.Active(acme);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->policy->tables.at("segments")->Find("DE", 1), "dach");
  activate(70);
  calls_ = 0;
  const auto second = cache_.Active(acme);
  EXPECT_EQ(second->revision, 2);
  EXPECT_EQ(second->policy->tables, first->policy->tables);
  EXPECT_EQ(calls_, 2) << "the revision and its document";
  EXPECT_EQ((*PolicyAt(store_, store_, acme, 1))->tables.at("segments")->rows(), 1u);
}

TEST_F(PolicyCacheTest, KeepsNoMoreThanItMay) {
  for (const char* workspace : {"w1", "w2", "w3"}) {
    Create(workspace);
    Activate(workspace, 60);
  }
  for (int round = 0; round < 2; ++round) {
    for (const char* workspace : {"w1", "w2", "w3"}) {
      const auto active = cache_.Active(WorkspaceId::Trusted(workspace));
      ASSERT_TRUE(active.ok());
      EXPECT_EQ(active->policy->workspace.str(), workspace);
    }
  }
}

TEST_F(PolicyCacheTest, GivesTheStoresErrors) {
  support::FlakyStore away(store_, [] { return support::Fault::kNeverArrives; });
  PolicyCache cache(away, away, 2);
  EXPECT_EQ(cache.Active(WorkspaceId::Trusted("acme")).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(PolicyCacheTest, NamesAStoredPolicyThatItCannotRead) {
  core::Policy policy = support::SamplePolicy();
  ASSERT_TRUE(support::MakeActive(store_, policy, "kind: SomethingElse\n").ok());
  const absl::Status status = cache_.Active(WorkspaceId::Trusted("acme")).status();
  EXPECT_EQ(core::ErrorReason(status), "STORED_POLICY_INVALID");
}

TEST_F(PolicyCacheTest, PolicyThatCannotBeReadLeavesTheOthersAlone) {
  Create("broken");
  core::Policy policy = support::SamplePolicy();
  policy.workspace = WorkspaceId::Trusted("broken");
  ASSERT_TRUE(support::MakeActive(store_, policy, "kind: SomethingElse\n").ok());
  Activate("acme", 60);
  const std::vector<WorkspaceId> workspaces = {WorkspaceId::Trusted("broken"),
                                               WorkspaceId::Trusted("acme")};
  const auto active = cache_.Active(workspaces);
  ASSERT_TRUE(active.ok()) << active.status();
  EXPECT_EQ(core::ErrorReason((*active)[0].status()), "STORED_POLICY_INVALID");
  ASSERT_TRUE((*active)[1].ok());
  EXPECT_EQ((*active)[1]->policy->revision, 1);
  calls_ = 0;
  EXPECT_TRUE(cache_.Active(workspaces).ok());
  EXPECT_EQ(calls_, 1);  // that it cannot be read is known
}

TEST_F(PolicyCacheTest, NoticesARevisionThatARolledBackStoreGivesAgain) {
  Activate("acme", 60);
  ReplacedStore replaced(store_);
  PolicyCache cache(replaced, store_, 2);
  ASSERT_EQ(cache.Active(WorkspaceId::Trusted("acme"))->policy->intent[0].points, 60);
  store::MemoryStore behind(4, {}, clock_.function());
  ASSERT_TRUE(behind.CreateWorkspace(WorkspaceId::Trusted("acme"), "").ok());
  Activate(behind, "acme", 70);
  replaced.now = &behind;
  const auto again = cache.Active(WorkspaceId::Trusted("acme"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->revision, 1);
  EXPECT_EQ(again->policy->intent[0].points, 70);
}

TEST_F(PolicyCacheTest, ServesManyThreads) {
  Activate("acme", 60);
  PolicyCache cache(store_, store_, 10);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&cache] {
      for (int j = 0; j < 200; ++j) {
        EXPECT_EQ(cache.Active(WorkspaceId::Trusted("acme"))->revision, 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace baton::agreement
