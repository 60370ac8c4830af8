// A relay whose Kafka crashes, freezes and comes back.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "relay/relay_service.h"
#include "relay_test_outbox/fake_outbox.h"
#include "relay_test_outbox/published.h"
#include "store/memory/memory_store.h"
#include "support/kafka_cluster.h"
#include "support/kafka_server.h"

namespace baton::relay {
namespace {

constexpr absl::Duration kBound = absl::Seconds(60);

class RelayOutageTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto kafka = support::KafkaServer::Start();
    ASSERT_TRUE(kafka.ok()) << kafka.status();
    kafka_ = kafka->release();
    kafka_->BecomeKafkaOfTheRun();
  }
  static void TearDownTestSuite() {
    delete kafka_;
    kafka_ = nullptr;
  }

  void SetUp() override {
    topics_ = UniqueTopics();
    ASSERT_EQ(MakeTopics(topics_), absl::OkStatus());
    RelayOptions options;
    options.group = support::UniqueName("relay-group");
    options.batch_max = 200;
    auto counting =
        std::make_unique<ReportCounting>(outbox_, reports_, reports_, absl::Hours(24), *metrics_);
    relay_ = std::make_unique<RelayService>(outbox_, outbox_, std::move(counting), kafka_->config(),
                                            topics_, options, *metrics_);
    ASSERT_TRUE(relay_->Start().ok());
    Append(300);
    ASSERT_TRUE(AwaitPublished());
  }

  void Append(int64_t count) {
    outbox_.Append(count);
    entries_ += count;
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

  bool AwaitPublished() {
    return Await(
        [&] { return Shows(absl::StrCat("baton_relay_published_total ", kShards * entries_)); });
  }

  void ExpectExactlyOnce() {
    const auto published = AwaitFeedback(topics_, kShards * entries_, kBound);
    ASSERT_TRUE(published.ok()) << published.status();
    EXPECT_EQ(published->distinct, kShards * entries_);
    EXPECT_EQ(published->duplicates, 0);
    EXPECT_EQ(published->out_of_order, 0);
  }

  static support::KafkaServer* kafka_;
  events::TopicNames topics_;
  FakeOutbox outbox_{kShards};
  store::MemoryStore reports_{kShards, {}, [] { return 0; }};
  int64_t entries_ = 0;
  std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  std::unique_ptr<RelayService> relay_;
};

support::KafkaServer* RelayOutageTest::kafka_ = nullptr;

TEST_F(RelayOutageTest, GoesOnAfterKafkaCrashed) {
  ASSERT_EQ(kafka_->Kill(), absl::OkStatus());
  Append(500);
  EXPECT_TRUE(Await([&] { return !relay_->Ready().ok(); }));
  // The backlog of the outage can be seen.
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_unpublished_entries 2000"); }));
  ASSERT_EQ(kafka_->Restart(), absl::OkStatus());
  const absl::Time back = absl::Now();
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_unpublished_entries 0"); }));
  RecordProperty("recovered_ms", static_cast<int>(absl::ToInt64Milliseconds(absl::Now() - back)));
  EXPECT_TRUE(Await([&] { return relay_->Ready().ok(); })) << relay_->Ready();
  ExpectExactlyOnce();
}

TEST_F(RelayOutageTest, GoesOnAfterKafkaFrozeLongerThanASession) {
  Append(200);
  ASSERT_EQ(kafka_->Freeze(), absl::OkStatus());
  Append(500);
  absl::SleepFor(absl::Seconds(9));
  ASSERT_EQ(kafka_->Thaw(), absl::OkStatus());
  EXPECT_TRUE(Await([&] { return Shows("baton_relay_unpublished_entries 0"); }));
  ExpectExactlyOnce();
}

TEST_F(RelayOutageTest, IdleRelayTellsThatKafkaIsAway) {
  ASSERT_EQ(kafka_->Shutdown(), absl::OkStatus());
  EXPECT_TRUE(Await([&] { return !relay_->Ready().ok(); }));
  absl::SleepFor(absl::Seconds(3));
  EXPECT_FALSE(relay_->Ready().ok());
  const absl::Time begin = absl::Now();
  relay_->Stop(absl::Seconds(10));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(11));
  ASSERT_EQ(kafka_->Restart(), absl::OkStatus());
}

}  // namespace
}  // namespace baton::relay
