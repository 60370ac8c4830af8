// LeadStore: a lead that is erased leaves nothing but numbers, and may come back.
#include "store/erase.h"
#include "absl/strings/str_cat.h"
#include "contract/store/store_fixture.h"
#include "core/erasure.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using core::ChangeType;
using core::LeadRecord;
using core::Plan;
using core::Stage;
using store::CommitCode;
using testing::ElementsAre;
using testing::IsEmpty;

class EraseTest : public StoreTest {
 protected:
  Plan Erase(const std::string& lead) {
    return core::DecideErasure(Load(lead), {core::ErasureCause::kRequest, "dpo", "t1"},
                               clock_.now_ms());
  }
  // A lead of that address, by an event at `offset` of a log.
  Plan Know(const std::string& lead, const std::string& email, int64_t offset = 1) {
    Plan plan = Keep(lead);
    plan.after.facts.attributes["email"].value = email;
    plan.after.facts.applied_offsets = {{9, offset}};
    plan.facts_changed = true;
    plan.inputs = {{kStart, "captured", "/forms", "e1"}};
    return plan;
  }
  std::vector<std::string> WithEmail(const std::string& email, int max = 10) {
    const auto leads = store().LeadsWithEmail(acme_, email, max);
    EXPECT_TRUE(leads.ok()) << leads.status();
    std::vector<std::string> ids;
    for (const core::LeadId& lead : *leads) ids.push_back(lead.str());
    return ids;
  }
  std::vector<std::string> Listed() {
    const auto page = store().ListLeads(acme_, "", 100);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> ids;
    for (const core::LeadId& lead : page->leads) ids.push_back(lead.str());
    return ids;
  }
  // Queue inside is one of mode pull, and ada may claim there.
  void MakeReadyForClaims() {
    core::Policy policy = MakePolicy();
    policy.queues[QueueNamed("inside")].mode = core::QueueMode::kPull;
    ASSERT_TRUE(MakeActive(policy, "second").ok());
    AddRep("ada");
  }
  size_t JourneySize(const std::string& lead) {
    const auto page = store().Journey(Key(lead), 0, 100);
    EXPECT_TRUE(page.ok()) << page.status();
    return page->entries.size() + static_cast<size_t>(page->dropped);
  }
  const store::Claim claim_{acme_, RepNamed("ada"), {QueueNamed("inside")}, "r1", 7};
};

