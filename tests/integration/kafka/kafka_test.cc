// The contract of platform/kafka/kafka.h, on a real broker.
#include "platform/kafka/kafka.h"

#include <algorithm>
#include <atomic>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/kafka/topic_reader.h"
#include "support/kafka_cluster.h"

namespace baton::platform::kafka {
namespace {

using support::KafkaOfTheRun;
using support::MakeTopic;
using support::ReadTopic;
using support::UniqueName;
using testing::HasSubstr;

constexpr absl::Duration kBound = absl::Seconds(20);

std::unique_ptr<Producer> NewProducer(const std::string& transactional_id = "") {
  ProducerOptions options;
  options.transactional_id = transactional_id;
  auto producer = Producer::Create(KafkaOfTheRun(), options);
  EXPECT_TRUE(producer.ok()) << producer.status();
  return *std::move(producer);
}

std::unique_ptr<Consumer> NewConsumer(const std::string& group, const std::string& topic) {
  ConsumerOptions options;
  options.group = group;
  options.topics = {topic};
  auto consumer = Consumer::Create(KafkaOfTheRun(), options, nullptr);
  EXPECT_TRUE(consumer.ok()) << consumer.status();
  return *std::move(consumer);
}

std::vector<Record> PollRecords(Consumer& consumer, size_t count) {
  std::vector<Record> records;
  const absl::Time deadline = absl::Now() + kBound;
  while (records.size() < count && absl::Now() < deadline) {
    auto batch = consumer.Poll(100, absl::Milliseconds(200));
    EXPECT_TRUE(batch.ok()) << batch.status();
    if (!batch.ok()) break;
    records.insert(records.end(), batch->begin(), batch->end());
  }
  return records;
}

TEST(KafkaTest, APlaceThatTheLogDoesNotHaveEndsTheConsumer) {
  const std::string topic = UniqueName("no-place");
  ASSERT_EQ(MakeTopic(topic, 1), absl::OkStatus());
  auto producer = NewProducer();
  ASSERT_TRUE(producer->Produce({.topic = topic, .key = "k", .value = "v"}, nullptr).ok());
  ASSERT_TRUE(producer->Flush(kBound).ok());
  const std::string group = UniqueName("no-place");
  auto before = NewConsumer(group, topic);
  ASSERT_EQ(PollRecords(*before, 1).size(), 1u);
  ASSERT_EQ(before->Commit(std::vector<Position>{{topic, 0, 100}}, true), absl::OkStatus());
  before->Close();
  ConsumerOptions options;
  options.group = group;
  options.topics = {topic};
  options.resets = false;
  auto consumer = Consumer::Create(KafkaOfTheRun(), options, nullptr);
  ASSERT_TRUE(consumer.ok()) << consumer.status();
  absl::Status told;
  const absl::Time deadline = absl::Now() + kBound;
  while (told.ok() && absl::Now() < deadline) {
    const auto batch = (*consumer)->Poll(100, absl::Milliseconds(200));
    told = batch.status();
    ASSERT_TRUE(!batch.ok() || batch->empty());
  }
  EXPECT_EQ(told.code(), absl::StatusCode::kInternal) << told;
  EXPECT_THAT(std::string(told.message()), HasSubstr("out of range"));
  EXPECT_EQ((*consumer)->Poll(100, absl::ZeroDuration()).status(), told);
}

TEST(KafkaTest, RecordArrivesWithKeyValueAndHeaders) {
  const std::string topic = UniqueName("record");
  ASSERT_EQ(MakeTopic(topic, 1), absl::OkStatus());
  auto producer = NewProducer();
  std::atomic<int> delivered = 0;
  auto count = [&](absl::Status status) { delivered += status.ok() ? 1 : 0; };
  const std::string binary("\0\xff value", 8);
  ASSERT_TRUE(
      producer->Produce({topic, "w/1", binary, false, {{"a", "1"}, {"a", ""}}}, count).ok());
  ASSERT_TRUE(producer->Produce({topic, "w/1", "", true, {}}, count).ok());
  ASSERT_TRUE(producer->Flush(kBound).ok());
  EXPECT_EQ(delivered, 2);

  auto records = ReadTopic(topic, 1, true);
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 2u);
  const Record& first = records->front();
  EXPECT_EQ(first.topic, topic);
  EXPECT_EQ(first.offset, 0);
  EXPECT_GT(first.timestamp_ms, 1'600'000'000'000);
  EXPECT_EQ(first.key, "w/1");
  EXPECT_TRUE(first.has_value);
  EXPECT_EQ(first.value, binary);
  EXPECT_EQ(first.headers, (Headers{{"a", "1"}, {"a", ""}}));
  EXPECT_TRUE(records->back().has_key);
  EXPECT_FALSE(records->back().has_value);
}

// The partition that Java's producer chooses: toPositive(murmur2(key)) % partitions.
TEST(KafkaTest, KeysGoWhereJavaProducersPutThem) {
  const std::string topic = UniqueName("murmur2");
  constexpr int kPartitions = 12;
  ASSERT_EQ(MakeTopic(topic, kPartitions), absl::OkStatus());
  auto producer = NewProducer();
  // murmur2 of Kafka's UtilsTest: "21" -> -973932308, "foobar" -> -790332482.
  ASSERT_TRUE(producer->Produce({topic, "21", "", false, {}}, nullptr).ok());
  ASSERT_TRUE(producer->Produce({topic, "foobar", "", false, {}}, nullptr).ok());
  ASSERT_TRUE(producer->Flush(kBound).ok());
  auto records = ReadTopic(topic, kPartitions, true);
  ASSERT_TRUE(records.ok()) << records.status();
  std::map<std::string, int32_t> partitions;
  for (const Record& record : *records) partitions[record.key] = record.partition;
  EXPECT_EQ(partitions["21"], (-973932308 & 0x7fffffff) % kPartitions);
  EXPECT_EQ(partitions["foobar"], (-790332482 & 0x7fffffff) % kPartitions);
}

TEST(KafkaTest, ProduceRefusesBeyondItsQueue) {
  ProducerOptions options;
  options.queue_max = 10;
  options.linger = absl::Seconds(5);
  auto producer = Producer::Create({"127.0.0.1:1", {}}, options);
  ASSERT_TRUE(producer.ok());
  std::atomic<int> reported = 0;
  absl::Status status;
  int accepted = 0;
  for (int i = 0; i < 20 && status.ok(); ++i) {
    status = (*producer)->Produce({"t", "k", "v", false, {}}, [&](absl::Status result) {
      EXPECT_FALSE(result.ok());
      ++reported;
    });
    accepted += status.ok() ? 1 : 0;
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(accepted, 10);
  EXPECT_EQ((*producer)->Flush(absl::Milliseconds(50)).code(), absl::StatusCode::kDeadlineExceeded);
  const absl::Time begin = absl::Now();
  producer->reset();  // no broker at all
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  EXPECT_EQ(reported, accepted);  // each was told what became of it
}

TEST(KafkaTest, CommittedOffsetsAreWhereAReaderGoesOn) {
  const std::string topic = UniqueName("offsets");
  const std::string group = UniqueName("group");
  ASSERT_EQ(MakeTopic(topic, 1), absl::OkStatus());
  auto producer = NewProducer();
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(producer->Produce({topic, "k", absl::StrCat(i), false, {}}, nullptr).ok());
  }
  ASSERT_TRUE(producer->Flush(kBound).ok());
  {
    auto consumer = NewConsumer(group, topic);
    ASSERT_EQ(PollRecords(*consumer, 10).size(), 10u);
    auto none = consumer->Committed({Position{topic, 0, 0}}, kBound);
    ASSERT_TRUE(none.ok()) << none.status();
    EXPECT_EQ(none->at(0).offset, -1);
    ASSERT_TRUE(consumer->Commit({Position{topic, 0, 4}}, true).ok());
    auto four = consumer->Committed({Position{topic, 0, 0}}, kBound);
    ASSERT_TRUE(four.ok());
    EXPECT_EQ(four->at(0).offset, 4);
    const Position partition{topic, 0, -1};
    EXPECT_EQ(consumer->Ends({&partition, 1}, kBound).value().front(),
              (std::pair<int64_t, int64_t>(0, 10)));
    ASSERT_TRUE(consumer->Seek({topic, 0, 7}).ok());
    EXPECT_EQ(PollRecords(*consumer, 3).at(0).offset, 7);
    EXPECT_FALSE(consumer->AssignmentLost());
    consumer->Close();
    EXPECT_EQ(consumer->Poll(1, absl::ZeroDuration()).status().code(),
              absl::StatusCode::kFailedPrecondition);
  }
  auto again = NewConsumer(group, topic);
  EXPECT_EQ(PollRecords(*again, 6).at(0).offset, 4);
}

TEST(KafkaTest, PausedPartitionGivesNothingUntilResumed) {
  const std::string topic = UniqueName("pause");
  ASSERT_EQ(MakeTopic(topic, 1), absl::OkStatus());
  auto producer = NewProducer();
  ASSERT_TRUE(producer->Produce({topic, "k", "0", false, {}}, nullptr).ok());
  ASSERT_TRUE(producer->Flush(kBound).ok());
  auto consumer = NewConsumer(UniqueName("group"), topic);
  ASSERT_EQ(PollRecords(*consumer, 1).size(), 1u);
  ASSERT_TRUE(consumer->Pause({Position{topic, 0, 0}}).ok());
  ASSERT_TRUE(producer->Produce({topic, "k", "1", false, {}}, nullptr).ok());
  ASSERT_TRUE(producer->Flush(kBound).ok());
  EXPECT_TRUE(consumer->Poll(10, absl::Milliseconds(500)).value().empty());
  ASSERT_TRUE(consumer->Resume({Position{topic, 0, 0}}).ok());
  EXPECT_EQ(PollRecords(*consumer, 1).at(0).value, "1");
}

TEST(KafkaTest, TransactionMovesRecordsAndOffsetsTogetherOrNotAtAll) {
  const std::string in = UniqueName("in");
  const std::string out = UniqueName("out");
  const std::string group = UniqueName("group");
  ASSERT_EQ(MakeTopic(in, 1), absl::OkStatus());
  ASSERT_EQ(MakeTopic(out, 1), absl::OkStatus());
  auto consumer = NewConsumer(group, in);
  auto feeder = NewProducer();
  ASSERT_TRUE(feeder->Produce({in, "k", "v", false, {}}, nullptr).ok());
  ASSERT_TRUE(feeder->Flush(kBound).ok());
  ASSERT_EQ(PollRecords(*consumer, 1).size(), 1u);

  auto producer = NewProducer(UniqueName("tx"));
  ASSERT_TRUE(producer->InitTransactions(kBound).ok());
  ASSERT_TRUE(producer->BeginTransaction().ok());
  ASSERT_TRUE(producer->Produce({out, "k", "aborted", false, {}}, nullptr).ok());
  ASSERT_TRUE(producer->SendOffsets({Position{in, 0, 1}}, *consumer, kBound).ok());
  ASSERT_TRUE(producer->Flush(kBound).ok());
  ASSERT_TRUE(producer->AbortTransaction(kBound).ok());
  EXPECT_EQ(consumer->Committed({Position{in, 0, 0}}, kBound).value().at(0).offset, -1);

  ASSERT_TRUE(producer->BeginTransaction().ok());
  ASSERT_TRUE(producer->Produce({out, "k", "committed", false, {}}, nullptr).ok());
  ASSERT_TRUE(producer->SendOffsets({Position{in, 0, 1}}, *consumer, kBound).ok());
  ASSERT_TRUE(producer->CommitTransaction(kBound).ok());
  EXPECT_EQ(consumer->Committed({Position{in, 0, 0}}, kBound).value().at(0).offset, 1);

  EXPECT_EQ(ReadTopic(out, 1, false).value().size(), 2u);
  auto committed = ReadTopic(out, 1, true);
  ASSERT_TRUE(committed.ok());
  ASSERT_EQ(committed->size(), 1u);
  EXPECT_EQ(committed->at(0).value, "committed");
}

TEST(KafkaTest, OffsetsOfOneThatLeftItsGroupAreRefused) {
  const std::string in = UniqueName("in");
  ASSERT_EQ(MakeTopic(in, 1), absl::OkStatus());
  auto consumer = NewConsumer(UniqueName("group"), in);
  (void)consumer->Poll(1, absl::Seconds(3));
  consumer->Close();
  auto producer = NewProducer(UniqueName("tx"));
  ASSERT_TRUE(producer->InitTransactions(kBound).ok());
  ASSERT_TRUE(producer->BeginTransaction().ok());
  EXPECT_EQ(producer->SendOffsets({Position{in, 0, 1}}, *consumer, kBound).code(),
            absl::StatusCode::kAborted);
  EXPECT_TRUE(producer->AbortTransaction(kBound).ok());
}

TEST(KafkaTest, SecondProducerOfATransactionalIdFencesTheFirst) {
  const std::string out = UniqueName("out");
  const std::string id = UniqueName("tx");
  ASSERT_EQ(MakeTopic(out, 1), absl::OkStatus());
  auto zombie = NewProducer(id);
  ASSERT_TRUE(zombie->InitTransactions(kBound).ok());
  ASSERT_TRUE(zombie->BeginTransaction().ok());
  ASSERT_TRUE(zombie->Produce({out, "k", "zombie", false, {}}, nullptr).ok());
  ASSERT_TRUE(zombie->Flush(kBound).ok());
  auto heir = NewProducer(id);
  ASSERT_TRUE(heir->InitTransactions(kBound).ok());
  EXPECT_EQ(zombie->CommitTransaction(kBound).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(zombie->BeginTransaction().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(ReadTopic(out, 1, true).value().empty());
}

TEST(KafkaTest, BehindAnOpenTransactionReadersOfCommittedRecordsAreGivenNothing) {
  const std::string topic = UniqueName("open");
  ASSERT_EQ(MakeTopic(topic, 1), absl::OkStatus());
  auto killed = NewProducer(UniqueName("tx"));
  ASSERT_TRUE(killed->InitTransactions(kBound).ok());
  ASSERT_TRUE(killed->BeginTransaction().ok());
  ASSERT_TRUE(killed->Produce({topic, "k", "never committed", false, {}}, nullptr).ok());
  ASSERT_TRUE(killed->Flush(kBound).ok());
  auto other = NewProducer();
  ASSERT_TRUE(other->Produce({topic, "k", "written since", false, {}}, nullptr).ok());
  ASSERT_TRUE(other->Flush(kBound).ok());

  const auto next = [&topic](bool read_committed) {
    return TopicSpans(KafkaOfTheRun(), topic, read_committed, kBound).value().at(0).next;
  };
  EXPECT_EQ(next(false), 2);
  EXPECT_EQ(next(true), 0);
  ASSERT_TRUE(killed->AbortTransaction(kBound).ok());
  const absl::Time give_up = absl::Now() + kBound;  // the marker is written behind the answer
  while (next(true) < 3 && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(next(true), 3) << "the two and the marker";
  EXPECT_EQ(next(false), 3);
}

TEST(KafkaTest, TopicIsCreatedOnce) {
  const std::string topic = UniqueName("topic");
  EXPECT_EQ(MakeTopic(topic, 3), absl::OkStatus());
  EXPECT_EQ(CreateTopic(KafkaOfTheRun(), {topic, 3, 1, {}}, kBound).code(),
            absl::StatusCode::kAlreadyExists);
  const absl::Status wrong =
      CreateTopic(KafkaOfTheRun(), {UniqueName("t"), 1, 1, {{"no.such", "1"}}}, kBound);
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInvalidArgument) << wrong;
}

TEST(KafkaTest, TopicsAreListedWithTheirPartitionsAndReplicas) {
  const std::string name = UniqueName("topic");
  ASSERT_EQ(MakeTopic(name, 3), absl::OkStatus());
  const auto topics = ListTopics(KafkaOfTheRun(), kBound);
  ASSERT_TRUE(topics.ok()) << topics.status();
  const auto found = std::find_if(topics->begin(), topics->end(),
                                  [&](const TopicInfo& topic) { return topic.name == name; });
  ASSERT_NE(found, topics->end());
  EXPECT_EQ(found->partitions, 3);
  EXPECT_EQ(found->replicas, 1);
}

TEST(KafkaTest, UnreachableClusterIsUnavailableWithinTheDeadline) {
  const absl::Time begin = absl::Now();
  const auto topics = ListTopics({"127.0.0.1:1", {}}, absl::Milliseconds(500));
  EXPECT_EQ(topics.status().code(), absl::StatusCode::kUnavailable) << topics.status();
  EXPECT_THAT(topics.status().message(), HasSubstr("127.0.0.1:1"));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(3));
}

TEST(KafkaTest, MissingTopicIsNamed) {
  auto consumer = NewConsumer(UniqueName("group"), UniqueName("missing"));
  absl::Status status;
  for (int i = 0; i < 50 && status.ok(); ++i) {
    status = consumer->Poll(1, absl::Milliseconds(200)).status();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
}

TEST(KafkaTest, PropertiesThatWouldBreakThePromisesAreRefused) {
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"enable.idempotence", "false"}, {"enable.auto.commit", "true"}, {"acks", "0"}}) {
    const auto producer = Producer::Create({"127.0.0.1:1", {{name, value}}}, {});
    EXPECT_EQ(producer.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(producer.status().message(), HasSubstr(name));
  }
  const auto unknown = Producer::Create({"127.0.0.1:1", {{"no.such.property", "1"}}}, {});
  EXPECT_EQ(unknown.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(unknown.status().message(), HasSubstr("no.such.property"));
  EXPECT_EQ(Producer::Create({"", {}}, {}).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace baton::platform::kafka
