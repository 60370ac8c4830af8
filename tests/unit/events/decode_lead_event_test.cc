#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/facts.h"
#include "event_records.h"

namespace baton::events {
namespace {

using core::AttributeValue;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

core::LeadEvent MustDecode(const platform::kafka::Record& record) {
  const Decoded decoded = DecodeLeadEvent(record);
  EXPECT_EQ(Outcome(decoded), "ok") << FieldOf(decoded);
  const auto* event = std::get_if<core::LeadEvent>(&decoded);
  return event == nullptr ? core::LeadEvent{} : *event;
}

std::string Captured() {
  return Fixtures().at("ok.captured.json");
}

// A fixture's name begins with what must become of it: "ok" or the class of the dead letter.
TEST(DecodeLeadEventTest, DecodesEveryFixtureAsItsNameSays) {
  const std::map<std::string, std::string> fixtures = Fixtures();
  EXPECT_GE(fixtures.size(), 20u);
  for (const auto& [name, json] : fixtures) {
    const Decoded decoded = DecodeLeadEvent(StructuredRecord(json));
    EXPECT_EQ(Outcome(decoded), name.substr(0, name.find('.'))) << name;
  }
}

TEST(DecodeLeadEventTest, TakesEverythingFromAFullEvent) {
  const core::LeadEvent event = MustDecode(StructuredRecord(Captured()));
  EXPECT_EQ(event.key.workspace.str(), "acme");
  EXPECT_EQ(event.key.lead.str(), "lead-4711");
  EXPECT_EQ(event.id, "mkto-9812344");
  EXPECT_EQ(event.source, "//marketo.example/acme");
  EXPECT_EQ(event.type, core::EventType::kCaptured);
  EXPECT_EQ(event.occurred_at_ms, 1'772'355'600'250);
  EXPECT_THAT(
      event.attributes,
      ElementsAre(Pair("company", AttributeValue("Zoë & Söhne")),
                  Pair("employees", AttributeValue(int64_t{320})),
                  Pair("product_interest", AttributeValue(std::vector<std::string>{"crm", "chat"})),
                  Pair("revenue_musd", AttributeValue(12.5)), Pair("trial", AttributeValue(true))));
  EXPECT_EQ(event.activity, "demo_request");
  EXPECT_EQ(event.consent, core::Consent::kGranted);
  EXPECT_THAT(event.attribution,
              ElementsAre(Pair("hubspot_object_id", "51"), Pair("utm_campaign", "spring")));
  EXPECT_EQ(event.traceparent, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
}

TEST(DecodeLeadEventTest, TakesTheTraceOfTheClientsHeaderWhereTheEventHasNone) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  platform::kafka::Record record = RecordWithData("dev.baton.lead.updated.v1", "{}");
  record.headers.emplace_back("traceparent", trace);
  EXPECT_EQ(MustDecode(record).traceparent, trace);
  record.value = Captured();
  EXPECT_NE(MustDecode(record).traceparent, trace) << "the event's own comes first";
}

TEST(DecodeLeadEventTest, TakesAStructuredEventWithoutAnyHeader) {
  const std::string json = Captured();
  EXPECT_EQ(MustDecode(MakeRecord(json, {})).id, "mkto-9812344");
  EXPECT_EQ(MustDecode(
                MakeRecord(json, {{"Content-Type", "Application/CloudEvents+JSON; charset=UTF-8"}}))
                .id,
            "mkto-9812344");
}

TEST(DecodeLeadEventTest, RefusesATombstone) {
  platform::kafka::Record record = StructuredRecord("");
  record.has_value = false;
  const Decoded decoded = DecodeLeadEvent(record);
  ASSERT_EQ(Outcome(decoded), "not_parseable");
  EXPECT_EQ(std::get<DeadLetter>(decoded).reason, "empty record");
  record.has_value = true;
  EXPECT_EQ(Outcome(DecodeLeadEvent(record)), "not_parseable");
}

TEST(DecodeLeadEventTest, HoldsTheLimitOfBytes) {
  const std::string small = R"({"attributes":{"a":1}})";
  platform::kafka::Record record = CapturedWith(small);
  record.value.append(kEventBytesMax - record.value.size(), ' ');
  EXPECT_EQ(Outcome(DecodeLeadEvent(record)), "ok");
  record.value.push_back(' ');
  EXPECT_EQ(Outcome(DecodeLeadEvent(record)), "too_large");
  record.value.append(5'000'000, '[');
  EXPECT_EQ(Outcome(DecodeLeadEvent(record)), "too_large");
}

TEST(DecodeLeadEventTest, HoldsTheLimitOfDepth) {
  // The event and its data are two of the levels.
  const auto nested = [](int levels) {
    return CapturedWith(R"({"other":)" + std::string(static_cast<size_t>(levels) - 2, '[') +
                        std::string(static_cast<size_t>(levels) - 2, ']') + "}");
  };
  EXPECT_EQ(Outcome(DecodeLeadEvent(nested(kJsonDepthMax))), "ok");
  EXPECT_EQ(Outcome(DecodeLeadEvent(nested(kJsonDepthMax + 1))), "too_deep");
  EXPECT_EQ(Outcome(DecodeLeadEvent(nested(30'000))), "too_deep");
}

TEST(DecodeLeadEventTest, NamesTheAttributeThatIsWrong) {
  EXPECT_EQ(FieldOf(DecodeLeadEvent(CapturedWith(R"({"attributes":{"email":{"work":"x"}}})"))),
            "data.attributes.email");
  EXPECT_EQ(FieldOf(DecodeLeadEvent(CapturedWith(R"({"attributes":{"tags":["a",1]}})"))),
            "data.attributes.tags");
  EXPECT_EQ(FieldOf(DecodeLeadEvent(CapturedWith(R"({"attributes":{"id":18446744073709551615}})"))),
            "data.attributes.id");
}

TEST(DecodeLeadEventTest, IgnoresNullAndUnknownFields) {
  const core::LeadEvent event = MustDecode(CapturedWith(
      R"({"attributes":{"a":null,"b":1},"activity":null,"consent":null,"attribution":null,
          "novelty":{"deep":[1,2]}})"));
  EXPECT_THAT(event.attributes, ElementsAre(Pair("b", AttributeValue(int64_t{1}))));
  EXPECT_THAT(event.activity, IsEmpty());
  EXPECT_EQ(event.consent, core::Consent::kUnknown);
}

TEST(DecodeLeadEventTest, HoldsTheCapsOfTheFacts) {
  const auto with_value = [](size_t bytes) {
    return CapturedWith(R"({"attributes":{"a":")" + std::string(bytes, 'x') + "\"}}");
  };
  EXPECT_EQ(Outcome(DecodeLeadEvent(with_value(core::kAttributeBytesMax))), "ok");
  EXPECT_EQ(Outcome(DecodeLeadEvent(with_value(core::kAttributeBytesMax + 1))), "bad_value");

  const auto with_names = [](const std::string& field, size_t names) {
    std::string members;
    for (size_t i = 0; i < names; ++i) {
      members += (i == 0 ? "\"n" : ",\"n") + std::to_string(i) + "\":\"v\"";
    }
    return CapturedWith("{\"" + field + "\":{" + members + "}}");
  };
  EXPECT_EQ(Outcome(DecodeLeadEvent(with_names("attributes", core::kAttributesMax))), "ok");
  EXPECT_EQ(Outcome(DecodeLeadEvent(with_names("attributes", core::kAttributesMax + 1))),
            "bad_value");
  EXPECT_EQ(Outcome(DecodeLeadEvent(with_names("attribution", core::kAttributionMax))), "ok");
  EXPECT_EQ(Outcome(DecodeLeadEvent(with_names("attribution", core::kAttributionMax + 1))),
            "bad_value");

  std::string items;
  for (size_t i = 0; i < kListItemsMax; ++i) items += "\"\",";
  EXPECT_EQ(Outcome(DecodeLeadEvent(CapturedWith(R"({"attributes":{"a":[)" + items + "\"\"]}}"))),
            "bad_value");
}

TEST(DecodeLeadEventTest, ReadsThePropertiesOfAnActivity) {
  const core::LeadEvent event = MustDecode(RecordWithData(
      "dev.baton.lead.activity.v1",
      R"({"activity":"page_view","properties":{"path":"/pricing","seconds":41,"share":0.5,
          "first":true,"referrer":null}})"));
  EXPECT_THAT(event.properties, ElementsAre(Pair("first", AttributeValue(true)),
                                            Pair("path", AttributeValue("/pricing")),
                                            Pair("seconds", AttributeValue(int64_t{41})),
                                            Pair("share", AttributeValue(0.5))));
  EXPECT_THAT(
      MustDecode(CapturedWith(R"({"activity":"form","properties":{"id":"f1"}})")).properties,
      ElementsAre(Pair("id", AttributeValue("f1"))));
}

TEST(DecodeLeadEventTest, HoldsPropertiesToTheirCaps) {
  const auto outcome = [](const std::string& members) {
    const Decoded decoded = DecodeLeadEvent(RecordWithData(
        "dev.baton.lead.activity.v1", R"({"activity":"a","properties":{)" + members + "}}"));
    return Outcome(decoded) + " " + FieldOf(decoded);
  };
  std::string members = R"("n0":0)";
  for (size_t i = 1; i < core::kPropertiesMax; ++i) {
    members += ",\"n" + std::to_string(i) + "\":0";
  }
  EXPECT_EQ(outcome(members), "ok ");
  EXPECT_EQ(outcome(members + ",\"n9\":0"), "bad_value data.properties");
  const std::string text(core::kPropertyBytesMax - 1, 'x');
  EXPECT_EQ(outcome("\"a\":\"" + text + "\""), "ok ");
  EXPECT_EQ(outcome("\"ab\":\"" + text + "\""), "bad_value data.properties");
  EXPECT_EQ(outcome(R"("tags":["a"])"), "bad_value data.properties.tags");
  EXPECT_EQ(outcome(R"("page":{"path":"/"})"), "bad_value data.properties.page");
  EXPECT_EQ(outcome(R"("":1)"), "bad_value data.properties");
  EXPECT_EQ(FieldOf(DecodeLeadEvent(CapturedWith(R"({"properties":{"path":"/"}})"))),
            "data.properties")
      << "of no activity";
}

TEST(DecodeLeadEventTest, RefusesAnEventFromTheFuture) {
  platform::kafka::Record record = CapturedWith("{}");  // at 09:00 on 1 March
  record.timestamp_ms = 1'772'355'600'000 - kAheadMax;
  EXPECT_EQ(Outcome(DecodeLeadEvent(record)), "ok");
  record.timestamp_ms -= 1;
  EXPECT_EQ(Outcome(DecodeLeadEvent(record)), "bad_value");
  EXPECT_EQ(FieldOf(DecodeLeadEvent(record)), "time");
  record.timestamp_ms = 0;  // unknown to Kafka
  EXPECT_EQ(Outcome(DecodeLeadEvent(record)), "ok");
}

TEST(DecodeLeadEventTest, ReadsActivities) {
  const auto activity = [](std::string_view data) {
    return DecodeLeadEvent(RecordWithData("dev.baton.lead.activity.v1", data));
  };
  const Decoded decoded = activity(R"({"activity":"page_view","count":3})");
  ASSERT_EQ(Outcome(decoded), "ok");
  EXPECT_EQ(std::get<core::LeadEvent>(decoded).activity_count, 3);
  EXPECT_EQ(std::get<core::LeadEvent>(activity(R"({"activity":"a","count":0})")).activity_count, 1);
  EXPECT_EQ(Outcome(activity(R"({"activity":"a","count":1000})")), "ok");
  EXPECT_EQ(Outcome(activity(R"({"activity":"a","count":1001})")), "bad_value");
  EXPECT_EQ(Outcome(activity(R"({"activity":"a","count":-1})")), "bad_value");
  EXPECT_EQ(Outcome(activity(R"({"activity":"a","count":1.5})")), "bad_value");
  EXPECT_EQ(Outcome(activity(R"({"activity":"a","count":99999999999999999999})")), "not_parseable");
  EXPECT_EQ(Outcome(activity(R"({"activity":"two words"})")), "bad_value");
  EXPECT_EQ(FieldOf(activity("{}")), "data.activity");
}

TEST(DecodeLeadEventTest, NeverDropsAConsentSilently) {
  EXPECT_EQ(Outcome(DecodeLeadEvent(
                RecordWithData("dev.baton.lead.consent.v1", R"({"consent":"withdrawn"})"))),
            "ok");
  EXPECT_EQ(Outcome(DecodeLeadEvent(
                RecordWithData("dev.baton.lead.consent.v1", R"({"consent":"perhaps"})"))),
            "bad_value");
  EXPECT_EQ(Outcome(DecodeLeadEvent(RecordWithData("dev.baton.lead.consent.v1", "{}"))),
            "missing_field");
  EXPECT_EQ(Outcome(DecodeLeadEvent(
                RecordWithData("dev.baton.lead.updated.v1", R"({"consent":"withdrawn"})"))),
            "bad_value");
}

TEST(DecodeLeadEventTest, DropsAMalformedTraceparent) {
  platform::kafka::Record record = CapturedWith("{}");
  record.value.insert(1, R"("traceparent":"00-zz-01",)");
  EXPECT_THAT(MustDecode(record).traceparent, IsEmpty());
}

TEST(DecodeLeadEventTest, KnowsTypesByNameAndVersion) {
  const auto outcome = [](std::string_view type) {
    return Outcome(DecodeLeadEvent(RecordWithData(type, "{}")));
  };
  EXPECT_EQ(outcome("dev.baton.lead.updated.v1"), "ok");
  EXPECT_EQ(outcome("dev.baton.lead.updated.v2"), "unknown_schema_version");
  EXPECT_EQ(outcome("dev.baton.lead.updated.v10"), "unknown_schema_version");
  for (const char* type : {"dev.baton.lead.updated", "dev.baton.lead.updated.", "dev.baton.lead.v1",
                           "dev.baton.lead..v1", "dev.baton.lead.renamed.v1", "updated.v1", "",
                           "dev.baton.lead.updated.v", "dev.baton.lead.updated.vx", ".v1"}) {
    EXPECT_EQ(outcome(type), "unknown_type") << type;
  }
}

}  // namespace
}  // namespace baton::events
