// LeadStore: loading, the expectations of Commit, and what a committed plan leaves behind.
#include <array>

#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::ChangeType;
using core::LeadRecord;
using core::Plan;
using core::Stage;
using store::CommitCode;
using support::Describe;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using LeadStoreTest = StoreTest;

TEST_P(LeadStoreTest, AnUnknownLeadLoadsWithRevisionZeroAndItsKey) {
  const LeadRecord record = Load("nobody");
  EXPECT_EQ(record.revision, 0);
  EXPECT_EQ(record.key, Key("nobody"));
  EXPECT_EQ(record.stage, Stage::kNew);
}

TEST_P(LeadStoreTest, ALeadOfAnUnknownWorkspaceLoadsWithRevisionZero) {
  const core::LeadKey key{core::WorkspaceId::Trusted("elsewhere"), core::LeadId::Trusted("l1")};
  EXPECT_EQ(LoadKey(key).revision, 0);
}

TEST_P(LeadStoreTest, LoadAnswersInTheOrderOfItsKeysWhichMayRepeat) {
  Commit(Keep("l1"));
  Commit(Keep("l2"));
  Commit(Keep("l2"));
  const auto loaded = store().Load({Key("l2"), Key("l1"), Key("none"), Key("l2")});
  ASSERT_TRUE(loaded.ok());
  ASSERT_THAT(loaded->records, SizeIs(4));
  EXPECT_EQ(loaded->records[0]->revision, 2);
  EXPECT_EQ(loaded->records[1]->revision, 1);
  EXPECT_EQ(loaded->records[2]->revision, 0);
  EXPECT_EQ(Describe(*loaded->records[3]), Describe(*loaded->records[0]));
}

TEST_P(LeadStoreTest, LoadTellsTheStoresClock) {
  const auto loaded = store().Load({Key("l1")});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->now_ms, kStart);
}

TEST_P(LeadStoreTest, LoadTellsTheEpochOfTheInput) {
  const auto loaded = store().Load({Key("l1")});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->epoch, store().Checkpoints("leads")->epoch);
}

TEST_P(LeadStoreTest, TheClockIsNeverBeforeACommittedChange) {
  Commit(Keep("l1"));
  clock_.Advance(-core::kHourMs);
  const auto loaded = store().Load({Key("l1")});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->now_ms, kStart);
  Commit(Keep("l2"));
  EXPECT_EQ(Outbox().back().at_ms, kStart);
}

TEST_P(LeadStoreTest, EachLeadHasTheClockOfItsShardAndOfNoOther) {
  MakeStore(/*shards=*/2, store::StoreLimits());
  std::array<core::LeadKey, 2> keys;  // by shard
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) {
    const core::WorkspaceId workspace = core::WorkspaceId::Trusted(id);
    keys[static_cast<size_t>(store().ShardOf(workspace))] = {workspace,
                                                             core::LeadId::Trusted("l1")};
  }
  for (const core::LeadKey& key : keys) {
    ASSERT_TRUE(store().CreateWorkspace(key.workspace, "").ok());
    core::Policy policy = MakePolicy();
    policy.workspace = key.workspace;
    ASSERT_TRUE(MakeActive(policy, "first").ok());
  }
  Plan ahead = Keep("l1");
  ahead.key = ahead.after.key = keys[0];
  clock_.Advance(core::kHourMs);
  ASSERT_EQ(TryCommit(ahead), CommitCode::kCommitted);
  clock_.Advance(-core::kHourMs);
  const auto both = store().Load(keys);
  ASSERT_TRUE(both.ok());
  EXPECT_THAT(both->times, ElementsAre(kStart + core::kHourMs, kStart));
  EXPECT_EQ(both->now_ms, kStart + core::kHourMs);
  EXPECT_EQ(store().Load({keys[1]})->now_ms, kStart);
}

TEST_P(LeadStoreTest, AnUnknownWorkspaceIsRefused) {
  Plan plan = Keep("l1");
  plan.key.workspace = core::WorkspaceId::Trusted("elsewhere");
  EXPECT_EQ(TryCommit(plan), CommitCode::kUnknownWorkspace);
}

TEST_P(LeadStoreTest, AnotherRevisionThanExpectedIsRefused) {
  Plan plan = Keep("l1");
  plan.expected_revision = 1;
  EXPECT_EQ(TryCommit(plan), CommitCode::kStaleRevision);
  plan.expected_revision = 0;
  EXPECT_EQ(TryCommit(plan), CommitCode::kCommitted);
  EXPECT_EQ(TryCommit(plan), CommitCode::kStaleRevision);
  EXPECT_EQ(Load("l1").revision, 1);
}

