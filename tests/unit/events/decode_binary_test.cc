#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "baton/events/v1/lead_events.pb.h"
#include "event_records.h"

namespace baton::events {
namespace {

using core::AttributeValue;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kCaptured[] = "dev.baton.lead.captured.v1";
constexpr char kActivity[] = "dev.baton.lead.activity.v1";

v1::LeadCaptured FullMessage() {
  v1::LeadCaptured message;
  auto& attributes = *message.mutable_attributes();
  attributes["trial"].set_bool_value(true);
  attributes["employees"].set_int_value(-7);
  attributes["revenue"].set_double_value(1.5);
  attributes["country"].set_string_value("DE");
  attributes["tags"].mutable_list_value()->add_values("a");
  attributes["unset"];
  message.set_activity("demo_request");
  message.set_consent(v1::CONSENT_WITHDRAWN);
  (*message.mutable_attribution())["gclid"] = "x";
  (*message.mutable_properties())["form"].set_string_value("f1");
  return message;
}

TEST(DecodeBinaryTest, TakesJsonData) {
  for (const char* content_type :
       {"application/json", "application/json; charset=utf-8", "application/vnd.acme+json", ""}) {
    const Decoded decoded = DecodeLeadEvent(
        MakeRecord(R"({"attributes":{"country":"DE"}})", BinaryHeaders(kCaptured, content_type)));
    ASSERT_EQ(Outcome(decoded), "ok") << content_type;
    const auto& event = std::get<core::LeadEvent>(decoded);
    EXPECT_EQ(event.key.lead.str(), "lead-1");
    EXPECT_THAT(event.attributes, ElementsAre(Pair("country", AttributeValue("DE"))));
  }
}

TEST(DecodeBinaryTest, TakesProtobufData) {
  const Decoded decoded = DecodeLeadEvent(MakeRecord(
      FullMessage().SerializeAsString(), BinaryHeaders(kCaptured, "application/protobuf")));
  ASSERT_EQ(Outcome(decoded), "ok") << FieldOf(decoded);
  const auto& event = std::get<core::LeadEvent>(decoded);
  EXPECT_THAT(event.attributes,
              ElementsAre(Pair("country", AttributeValue("DE")),
                          Pair("employees", AttributeValue(int64_t{-7})),
                          Pair("revenue", AttributeValue(1.5)),
                          Pair("tags", AttributeValue(std::vector<std::string>{"a"})),
                          Pair("trial", AttributeValue(true))));
  EXPECT_EQ(event.activity, "demo_request");
  EXPECT_EQ(event.consent, core::Consent::kWithdrawn);
  EXPECT_THAT(event.attribution, ElementsAre(Pair("gclid", "x")));
  EXPECT_THAT(event.properties, ElementsAre(Pair("form", AttributeValue("f1"))));
}

TEST(DecodeBinaryTest, TakesAnEmptyProtobufMessage) {
  EXPECT_EQ(
      Outcome(DecodeLeadEvent(MakeRecord("", BinaryHeaders(kCaptured, "application/protobuf")))),
      "ok");
  EXPECT_EQ(Outcome(DecodeLeadEvent(MakeRecord("", BinaryHeaders(kCaptured, "")))),
            "not_parseable");
}

TEST(DecodeBinaryTest, StripsTheRegistryPrefix) {
  const std::string prefix("\0\0\0\0\x2a", 5);
  const std::string message = FullMessage().SerializeAsString();
  // Without index, with the short index of the first message, with the index [2], with [1, 2].
  for (const std::string& index : {std::string(), std::string(1, '\0'), std::string("\x02\x04", 2),
                                   std::string("\x04\x02\x04", 3)}) {
    const Decoded decoded = DecodeLeadEvent(
        MakeRecord(prefix + index + message, BinaryHeaders(kCaptured, "application/x-protobuf")));
    ASSERT_EQ(Outcome(decoded), "ok") << index.size();
    EXPECT_EQ(std::get<core::LeadEvent>(decoded).attributes.size(), 5U);
  }
  EXPECT_EQ(Outcome(DecodeLeadEvent(
                MakeRecord(prefix + "{}", BinaryHeaders(kCaptured, "application/json")))),
            "ok");
}

TEST(DecodeBinaryTest, RefusesWhatIsNoMessage) {
  const auto outcome = [](std::string bytes) {
    return Outcome(DecodeLeadEvent(
        MakeRecord(std::move(bytes), BinaryHeaders(kCaptured, "application/protobuf"))));
  };
  EXPECT_EQ(outcome("not a message"), "not_parseable");
  EXPECT_EQ(outcome(std::string("\x12\x02\xff\xfe", 4)), "not_parseable");  // activity: bad UTF-8
  EXPECT_EQ(outcome(FullMessage().SerializeAsString().substr(0, 20)), "not_parseable");
}

TEST(DecodeBinaryTest, HoldsMessagesToTheSameCaps) {
  v1::LeadActivity activity;
  activity.set_activity("page_view");
  activity.set_count(1001);
  EXPECT_EQ(FieldOf(DecodeLeadEvent(MakeRecord(activity.SerializeAsString(),
                                               BinaryHeaders(kActivity, "application/protobuf")))),
            "data.count");
  v1::LeadCaptured captured;
  (*captured.mutable_attributes())["x"].set_double_value(std::numeric_limits<double>::infinity());
  EXPECT_EQ(FieldOf(DecodeLeadEvent(MakeRecord(captured.SerializeAsString(),
                                               BinaryHeaders(kCaptured, "application/protobuf")))),
            "data.attributes.x");
}

TEST(DecodeBinaryTest, RefusesOtherFormats) {
  EXPECT_EQ(
      FieldOf(DecodeLeadEvent(MakeRecord("<lead/>", BinaryHeaders(kCaptured, "application/xml")))),
      "datacontenttype");
  EXPECT_EQ(Outcome(DecodeLeadEvent(
                MakeRecord("[]", {{"content-type", "application/cloudevents-batch+json"}}))),
            "not_parseable");
}

TEST(DecodeBinaryTest, NamesTheHeaderThatIsMissing) {
  for (const char* name : {"specversion", "id", "source", "type", "workspace", "subject", "time"}) {
    platform::kafka::Headers headers = BinaryHeaders(kCaptured, "application/json");
    std::erase_if(headers,
                  [&](const auto& header) { return header.first == std::string("ce_") + name; });
    const Decoded decoded = DecodeLeadEvent(MakeRecord("{}", headers));
    EXPECT_EQ(Outcome(decoded), "missing_field") << name;
    EXPECT_EQ(FieldOf(decoded), name);
  }
}

TEST(DecodeBinaryTest, RefusesHeadersThatAreNotUtf8) {
  platform::kafka::Headers headers = BinaryHeaders(kCaptured, "application/json");
  headers.emplace_back("ce_note", "\xff\xfe");
  EXPECT_EQ(Outcome(DecodeLeadEvent(MakeRecord("{}", headers))), "not_parseable");
}

TEST(DecodeBinaryTest, TakesTraceparentWithAndWithoutPrefix) {
  const std::string first = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const std::string second = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b8-01";
  platform::kafka::Headers headers = BinaryHeaders(kCaptured, "application/json");
  headers.emplace_back("traceparent", first);
  EXPECT_EQ(std::get<core::LeadEvent>(DecodeLeadEvent(MakeRecord("{}", headers))).traceparent,
            first);
  headers.emplace_back("ce_traceparent", second);
  EXPECT_EQ(std::get<core::LeadEvent>(DecodeLeadEvent(MakeRecord("{}", headers))).traceparent,
            second);
}

}  // namespace
}  // namespace baton::events
