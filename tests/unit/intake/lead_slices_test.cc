// A batch of several slices of leads: what is committed when, in which thread, and what a failure
// leaves.
#include <gmock/gmock.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"

#include "worker_fixture.h"

namespace baton::intake {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

// Notes each commit: its leads, and in which thread. The one at `failing` does not arrive; for the
// leads in `full` there is no room in their outbox.
class NotingStore final : public support::FlakyStore {
 public:
  explicit NotingStore(store::Store& inner)
      : FlakyStore(inner, [] { return support::Fault::kNone; }) {}

  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      absl::Span<const core::Plan> plans) override {
    std::string leads;
    for (const core::Plan& plan : plans) absl::StrAppend(&leads, plan.key.lead.str());
    commits.push_back(leads);
    threads.push_back(std::this_thread::get_id());
    if (commits.size() == failing) return absl::UnavailableError("Redis is away");
    std::vector<store::CommitResult> results;
    for (const core::Plan& plan : plans) {
      if (absl::StrContains(full, plan.key.lead.str())) {
        results.push_back({store::CommitCode::kOutboxFull, {}, {}});
      } else {
        results.push_back(FlakyStore::Commit({&plan, 1})->front());
      }
    }
    return results;
  }

  std::vector<std::string> commits;
  std::vector<std::thread::id> threads;
  size_t failing = 0;
  std::string full;
};

class LeadSlicesTest : public WorkerFixture {
 protected:
  LeadSlicesTest() {
    leads_ = &noting_;
    slice_leads_ = 3;
    NewWorker();
  }

  void Say(const std::string& leads) {
    for (const char lead : leads) {
      Append(0, View(std::string(1, lead), absl::StrCat("e", next_id_++)));
    }
  }

  NotingStore noting_{store_};
  int next_id_ = 0;
};

TEST_F(LeadSlicesTest, AreCommittedInTheOrderOfTheirEvents) {
  Say("abcdefgh");
  Steps(1);
  EXPECT_THAT(noting_.commits, ElementsAre("abc", "def", "gh"));
  ExpectCounters(8, 8, 0, 0);
}

TEST_F(LeadSlicesTest, AreCommittedInOtherThreadsButForTheLast) {
  Say("abcdefg");
  Steps(1);
  ASSERT_THAT(noting_.threads, SizeIs(3));
  EXPECT_NE(noting_.threads[0], std::this_thread::get_id());
  EXPECT_NE(noting_.threads[1], std::this_thread::get_id());
  EXPECT_EQ(noting_.threads[2], std::this_thread::get_id()) << "behind the last there is nothing";
}

TEST_F(LeadSlicesTest, AFewLeadsAreCommittedWithoutAThread) {
  Say("abc");
  Steps(1);
  EXPECT_THAT(noting_.threads, ElementsAre(std::this_thread::get_id()));
}

TEST_F(LeadSlicesTest, BehindOneThatFailsNothingIsCommittedAndNothingIsLost) {
  noting_.failing = 2;
  Say("abcdefghijk");
  Steps(1);
  EXPECT_THAT(noting_.commits, ElementsAre("abc", "def"));
  EXPECT_EQ(Lead("c").revision, 1);
  EXPECT_EQ(Lead("d").revision, 0);
  EXPECT_EQ(Checkpoint(0), -1);
  EXPECT_FALSE(worker_->ready().ok());
  noting_.commits.clear();
  noting_.failing = 0;
  clock_.Advance(core::kSecondMs);
  Steps(1);
  EXPECT_THAT(noting_.commits, ElementsAre("def", "ghi", "jk"));
  ExpectCounters(11, 11, 0, 0);
}

TEST_F(LeadSlicesTest, BehindOneWithAFullOutboxTheOthersGoOn) {
  noting_.full = "ab";
  Say("abcdefg");
  Steps(1);
  EXPECT_THAT(noting_.commits, ElementsAre("abc", "def", "g"));
  EXPECT_EQ(Lead("a").revision, 0);
  EXPECT_EQ(Lead("c").revision, 1);
  EXPECT_EQ(Lead("g").revision, 1);
  EXPECT_THAT(worker_->ready().ToString(), testing::HasSubstr("outbox is full"));
  noting_.commits.clear();
  noting_.full = "";
  clock_.Advance(core::kSecondMs);
  Steps(1);
  EXPECT_THAT(noting_.commits, ElementsAre("ab"));
  ExpectCounters(7, 7, 0, 0);
}

TEST_F(LeadSlicesTest, WhatIsRefusedBehindOneThatFailsIsRefusedOnce) {
  noting_.SpoilRecord(support::Key("e"));
  noting_.failing = 1;
  Say("abcdef");
  Steps(1);
  EXPECT_THAT(noting_.commits, ElementsAre("abc"));
  noting_.failing = 0;
  clock_.Advance(core::kSecondMs);
  Steps(1);
  EXPECT_THAT(noting_.commits, ElementsAre("abc", "abc", "df"));
  ExpectCounters(6, 5, 0, 1);
}

TEST_F(LeadSlicesTest, OneThatIsReadAgainAfterACrashIsNotCommittedAgain) {
  noting_.failing = 2;
  Say("abcdefg");
  Steps(1);
  noting_.commits.clear();
  noting_.failing = 0;
  NewWorker();
  Steps(2);
  EXPECT_THAT(noting_.commits, ElementsAre("def", "g"));
  ExpectCounters(7, 7, 0, 0);
}

}  // namespace
}  // namespace baton::intake
