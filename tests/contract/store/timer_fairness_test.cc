// TimerStore::Due: each workspace gets its share, whatever others have due. BATON_SEED repeats a
// walk.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using core::LeadKey;
using core::Plan;
using core::WorkspaceId;
using store::DueTimer;
using store::DueTimers;
using testing::ElementsAre;
using testing::Ge;
using testing::IsEmpty;
using testing::Le;
using testing::Pair;
using testing::SizeIs;

class TimerFairnessTest : public StoreTest {
 protected:
  static LeadKey KeyOf(const std::string& workspace, int lead) {
    return {WorkspaceId::Trusted(workspace), core::LeadId::Trusted(absl::StrCat("l", lead))};
  }

  std::string AddWorkspace(int number) {
    const std::string id = absl::StrCat("w", number);
    EXPECT_TRUE(store().CreateWorkspace(WorkspaceId::Trusted(id), id).ok());
    return id;
  }

  // The lead's timer is at that instant from now on; 0: it has none.
  void SetTimers(const std::vector<DueTimer>& timers) {
    constexpr size_t kPlansOfACall = 500;
    std::vector<Plan> plans;
    for (const DueTimer& timer : timers) {
      Plan plan;
      plan.key = plan.after.key = timer.key;
      plan.expected_revision = revisions_[timer.key]++;
      plan.after.revision = plan.expected_revision;
      plan.after.stage = core::Stage::kNurture;
      plan.after.clock_at_ms = timer.due_at_ms;
      plans.push_back(std::move(plan));
      if (plans.size() < kPlansOfACall && &timer != &timers.back()) continue;
      const auto results = store().Commit(plans);
      ASSERT_TRUE(results.ok()) << results.status();
      for (const store::CommitResult& result : *results) {
        ASSERT_EQ(result.code, store::CommitCode::kCommitted) << result.problem;
      }
      plans.clear();
    }
  }

  void SetTimers(const std::string& workspace, int count, core::TimeMs due_at_ms) {
    std::vector<DueTimer> timers;
    for (int i = 0; i < count; ++i) timers.push_back({KeyOf(workspace, i), due_at_ms});
    SetTimers(timers);
  }

  void Fire(std::vector<DueTimer> timers) {
    for (DueTimer& timer : timers) timer.due_at_ms = 0;
    SetTimers(timers);
  }

  DueTimers Due(int max, const store::PassedOver& passed_over = {}) {
    auto due = store().Due(0, max, passed_over);
    EXPECT_TRUE(due.ok()) << due.status();
    return due.value_or(DueTimers());
  }

  static std::map<std::string, int> Shares(const DueTimers& due) {
    std::map<std::string, int> shares;
    for (const DueTimer& timer : due.timers) ++shares[timer.key.workspace.str()];
    return shares;
  }

  std::map<LeadKey, int64_t> revisions_;
};

TEST_P(TimerFairnessTest, TenThousandTimersOfOneInstantKeepNoOtherOutOfTheNextSweep) {
  const std::string other = AddWorkspace(1);
  SetTimers("acme", 10'000, kStart + 1);
  SetTimers({{KeyOf(other, 0), kStart + 5}, {KeyOf(other, 1), kStart + 9}});
  clock_.Advance(5);
  const DueTimers due = Due(200);
  EXPECT_THAT(Shares(due), ElementsAre(Pair("acme", 199), Pair(other, 1)));
  EXPECT_THAT(due.more, ElementsAre(Pair(acme_, 0)));
  EXPECT_EQ(due.next_due_at_ms, kStart + 9);
  EXPECT_EQ(due.timers.back().key, KeyOf(other, 0)) << "earliest first";
  clock_.Advance(4);
  EXPECT_THAT(Shares(Due(200)), ElementsAre(Pair("acme", 198), Pair(other, 2)))
      << "nothing was fired";
}

TEST_P(TimerFairnessTest, EachHasItsShareAndWhatOneDoesNotNeedGoesToOthers) {
  for (int i = 1; i <= 3; ++i) SetTimers(AddWorkspace(i), i == 2 ? 2 : 50, kStart);
  EXPECT_THAT(Shares(Due(30)), ElementsAre(Pair("w1", Ge(10)), Pair("w2", 2), Pair("w3", Ge(10))));
  EXPECT_THAT(Due(30).timers, SizeIs(30));
  EXPECT_THAT(Shares(Due(150)), ElementsAre(Pair("w1", 50), Pair("w2", 2), Pair("w3", 50)));
  EXPECT_THAT(Due(150).more, IsEmpty());
}

TEST_P(TimerFairnessTest, OfAWorkspaceTheEarliestComeFirst) {
  std::vector<DueTimer> timers;
  for (int i = 0; i < 9; ++i) timers.push_back({KeyOf("acme", i), kStart + (i * 5) % 9});
  SetTimers(timers);
  clock_.Advance(20);
  for (int first = 0; first < 9; first += 3) {
    const DueTimers due = Due(3);
    ASSERT_THAT(due.timers, SizeIs(3));
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(due.timers[static_cast<size_t>(i)].due_at_ms, kStart + first + i);
    }
    Fire(due.timers);
  }
  EXPECT_THAT(Due(3).timers, IsEmpty());
}