TEST_P(EraseTest, ARequestIdIsForOneBody) {
  EXPECT_TRUE(store().NoteErasure(acme_, "ticket | 7", 5).ok());
  EXPECT_TRUE(store().NoteErasure(acme_, "ticket | 7", 5).ok());
  const absl::Status reused = store().NoteErasure(acme_, "ticket | 7", 6);
  EXPECT_EQ(reused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(core::ErrorReason(reused), "REQUEST_ID_REUSED");
  EXPECT_TRUE(store().NoteErasure(acme_, "", 5).ok());
  EXPECT_TRUE(store().NoteErasure(acme_, "", 6).ok()) << "none is no id";
  const auto nobody = core::WorkspaceId::Trusted("nobody");
  EXPECT_EQ(core::ErrorReason(store().NoteErasure(nobody, "r", 1)), "WORKSPACE_NOT_FOUND");
}

TEST_P(EraseTest, TheLatestRequestsToEraseAreRemembered) {
  for (int i = 0; i <= store::kErasureRequestsMax; ++i) {
    ASSERT_TRUE(store().NoteErasure(acme_, absl::StrCat("r", i), 1).ok());
  }
  EXPECT_FALSE(store().NoteErasure(acme_, "r1", 2).ok());
  EXPECT_TRUE(store().NoteErasure(acme_, "r0", 2).ok());
}

TEST_P(EraseTest, NothingButNumbersIsLeft) {
  AddRep("ada");
  Commit(Know("l1", "ann@acme.example", 7));
  CommitQualified("l1");
  const Plan plan = Erase("l1");
  const LeadRecord told = Commit(plan);
  EXPECT_EQ(told.stage, Stage::kErased);
  const LeadRecord left = Load("l1");
  LeadRecord expected = core::Remains(left, kStart);
  EXPECT_EQ(support::Describe(left), support::Describe(expected));
  EXPECT_EQ(left.revision, plan.expected_revision + 1);
  EXPECT_EQ(left.version, 4);
  EXPECT_EQ(left.generation, 1);
  EXPECT_EQ(left.facts.applied_offsets, (std::map<uint64_t, int64_t>{{9, 7}}));
  EXPECT_TRUE(left.facts.attributes.empty());
  EXPECT_EQ(JourneySize("l1"), 0u);
  EXPECT_THAT(Listed(), IsEmpty());
  EXPECT_THAT(store().Decisions(Key("l1"))->assignments, IsEmpty());
}

TEST_P(EraseTest, TheOwnerIsFreeAndTold) {
  AddRep("ada", 1);
  CommitQualified("l1", "field");
  CommitQualified("l2", "field");
  ASSERT_THAT(OpenOf("ada"), ElementsAre("l1"));
  const int64_t before = Outbox().back().sequence - kBegin;
  Commit(Erase("l1"));
  const auto entries = Outbox(before);
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].change.type, ChangeType::kErased);
  EXPECT_EQ(entries[0].change.rep, RepNamed("ada"));
  EXPECT_EQ(entries[0].change.actor, "dpo");
  EXPECT_THAT(entries[0].attribution, IsEmpty());
  EXPECT_THAT(entries[0].sources, IsEmpty());
  EXPECT_EQ(entries[0].traceparent, "");
  EXPECT_THAT(OpenOf("ada"), IsEmpty());
  ASSERT_TRUE(store().Drain(acme_, QueueNamed("field"), 10).ok());
  EXPECT_THAT(OpenOf("ada"), ElementsAre("l2"));
}

TEST_P(EraseTest, ItWaitsNoMoreAndHasNoTimer) {
  AddRep("ada", 1);
  CommitQualified("l1");
  CommitQualified("l2");
  ASSERT_EQ(Load("l2").stage, Stage::kQueued);
  Commit(Erase("l1"));
  Commit(Erase("l2"));
  EXPECT_EQ(Queue("inside").waiting, 0);
  clock_.Advance(core::kDayMs);
  EXPECT_THAT(Due().timers, IsEmpty());
  EXPECT_EQ(Due().next_due_at_ms, 0);
}

TEST_P(EraseTest, AnEmailLeadsToItsLeads) {
  Commit(Know("l2", "ann@acme.example"));
  Commit(Know("l1", " Ann@ACME.example"));
  Commit(Know("l3", "ben@acme.example"));
  EXPECT_THAT(WithEmail("ann@acme.example"), ElementsAre("l1", "l2"));
  EXPECT_THAT(WithEmail("ANN@acme.example", 1), ElementsAre("l1"));
  Commit(Know("l2", "anna@acme.example"));
  EXPECT_THAT(WithEmail("ann@acme.example"), ElementsAre("l1"));
  Commit(Erase("l1"));
  EXPECT_THAT(WithEmail("ann@acme.example"), IsEmpty());
  EXPECT_THAT(WithEmail("anna@acme.example"), ElementsAre("l2"));
  EXPECT_THAT(WithEmail("no address"), IsEmpty());
}

TEST_P(EraseTest, WhatIsOldMovesOnlyItsOffset) {
  Commit(Know("l1", "ann@acme.example"));
  Commit(Erase("l1"));
  const size_t entries = Outbox().size();
  Plan old;
  old.key = Key("l1");
  old.after = Load("l1");
  old.expected_revision = old.after.revision;
  old.after.facts.applied_offsets = {{9, 5}};
  old.facts_changed = true;
  old.duplicates = 1;
  Commit(old);
  EXPECT_EQ(Load("l1").facts.applied_offsets.at(9), 5);
  EXPECT_EQ(Load("l1").stage, Stage::kErased);
  EXPECT_EQ(Outbox().size(), entries);
  EXPECT_EQ(store().Counters(store::InputFlow::kMarketing)->duplicates, 1);
  EXPECT_EQ(TryCommit(old), CommitCode::kStaleRevision);
}

