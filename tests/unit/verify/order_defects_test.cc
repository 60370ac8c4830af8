// Planted defects across leads: capacity and the order of a backlog.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "baton/store/v1/record.pb.h"
#include "history.h"

namespace baton::verify {
namespace {

using core::ChangeType;
using core::Stage;

// Feedback alone: each lead goes its own way.
class OrderTest : public testing::Test {
 protected:
  void Add(const std::string& lead, ChangeType change, Stage stage, const std::string& rep,
           int64_t time_ms) {
    ChangeRecord record;
    const std::string key = "w/" + lead;
    const int64_t version = ++versions_[lead];
    const std::string id = absl::StrCat(key, "/1/", version);
    record.key = key;
    record.event_id = id;
    record.workspace = "w";
    record.lead = lead;
    record.queue = "q";
    record.rep = rep;
    record.change = change;
    record.stage = stage;
    record.epoch = 1;
    record.version = version;
    record.generation = change == ChangeType::kQualified || change == ChangeType::kQueued ? 0 : 1;
    record.cycle = 1;
    record.time_ms = time_ms;
    record.deadline_ms = time_ms + 1000;
    history_.AddFeedback(record);
  }
  void Wait(const std::string& lead, int64_t time_ms, int priority = 0,
            const std::string& skills = "") {
    Add(lead, ChangeType::kQualified, Stage::kMql, "", time_ms);
    Add(lead, ChangeType::kQueued, Stage::kQueued, "", time_ms);
    wants_["w/" + lead] = {1, priority, skills};
  }
  void Assign(const std::string& lead, int64_t time_ms, const std::string& rep = "ada") {
    Add(lead, ChangeType::kAssigned, Stage::kOffered, rep, time_ms);
  }
  void GoAtOnce(const std::string& lead, int64_t time_ms, int priority = 0,
                const std::string& skills = "") {
    Add(lead, ChangeType::kQualified, Stage::kMql, "", time_ms);
    wants_["w/" + lead] = {1, priority, skills};
    Assign(lead, time_ms);
  }
  CheckResult Order() {
    Findings findings;
    CheckOrder(history_, wants_, findings);
    return findings.of(Check::kOrder);
  }
  CheckResult Capacity(int64_t capacity) {
    Findings findings;
    CheckCapacity(history_, {{"w/ada", capacity}}, findings);
    return findings.of(Check::kCapacity);
  }

