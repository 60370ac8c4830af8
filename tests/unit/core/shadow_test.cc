// A draft beside the active revision: what it says of a lead, and what is counted.
#include "core/shadow.h"

#include <gtest/gtest.h>

#include "core/decide.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::Activity;
using support::Key;
using support::kNow;
using support::QualifyingCapture;
using support::QueueNamed;
using support::RecordIn;
using support::SamplePolicy;
using support::Updated;
using support::When;

constexpr int64_t kRun = 3;

// One lead on its way, with what its run has counted so far.
class ShadowTest : public ::testing::Test {
 protected:
  ShadowTest() { record_.key = Key(); }

  static Policy Draft() {
    Policy draft = SamplePolicy();
    draft.revision = 2;
    return draft;
  }
  static Policy Strict() {
    Policy draft = Draft();
    draft.definition = When(draft, "intent >= 1000");
    return draft;
  }
  static Policy Generous() {
    Policy draft = Draft();
    draft.definition = When(draft, "fit >= 30");
    return draft;
  }
  static Policy Elsewhere() {
    Policy draft = Draft();
    draft.routing.front().to.queue = QueueNamed("inside");
    return draft;
  }

  void Run(const Policy& draft) { shadow_ = Shadow{kRun, std::make_shared<const Policy>(draft)}; }

  // The events come; what the plan does is stored.
  Plan Feed(const std::vector<LeadEvent>& events, TimeMs now_ms = kNow) {
    Plan plan = DecideEvents(record_, events, &active_, now_ms, nullptr, nullptr,
                             shadow_ ? &*shadow_ : nullptr);
    record_ = plan.after;
    if (!plan.shadow) return plan;
    EXPECT_EQ(plan.shadow->run, kRun);
    for (size_t i = 0; i < kShadowCounts; ++i) counts_.counts[i] += plan.shadow->added[i];
    return plan;
  }

  int64_t Of(ShadowCount count) const { return counts_[count]; }
  void ExpectSum() const {
    EXPECT_EQ(Of(ShadowCount::kLeads), Of(ShadowCount::kSame) + Of(ShadowCount::kGained) +
                                           Of(ShadowCount::kLost) + Of(ShadowCount::kMoved));
  }

  LeadRecord record_;
  Policy active_ = SamplePolicy();
  std::optional<Shadow> shadow_;
  ShadowCounts counts_;
};

// fit 50 without an activity: enough for Generous alone.
LeadEvent Fitting(std::string_view id) {
  return Updated(id, {{"employees", int64_t{300}},
                      {"industry", std::string("saas")},
                      {"email", std::string("a@b.example")},
                      {"country", std::string("DE")}});
}

TEST_F(ShadowTest, ChangesNothingOfWhatTheActiveRevisionDecides) {
  Run(Elsewhere());
  const std::vector<LeadEvent> events = {QualifyingCapture()};
  const Plan alone = DecideEvents(record_, events, &active_, kNow);
  const Plan beside = Feed(events);
  EXPECT_EQ(beside.changes, alone.changes);
  EXPECT_EQ(beside.placement, alone.placement);
  EXPECT_EQ(beside.policy_revision, 1);
  EXPECT_EQ(beside.after.judgment, alone.after.judgment);
  EXPECT_EQ(beside.after.queue, alone.after.queue);
  EXPECT_EQ(beside.after.cycle, alone.after.cycle);
}

TEST_F(ShadowTest, WithoutARunAPlanHasNoStep) {
  EXPECT_FALSE(Feed({QualifyingCapture()}).shadow.has_value());
}

TEST_F(ShadowTest, TheSameMqlOnTheSameWayIsTheSame) {
  Run(Draft());
  const Plan plan = Feed({QualifyingCapture()});
  EXPECT_EQ(Of(ShadowCount::kLeads), 1);
  EXPECT_EQ(Of(ShadowCount::kSame), 1);
  EXPECT_EQ(Of(ShadowCount::kJudgments), 1);
  EXPECT_EQ(plan.shadow->active_queue, QueueNamed("dach"));
  EXPECT_EQ(plan.shadow->shadow_queue, QueueNamed("dach"));
  EXPECT_FALSE(plan.shadow->difference.has_value());
  EXPECT_EQ(record_.shadow, ShadowNote()) << "settled: there is nothing to remember";
}