TEST_P(EraseTest, WhoComesBackIsALeadAgainWhoseNumbersGoOn) {
  AddRep("ada");
  Commit(Know("l1", "ann@acme.example"));
  CommitQualified("l1");
  Commit(Erase("l1"));
  const LeadRecord left = Load("l1");
  Plan back;
  back.key = Key("l1");
  back.expected_revision = left.revision;
  back.after = core::Returned(left);
  back.after.facts.attributes["email"].value = std::string("ann@acme.example");
  back.facts_changed = true;
  back.inputs = {{kStart, "captured", "/forms", "e2"}};
  Commit(back);
  CommitQualified("l1");
  const LeadRecord now = Load("l1");
  EXPECT_EQ(now.stage, Stage::kOffered);
  EXPECT_EQ(now.cycle, 1);
  EXPECT_EQ(now.generation, 2) << "no assignment of before is taken for this one";
  EXPECT_EQ(now.version, left.version + 2);
  EXPECT_EQ(now.erased_at_ms, kStart);
  EXPECT_EQ(JourneySize("l1"), 3u);
  EXPECT_THAT(Listed(), ElementsAre("l1"));
  EXPECT_THAT(WithEmail("ann@acme.example"), ElementsAre("l1"));
  Commit(Erase("l1"));
  EXPECT_THAT(Listed(), IsEmpty());
  EXPECT_EQ(Load("l1").version, now.version + 1);
}

TEST_P(EraseTest, NobodyWhoDoesNotKnowOfTheErasureMakesTheLeadAnew) {
  Plan first = Keep("l1");
  Commit(first);
  Commit(Erase("l1"));
  EXPECT_EQ(TryCommit(first), CommitCode::kStaleRevision) << "it expects that there was none";
}

TEST_P(EraseTest, ErasedLeadsDoNotFillTheWorkspace) {
  store::StoreLimits limits;
  limits.leads_per_workspace_max = 2;
  MakeStore(1, limits);
  ASSERT_TRUE(store().CreateWorkspace(acme_, "Acme").ok());
  ASSERT_TRUE(MakeActive(MakePolicy(), "first").ok());
  Commit(Keep("l1"));
  Commit(Keep("l2"));
  EXPECT_EQ(TryCommit(Keep("l3")), CommitCode::kTooManyLeads);
  Commit(Erase("l1"));
  Commit(Keep("l3"));
  Plan back = Keep("l1");
  back.after = core::Returned(Load("l1"));
  EXPECT_EQ(TryCommit(back), CommitCode::kTooManyLeads);
}

TEST_P(EraseTest, AClaimIsForgottenWithItsLead) {
  MakeReadyForClaims();
  CommitQualified("l1");
  CommitQualified("l2");
  ASSERT_EQ(store().ClaimNext(claim_)->lead.str(), "l1");
  Commit(Erase("l1"));
  const auto again = store().ClaimNext(claim_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->lead.str(), "l2") << "the answer named a lead that is gone";
}

TEST_P(EraseTest, AClaimIsForgottenWithItsLeadHoweverLongItsJourney) {
  MakeReadyForClaims();
  CommitQualified("l1");
  ASSERT_EQ(store().ClaimNext(claim_)->lead.str(), "l1");
  for (int64_t journeyed = 0; journeyed <= store::kJourneyMax; journeyed += 100) {
    Plan plan = Keep("l1");
    plan.inputs.assign(100, {kStart, "activity page_view", "/web", "e"});
    Commit(plan);
  }
  Commit(Erase("l1"));
  CommitQualified("l2");
  const auto again = store().ClaimNext(claim_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->lead.str(), "l2") << "the answer named a lead that is gone";
}

