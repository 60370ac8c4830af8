// ShadowStore: a draft beside the active revision, and the steps that plans carry for it.
#include "absl/strings/str_cat.h"
#include "contract/store/store_fixture.h"
#include "core/errors.h"
#include "support/make_active.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::Plan;
using core::ShadowCount;
using core::Standing;
using store::ShadowEnd;
using store::ShadowRun;
using support::Describe;
using support::kMarketer;
using support::kSeller;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

core::ShadowVerdict Verdict(int64_t revision, bool qualified, const std::string& queue) {
  core::ShadowVerdict verdict;
  verdict.policy_revision = revision;
  verdict.judged_at_ms = kStart + 3;
  verdict.fit = -7;
  verdict.intent = 40;
  verdict.qualified = qualified;
  if (!qualified) {
    verdict.disqualified_reason = "COMPETITOR";
    return verdict;
  }
  verdict.route = {"a rule", QueueNamed(queue), 5, {"de", "fr"}, {RepNamed("ada")}, 60'000};
  return verdict;
}

// Revision 1 is active, 2 is a draft.
class ShadowStoreTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_EQ(store().CreateRevision(MakePolicy(), "second", kMarketer)->revision, 2);
  }

  absl::StatusOr<ShadowRun> Start(int64_t revision) {
    return store().StartShadow({acme_, revision}, kMarketer);
  }
  ShadowRun Get() {
    const auto run = store().GetShadow(acme_);
    EXPECT_TRUE(run.ok()) << run.status();
    return run.value_or(ShadowRun());
  }
  int64_t Of(ShadowCount count) { return Get().counts[count]; }
  int64_t RunningNow() { return store().PolicyVersions({acme_})->at(0)->shadow_run; }

  // A plan of the lead whose step says this of run `run`.
  Plan Step(const std::string& lead, int64_t run, const std::vector<ShadowCount>& counts) {
    Plan plan = Keep(lead);
    plan.shadow.emplace().run = run;
    for (const ShadowCount count : counts) plan.shadow->added[static_cast<size_t>(count)] = 1;
    return plan;
  }
  Plan Differing(const std::string& lead, Standing standing = Standing::kGained) {
    Plan plan = Step(lead, 1, {ShadowCount::kLeads});
    plan.shadow->difference = core::ShadowDifference{plan.key.lead,
                                                     1,
                                                     standing,
                                                     clock_.now_ms(),
                                                     Verdict(1, false, ""),
                                                     Verdict(2, true, "field")};
    return plan;
  }
  Plan Agreed(const std::string& lead) {
    Plan plan = Step(lead, 1, {});
    plan.shadow->agreed = true;
    return plan;
  }
  std::vector<std::string> Leads(int64_t before = 0, int size = 100, int64_t* next = nullptr) {
    const auto page = store().ShadowDifferences(acme_, before, size);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> leads;
    if (!page.ok()) return leads;
    for (const auto& difference : page->differences) leads.push_back(difference.lead.str());
    if (next != nullptr) *next = page->next_before;
    return leads;
  }
};

TEST_P(ShadowStoreTest, ADraftThatNobodyApprovedRuns) {
  clock_.Advance(4);
  const auto run = Start(2);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->run, 1);
  EXPECT_EQ(run->revision, 2);
  EXPECT_EQ(run->name, MakePolicy().name);
  EXPECT_EQ(run->principal, kMarketer);
  EXPECT_EQ(run->started_at_ms, kStart + 4);
  EXPECT_EQ(run->beside, 1);
  EXPECT_EQ(run->end, ShadowEnd::kRunning);
  EXPECT_EQ(run->counts, core::ShadowCounts());
  const auto version = *store().PolicyVersions({acme_})->at(0);
  EXPECT_EQ(version.revision, 1);
  EXPECT_EQ(version.shadow_run, 1);
  EXPECT_EQ(version.shadow_revision, 2);
  EXPECT_EQ(version.shadow_fingerprint, store().GetRevision({acme_, 2})->fingerprint);
  EXPECT_EQ(Describe(Get()), Describe(*run));
}

TEST_P(ShadowStoreTest, OnlyADraftBesideAnActiveRevisionAndOneAtATime) {
  EXPECT_EQ(ErrorReason(Start(1).status()), "REVISION_NOT_A_DRAFT");
  EXPECT_EQ(ErrorReason(Start(9).status()), "POLICY_NOT_FOUND");
  const auto other = core::WorkspaceId::Trusted("other");
  EXPECT_EQ(ErrorReason(store().StartShadow({other, 1}, kMarketer).status()),
            "WORKSPACE_NOT_FOUND");
  ASSERT_TRUE(store().CreateWorkspace(other, "Other").ok());
  core::Policy policy = MakePolicy();
  policy.workspace = other;
  ASSERT_TRUE(store().CreateRevision(policy, "theirs", kMarketer).ok());
  EXPECT_EQ(ErrorReason(store().StartShadow({other, 1}, kMarketer).status()), "NO_ACTIVE_POLICY");
  EXPECT_EQ(ErrorReason(store().GetShadow(other).status()), "SHADOW_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().StopShadow(other, kMarketer).status()), "SHADOW_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().ShadowDifferences(other, 0, 5).status()), "SHADOW_NOT_FOUND");

  ASSERT_TRUE(Start(2).ok());
  ASSERT_EQ(store().CreateRevision(MakePolicy(), "third", kMarketer)->revision, 3);
  const auto refused = Start(3);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(refused.status()), "SHADOW_RUNNING");
  EXPECT_EQ(core::ErrorVariables(refused.status()).at("running"), "2");
}