TEST_P(TimerFairnessTest, MoreWorkspacesThanTimersHaveTheirTurnsInLine) {
  for (int i = 10; i < 35; ++i) SetTimers(AddWorkspace(i), 3, kStart);
  for (int round = 0; round < 4; ++round) {
    std::map<std::string, int> met;
    for (int sweep = 0; sweep < 5; ++sweep) {  // nothing fires: 25 workspaces, 50 turns
      const DueTimers due = Due(10);
      EXPECT_THAT(due.timers, SizeIs(10));
      for (const auto& [workspace, share] : Shares(due)) {
        EXPECT_EQ(share, 1);
        ++met[workspace];
      }
    }
    EXPECT_THAT(met, SizeIs(25));
    for (const auto& [workspace, turns] : met) EXPECT_EQ(turns, 2) << workspace;
  }
}

TEST_P(TimerFairnessTest, WhoComesLaterWaitsForTheLineOnce) {
  for (int i = 10; i < 30; ++i) SetTimers(AddWorkspace(i), 100, kStart);
  for (int i = 0; i < 3; ++i) Fire(Due(10).timers);
  SetTimers("acme", 1, kStart + 1);
  clock_.Advance(1);
  int sweeps = 1;
  while (!Shares(Due(10)).contains("acme") && sweeps < 100) ++sweeps;
  EXPECT_THAT(sweeps, Le(2 * 3));
}

TEST_P(TimerFairnessTest, WhatIsPassedOverIsLeftOutWhileOthersAreDue) {
  for (int i = 0; i < 5; ++i) SetTimers({{KeyOf("acme", i), kStart + i}});
  SetTimers(AddWorkspace(1), 3, kStart);
  clock_.Advance(10);
  const DueTimers first = Due(4, {{acme_, 2}});
  EXPECT_THAT(Shares(first), ElementsAre(Pair("acme", 2), Pair("w1", 2)));
  EXPECT_THAT(first.more, ElementsAre(Pair(acme_, 2), Pair(WorkspaceId::Trusted("w1"), 0)));
  EXPECT_EQ(first.timers.back().key, KeyOf("acme", 3));
  const DueTimers last = Due(4, {{acme_, 4}});
  EXPECT_THAT(Shares(last), ElementsAre(Pair("acme", 1), Pair("w1", 3)));
  EXPECT_THAT(last.more, IsEmpty());
  for (const int beyond : {5, 1'000'000}) {
    const DueTimers anew = Due(4, {{acme_, beyond}});
    EXPECT_EQ(anew.timers.front().key, KeyOf("acme", 0));
    EXPECT_EQ(anew.more.at(acme_), 0);
  }
}

TEST_P(TimerFairnessTest, TheNextOneIsKnownWhileOthersStayDue) {
  const std::string other = AddWorkspace(1);
  SetTimers("acme", 3, kStart);
  SetTimers({{KeyOf("acme", 7), kStart + 70}, {KeyOf("acme", 6), kStart + 60}});
  SetTimers({{KeyOf(other, 8), kStart + 80}, {KeyOf(other, 5), kStart + 50}});
  EXPECT_EQ(Due(1).next_due_at_ms, kStart + 50);
  SetTimers({{KeyOf(other, 5), 0}});
  EXPECT_EQ(Due(1).next_due_at_ms, kStart + 60);
  SetTimers({{KeyOf("acme", 6), kStart + 90}});
  EXPECT_EQ(Due(1).next_due_at_ms, kStart + 70);
  SetTimers({{KeyOf("acme", 7), 0}});
  EXPECT_EQ(Due(1).next_due_at_ms, kStart + 80);
  Fire(Due(10).timers);
  EXPECT_EQ(Due(1).next_due_at_ms, kStart + 80);
  SetTimers({{KeyOf(other, 8), 0}});
  EXPECT_EQ(Due(1).next_due_at_ms, kStart + 90);
  SetTimers({{KeyOf("acme", 6), 0}});
  EXPECT_EQ(Due(1).next_due_at_ms, 0);
}

// A clock that was ahead is right again: who stands in line by mistake waits for its own instant.
TEST_P(TimerFairnessTest, WhoWasFoundDueTooEarlyLeavesTheLine) {
  SetTimers({{KeyOf("acme", 0), kStart + 100}, {KeyOf(AddWorkspace(1), 0), kStart + 200}});
  clock_.Advance(500);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(Due(1).timers, SizeIs(1));
  clock_.Advance(-500);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(Due(10).timers, IsEmpty());
    EXPECT_EQ(Due(10).next_due_at_ms, kStart + 100);
  }
}

// Timers are set, moved, fired and left due at random, in turns of random size.
class TimerWalkTest : public TimerFairnessTest {
 protected:
  static constexpr int kWorkspaces = 12;
  static constexpr int kLeads = 40;  // of each
  static constexpr int kSweeps = 150;

