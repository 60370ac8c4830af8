// Rebalances as a listener sees them, on a real broker.
#include <map>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "platform/kafka/kafka.h"
#include "support/kafka_cluster.h"

namespace baton::platform::kafka {
namespace {

using support::KafkaOfTheRun;
using support::MakeTopic;
using support::UniqueName;

constexpr absl::Duration kRebalanceBound = absl::Seconds(30);
constexpr absl::Duration kLongerThanTheBound = absl::Seconds(120);  // of a session
constexpr int kPartitions = 6;
constexpr int kRecordsMax = 10'000;  // of one Poll

// Knows what it owns; starts each partition where it is told.
class Owner : public RebalanceListener {
 public:
  std::vector<Start> OnAssigned(absl::Span<const Position> added) override {
    std::vector<Start> starts;
    for (const Position& position : added) {
      owned.insert(position.partition);
      if (begin.contains(position.partition)) {
        starts.push_back(
            {{position.topic, position.partition, begin.at(position.partition)}, false});
      } else {
        starts.push_back({position, pause});
      }
    }
    return starts;
  }
  void OnRevoked(absl::Span<const Position> removed, bool lost) override {
    for (const Position& position : removed) owned.erase(position.partition);
    lost_count += lost ? 1 : 0;
    if (consumer != nullptr && !lost) {
      EXPECT_TRUE(
          consumer->Commit({Position{removed[0].topic, removed[0].partition, 1}}, true).ok());
      committed.insert(removed[0].partition);
    }
  }

  std::set<int32_t> owned;
  std::set<int32_t> committed;
  std::map<int32_t, int64_t> begin;
  bool pause = false;
  int lost_count = 0;
  Consumer* consumer = nullptr;  // commits one of what is taken away, if set
};

class RebalanceTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    topic_ = UniqueName("rebalance");
    group_ = UniqueName("group");
    ASSERT_TRUE(MakeTopic(topic_, kPartitions).ok());
  }

  std::unique_ptr<Consumer> Join(Owner& owner, absl::Duration session = absl::Seconds(20)) {
    ConsumerOptions options;
    options.group = group_;
    options.topics = {topic_};
    options.cooperative = GetParam();
    options.session_timeout = session;  // heartbeats, which tell of others, are a sixth
    auto consumer = Consumer::Create(KafkaOfTheRun(), options, &owner);
    EXPECT_TRUE(consumer.ok()) << consumer.status();
    return *std::move(consumer);
  }

  void Feed(int records = 300) {
    auto producer = Producer::Create(KafkaOfTheRun(), {});
    ASSERT_TRUE(producer.ok());
    for (int i = 0; i < records; ++i) {
      ASSERT_TRUE(
          (*producer)->Produce({topic_, absl::StrCat(i), "v", false, {{"h", "1"}}}, nullptr).ok());
    }
    ASSERT_TRUE((*producer)->Flush(kRebalanceBound).ok());
  }

  // Polls all until `done`; true if it came to that.
  template <typename Done>
  static bool PollUntil(const std::vector<Consumer*>& consumers, Done done,
                        std::vector<Record>* records = nullptr,
                        absl::Duration wait = absl::Milliseconds(20)) {
    const absl::Time deadline = absl::Now() + kRebalanceBound;
    while (!done() && absl::Now() < deadline) {
      for (Consumer* consumer : consumers) {
        auto batch = consumer->Poll(kRecordsMax, wait);
        EXPECT_TRUE(batch.ok()) << batch.status();
        if (batch.ok() && records != nullptr) {
          records->insert(records->end(), batch->begin(), batch->end());
        }
      }
    }
    return done();
  }

  std::string topic_;
  std::string group_;
};