TEST_P(ShadowStoreTest, ADraftThatRunsAlreadyGoesOnAsItIs) {
  ASSERT_TRUE(Start(2).ok());
  Commit(Step("l1", 1, {ShadowCount::kLeads, ShadowCount::kSame}));
  clock_.Advance(10);
  const auto again = store().StartShadow({acme_, 2}, kSeller);
  EXPECT_EQ(again->run, 1);
  EXPECT_EQ(again->principal, kMarketer);
  EXPECT_EQ(again->counts[ShadowCount::kLeads], 1);
}

TEST_P(ShadowStoreTest, AStoppedRunKeepsWhatItCountedUntilTheNextOneBegins) {
  ASSERT_TRUE(Start(2).ok());
  Commit(Differing("l1"));
  clock_.Advance(10);
  const auto stopped = store().StopShadow(acme_, kSeller);
  EXPECT_EQ(stopped->end, ShadowEnd::kStopped);
  EXPECT_EQ(stopped->ended_at_ms, kStart + 10);
  EXPECT_EQ(stopped->ended_by, kSeller);
  EXPECT_EQ(RunningNow(), 0);
  clock_.Advance(10);
  EXPECT_EQ(Describe(*store().StopShadow(acme_, kMarketer)), Describe(*stopped));
  Commit(Step("l2", 1, {ShadowCount::kLeads}));
  EXPECT_EQ(Of(ShadowCount::kLeads), 1) << "a step that comes late is left out";
  EXPECT_THAT(Leads(), ElementsAre("l1"));

  const auto next = Start(2);
  EXPECT_EQ(next->run, 2);
  EXPECT_EQ(next->counts, core::ShadowCounts());
  EXPECT_THAT(Leads(), IsEmpty());
  Commit(Step("l3", 1, {ShadowCount::kLeads}));
  EXPECT_EQ(Of(ShadowCount::kLeads), 0) << "a step of another run, too";
}

TEST_P(ShadowStoreTest, ARunEndsWhenItsDraftBecomesActive) {
  ASSERT_TRUE(Start(2).ok());
  ASSERT_TRUE(support::ApproveByBoth(store(), {acme_, 2}).ok());
  EXPECT_EQ(RunningNow(), 1);
  clock_.Advance(7);
  ASSERT_TRUE(MakeActive(MakePolicy(), "second").ok());
  EXPECT_EQ(Get().end, ShadowEnd::kActivated);
  EXPECT_EQ(Get().ended_at_ms, kStart + 7);
  EXPECT_EQ(Get().ended_by, kSeller);
  EXPECT_EQ(RunningNow(), 0);
}

TEST_P(ShadowStoreTest, ARunEndsWhenItsDraftIsWithdrawnAndOutlivesItsDeletion) {
  ASSERT_TRUE(Start(2).ok());
  ASSERT_TRUE(store().WithdrawRevision({acme_, 2}, kSeller).ok());
  EXPECT_EQ(Get().end, ShadowEnd::kWithdrawn);
  EXPECT_EQ(Get().ended_by, kSeller);
  EXPECT_EQ(RunningNow(), 0);
  ASSERT_TRUE(store().DeleteRevision({acme_, 2}).ok());
  EXPECT_EQ(Get().revision, 2);
}

TEST_P(ShadowStoreTest, ARunGoesOnWhenAnotherRevisionBecomesActive) {
  ASSERT_TRUE(Start(2).ok());
  ASSERT_EQ(MakeActive(MakePolicy(), "third")->revision, 3);
  ASSERT_EQ(store().CreateRevision(MakePolicy(), "fourth", kMarketer)->revision, 4);
  ASSERT_TRUE(store().WithdrawRevision({acme_, 4}, kSeller).ok());
  EXPECT_EQ(Get().end, ShadowEnd::kRunning);
  EXPECT_EQ(Get().beside, 1);
  EXPECT_EQ(RunningNow(), 1);
}

TEST_P(ShadowStoreTest, AStepTakesEffectWithItsPlanOrNotAtAll) {
  ASSERT_TRUE(Start(2).ok());
  Plan plan = Step("l1", 1, {ShadowCount::kLeads, ShadowCount::kMoved, ShadowCount::kJudgments});
  plan.shadow->active_queue = QueueNamed("inside");
  plan.shadow->shadow_queue = QueueNamed("field");
  Commit(plan);
  EXPECT_EQ(TryCommit(plan), store::CommitCode::kStaleRevision);
  Plan stale = Step("l1", 1, {ShadowCount::kLeads});
  stale.policy_revision = 7;
  EXPECT_EQ(TryCommit(stale), store::CommitCode::kStalePolicy);
  EXPECT_EQ(Of(ShadowCount::kLeads), 1);
  EXPECT_EQ(Of(ShadowCount::kMoved), 1);
  EXPECT_EQ(Of(ShadowCount::kJudgments), 1);
  const core::ShadowCounts counts = Get().counts;
  ASSERT_THAT(counts.queues, SizeIs(2));
  EXPECT_EQ(counts.queues.at(QueueNamed("inside")), (core::QueueShare{1, 0}));
  EXPECT_EQ(counts.queues.at(QueueNamed("field")), (core::QueueShare{0, 1}));
}