TEST_F(ShadowTest, ALeadThatIsMqlForTheDraftAloneIsGainedOnceHoweverManyEventsFollow) {
  Run(Generous());
  const Plan first = Feed({Fitting("e1")});
  ASSERT_TRUE(first.shadow->difference.has_value());
  EXPECT_EQ(first.shadow->difference->standing, Standing::kGained);
  EXPECT_EQ(first.shadow->difference->cycle, 1);
  EXPECT_FALSE(first.shadow->difference->active.qualified);
  EXPECT_EQ(first.shadow->difference->active.policy_revision, 1);
  EXPECT_EQ(first.shadow->difference->shadow.policy_revision, 2);
  EXPECT_EQ(first.shadow->difference->shadow.route.queue, QueueNamed("dach"));
  EXPECT_EQ(first.shadow->shadow_queue, QueueNamed("dach"));
  for (const char* id : {"e2", "e3"}) {
    const Plan plan = Feed({Activity(id, "page_view", kNow + 1)}, kNow + 1);
    EXPECT_FALSE(plan.shadow->difference.has_value());
    EXPECT_TRUE(plan.shadow->shadow_queue.empty());
  }
  EXPECT_EQ(Of(ShadowCount::kLeads), 1);
  EXPECT_EQ(Of(ShadowCount::kGained), 1);
  EXPECT_EQ(Of(ShadowCount::kJudgments), 1) << "a would-be MQL is not judged again";
  ExpectSum();
}

TEST_F(ShadowTest, AGainedLeadThatTheActiveRevisionFollowsIsTheSameAndWasEarlier) {
  Run(Generous());
  Feed({Fitting("e1")});
  const Plan plan = Feed({Activity("e2", "demo_request", kNow + 5)}, kNow + 5);
  EXPECT_TRUE(plan.shadow->agreed);
  EXPECT_EQ(plan.shadow->active_queue, QueueNamed("dach"));
  EXPECT_EQ(Of(ShadowCount::kGained), 0);
  EXPECT_EQ(Of(ShadowCount::kSame), 1);
  EXPECT_EQ(Of(ShadowCount::kEarlier), 1);
  ExpectSum();
}

TEST_F(ShadowTest, WhatTheDraftSaidOfAWouldBeMqlIsWhatTheActiveRevisionIsComparedWith) {
  Policy draft = Generous();
  draft.routing.front().to.queue = QueueNamed("inside");
  Run(draft);
  Feed({Fitting("e1")});
  const Plan plan = Feed({Activity("e2", "demo_request", kNow + 5)}, kNow + 5);
  ASSERT_TRUE(plan.shadow->difference.has_value());
  EXPECT_EQ(plan.shadow->difference->standing, Standing::kMoved);
  EXPECT_EQ(plan.shadow->difference->at_ms, kNow + 5);
  EXPECT_EQ(plan.shadow->difference->shadow.judged_at_ms, kNow);
  EXPECT_FALSE(plan.shadow->agreed);
  EXPECT_EQ(Of(ShadowCount::kGained), 0);
  EXPECT_EQ(Of(ShadowCount::kMoved), 1);
  ExpectSum();
}

TEST_F(ShadowTest, AnMqlOfTheActiveRevisionAloneIsLost) {
  Run(Strict());
  Feed({Fitting("e1")});
  EXPECT_EQ(Of(ShadowCount::kSame), 1) << "MQL for neither";
  const Plan plan = Feed({Activity("e2", "demo_request", kNow)});
  ASSERT_TRUE(plan.shadow->difference.has_value());
  EXPECT_EQ(plan.shadow->difference->standing, Standing::kLost);
  EXPECT_EQ(plan.shadow->difference->shadow.intent, 60);
  EXPECT_EQ(Of(ShadowCount::kSame), 0);
  EXPECT_EQ(Of(ShadowCount::kLost), 1);
  EXPECT_EQ(Of(ShadowCount::kJudgments), 2);
  EXPECT_EQ(Of(ShadowCount::kEarlier), 0);
  ExpectSum();
}