TEST_P(RebalanceTest, PartitionsAreSharedAndComeBackWhenTheOtherLeaves) {
  Owner a, b;
  auto first = Join(a);
  ASSERT_TRUE(PollUntil({first.get()}, [&] { return a.owned.size() == kPartitions; }));
  a.consumer = first.get();
  auto second = Join(b);
  ASSERT_TRUE(PollUntil({first.get(), second.get()},
                        [&] { return a.owned.size() == 3 && b.owned.size() == 3; }));
  EXPECT_FALSE(a.committed.empty());  // revocation may still commit
  const absl::Time left = absl::Now();
  second->Close();
  EXPECT_TRUE(b.owned.empty());
  ASSERT_TRUE(PollUntil({first.get()}, [&] { return a.owned.size() == kPartitions; }));
  EXPECT_LT(absl::Now() - left, absl::Seconds(15));  // sooner than the session's end
  EXPECT_EQ(a.lost_count + b.lost_count, 0);
  a.consumer = nullptr;
}

TEST_P(RebalanceTest, ListenerDecidesWhereAPartitionStarts) {
  Feed();
  Owner owner;
  for (int32_t partition = 0; partition < kPartitions; ++partition) owner.begin[partition] = 5;
  auto consumer = Join(owner);
  std::vector<Record> records;
  ASSERT_TRUE(PollUntil(
      {consumer.get()}, [&] { return records.size() == 300 - 5 * kPartitions; }, &records));
  for (const Record& record : records) EXPECT_GE(record.offset, 5);
}

TEST_P(RebalanceTest, PartitionsMayStartPaused) {
  Feed();
  Owner owner;
  owner.pause = true;
  auto consumer = Join(owner);
  ASSERT_TRUE(PollUntil({consumer.get()}, [&] { return owner.owned.size() == kPartitions; }));
  EXPECT_TRUE(consumer->Poll(10, absl::Seconds(1)).value().empty());
  std::vector<Position> all;
  for (int32_t partition : owner.owned) all.push_back({topic_, partition, 0});
  ASSERT_TRUE(consumer->Resume(all).ok());
  std::vector<Record> records;
  EXPECT_TRUE(PollUntil(
      {consumer.get()}, [&] { return records.size() == 300; }, &records));
}

// An answer that librdkafka 2.0.2 waits for must not come behind the Seek and move the partition.
TEST_P(RebalanceTest, APartitionThatStartedPausedGoesWhereItIsSentAndStaysThere) {
  Feed();
  Owner owner;
  owner.pause = true;
  auto consumer = Join(owner);
  std::vector<Record> records;
  std::set<int32_t> sent;
  const auto send = [&] {  // as soon as it can be
    for (int32_t partition : owner.owned) {
      const Position to{topic_, partition, 5};
      if (sent.contains(partition) || !consumer->Seek(to).ok()) continue;
      EXPECT_TRUE(consumer->Resume({&to, 1}).ok());
      sent.insert(partition);
    }
    return records.size() >= 300 - 5 * kPartitions;
  };
  ASSERT_TRUE(PollUntil({consumer.get()}, send, &records, absl::ZeroDuration()));
  const absl::Time until = absl::Now() + absl::Seconds(1.5);
  ASSERT_TRUE(PollUntil(
      {consumer.get()}, [&] { return absl::Now() > until; }, &records));
  EXPECT_EQ(records.size(), 300 - 5 * kPartitions);
  for (const Record& record : records) EXPECT_GE(record.offset, 5);
}

TEST_P(RebalanceTest, EveryRecordIsReadByExactlyOneMember) {
  Feed();
  Owner a, b;
  auto first = Join(a);
  auto second = Join(b);
  std::vector<Record> records;
  ASSERT_TRUE(PollUntil(
      {first.get(), second.get()}, [&] { return a.owned.size() == 3 && b.owned.size() == 3; },
      &records));
  std::set<std::pair<int32_t, int64_t>> seen;
  ASSERT_TRUE(PollUntil(
      {first.get(), second.get()},
      [&] {
        for (const Record& record : records) seen.emplace(record.partition, record.offset);
        return seen.size() == 300;
      },
      &records));
}

