#include "intake/dead_letter_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_kafka.h"
#include "support/builders.h"

namespace baton::intake {
namespace {

using ::testing::Contains;
using ::testing::Pair;

class DeadLetterWriterTest : public ::testing::Test {
 protected:
  DeadLetterWriterTest() { EXPECT_TRUE(writer_.Open().ok()); }

  static platform::kafka::OutRecord Letter(const std::string& value) {
    platform::kafka::OutRecord letter;
    letter.topic = "t.dlq";
    letter.value = value;
    return letter;
  }
  absl::Status Await() { return writer_.Await(absl::ZeroDuration()); }

  support::ManualClock clock_{support::kNow};
  FakeKafka kafka_{clock_};
  DeadLetterWriter writer_{[this] { return std::make_unique<FakeProducer>(kafka_); }};
};

TEST_F(DeadLetterWriterTest, IsDoneOnlyWhenAllAreAcknowledged) {
  EXPECT_TRUE(Await().ok());
  kafka_.broker_away = true;
  writer_.Add(Letter("a"));
  writer_.Add(Letter("b"));
  EXPECT_EQ(Await().code(), absl::StatusCode::kUnavailable);
  kafka_.unacknowledged[0](absl::OkStatus());
  EXPECT_EQ(Await().code(), absl::StatusCode::kUnavailable);
  kafka_.unacknowledged[1](absl::OkStatus());
  EXPECT_TRUE(Await().ok());
  EXPECT_EQ(kafka_.letters.size(), 2U);  // waiting again made no copies
}

TEST_F(DeadLetterWriterTest, SendsAgainWhatFailed) {
  kafka_.broker_away = true;
  writer_.Add(Letter("a"));
  EXPECT_FALSE(Await().ok());
  kafka_.unacknowledged[0](absl::UnavailableError("purged"));
  kafka_.broker_away = false;
  EXPECT_TRUE(Await().ok());
  EXPECT_EQ(kafka_.letters.size(), 2U);
}

TEST_F(DeadLetterWriterTest, KeepsWhatTheClientDoesNotTake) {
  writer_.Add(Letter("a"));
  kafka_.produce_answer = absl::ResourceExhaustedError("queue full");
  EXPECT_EQ(Await().code(), absl::StatusCode::kResourceExhausted);
  kafka_.produce_answer = absl::NotFoundError("no such topic");
  EXPECT_EQ(Await().code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Await().ok());
  EXPECT_EQ(kafka_.letters.size(), 1U);
}

TEST_F(DeadLetterWriterTest, CutsALetterThatIsTooLarge) {
  writer_.Add(Letter(std::string(200'000, 'x')));
  kafka_.produce_answer = absl::InvalidArgumentError("message too large");
  EXPECT_FALSE(Await().ok());
  EXPECT_TRUE(Await().ok());
  ASSERT_EQ(kafka_.letters.size(), 1U);
  EXPECT_EQ(kafka_.letters[0].value.size(), DeadLetterWriter::kCutValueBytes);
  EXPECT_THAT(kafka_.letters[0].headers, Contains(Pair("baton-error-value-bytes", "200000")));
}

TEST_F(DeadLetterWriterTest, ReplacesAProducerThatIsBeyondUse) {
  writer_.Add(Letter("a"));
  kafka_.produce_answer = absl::InternalError("fatal");
  EXPECT_EQ(Await().code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(Await().ok());
  EXPECT_EQ(kafka_.producers_made, 2);
  EXPECT_EQ(kafka_.letters.size(), 1U);
}

TEST_F(DeadLetterWriterTest, SendsAgainWhatAProducerTookWithIt) {
  kafka_.broker_away = true;
  writer_.Add(Letter("a"));
  EXPECT_FALSE(Await().ok());
  writer_.Add(Letter("b"));
  kafka_.produce_answer = absl::InternalError("fatal");
  EXPECT_EQ(Await().code(), absl::StatusCode::kInternal);  // "a" is never answered
  kafka_.broker_away = false;
  EXPECT_TRUE(Await().ok());
  EXPECT_EQ(kafka_.producers_made, 2);
  ASSERT_EQ(kafka_.letters.size(), 3U);
  EXPECT_EQ(kafka_.letters[1].value, "a");
  EXPECT_EQ(kafka_.letters[2].value, "b");
}

TEST_F(DeadLetterWriterTest, ForgetsLettersWhoseAcknowledgementComesLate) {
  kafka_.broker_away = true;
  writer_.Add(Letter("a"));
  EXPECT_FALSE(Await().ok());
  writer_.Forget();
  kafka_.broker_away = false;
  writer_.Add(Letter("b"));
  kafka_.unacknowledged[0](absl::UnavailableError("late"));
  EXPECT_TRUE(Await().ok());
  EXPECT_EQ(kafka_.letters.back().value, "b");
}

}  // namespace
}  // namespace baton::intake
