#include "events/dead_letter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "event_records.h"

namespace baton::events {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(DeadLetterTest, KeepsKeyBytesAndHeadersAndSaysWhereFromAndWhy) {
  platform::kafka::Record record = MakeRecord("\xff{", {{"ce_id", "e-1"}, {"x", "y"}});
  record.has_key = true;
  record.key = "acme/lead-1";
  const platform::kafka::OutRecord out = MakeDeadLetter(
      record, {DeadLetterClass::kBadValue, "data.count", "a count is 1 to 1000"}, "baton-intake");
  EXPECT_EQ(out.topic, "baton.lead-events.v1.dlq");
  EXPECT_EQ(out.key, "acme/lead-1");
  EXPECT_EQ(out.value, "\xff{");
  EXPECT_FALSE(out.tombstone);
  EXPECT_THAT(
      out.headers,
      ElementsAre(
          Pair("ce_id", "e-1"), Pair("x", "y"), Pair("__dlq.errors.topic", "baton.lead-events.v1"),
          Pair("__dlq.errors.partition", "3"), Pair("__dlq.errors.offset", "41"),
          Pair("__dlq.errors.group", "baton-intake"),
          Pair("__dlq.errors.message", "bad_value data.count: a count is 1 to 1000"),
          Pair("baton-error-class", "bad_value"), Pair("baton-error-field", "data.count"),
          Pair("baton-error-reason", "a count is 1 to 1000"), Pair("baton-error-attempts", "1")));
}

TEST(DeadLetterTest, KeepsATombstone) {
  platform::kafka::Record record = MakeRecord("", {});
  record.has_value = false;
  EXPECT_TRUE(MakeDeadLetter(record, {}, "g").tombstone);
}

TEST(DeadLetterTest, ReplacesTheHeadersOfAnEarlierDeath) {
  const platform::kafka::Record record =
      MakeRecord("{}", {{"__dlq.errors.offset", "1"}, {"baton-error-class", "too_deep"}});
  const auto out = MakeDeadLetter(record, {DeadLetterClass::kBadId, "id", "bad"}, "g");
  std::set<std::string> names;
  for (const auto& [name, value] : out.headers) {
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_THAT(out.headers, ::testing::Contains(Pair("baton-error-class", "bad_id")));
}

// A letter as it stands on its topic.
platform::kafka::Record LetterOf(const platform::kafka::Record& record) {
  const auto out = MakeDeadLetter(record, {DeadLetterClass::kBadId, "id", "bad"}, "intake");
  platform::kafka::Record letter;
  letter.topic = out.topic;
  letter.partition = 1;
  letter.offset = 7;
  letter.has_key = letter.has_value = true;
  letter.key = out.key;
  letter.value = out.value;
  letter.headers = out.headers;
  return letter;
}

TEST(DeadLetterTest, SaysWhatItsHeadersSay) {
  const LetterFacts facts = ReadLetter(LetterOf(MakeRecord("{}", {{"x", "y"}})));
  EXPECT_EQ(facts.origin_topic, "baton.lead-events.v1");
  EXPECT_EQ(facts.origin_partition, 3);
  EXPECT_EQ(facts.origin_offset, 41);
  EXPECT_EQ(facts.group, "intake");
  EXPECT_EQ(facts.klass, "bad_id");
  EXPECT_EQ(facts.field, "id");
  EXPECT_EQ(facts.reason, "bad");
  EXPECT_EQ(facts.attempts, 1);
  EXPECT_FALSE(facts.cut);
}

TEST(DeadLetterTest, GoesBackAsItCameAndASecondDeathCountsTwoAttempts) {
  platform::kafka::Record record = MakeRecord("\xff{", {{"ce_id", "e-1"}});
  record.key = "acme/lead-1";
  const auto replay = MakeReplay(LetterOf(record));
  ASSERT_TRUE(replay.has_value());
  EXPECT_EQ(replay->topic, record.topic);
  EXPECT_EQ(replay->key, record.key);
  EXPECT_EQ(replay->value, record.value);
  EXPECT_FALSE(replay->tombstone);
  EXPECT_THAT(replay->headers,
              ElementsAre(Pair("ce_id", "e-1"), Pair("baton-error-attempts", "1"),
                          Pair("baton-replay-of", "baton.lead-events.v1.dlq/1/7")));
  record.headers = replay->headers;
  const platform::kafka::Record again = LetterOf(record);
  EXPECT_EQ(ReadLetter(again).attempts, 2);
  EXPECT_EQ(MakeReplay(again)->headers.size(), 3U);  // one origin, not two
}

TEST(DeadLetterTest, DoesNotGoBackToATopicThatAStrangerNames) {
  platform::kafka::Record letter = LetterOf(MakeRecord("{}", {}));
  letter.headers[0].second = "baton.feedback.v1";
  EXPECT_FALSE(MakeReplay(letter).has_value());
  EXPECT_FALSE(MakeReplay(MakeRecord("{}", {})).has_value());
}

TEST(DeadLetterTest, DoesNotGoBackInPart) {
  platform::kafka::Record letter = LetterOf(MakeRecord("{}", {}));
  letter.headers.emplace_back("baton-error-value-bytes", "2000000");
  EXPECT_FALSE(MakeReplay(letter).has_value());
}

TEST(DeadLetterTest, WhatAStrangersHeaderClaimsOfAttemptsIsBounded) {
  const platform::kafka::Record record =
      MakeRecord("{}", {{"baton-error-attempts", "99999999999999999999"}});
  EXPECT_EQ(ReadLetter(LetterOf(record)).attempts, 1);
}

}  // namespace
}  // namespace baton::events
