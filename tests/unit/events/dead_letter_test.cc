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
  const platform::kafka::OutRecord out =
      MakeDeadLetter(record, {DeadLetterClass::kBadValue, "data.count", "a count is 1 to 1000"},
                     "baton-intake", 2);
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
          Pair("baton-error-reason", "a count is 1 to 1000"), Pair("baton-error-attempts", "2")));
}

TEST(DeadLetterTest, KeepsATombstone) {
  platform::kafka::Record record = MakeRecord("", {});
  record.has_value = false;
  EXPECT_TRUE(MakeDeadLetter(record, {}, "g", 1).tombstone);
}

TEST(DeadLetterTest, ReplacesTheHeadersOfAnEarlierDeath) {
  const platform::kafka::Record record =
      MakeRecord("{}", {{"__dlq.errors.offset", "1"}, {"baton-error-class", "too_deep"}});
  const auto out = MakeDeadLetter(record, {DeadLetterClass::kBadId, "id", "bad"}, "g", 1);
  std::set<std::string> names;
  for (const auto& [name, value] : out.headers) {
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  EXPECT_THAT(out.headers, ::testing::Contains(Pair("baton-error-class", "bad_id")));
}

}  // namespace
}  // namespace baton::events