TEST_F(ShadowTest, AnotherQueuePriorityOwnerOrSkillIsAnotherWayAndAnotherRulesNameIsNot) {
  Policy renamed = Draft(), sooner = Draft(), skilled = Draft();
  renamed.routing.front().name = "other";
  sooner.routing.front().to.priority = 9;
  skilled.routing.front().to.skills = {"de", "fr"};
  const auto standing = [this](const Policy& draft) {
    record_ = LeadRecord();
    record_.key = Key();
    Run(draft);
    const Plan plan = Feed({QualifyingCapture()});
    return plan.shadow->difference ? plan.shadow->difference->standing : Standing::kSame;
  };
  EXPECT_EQ(standing(renamed), Standing::kSame);
  EXPECT_EQ(standing(sooner), Standing::kMoved);
  EXPECT_EQ(standing(skilled), Standing::kMoved);
  EXPECT_EQ(standing(Elsewhere()), Standing::kMoved);
}

TEST_F(ShadowTest, ARedeliveredEventIsNotJudgedAgain) {
  Run(Strict());
  Feed({Fitting("e1")});
  EXPECT_FALSE(Feed({Fitting("e1")}).shadow.has_value());
  EXPECT_EQ(Of(ShadowCount::kJudgments), 1);
}

TEST_F(ShadowTest, LeadsThatTheActiveRevisionDoesNotJudgeAreNotJudged) {
  Run(Draft());
  for (const Stage stage : {Stage::kQueued, Stage::kOffered, Stage::kWorking, Stage::kWon}) {
    record_ = RecordIn(stage);
    EXPECT_FALSE(Feed({Activity("e9", "demo_request")}).shadow.has_value());
  }
}

TEST_F(ShadowTest, AConditionThatCannotBeDecidedIsCountedAndDoesNotHold) {
  Policy draft = Draft();
  draft.definition = When(draft, "lead.employees / 0 > 1");
  Run(draft);
  Feed({QualifyingCapture()});
  EXPECT_EQ(Of(ShadowCount::kErrors), 1);
  EXPECT_EQ(Of(ShadowCount::kLost), 1);
}

TEST_F(ShadowTest, ADraftThatCannotBeReadFailsAndTheLeadGoesOn) {
  shadow_ = Shadow{kRun, nullptr};
  const Plan plan = Feed({QualifyingCapture()});
  EXPECT_EQ(plan.placement, Placement::kOffer);
  EXPECT_EQ(Of(ShadowCount::kFailed), 1);
  EXPECT_EQ(Of(ShadowCount::kLeads), 0);
  ExpectSum();
}

TEST_F(ShadowTest, AnotherRunOrAnotherCycleBeginsAnew) {
  Run(Generous());
  Feed({Fitting("e1")});
  record_.shadow.run = kRun - 1;
  Feed({Activity("e2", "page_view")});
  EXPECT_EQ(Of(ShadowCount::kLeads), 2);
  record_.cycle = 1;
  Feed({Activity("e3", "page_view")});
  EXPECT_EQ(Of(ShadowCount::kLeads), 3);
}

TEST_F(ShadowTest, WithoutARunALeadForgets) {
  Run(Generous());
  Feed({Fitting("e1")});
  EXPECT_NE(record_.shadow, ShadowNote());
  shadow_.reset();
  Feed({Activity("e2", "page_view")});
  EXPECT_EQ(record_.shadow, ShadowNote());
}

TEST(ShadowCountsTest, QueuesBeyondTheCapAreCountedTogether) {
  ShadowCounts counts;
  for (size_t i = 0; i < kShadowQueuesMax + 5; ++i) {
    ++counts.ShareOf(QueueId::Trusted("q" + std::to_string(i))).active;
  }
  EXPECT_EQ(counts.queues.size(), kShadowQueuesMax + 1);
  EXPECT_EQ(counts.queues[QueueId()].active, 5);
  ++counts.ShareOf(QueueNamed("q0")).shadow;
  EXPECT_EQ(counts.queues[QueueNamed("q0")], (QueueShare{1, 1}));
}

TEST(ShadowNamesTest, EachHasItsWord) {
  for (const Standing standing : {Standing::kUnknown, Standing::kSame, Standing::kGained,
                                  Standing::kLost, Standing::kMoved}) {
    EXPECT_EQ(ParseStanding(StandingName(standing)), standing);
  }
  EXPECT_EQ(ParseStanding("other"), std::nullopt);
  for (size_t i = 0; i < kShadowCounts; ++i) {
    EXPECT_FALSE(ShadowCountName(static_cast<ShadowCount>(i)).empty());
  }
}

}  // namespace
}  // namespace baton::core