TEST_P(LeadStoreTest, AnotherPolicyThanTheActiveOneIsRefusedAndZeroMeansAny) {
  Plan plan = Keep("l1");
  plan.policy_revision = 2;
  EXPECT_EQ(TryCommit(plan), CommitCode::kStalePolicy);
  plan.policy_revision = 1;
  Commit(plan);
  ASSERT_TRUE(MakeActive(MakePolicy(), "second").ok());
  plan = Keep("l1");
  plan.policy_revision = 1;
  EXPECT_EQ(TryCommit(plan), CommitCode::kStalePolicy);
  plan.policy_revision = 0;
  EXPECT_EQ(TryCommit(plan), CommitCode::kCommitted);
}

TEST_P(LeadStoreTest, APlanIsRefusedBeforeItsTime) {
  Plan plan = Keep("l1");
  plan.not_before_ms = kStart + 1;
  EXPECT_EQ(TryCommit(plan), CommitCode::kNotDue);
  clock_.Advance(1);
  EXPECT_EQ(TryCommit(plan), CommitCode::kCommitted);
}

TEST_P(LeadStoreTest, AFullOutboxRefusesNewWorkAndTheReserveServesRepsAndTimers) {
  MakeStore(1, {.outbox_max = 2, .outbox_reserve = 1});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  Commit(Keep("l1"));
  Commit(Keep("l2"));
  Plan plan = Keep("l3");
  EXPECT_EQ(TryCommit(plan), CommitCode::kOutboxFull);
  plan.may_use_reserve = true;
  EXPECT_EQ(TryCommit(plan), CommitCode::kCommitted);
  plan = Keep("l3");
  plan.may_use_reserve = true;
  EXPECT_EQ(TryCommit(plan), CommitCode::kOutboxFull);

  plan.changes.clear();
  Plan offer = Qualify("l3", "inside");
  offer.may_use_reserve = true;
  offer.changes.clear();
  EXPECT_EQ(TryCommit(offer), CommitCode::kOutboxFull) << "the placement publishes";
  EXPECT_EQ(TryCommit(plan), CommitCode::kCommitted) << "nothing is published";
  EXPECT_EQ(Outbox().size(), 3U);

  ASSERT_TRUE(store().Trim(0, kBegin + 2, 0).ok());
  EXPECT_EQ(TryCommit(Keep("l4")), CommitCode::kCommitted);
}

TEST_P(LeadStoreTest, TheCapOfLeadsRefusesNewLeadsOnly) {
  MakeStore(1, {.leads_per_workspace_max = 2});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  Commit(Keep("l1"));
  Commit(Keep("l2"));
  EXPECT_EQ(TryCommit(Keep("l3")), CommitCode::kTooManyLeads);
  EXPECT_EQ(TryCommit(Keep("l1")), CommitCode::kCommitted);
}

TEST_P(LeadStoreTest, RefusalsAreTestedInTheDocumentedOrder) {
  MakeStore(1, {.leads_per_workspace_max = 0, .outbox_max = 0, .outbox_reserve = 0});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  Plan plan = Keep("l1");
  plan.expected_revision = 7;
  plan.policy_revision = 7;
  plan.not_before_ms = kStart + 1;
  EXPECT_EQ(TryCommit(plan), CommitCode::kStaleRevision);
  plan.expected_revision = 0;
  EXPECT_EQ(TryCommit(plan), CommitCode::kStalePolicy);
  plan.policy_revision = 0;
  EXPECT_EQ(TryCommit(plan), CommitCode::kNotDue);
  plan.not_before_ms = kStart;
  EXPECT_EQ(TryCommit(plan), CommitCode::kOutboxFull);
  ASSERT_THAT(Outbox(), IsEmpty());
}

TEST_P(LeadStoreTest, ARefusedPlanChangesNothing) {
  AddRep("ada");
  CommitQualified("l1");
  const std::string before = Describe(Load("l1"));
  Plan plan = Decline("l1");
  plan.expected_revision--;
  plan.applied = 3;
  plan.inputs = {{kStart, "captured", "form", "e1"}};
  EXPECT_EQ(TryCommit(plan), CommitCode::kStaleRevision);
  EXPECT_EQ(Describe(Load("l1")), before);
  EXPECT_THAT(OutboxTypes(), ElementsAre("qualified", "assigned"));
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l1"));
  EXPECT_EQ(store().Counters(store::InputFlow::kMarketing)->applied, 0);
  EXPECT_THAT(store().Journey(Key("l1"), 0, 10)->entries, SizeIs(2));
}