  ChangeHistory history_;
  LeadWants wants_;
  std::map<std::string, int64_t> versions_;
};

TEST_F(OrderTest, WhoWaitsLongerComesFirst) {
  Wait("ann", 10);
  Wait("bob", 20);
  Assign("ann", 30);
  Assign("bob", 40);
  EXPECT_EQ(Order().looked_at, 2);
  EXPECT_EQ(Order().violations, 0);
}

TEST_F(OrderTest, ALeadThatOvertookIsNamed) {
  Wait("ann", 10);
  Wait("bob", 20);
  Assign("bob", 30);
  Assign("ann", 40);
  const CheckResult result = Order();
  ASSERT_EQ(result.violations, 1);
  EXPECT_THAT(result.examples[0],
              testing::HasSubstr("queue w/q: lead bob (priority 0, queued at 20) got a rep at 30 "
                                 "before lead ann"));
}

TEST_F(OrderTest, AHigherPriorityComesFirst) {
  Wait("ann", 10);
  Wait("bob", 20, 5);
  Assign("ann", 30);
  EXPECT_EQ(Order().violations, 1);
}

TEST_F(OrderTest, OthersNeedOtherSkills) {
  Wait("ann", 10, 0, "german");
  Wait("bob", 20);
  Assign("bob", 30);
  EXPECT_EQ(Order().violations, 0);
}

TEST_F(OrderTest, WhatALeadWantedInAnEarlierQueueIsNotKnown) {
  Wait("ann", 10);
  Wait("bob", 20);
  wants_["w/ann"].queue = "w/other";
  Assign("bob", 30);
  EXPECT_EQ(Order().violations, 0);
  wants_["w/ann"].queue = "w/q";
  EXPECT_EQ(Order().violations, 1);
}

TEST_F(OrderTest, WhoIsServedInTheSameInstantIsInOrder) {
  Wait("ann", 10);
  Wait("bob", 20);
  Assign("bob", 30);
  Assign("ann", 30);
  EXPECT_EQ(Order().violations, 0);
}

TEST_F(OrderTest, ANewLeadThatOvertookOneThatWaitedIsNamed) {
  Wait("ann", 10);
  GoAtOnce("bob", 20);
  const CheckResult result = Order();
  ASSERT_EQ(result.violations, 1);
  EXPECT_THAT(result.examples[0],
              testing::HasSubstr("queue w/q: lead bob (priority 0, queued at 20) got a rep at 20 "
                                 "before lead ann"));
}

TEST_F(OrderTest, ANewLeadMayGoAtOnceWhereNobodyWaitsForTheSameInFrontOfIt) {
  Wait("ann", 10);
  GoAtOnce("urgent", 20, 1);
  GoAtOnce("german", 20, 0, "german");
  Wait("cy", 30, 0, "german");
  Assign("cy", 40);
  GoAtOnce("late", 40, 0, "german");
  const CheckResult result = Order();
  EXPECT_EQ(result.looked_at, 4);
  EXPECT_EQ(result.violations, 0);
}

TEST_F(OrderTest, OfANewLeadWhoseWantsAreNotKnownNothingIsSaid) {
  Wait("ann", 10);
  GoAtOnce("bob", 20);
  wants_.erase("w/bob");
  EXPECT_EQ(Order().looked_at, 0);
}

TEST_F(OrderTest, ALongBacklogIsNotLookedAt) {
  for (int i = 0; i <= static_cast<int>(kBacklogChecked); ++i) Wait(absl::StrCat("l", i), 10 + i);
  Assign("l5", 500);
  EXPECT_EQ(Order().looked_at, 0);
}

// ann waits from 100 on, bob gets a rep at 200.
TEST(OrderDefectsTest, WhoWaitedForAnOwnerWasNotOvertakenThoughItHasNoneNow) {
  History history = CleanHistory();
  history.feedback.insert(history.feedback.begin() + 1,
                          {"ann", 2, ChangeType::kQueued, Stage::kQueued, "", 0, 100});
  for (const size_t i : {2, 3}) {
    ++history.feedback[i].version;
    history.feedback[i].time_ms += 200;
  }
  EXPECT_TRUE(Names(Examine(history), Check::kOrder, "got a rep at 200 before lead ann"));
  store::v1::Judgment judgment;
  judgment.add_route_owners("ada");
  history.lead("ann").judgment = judgment.SerializeAsString();
  EXPECT_EQ(Examine(history).findings.of(Check::kOrder).violations, 0);
}

TEST_F(OrderTest, ARepWhoOwnsTooManyIsNamed) {
  for (const char* lead : {"ann", "bob"}) {
    Add(lead, ChangeType::kQualified, Stage::kMql, "", 10);
    Assign(lead, 10);
  }
  EXPECT_EQ(Capacity(2).violations, 0);
  const CheckResult result = Capacity(1);
  ASSERT_EQ(result.violations, 1);
  EXPECT_THAT(result.examples[0], testing::HasSubstr("rep w/ada owned 2 leads at 10"));
}

TEST_F(OrderTest, WhatARepGaveBackDoesNotFillItsCapacity) {
  Add("ann", ChangeType::kQualified, Stage::kMql, "", 10);
  Assign("ann", 10);
  Add("ann", ChangeType::kDeclined, Stage::kQueued, "ada", 20);
  Add("bob", ChangeType::kQualified, Stage::kMql, "", 20);
  Assign("bob", 20);
  EXPECT_EQ(Capacity(1).looked_at, 2);
  EXPECT_EQ(Capacity(1).violations, 0);
}

}  // namespace
}  // namespace baton::verify
