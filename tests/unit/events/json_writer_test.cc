#include "events/json_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace baton::events {
namespace {

std::string Written(void (*write)(JsonWriter&)) {
  std::string out;
  JsonWriter json(out);
  write(json);
  return out;
}

TEST(JsonWriterTest, SeparatesMembersAndItemsAtEveryLevel) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginObject();
              json.Key("a");
              json.BeginArray();
              json.Int(1);
              json.BeginObject();
              json.EndObject();
              json.Bool(true);
              json.EndArray();
              json.Key("b");
              json.String("x");
              json.EndObject();
            }),
            R"({"a":[1,{},true],"b":"x"})");
}

TEST(JsonWriterTest, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.String(std::string_view("\"\\\b\t\n\f\r\x01\x1f\x7f\0z", 12));
            }),
            R"("\"\\\b\t\n\f\r\u0001\u001f\u007f\u0000z")");
}

TEST(JsonWriterTest, KeepsUtf8AsItIs) {
  EXPECT_EQ(Written([](JsonWriter& json) { json.String("Zoë 東京 🎯 /"); }), "\"Zoë 東京 🎯 /\"");
}

TEST(JsonWriterTest, WritesTheLimitsOfIntegers) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginArray();
              json.Int(std::numeric_limits<int64_t>::min());
              json.Int(std::numeric_limits<int64_t>::max());
              json.EndArray();
            }),
            "[-9223372036854775808,9223372036854775807]");
}

TEST(JsonWriterTest, NeverWritesADoubleAsAnInteger) {
  EXPECT_EQ(Written([](JsonWriter& json) {
              json.BeginArray();
              json.Double(5.0);
              json.Double(-0.0);
              json.Double(0.1);
              json.Double(1e300);
              json.EndArray();
            }),
            "[5.0,-0.0,0.1,1e+300]");
}

TEST(JsonWriterTest, WritesTimesInUtcWithMilliseconds) {
  EXPECT_EQ(Written([](JsonWriter& json) { json.Time(1'772'366'400'007); }),
            "\"2026-03-01T12:00:00.007Z\"");
}

}  // namespace
}  // namespace baton::events
