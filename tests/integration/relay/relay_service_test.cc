// RelayService on a real Kafka: each entry once and in order for who reads committed.
#include "relay/relay_service.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "relay_test_outbox/fake_outbox.h"
#include "relay_test_outbox/published.h"
#include "store/memory/memory_store.h"
#include "support/kafka_cluster.h"

namespace baton::relay {
namespace {

using testing::HasSubstr;

constexpr absl::Duration kBound = absl::Seconds(60);
constexpr absl::Duration kGrace = absl::Seconds(10);

class RelayServiceTest : public testing::Test {
 protected:
  void SetUp() override {
    topics_ = UniqueTopics();
    group_ = support::UniqueName("relay-group");
  }

  std::unique_ptr<RelayService> StartRelay(
      platform::kafka::KafkaConfig kafka = support::KafkaOfTheRun()) {
    RelayOptions options;
    options.group = group_;
    options.batch_max = 200;
    auto counting =
        std::make_unique<ReportCounting>(outbox_, reports_, reports_, absl::Hours(24), *metrics_);
    auto relay = std::make_unique<RelayService>(outbox_, outbox_, std::move(counting),
                                                std::move(kafka), topics_, options, *metrics_);
    EXPECT_TRUE(relay->Start().ok());
    return relay;
  }

  template <typename Done>
  static bool Await(Done done) {
    const absl::Time deadline = absl::Now() + kBound;
    while (!done() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(20));
    return done();
  }

  bool Shows(const std::string& line) const {
    return absl::StrContains(metrics_->Expose(), absl::StrCat(line, "\n"));
  }

  events::TopicNames topics_;
  std::string group_;
  std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  FakeOutbox outbox_{kShards};
  store::MemoryStore reports_{kShards, {}, [] { return 0; }};
};

TEST_F(RelayServiceTest, PublishesEachEntryOnceInOrderAndTrimsBehindIt) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  constexpr int64_t kEntries = 2500;
  outbox_.Append(kEntries);
  auto relay = StartRelay();
  ASSERT_TRUE(Await([&] { return Shows("baton_relay_published_total 10000"); }));
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_unpublished_entries 0"); }));
  EXPECT_TRUE(Await([&] { return relay->Ready().ok(); })) << relay->Ready();
  const auto published = ReadFeedback(topics_, true);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->distinct, kShards * kEntries);
  EXPECT_EQ(published->duplicates, 0);
  EXPECT_EQ(published->out_of_order, 0);
  EXPECT_TRUE(Await([&] {
    return Shows(absl::StrCat("baton_report_changes_total ", kEntries * kShards));
  })) << "counted for reports";
  for (const auto& [shard, upto] : outbox_.Trimmed()) {
    EXPECT_LE(upto, kEntries) << shard;
    EXPECT_GT(upto, kEntries - 1500) << shard;
  }
  EXPECT_EQ(outbox_.Trimmed().size(), static_cast<size_t>(kShards));
  relay->Stop(kGrace);
  EXPECT_FALSE(relay->Ready().ok());
}

TEST_F(RelayServiceTest, PublishesNothingThatAFailoverMayTakeBack) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  outbox_.SetDurable(absl::UnavailableError("0 of 1 replicas"));
  outbox_.Append(10);
  auto relay = StartRelay();
  ASSERT_TRUE(Await([&] { return absl::StrContains(relay->Ready().message(), "replicas"); }));
  EXPECT_TRUE(Shows("baton_relay_published_total 0"));
  EXPECT_EQ(ReadFeedback(topics_, true)->distinct, 0);
  outbox_.SetDurable(absl::OkStatus());
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 40"); }));
}

TEST_F(RelayServiceTest, PublishesNothingThatWasReadBeforeAnotherServerTookOver) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  outbox_.FailOverInReads(true);
  outbox_.Append(10);
  auto relay = StartRelay();
  ASSERT_TRUE(Await([&] { return absl::StrContains(relay->Ready().message(), "taken over"); }));
  EXPECT_TRUE(Shows("baton_relay_published_total 0"));
  outbox_.FailOverInReads(false);
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 40"); }));
}

TEST_F(RelayServiceTest, AnEntryThatCannotBeReadHoldsItsShardAlone) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  outbox_.Spoil(1, 5);
  outbox_.Append(10);
  auto relay = StartRelay();
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 34"); }));
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_held_shards 1"); }));
  EXPECT_TRUE(Await([&] {
    return absl::StrContains(relay->Ready().message(), "shard 1: the entry behind sequence 4");
  })) << relay->Ready();
  outbox_.Append(1);
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 37"); }));
  outbox_.Spoil(1, 0);  // looked at again after a while
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 44"); }));
  EXPECT_TRUE(Await([&] { return relay->Ready().ok(); })) << relay->Ready();
}