  void SetUp() override {
    TimerFairnessTest::SetUp();
    const char* seed = std::getenv("BATON_SEED");
    const uint64_t number =
        seed != nullptr ? std::strtoull(seed, nullptr, 10) : std::random_device()();
    std::cout << "BATON_SEED=" << number << "\n";
    random_.seed(number);
    for (int i = 0; i < kWorkspaces; ++i) workspaces_.push_back(AddWorkspace(i));
  }

  int Number(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }

  // The instants at which what is due was due, and the first one that is not yet; by workspace.
  struct Expected {
    std::map<std::string, std::vector<core::TimeMs>> due;
    size_t all = 0;
    core::TimeMs next_ms = 0;
  };

  Expected Expect() {
    Expected expected;
    for (const auto& [key, due_at_ms] : due_at_ms_) {
      if (due_at_ms == 0) continue;
      if (due_at_ms <= clock_.now_ms()) {
        expected.due[key.workspace.str()].push_back(due_at_ms);
        ++expected.all;
      } else if (expected.next_ms == 0 || due_at_ms < expected.next_ms) {
        expected.next_ms = due_at_ms;
      }
    }
    for (auto& [workspace, instants] : expected.due) std::sort(instants.begin(), instants.end());
    return expected;
  }

  // Who has nothing due leaves the line.
  void ForgetWaitsBut(const Expected& expected) {
    for (const std::string& workspace : workspaces_) {
      if (!expected.due.contains(workspace)) waited_[workspace] = 0;
    }
  }

  // Half of them belong to two of the workspaces.
  void SetSome() {
    std::map<LeadKey, core::TimeMs> chosen;
    for (int i = Number(25); i > 0; --i) {
      const int workspace = Number(2) == 0 ? Number(2) : Number(kWorkspaces);
      const core::TimeMs due_at_ms = Number(6) == 0 ? 0 : clock_.now_ms() + Number(40);
      chosen[KeyOf(workspaces_[static_cast<size_t>(workspace)], Number(kLeads))] = due_at_ms;
    }
    std::vector<DueTimer> timers;
    for (const auto& [key, due_at_ms] : chosen) {
      timers.push_back({key, due_at_ms});
      due_at_ms_[key] = 0;
    }
    ForgetWaitsBut(Expect());
    SetTimers(timers);
    for (const auto& [key, due_at_ms] : chosen) due_at_ms_[key] = due_at_ms;
  }

  void Sweep(int max) {
    const auto most = static_cast<size_t>(max);
    const Expected expected = Expect();
    ForgetWaitsBut(expected);
    const DueTimers due = Due(max);
    ASSERT_EQ(due.timers.size(), std::min(expected.all, most));
    EXPECT_TRUE(std::is_sorted(due.timers.begin(), due.timers.end()));
    std::map<std::string, std::vector<core::TimeMs>> given;
    std::set<LeadKey> keys;
    for (const DueTimer& timer : due.timers) {
      EXPECT_TRUE(keys.insert(timer.key).second);
      EXPECT_EQ(timer.due_at_ms, due_at_ms_[timer.key]);
      given[timer.key.workspace.str()].push_back(timer.due_at_ms);
    }
    if (expected.due.size() <= most) {
      EXPECT_EQ(given.size(), expected.due.size()) << "each has its turn";
      EXPECT_EQ(due.next_due_at_ms, expected.next_ms);
    }
    for (const auto& [workspace, instants] : expected.due) {
      const auto& own = given[workspace];
      const auto first = instants.begin();
      EXPECT_TRUE(std::equal(own.begin(), own.end(), first)) << "the earliest of " << workspace;
      if (!own.empty()) {
        EXPECT_GE(own.size(), std::min(instants.size(), most / expected.due.size()));
        EXPECT_EQ(due.more.contains(WorkspaceId::Trusted(workspace)), own.size() < instants.size());
      }
      int& waited = waited_[workspace];
      waited = own.empty() ? waited + 1 : 0;
      EXPECT_LT(waited, 2 * ((kWorkspaces + max - 1) / max)) << workspace;
    }
    std::vector<DueTimer> fired;
    for (const DueTimer& timer : due.timers) {
      if (Number(3) > 0) fired.push_back(timer);
    }
    Fire(fired);
    for (const DueTimer& timer : fired) due_at_ms_[timer.key] = 0;
  }

  std::mt19937_64 random_;
  std::vector<std::string> workspaces_;
  std::map<LeadKey, core::TimeMs> due_at_ms_;
  std::map<std::string, int> waited_;  // sweeps without a turn in which it had due timers
};

TEST_P(TimerWalkTest, EachWorkspaceHasItsShareAndItsTurnWhateverOthersDo) {
  for (const int max : {1, 3, 5, 8, 20}) {
    waited_.clear();
    for (int sweep = 0; sweep < kSweeps && !HasFailure(); ++sweep) {
      SCOPED_TRACE(absl::StrCat("sweep ", sweep, " of at most ", max));
      SetSome();
      clock_.Advance(Number(15));
      Sweep(max);
    }
  }
}

INSTANTIATE_CONTRACT(TimerFairnessTest);
INSTANTIATE_CONTRACT(TimerWalkTest);

}  // namespace
}  // namespace baton::contract