// librdkafka 2.0.2 steps over records of a batch that is under way when a rebalance pauses: read in
// batches, two of three runs saw that, with sessions of 20 s.
TEST_P(RebalanceTest, NoRecordIsSteppedOverWhileOthersComeAndGo) {
  constexpr absl::Duration kSession = absl::Seconds(6);
  Feed(60'000);
  Owner standing;
  auto first = Join(standing, kSession);
  ASSERT_TRUE(PollUntil({first.get()}, [&] { return standing.owned.size() == kPartitions; }));
  std::map<int32_t, int64_t> next;  // of the records that `first` gave
  std::vector<Record> records;
  int steps_over = 0;
  const auto look = [&] {
    for (const Record& record : records) {
      const auto [place, is_new] = next.try_emplace(record.partition, record.offset);
      steps_over += record.offset > place->second ? 1 : 0;
      place->second = record.offset + 1;
    }
    records.clear();
  };
  const auto until = [&](auto done) {
    return PollUntil(
        {first.get()},
        [&] {
          look();
          // Those that were read whole are read again, so that there always is something to read.
          for (const int32_t partition : standing.owned) {
            if (next[partition] < 9'000) continue;
            if (first->Seek({topic_, partition, 0}).ok()) next.erase(partition);
          }
          return done();
        },
        &records, absl::ZeroDuration());
  };
  for (int i = 0; i < 5; ++i) {
    Owner passing;
    auto second = Join(passing, kSession);
    std::thread other([&] {
      (void)PollUntil({second.get()}, [&] { return passing.owned.size() == 3; });
      second->Close();
    });
    EXPECT_TRUE(until([&] { return standing.owned.size() == 3; }));
    EXPECT_TRUE(until([&] { return standing.owned.size() == kPartitions; }));
    other.join();
  }
  EXPECT_EQ(steps_over, 0);
}

// librdkafka 2.0.2 aborted the process when such a consumer was destroyed.
TEST_P(RebalanceTest, ConsumersMayEndBeforeTheirFirstAssignment) {
  Owner standing;
  auto first = Join(standing);
  ASSERT_TRUE(PollUntil({first.get()}, [&] { return standing.owned.size() == kPartitions; }));
  for (int i = 0; i < 5; ++i) {
    Owner hasty;
    auto second = Join(hasty);
    absl::SleepFor(absl::Milliseconds(100 * i));
    (void)first->Poll(1, absl::ZeroDuration());
  }
  EXPECT_TRUE(PollUntil({first.get()}, [&] { return standing.owned.size() == kPartitions; }));
}

// Commits when its partitions are taken and does not wait for the answer.
class Hurried : public Owner {
 public:
  void OnRevoked(absl::Span<const Position> removed, bool lost) override {
    Owner::OnRevoked(removed, lost);
    std::vector<Position> done;
    for (const Position& position : removed)
      done.push_back({position.topic, position.partition, 0});
    EXPECT_TRUE(member->Commit(done, false).ok());
  }
  Consumer* member = nullptr;
};

TEST_P(RebalanceTest, AMemberWhoseCommitsAreUnderWayLeavesItsGroup) {
  for (int i = 0; i < 5; ++i) {
    Hurried hurried;
    auto member = Join(hurried, kLongerThanTheBound);
    hurried.member = member.get();
    ASSERT_TRUE(PollUntil({member.get()}, [&] { return hurried.owned.size() == kPartitions; }));
    member->Close();
    EXPECT_TRUE(hurried.owned.empty());
  }
}

TEST_P(RebalanceTest, AMemberThatEndsAtAnyMomentOfItsFirstAssignmentLeavesItsGroup) {
  for (int i = 0; i < 16; ++i) {
    Owner hasty;
    auto member = Join(hasty, kLongerThanTheBound);
    absl::SleepFor(absl::Milliseconds(40 * i));  // its assignment comes, and nobody serves it
    member->Close();
    EXPECT_TRUE(hasty.owned.empty());
  }
  Owner next;
  auto member = Join(next);
  EXPECT_TRUE(PollUntil({member.get()}, [&] { return next.owned.size() == kPartitions; }));
}

INSTANTIATE_TEST_SUITE_P(Protocols, RebalanceTest, testing::Values(true, false),
                         [](const testing::TestParamInfo<bool>& protocol) {
                           return protocol.param ? "Cooperative" : "Eager";
                         });

}  // namespace
}  // namespace baton::platform::kafka