TEST_F(RelayServiceTest, AnEntryThatWasRemovedAsItCouldNotBeReadIsToldAsAGap) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  outbox_.Spoil(1, 5);
  outbox_.Append(10);
  auto relay = StartRelay();
  ASSERT_TRUE(Await([&] { return Shows("baton_relay_held_shards 1"); }));
  EXPECT_TRUE(Shows("baton_relay_sequence_gaps_total 0"));
  outbox_.Remove(1, 5);
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 39"); }));
  EXPECT_TRUE(Shows("baton_relay_sequence_gaps_total 1"));
  EXPECT_TRUE(Await([&] { return relay->Ready().ok(); })) << relay->Ready();
}

TEST_F(RelayServiceTest, PublishesSoonAfterAnEntryIsAppended) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  auto relay = StartRelay();
  ASSERT_TRUE(Await([&] { return Shows("baton_relay_owned_shards 4"); }));
  outbox_.Append(1);
  const absl::Time begin = absl::Now();
  ASSERT_TRUE(Await([&] { return Shows("baton_relay_published_total 4"); }));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2));
}

TEST_F(RelayServiceTest, RelaysThatComeAndGoPublishNothingTwice) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  int64_t entries = 0;
  const auto append = [&](int64_t count) {
    outbox_.Append(count);
    entries += count;
  };
  auto first = StartRelay();
  append(500);
  for (int round = 0; round < 3; ++round) {
    auto second = StartRelay();
    for (int i = 0; i < 10; ++i) {
      append(50);
      absl::SleepFor(absl::Milliseconds(50));
    }
    first->Stop(kGrace);
    append(200);
    first = std::move(second);
  }
  const auto published = AwaitFeedback(topics_, kShards * entries, kBound);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->distinct, kShards * entries);
  EXPECT_EQ(published->duplicates, 0);
  EXPECT_EQ(published->out_of_order, 0);
}

TEST_F(RelayServiceTest, PublishesWhatIsLeftBeforeItEnds) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  auto relay = StartRelay();
  ASSERT_TRUE(Await([&] { return Shows("baton_relay_owned_shards 4"); }));
  constexpr int64_t kRounds = 40;
  for (int64_t round = 0; round < kRounds; ++round) {
    outbox_.Append(5);
    absl::SleepFor(absl::Milliseconds(5));
  }
  relay->Stop(kGrace);
  EXPECT_TRUE(Shows(absl::StrCat("baton_relay_published_total ", kRounds * 5 * kShards)));
}

TEST_F(RelayServiceTest, SaysWhichTopicsAreMissingAndBeginsWhenTheyAreMade) {
  outbox_.Append(10);
  auto relay = StartRelay();
  ASSERT_TRUE(
      Await([&] { return relay->Ready().code() == absl::StatusCode::kFailedPrecondition; }));
  EXPECT_THAT(relay->Ready().message(), HasSubstr(topics_.feedback));
  EXPECT_THAT(relay->Ready().message(), HasSubstr(topics_.shards));
  ASSERT_TRUE(MakeTopics(topics_).ok());
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 40"); }));
  EXPECT_TRUE(Await([&] { return relay->Ready().ok(); })) << relay->Ready();
}

TEST_F(RelayServiceTest, HoldsAShardWhoseStoreWasRolledBackBehindWhatIsPublished) {
  ASSERT_TRUE(MakeTopics(topics_).ok());
  outbox_.Append(10);
  auto relay = StartRelay();
  ASSERT_TRUE(Await([&] { return Shows("baton_relay_published_total 40"); }));
  relay->Stop(kGrace);
  outbox_.SetLast(2, 5);
  relay = StartRelay();
  ASSERT_TRUE(Await([&] { return relay->Ready().code() == absl::StatusCode::kDataLoss; }));
  EXPECT_THAT(relay->Ready().message(), HasSubstr("shard 2"));
  EXPECT_TRUE(Shows("baton_relay_held_shards 1"));
  outbox_.Append(3);  // the others go on
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_published_total 49"); }));
}

TEST_F(RelayServiceTest, EndsInTimeWithoutAKafka) {
  auto relay = StartRelay({"127.0.0.1:1", {}});
  ASSERT_TRUE(Await([&] {
    return relay->Ready().code() == absl::StatusCode::kUnavailable &&
           absl::StrContains(relay->Ready().message(), "127.0.0.1:1");
  }));
  const absl::Time begin = absl::Now();
  relay->Stop(kGrace);
  EXPECT_LT(absl::Now() - begin, kGrace);
}

}  // namespace
}  // namespace baton::relay