TEST_P(EraseTest, ARepThatIsDeletedLeavesNoClaims) {
  MakeReadyForClaims();
  CommitQualified("l1");
  ASSERT_EQ(store().ClaimNext(claim_)->lead.str(), "l1");
  Plan closed = Keep("l1");
  closed.after.stage = Stage::kRejected;
  closed.placement = core::Placement::kRelease;
  Commit(closed);
  ASSERT_TRUE(store().DeleteRep(acme_, RepNamed("ada")).ok());
  AddRep("ada");
  CommitQualified("l2");
  const auto again = store().ClaimNext(claim_);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->lead.str(), "l2") << "another rep of the same id was answered";
}

TEST_P(EraseTest, SeveralStepsOfOneCallFollowOneAnother) {
  AddRep("ada");
  CommitQualified("l1");
  CommitQualified("l2");
  const std::vector<Plan> plans = {Erase("l1"), Erase("l2"), Keep("l3")};
  const auto results = store().Commit(plans);
  ASSERT_TRUE(results.ok()) << results.status();
  for (const auto& result : *results) EXPECT_EQ(result.code, CommitCode::kCommitted);
  EXPECT_THAT(Listed(), ElementsAre("l3"));
  EXPECT_THAT(OpenOf("ada"), IsEmpty());
}

TEST_P(EraseTest, APurgeDropsWhatWatchersCouldStillReadOfErasedLeads) {
  const int shard = store().ShardOf(acme_);
  Commit(Keep("l1"));
  EXPECT_EQ(*store().Purge(shard, kBegin + 1, kStart + core::kHourMs), 0) << "nobody was erased";
  Commit(Erase("l1"));
  Commit(Keep("l2"));
  EXPECT_EQ(*store().Purge(shard, kBegin + 1, kStart + 1), 0) << "it is not published yet";
  EXPECT_EQ(*store().Purge(shard, kBegin + 3, kStart - 1), 0) << "it was erased later";
  EXPECT_EQ(*store().Purge(shard, kBegin + 3, kStart), 3);
  EXPECT_THAT(Outbox(), IsEmpty());
  Commit(Keep("l3"));
  EXPECT_EQ(*store().Purge(shard, kBegin + 4, kStart + core::kDayMs), 0) << "that is done with";
  EXPECT_EQ(store().Bounds(shard)->last_sequence, kBegin + 4);
}

TEST_P(EraseTest, EraseLeadsSaysWhatBecameOfEach) {
  AddRep("ada");
  CommitQualified("l1");
  Commit(Keep("l2"));
  Commit(Erase("l2"));
  store::ErasureOrder order;
  order.only_look = true;
  const std::vector<core::LeadKey> keys = {Key("l1"), Key("l2"), Key("l3")};
  auto results = store::EraseLeads(store(), keys, order);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0]->fate, store::ErasureFate::kWanted);
  EXPECT_EQ(Load("l1").stage, Stage::kOffered);
  order.only_look = false;
  results = store::EraseLeads(store(), keys, order);
  ASSERT_TRUE(results.ok()) << results.status();
  EXPECT_EQ((*results)[0]->fate, store::ErasureFate::kErased);
  EXPECT_EQ((*results)[0]->before.rep, RepNamed("ada"));
  EXPECT_EQ((*results)[0]->version, 3);
  EXPECT_EQ((*results)[1]->fate, store::ErasureFate::kErasedBefore);
  EXPECT_EQ((*results)[2]->fate, store::ErasureFate::kUnknown);
  EXPECT_EQ((*store::EraseLeads(store(), keys, order))[0]->fate, store::ErasureFate::kErasedBefore);
}

INSTANTIATE_CONTRACT(EraseTest);

}  // namespace
}  // namespace baton::contract
