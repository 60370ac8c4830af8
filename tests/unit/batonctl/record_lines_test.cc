#include "batonctl/record_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::batonctl {
namespace {

using platform::kafka::Record;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(RecordLinesTest, ReadsWhatKcatPrints) {
  RecordLines lines;
  const auto record = lines.Read(
      R"({"topic":"baton.feedback.v1","partition":3,"offset":17,"tstype":"create",)"
      R"("ts":1790000000123,)"
      R"("broker":1,"headers":["ce_id","a-1","ce_time","2026","left over"],"key":"acme/l1",)"
      R"("payload":"{\"stage\":\"MQL\",\"name\":\"J\u00f6rg\"}"})",
      1);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->topic, "baton.feedback.v1");
  EXPECT_EQ(record->partition, 3);
  EXPECT_EQ(record->offset, 17);
  EXPECT_EQ(record->timestamp_ms, 1'790'000'000'123);
  EXPECT_TRUE(record->has_key && record->has_value);
  EXPECT_EQ(record->key, "acme/l1");
  EXPECT_EQ(record->value, "{\"stage\":\"MQL\",\"name\":\"J\xc3\xb6rg\"}");
  EXPECT_THAT(record->headers, ElementsAre(Pair("ce_id", "a-1"), Pair("ce_time", "2026")));
}

TEST(RecordLinesTest, ATombstoneHasNoValue) {
  RecordLines lines;
  const auto record = lines.Read(R"({"topic":"t","payload":null,"key":null})", 1);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->partition, 0);
  EXPECT_EQ(record->offset, 0);
  EXPECT_FALSE(record->has_key || record->has_value);
  EXPECT_TRUE(record->headers.empty());
}

TEST(RecordLinesTest, AnyOtherLineIsTheValueOfARecordOfNoPartition) {
  RecordLines lines;
  for (const std::string line :
       {"no event", R"({"specversion":"1.0","data":{"payload":"x"}})", R"(["payload"])",
        R"({"topic":"t","payload":)", R"({"payload":"x"})"}) {
    const auto record = lines.Read(line, 12);
    ASSERT_TRUE(record.ok()) << line;
    EXPECT_EQ(record->value, line);
    EXPECT_EQ(record->offset, 12);
    EXPECT_EQ(record->partition, -1);
    EXPECT_TRUE(record->topic.empty());
  }
}

TEST(RecordLinesTest, SaysWhichFieldOfADumpIsOfAnotherKind) {
  RecordLines lines;
  const auto record = lines.Read(R"({"topic":"t","payload":"x","offset":"seven"})", 1);
  EXPECT_EQ(record.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(record.status().message()), HasSubstr("offset"));
}

}  // namespace
}  // namespace baton::batonctl
