// Random input with duplicates, bad records and disorder, against random store faults, rebalances,
// orders to the client that fail or get lost, and restarts: at the end the parts add up to the
// input, and each lead's facts are those of a pure fold.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "worker_fixture.h"

namespace baton::intake {
namespace {

using support::Fault;
using Random = std::mt19937_64;

constexpr int kPartitions = 2;
constexpr int kLeads = 12;
constexpr int kRounds = 400;

class IntakeFaultsTest : public WorkerFixture {
 protected:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }

  core::LeadEvent RandomEvent() {
    const std::string id = absl::StrCat("e", next_id_++);
    const core::TimeMs at_ms = support::kNow - Below(1'000'000);
    core::LeadEvent event =
        Below(3) == 0 ? support::Updated(id, {{"country", absl::StrCat("c", Below(4))}}, at_ms)
                      : support::Activity(id, "page_view", at_ms);
    event.key = support::Key(absl::StrCat("l", Below(kLeads)));
    return event;
  }

  void AppendSome() {
    for (int i = Below(20); i > 0; --i) {
      const int32_t partition = Below(kPartitions);
      ++appended_;
      if (Below(25) == 0) {
        AppendBytes(partition, "{\"bad\":");
        ++bad_;
        continue;
      }
      // A repetition of something recent, in the same partition or in another one.
      const bool again = !sent_.empty() && Below(6) == 0;
      const core::LeadEvent event =
          again ? sent_[sent_.size() - 1 -
                        static_cast<size_t>(
                            Below(static_cast<int>(std::min<size_t>(sent_.size(), 20))))]
                : RandomEvent();
      if (!again) sent_.push_back(event);
      Append(partition, event);
    }
  }

  void Disturb() {
    kafka_.seek_failures.clear();
    switch (Below(12)) {
      case 0:
        NewWorker();
        break;
      case 1:
        RevokeAtNextPoll({0});
        AssignAtNextPoll({0});
        break;
      case 2:
        RevokeAtNextPoll({0, 1});
        AssignAtNextPoll({1, 0});
        break;
      case 3:
        kafka_.poll_errors.push_back(absl::UnavailableError("brokers away"));
        break;
      case 4:
        kafka_.pause_failures = 1 + Below(3);
        break;
      case 5:
        kafka_.lost_pauses.insert(Below(kPartitions));
        break;
      case 6:
        kafka_.lost_pauses = {0, 1};
        kafka_.seek_failures.insert(Below(kPartitions));
        break;
      default:
        break;
    }
  }

  Random random_;
  int next_id_ = 0;
  int64_t appended_ = 0;
  int64_t bad_ = 0;
  std::vector<core::LeadEvent> sent_;
};

TEST_F(IntakeFaultsTest, LosesAndDoublesNothing) {
  const uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  random_.seed(seed);
  batch_max_ = 15;
  slice_leads_ = 4;
  NewWorker();
  for (int round = 0; round < kRounds; ++round) {
    AppendSome();
    Disturb();
    const int odds = round % 3 == 0 ? 4 : 30;
    fault_ = [this, odds] {
      if (Below(odds) != 0) return Fault::kNone;
      return Below(2) == 0 ? Fault::kNeverArrives : Fault::kLosesReply;
    };
    Steps(1 + Below(3));
  }
  fault_ = [] { return Fault::kNone; };
  kafka_.seek_failures.clear();
  Steps(1000);

  const store::InputCounters counters = Counters();
  EXPECT_EQ(counters.input, appended_) << "seed " << seed;
  EXPECT_EQ(counters.input, counters.applied + counters.duplicates + counters.dead_lettered);
  EXPECT_EQ(counters.dead_lettered, bad_);
  EXPECT_EQ(counters.applied, static_cast<int64_t>(sent_.size()));
  EXPECT_GT(counters.duplicates, 100);
  EXPECT_GT(kafka_.consumers_made, 10);
  std::map<core::LeadKey, core::Facts> folded;
  for (core::LeadEvent event : sent_) {
    event.position = {};
    core::Fold(event, folded[event.key]);
  }
  for (const auto& [key, facts] : folded) {
    EXPECT_TRUE(Lead(key.lead.str()).facts.SameFacts(facts)) << key.lead.str() << " seed " << seed;
  }
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
}

}  // namespace
}  // namespace baton::intake