TEST_P(ShadowStoreTest, CountsGoDownWhenALeadComesToStandOtherwise) {
  ASSERT_TRUE(Start(2).ok());
  Commit(Step("l1", 1, {ShadowCount::kLeads, ShadowCount::kGained}));
  Plan plan = Step("l1", 1, {ShadowCount::kSame, ShadowCount::kEarlier});
  plan.shadow->added[static_cast<size_t>(ShadowCount::kGained)] = -1;
  Commit(plan);
  EXPECT_EQ(Of(ShadowCount::kGained), 0);
  EXPECT_EQ(Of(ShadowCount::kSame), 1);
  EXPECT_EQ(Of(ShadowCount::kEarlier), 1);
}

TEST_P(ShadowStoreTest, PlansOfOneCallAreAllCounted) {
  ASSERT_TRUE(Start(2).ok());
  std::vector<Plan> plans;
  for (int i = 0; i < 120; ++i) plans.push_back(Differing(absl::StrCat("l", i)));
  const auto results = store().Commit(plans);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ(Of(ShadowCount::kLeads), 120);
  ASSERT_THAT(Leads(), SizeIs(100));
  EXPECT_EQ(Leads().front(), "l119");
}

TEST_P(ShadowStoreTest, DifferencesAreWholeAndALeadHasOne) {
  ASSERT_TRUE(Start(2).ok());
  const Plan first = Differing("l1");
  Commit(first);
  const auto page = store().ShadowDifferences(acme_, 0, 10);
  ASSERT_THAT(page->differences, SizeIs(1));
  EXPECT_EQ(Describe(page->differences[0]), Describe(*first.shadow->difference));
  Commit(Differing("l2"));
  Commit(Differing("l1", Standing::kMoved));
  EXPECT_THAT(Leads(), ElementsAre("l1", "l2"));
  EXPECT_EQ(store().ShadowDifferences(acme_, 0, 10)->differences[0].standing, Standing::kMoved);
  Commit(Agreed("l1"));
  EXPECT_THAT(Leads(), ElementsAre("l2"));
  Commit(Agreed("l3"));
  EXPECT_THAT(Leads(), ElementsAre("l2"));
}

TEST_P(ShadowStoreTest, DifferencesComeInPages) {
  ASSERT_TRUE(Start(2).ok());
  for (int i = 1; i <= 5; ++i) Commit(Differing(absl::StrCat("l", i)));
  int64_t next = 0;
  EXPECT_THAT(Leads(0, 2, &next), ElementsAre("l5", "l4"));
  Commit(Differing("l6"));
  EXPECT_THAT(Leads(next, 2, &next), ElementsAre("l3", "l2"));
  EXPECT_THAT(Leads(next, 2, &next), ElementsAre("l1"));
  EXPECT_EQ(next, 0);
}

TEST_P(ShadowStoreTest, TheLatestDifferencesAreKept) {
  ASSERT_TRUE(Start(2).ok());
  std::vector<Plan> plans;
  for (size_t i = 0; i < core::kShadowDifferencesMax + 7; ++i) {
    plans.push_back(Differing(absl::StrCat("l", i)));
  }
  ASSERT_TRUE(store().Commit(plans).ok());
  Commit(Agreed("l3"));  // was too old to be kept
  const std::vector<std::string> leads = Leads(0, 1000);
  ASSERT_THAT(leads, SizeIs(core::kShadowDifferencesMax));
  EXPECT_EQ(leads.back(), "l7");
  EXPECT_EQ(leads.front(), absl::StrCat("l", core::kShadowDifferencesMax + 6));
  EXPECT_EQ(Of(ShadowCount::kLeads), static_cast<int64_t>(core::kShadowDifferencesMax) + 7);
}

TEST_P(ShadowStoreTest, ALeadRemembersItsNote) {
  Plan plan = Keep("l1");
  plan.after.shadow = {4, 2, Standing::kGained, Verdict(2, true, "field")};
  Commit(plan);
  EXPECT_EQ(Load("l1").shadow, plan.after.shadow);
  plan = Keep("l1");
  plan.after.shadow = {4, 2, Standing::kSame, std::nullopt};
  Commit(plan);
  EXPECT_EQ(Load("l1").shadow, plan.after.shadow);
  plan = Keep("l1");
  plan.after.shadow = {};
  Commit(plan);
  EXPECT_EQ(Load("l1").shadow, core::ShadowNote());
}

INSTANTIATE_CONTRACT(ShadowStoreTest);

}  // namespace
}  // namespace baton::contract
