// The contract of platform/kafka/partition_reader.h, on a real broker.
#include "platform/kafka/partition_reader.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/kafka_cluster.h"

namespace baton::platform::kafka {
namespace {

using support::KafkaOfTheRun;
using support::MakeTopic;
using support::UniqueName;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr absl::Duration kReaderBound = absl::Seconds(20);

class PartitionReaderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(MakeTopic(topic_, 1), absl::OkStatus());
    ProducerOptions options;
    options.transactional_id = topic_;
    auto producer = Producer::Create(KafkaOfTheRun(), options);
    ASSERT_TRUE(producer.ok()) << producer.status();
    producer_ = *std::move(producer);
    ASSERT_TRUE(producer_->InitTransactions(kReaderBound).ok());
    auto reader = PartitionReader::Create(KafkaOfTheRun(), topic_);
    ASSERT_TRUE(reader.ok()) << reader.status();
    reader_ = *std::move(reader);
  }

  // A transaction with these values; each takes an offset, and its end another one.
  void Write(const std::vector<std::string>& values, bool commit = true) {
    ASSERT_TRUE(producer_->BeginTransaction().ok());
    for (const std::string& value : values) {
      ASSERT_TRUE(producer_->Produce({topic_, "k", value, false, {}}, nullptr).ok());
    }
    ASSERT_TRUE(producer_->Flush(kReaderBound).ok());
    ASSERT_TRUE((commit ? producer_->CommitTransaction(kReaderBound)
                        : producer_->AbortTransaction(kReaderBound))
                    .ok());
    end_ += static_cast<int64_t>(values.size()) + 1;
    AwaitMarker();
  }
  // Kafka writes the marker of a transaction's end behind its answer.
  void AwaitMarker() {
    const absl::Time deadline = absl::Now() + kReaderBound;
    while (absl::Now() < deadline) {
      const auto spans = reader_->Spans({0}, kReaderBound);
      if (spans.ok() && spans->at(0).next >= end_) return;
      absl::SleepFor(absl::Milliseconds(20));
    }
    FAIL() << "the end of the transaction is not to be seen";
  }
  // What is read until the end of the partition is told.
  std::vector<std::string> ReadToEnd(int64_t* end) {
    std::vector<std::string> values;
    const absl::Time deadline = absl::Now() + kReaderBound;
    while (absl::Now() < deadline) {
      const auto batch = reader_->Poll(100, absl::Milliseconds(100));
      EXPECT_TRUE(batch.ok()) << batch.status();
      if (!batch.ok()) break;
      for (const Record& record : batch->records) values.push_back(record.value);
      if (!batch->reached.empty()) {
        *end = batch->reached.at(0);
        return values;
      }
    }
    ADD_FAILURE() << "the end was not told";
    return values;
  }

  const std::string topic_ = UniqueName("partitions");
  std::unique_ptr<Producer> producer_;
  std::unique_ptr<PartitionReader> reader_;
  int64_t end_ = 0;  // of the partition
};

TEST_F(PartitionReaderTest, ReadsFromWhereItIsToldAgainAndAgain) {
  Write({"a", "b"});       // 0 1, end 2
  Write({"lost"}, false);  // 3, end 4
  Write({"c"});            // 5, end 6
  const auto spans = reader_->Spans({0}, kReaderBound);
  ASSERT_TRUE(spans.ok()) << spans.status();
  EXPECT_THAT(*spans, ElementsAre(PartitionSpan{0, 0, 7}));
  int64_t end = 0;
  ASSERT_TRUE(reader_->Assign({{0, 1}}).ok());
  EXPECT_THAT(ReadToEnd(&end), ElementsAre("b", "c"));
  EXPECT_EQ(end, 7) << "behind the marker of the last transaction";
  ASSERT_TRUE(reader_->Assign({{0, 0}}).ok());
  EXPECT_THAT(ReadToEnd(&end), ElementsAre("a", "b", "c"));
  ASSERT_TRUE(reader_->Assign({{0, 7}}).ok());
  EXPECT_THAT(ReadToEnd(&end), IsEmpty());
  EXPECT_EQ(end, 7);
  ASSERT_TRUE(reader_->Assign({}).ok());
}

TEST_F(PartitionReaderTest, AnOffsetThatIsNotKeptIsToldAndLosesNothingOfOtherPartitions) {
  const std::string topic = UniqueName("partitions");
  ASSERT_EQ(MakeTopic(topic, 2), absl::OkStatus());
  auto producer = Producer::Create(KafkaOfTheRun(), {});
  ASSERT_TRUE(producer.ok()) << producer.status();
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE((*producer)->Produce({topic, absl::StrCat(i), "v", false, {}}, nullptr).ok());
  }
  ASSERT_TRUE((*producer)->Flush(kReaderBound).ok());
  const auto reader = PartitionReader::Create(KafkaOfTheRun(), topic);
  ASSERT_TRUE(reader.ok()) << reader.status();
  const int64_t end = (*reader)->Spans({0, 1}, kReaderBound)->at(0).next;
  ASSERT_GT(end, 0);
  ASSERT_TRUE((*reader)->Assign({{0, 0}, {1, 1000}}).ok());
  absl::SleepFor(absl::Seconds(1));  // so that one Poll finds records and the error
  int64_t read = 0;
  absl::Status told;
  const absl::Time deadline = absl::Now() + kReaderBound;
  while ((read < end || told.ok()) && absl::Now() < deadline) {
    const auto batch = (*reader)->Poll(1000, absl::Milliseconds(100));
    if (batch.ok()) {
      read += static_cast<int64_t>(batch->records.size());
    } else {
      told = batch.status();
    }
  }
  EXPECT_EQ(read, end);
  EXPECT_TRUE(absl::IsOutOfRange(told)) << told;
}

TEST_F(PartitionReaderTest, FindsTheFirstRecordOfATime) {
  Write({"a"});  // 0, end 1
  absl::SleepFor(absl::Milliseconds(20));
  const int64_t between = absl::ToUnixMillis(absl::Now());
  absl::SleepFor(absl::Milliseconds(20));
  Write({"b"});  // 2, end 3
  const auto at = [&](int64_t time) { return *reader_->OffsetsAt({0}, time, kReaderBound); };
  EXPECT_THAT(at(0), ElementsAre(Pair(0, 0)));
  EXPECT_THAT(at(between), ElementsAre(Pair(0, 2)));
  EXPECT_THAT(at(between + 3'600'000), ElementsAre(Pair(0, 4)));
}

}  // namespace
}  // namespace baton::platform::kafka