TEST_P(LeadStoreTest, ARefusedPlanHasNoRecord) {
  Plan plan = Keep("l1");
  plan.expected_revision = 5;
  const auto results = store().Commit({plan});
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(Describe(results->at(0).record), Describe(LeadRecord()));
}

TEST_P(LeadStoreTest, PlansOfABatchStandAloneAndKeepTheirOrder) {
  Plan stale = Keep("l2");
  stale.expected_revision = 9;
  const auto results = store().Commit({Keep("l1"), stale, Keep("l3"), Keep("l1")});
  ASSERT_TRUE(results.ok());
  ASSERT_THAT(*results, SizeIs(4));
  EXPECT_EQ(results->at(0).code, CommitCode::kCommitted);
  EXPECT_EQ(results->at(1).code, CommitCode::kStaleRevision);
  EXPECT_EQ(results->at(2).code, CommitCode::kCommitted);
  EXPECT_EQ(results->at(3).code, CommitCode::kStaleRevision) << "the first plan moved the lead on";
  EXPECT_EQ(results->at(2).record.key, Key("l3"));
}

TEST_P(LeadStoreTest, AnEmptyBatchIsFine) {
  EXPECT_THAT(*store().Commit({}), IsEmpty());
  EXPECT_THAT(store().Load({})->records, IsEmpty());
}

// Every field that the placement does not decide, with a value of its own.
void FillIn(LeadRecord& record) {
  record.stage = Stage::kWorking;
  record.cycle = 3;
  record.queue = QueueNamed("inside");
  record.passed = {RepNamed("bob"), RepNamed("cy")};
  record.due_at_ms = kStart + 5;
  record.timer = core::TimerKind::kRetry;
  record.accepted_at_ms = kStart - 4;
  record.first_touch_at_ms = kStart - 3;
  record.last_touch_at_ms = kStart - 2;
  record.touches = 2;
  record.reason = "NO_NEED";
  record.revisit_at_ms = kStart + 9;
  record.amount_minor = 9'007'199'254'740'991;
  record.currency = "EUR";
  record.close_date_ms = kStart + 10;
  record.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  record.sales_events = {{1, 0xffffffffffffffff, kStart, 2, 3}, {4, 5, kStart + 1, 6, 7}};
  record.sales_forgotten_ms = kStart - 1;
  record.answered = {{"request-1", 0xffffffffffffffff, Stage::kAccepted, RepNamed("ada"), 4, 7},
                     {"request-2", 1, Stage::kWorking, RepNamed("ada"), 4, 8}};
}

