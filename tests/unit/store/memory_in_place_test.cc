// Peek, Take, Lend and GiveBack are Load and Commit without copies.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/decide.h"
#include "core/decide_in_place.h"
#include "store/memory/memory_store.h"
#include "support/builders.h"
#include "support/describe.h"

namespace baton::store {
namespace {

using support::Activity;
using support::Describe;
using support::Key;
using support::kNow;
using support::QualifyingCapture;
using support::Updated;

class MemoryInPlaceTest : public ::testing::Test {
 protected:
  MemoryInPlaceTest() {
    for (MemoryStore* store : {&copying_, &in_place_}) {
      EXPECT_TRUE(store->CreateWorkspace(policy_.workspace, "").ok());
      core::Rep rep = support::SampleRep("ada");
      rep.queues = {support::QueueNamed("dach")};
      EXPECT_TRUE(store->PutRep(policy_.workspace, rep, -1).ok());
    }
    policy_.revision = 0;  // none is active: plans are of any
  }

  // Both decide and commit the events, each in its way.
  void Apply(const std::string& lead, std::vector<core::LeadEvent> events) {
    for (core::LeadEvent& event : events) event.key = Key(lead);
    const core::LeadRecord before = LoadFrom(copying_, lead);
    const core::Plan plan = core::DecideEvents(before, events, &policy_, kNow);
    ASSERT_EQ(copying_.Commit({&plan, 1})->front().code, CommitCode::kCommitted);
    core::Plan other = core::DecideEventsInPlace(in_place_.Lend(Key(lead)), events, &policy_, kNow,
                                                 /*account=*/nullptr);
    EXPECT_EQ(Describe(other.after), Describe(plan.after));
    ASSERT_EQ(in_place_.Take(std::move(other)).code, CommitCode::kCommitted);
  }

  static core::LeadRecord LoadFrom(MemoryStore& store, const std::string& lead) {
    const core::LeadKey key = Key(lead);
    return *store.Load({&key, 1})->records.front();
  }

  void ExpectSame(const std::string& lead) {
    const std::string expected = Describe(LoadFrom(copying_, lead));
    EXPECT_EQ(Describe(LoadFrom(in_place_, lead)), expected);
    ASSERT_NE(in_place_.Peek(Key(lead)), nullptr);
    EXPECT_EQ(Describe(*in_place_.Peek(Key(lead))), expected);
  }

  core::Policy policy_ = support::SamplePolicy();
  MemoryStore copying_{1, {}, [] { return kNow; }};
  MemoryStore in_place_{1, {}, [] { return kNow; }, /*keeps_history=*/false};
};

TEST_F(MemoryInPlaceTest, WhatIsTakenIsAsIfItWereCommitted) {
  Apply("l1", {QualifyingCapture()});
  Apply("l2", {Updated("e2", {{"country", std::string("FR")}}), Activity("e3", "page_view")});
  Apply("l1", {Activity("e4", "page_view")});  // is with a rep: facts only
  Apply("l2", {QualifyingCapture("e5")});
  ExpectSame("l1");
  ExpectSame("l2");
  EXPECT_EQ(LoadFrom(in_place_, "l1").stage, core::Stage::kOffered);
}

TEST_F(MemoryInPlaceTest, ALeadThatIsNotThereIsNewWhenLent) {
  EXPECT_EQ(in_place_.Peek(Key("l1")), nullptr);
  const core::LeadRecord record = in_place_.Lend(Key("l1"));
  EXPECT_EQ(record.key, Key("l1"));
  EXPECT_EQ(record.revision, 0);
  in_place_.GiveBack(Key("l1"), {});
  EXPECT_EQ(in_place_.Peek(Key("l1")), nullptr);
}

TEST_F(MemoryInPlaceTest, FactsThatAreGivenBackAreThereAgain) {
  Apply("l1", {QualifyingCapture()});
  core::LeadRecord record = in_place_.Lend(Key("l1"));
  EXPECT_TRUE(in_place_.Peek(Key("l1"))->facts.attributes.empty());
  in_place_.GiveBack(Key("l1"), std::move(record.facts));
  ExpectSame("l1");
}

TEST_F(MemoryInPlaceTest, AStalePlanIsRefusedAndChangesNothing) {
  Apply("l1", {QualifyingCapture()});
  core::Plan plan = core::DecideEvents(LoadFrom(in_place_, "l1"),
                                       std::vector{Activity("e2", "page_view")}, &policy_, kNow);
  plan.expected_revision = 0;
  EXPECT_EQ(in_place_.Take(std::move(plan)).code, CommitCode::kStaleRevision);
  ExpectSame("l1");
}

TEST_F(MemoryInPlaceTest, WithoutHistoryLeadsHaveNoJourney) {
  Apply("l1", {QualifyingCapture()});
  EXPECT_TRUE(in_place_.Journey(Key("l1"), 0, 10)->entries.empty());
  EXPECT_FALSE(copying_.Journey(Key("l1"), 0, 10)->entries.empty());
}

}  // namespace
}  // namespace baton::store