core::Facts FullFacts() {
  core::Facts facts;
  facts.attributes["country"] = {std::string("DE \"quoted\"\n\xc3\xa9"), {kStart, "e1"}};
  facts.attributes["employees"] = {int64_t{9'007'199'254'740'993}, {kStart, "e1"}};
  facts.attributes["score"] = {0.1, {kStart, "e1"}};
  facts.attributes["partner"] = {true, {kStart, "e2"}};
  facts.attributes["tools"] = {std::vector<std::string>{"crm", ""}, {kStart, "e2"}};
  facts.attributes["no_tools"] = {std::vector<std::string>{}, {kStart, "e2"}};
  facts.consent = core::Consent::kGranted;
  facts.consent_writer = {kStart, "e2"};
  facts.activities["demo_request"] = {{19'675, 2}, {19'676, 1}};
  facts.occasions["demo_request"] = {{{19'676, {{"form", "f\n1"}, {"step", int64_t{2}}}}, 1}};
  facts.attribution["campaign"] = {"spring", {kStart, "e1"}};
  facts.sources = {{kStart, "form", "e1"}, {kStart + 1, "crm", "e2"}};
  facts.first_event_at_ms = -1;
  facts.last_event_at_ms = kStart + 1;
  facts.applied_offsets = {{0, 17}, {5, 9'000'000'000'000'000}};
  facts.recent_events = {1, 0xffffffffffffffff, 0x8000000000000000};
  return facts;
}

core::Judgment FullJudgment() {
  core::Judgment judgment;
  judgment.policy_revision = 1;
  judgment.judged_at_ms = kStart;
  judgment.fit = 40;
  judgment.intent = -5;
  judgment.factors = {{core::FactorKind::kFit, "big", 40}, {core::FactorKind::kIntent, "spam", -5}};
  judgment.definition = {{"fit: >= 30", "40", true}};
  judgment.disqualified_by = "rule";
  judgment.disqualified_reason = "STUDENT_OR_JOBSEEKER";
  judgment.qualified = true;
  judgment.route = {"dach", QueueNamed("inside"), 7, {"german", "saas"}};
  judgment.route_path = {{"first", false, {{"country: US", "DE", false}}}, {"dach", true, {}}};
  return judgment;
}

TEST_P(LeadStoreTest, EveryFieldComesBackAsItWasStored) {
  Plan plan = Keep("l1");
  FillIn(plan.after);
  plan.after.facts = FullFacts();
  plan.after.judgment = FullJudgment();
  plan.facts_changed = true;
  plan.judgment_changed = true;
  LeadRecord expected = plan.after;
  expected.revision = 1;
  expected.version = 1;

  LeadRecord answered = Commit(plan);
  EXPECT_EQ(Describe(Load("l1")), Describe(expected));
  EXPECT_EQ(Describe(answered.facts), Describe(core::Facts()));
  EXPECT_EQ(Describe(answered.judgment), Describe(core::Judgment()));
  answered.facts = expected.facts;
  answered.judgment = expected.judgment;
  EXPECT_EQ(Describe(answered), Describe(expected));
}

TEST_P(LeadStoreTest, FactsAndJudgmentStayUnlessThePlanSaysTheyChanged) {
  Plan plan = Keep("l1");
  plan.after.facts = FullFacts();
  plan.after.judgment = FullJudgment();
  plan.facts_changed = true;
  plan.judgment_changed = true;
  Commit(plan);
  plan = Keep("l1");
  plan.after.facts = core::Facts();
  plan.after.judgment = core::Judgment();
  Commit(plan);
  EXPECT_EQ(Describe(Load("l1").facts), Describe(FullFacts()));
  EXPECT_EQ(Describe(Load("l1").judgment), Describe(FullJudgment()));
}

TEST_P(LeadStoreTest, WithKKeepTheFieldsOfThePlacementStayAsStored) {
  AddRep("ada");
  CommitQualified("l1");
  const LeadRecord offered = Load("l1");
  Plan plan = Keep("l1");
  plan.after.stage = Stage::kAccepted;
  plan.after.rep = RepNamed("bob");
  plan.after.generation = 9;
  plan.after.version = 77;
  plan.after.revision = 77;
  plan.after.queued_at_ms = 1;
  plan.after.offered_at_ms = 1;
  plan.after.pool = {};
  Commit(plan);
  LeadRecord expected = offered;
  expected.stage = Stage::kAccepted;
  expected.revision = offered.revision + 1;
  expected.version = offered.version + 1;
  EXPECT_EQ(Describe(Load("l1")), Describe(expected));
}

TEST_P(LeadStoreTest, EachChangeGetsTheNextVersion) {
  Plan plan = Keep("l1");
  plan.changes.push_back(plan.changes[0]);
  plan.changes[1].type = ChangeType::kTouched;
  EXPECT_EQ(Commit(plan).version, 2);
  EXPECT_EQ(Commit(Keep("l1")).version, 3);
  std::vector<int64_t> versions;
  for (const store::OutboxEntry& entry : Outbox()) versions.push_back(entry.version);
  EXPECT_THAT(versions, ElementsAre(1, 2, 3));
}

TEST_P(LeadStoreTest, AnOutboxEntryTellsTheChangeAndWhatItWasDecidedOn) {
  Plan plan = Keep("l1");
  FillIn(plan.after);
  plan.after.facts = FullFacts();
  plan.after.judgment = FullJudgment();
  plan.facts_changed = true;
  plan.judgment_changed = true;
  plan.changes[0].details = {{"channel", "call"}, {"note", "\"hi\"\n"}};
  plan.changes[0].reason = "NO_NEED";
  Commit(plan);
  ASSERT_THAT(Outbox(), SizeIs(1));
  store::OutboxEntry expected;
  expected.sequence = kBegin + 1;
  expected.key = Key("l1");
  expected.epoch = kStart;
  expected.version = 1;
  expected.at_ms = kStart;
  expected.cycle = 3;
  expected.change = plan.changes[0];
  expected.policy_revision = 1;
  expected.fit = 40;
  expected.intent = -5;
  expected.factors = FullJudgment().factors;
  expected.attribution = {{"campaign", "spring"}};
  expected.sources = FullFacts().sources;
  expected.traceparent = plan.after.traceparent;
  EXPECT_EQ(Describe(Outbox()[0]), Describe(expected));
}

TEST_P(LeadStoreTest, InputsAreCountedWithThePlan) {
  Plan plan = Keep("l1");
  plan.applied = 2;
  plan.duplicates = 1;
  Commit(plan);
  EXPECT_EQ(TryCommit(plan), CommitCode::kStaleRevision) << "a repeat counts nothing";
  const auto counters = store().Counters(store::InputFlow::kMarketing);
  ASSERT_TRUE(counters.ok());
  EXPECT_EQ(counters->applied, 2);
  EXPECT_EQ(counters->duplicates, 1);
}

TEST_P(LeadStoreTest, LeadsAreListedById) {
  for (const char* lead : {"l3", "l1", "L4", "l10", "l2"}) Commit(Keep(lead));
  std::vector<std::string> seen;
  std::string after;
  int pages = 0;
  do {
    const auto page = store().ListLeads(acme_, after, 2);
    ASSERT_TRUE(page.ok());
    for (const core::LeadId& lead : page->leads) seen.push_back(lead.str());
    after = page->next_after;
    pages++;
  } while (!after.empty());
  EXPECT_THAT(seen, ElementsAre("L4", "l1", "l10", "l2", "l3"));
  EXPECT_EQ(pages, 3);
}

TEST_P(LeadStoreTest, TheLastFullPageSaysThatItIsTheLast) {
  Commit(Keep("l1"));
  Commit(Keep("l2"));
  EXPECT_EQ(store().ListLeads(acme_, "", 2)->next_after, "");
  EXPECT_EQ(store().ListLeads(acme_, "l2", 2)->leads.size(), 0u);
  EXPECT_EQ(store().ListLeads(acme_, "", 0)->leads.size(), 1u) << "clamped to one";
  EXPECT_EQ(store().ListLeads(acme_, "", 1'000'000)->leads.size(), 2u);
  EXPECT_THAT(store().ListLeads(core::WorkspaceId::Trusted("elsewhere"), "", 5)->leads, IsEmpty());
}

TEST_P(LeadStoreTest, TheJourneyHasInputsAndThenChanges) {
  AddRep("ada");
  Plan plan = Qualify("l1", "inside");
  plan.inputs = {{kStart - 9, "captured", "form", "e1"},
                 {kStart - 8, "activity demo_request", "web \"x\"", "e2"}};
  Commit(plan);
  const auto page = store().Journey(Key("l1"), 0, 10);
  ASSERT_TRUE(page.ok());
  ASSERT_THAT(page->entries, SizeIs(4));
  EXPECT_EQ(page->next_index, 0);
  EXPECT_EQ(page->dropped, 0);
  store::JourneyEntry input{kStart - 8, "activity demo_request", false, "web \"x\"", "e2", {}, 0};
  EXPECT_EQ(Describe(page->entries[1]), Describe(input));
  store::JourneyEntry change{kStart, "qualified", true, "", "", plan.changes[0], 1};
  EXPECT_EQ(Describe(page->entries[2]), Describe(change));
  EXPECT_EQ(page->entries[3].type, "assigned");
  EXPECT_EQ(page->entries[3].version, 2);
  EXPECT_EQ(page->entries[3].change.rep, RepNamed("ada"));
}

TEST_P(LeadStoreTest, TheJourneyComesInPages) {
  for (int i = 0; i < 5; i++) Commit(Keep("l1"));
  const auto first = store().Journey(Key("l1"), 0, 3);
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(first->entries, SizeIs(3));
  EXPECT_EQ(first->next_index, 3);
  const auto second = store().Journey(Key("l1"), first->next_index, 3);
  ASSERT_TRUE(second.ok());
  ASSERT_THAT(second->entries, SizeIs(2));
  EXPECT_EQ(second->entries[0].version, 4);
  EXPECT_EQ(second->next_index, 0);
  EXPECT_THAT(store().Journey(Key("l1"), 99, 3)->entries, IsEmpty());
  EXPECT_THAT(store().Journey(Key("l1"), -4, 3)->entries, SizeIs(3));
  EXPECT_THAT(store().Journey(Key("none"), 0, 3)->entries, IsEmpty());
}

TEST_P(LeadStoreTest, AJourneyBeyondItsCapDropsTheOldest) {
  Plan plan = Keep("l1");
  plan.changes.assign(600, plan.changes[0]);
  Commit(plan);
  plan = Keep("l1");
  plan.changes.assign(600, plan.changes[0]);
  Commit(plan);
  const auto page = store().Journey(Key("l1"), 0, store::kPageSizeMax);
  ASSERT_TRUE(page.ok());
  EXPECT_THAT(page->entries, SizeIs(store::kJourneyMax));
  EXPECT_EQ(page->dropped, 200);
  EXPECT_EQ(page->entries.front().version, 201);
  EXPECT_EQ(page->entries.back().version, 1200);
}

}  // namespace
INSTANTIATE_CONTRACT(LeadStoreTest);
}  // namespace baton::contract
