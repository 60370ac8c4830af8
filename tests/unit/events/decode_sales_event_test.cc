#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "event_records.h"
#include "events/sales_actions.h"
#include "events/sales_event_codec.h"

namespace baton::events {
namespace {

using core::ActionType;

constexpr char kCloseTime[] = "2026-04-01T00:00:00Z";

DecodedSalesEvent DecodeWith(std::string_view word, std::string_view data) {
  return DecodeSalesEvent(
      RecordWithData(absl::StrCat("dev.baton.sales.", core::ToAbsl(word), ".v1"), data));
}

core::SalesEvent EventWith(std::string_view word, std::string_view data) {
  const DecodedSalesEvent decoded = DecodeWith(word, data);
  if (const auto* letter = std::get_if<DeadLetter>(&decoded)) {
    ADD_FAILURE() << letter->field << ": " << letter->reason;
    return {};
  }
  return std::get<core::SalesEvent>(decoded);
}

// "class field" of what must be refused.
std::string Refused(const DecodedSalesEvent& decoded) {
  const auto* letter = std::get_if<DeadLetter>(&decoded);
  return letter == nullptr
             ? "ok"
             : absl::StrCat(core::ToAbsl(DeadLetterClassName(letter->klass)), " ", letter->field);
}

TEST(DecodeSalesEventTest, StructuredAndBinaryModeSayTheSame) {
  constexpr std::string_view kData =
      R"({"rep":"ada","generation":3,"channel":"call","direction":"inbound","outcome":"connected",
          "touchTime":"2026-03-01T08:30:00Z","note":"hi","later":"ignored"})";
  for (const core::SalesEvent& event :
       {EventWith("touched", kData),
        std::get<core::SalesEvent>(DecodeSalesEvent(
            MakeRecord(std::string(kData),
                       BinaryHeaders("dev.baton.sales.touched.v1", "application/json"))))}) {
    EXPECT_EQ(event.key.workspace.str(), "acme");
    EXPECT_EQ(event.key.lead.str(), "lead-1");
    EXPECT_EQ(event.id, "e-1");
    EXPECT_EQ(event.source, "//crm.example");
    EXPECT_EQ(event.occurred_at_ms, kRecordTimeMs - 3 * core::kHourMs);
    EXPECT_EQ(event.rep.str(), "ada");
    EXPECT_EQ(event.action.type, ActionType::kLogTouch);
    EXPECT_EQ(event.action.generation, 3);
    EXPECT_EQ(event.action.channel, "call");
    EXPECT_EQ(event.action.direction, "inbound");
    EXPECT_EQ(event.action.touch_outcome, "connected");
    EXPECT_EQ(event.action.touched_at_ms, kRecordTimeMs - 3 * core::kHourMs - 30 * core::kMinuteMs);
    EXPECT_EQ(event.action.note, "hi");
  }
}

TEST(DecodeSalesEventTest, EveryActionOfCoreHasAnEvent) {
  for (const SalesAction& action : SalesActions()) {
    const core::SalesEvent event = EventWith(action.word, R"({"rep":"ada"})");
    EXPECT_EQ(event.action.type, action.type) << action.word;
    EXPECT_EQ(event.action.outcome, action.outcome) << action.word;
  }
  for (int type = 0; type <= static_cast<int>(ActionType::kReassign); ++type) {
    EXPECT_TRUE(std::any_of(
        SalesActions().begin(), SalesActions().end(),
        [&](const SalesAction& action) { return action.type == static_cast<ActionType>(type); }))
        << type;
  }
}

TEST(DecodeSalesEventTest, DealsComeInMinorUnitsAndDatesMayStandForTimes) {
  const core::SalesEvent won =
      EventWith("sqo_opened",
                R"({"rep":"ada","amountMinor":125000,"currency":"EUR","closeTime":"2026-04-01"})");
  EXPECT_EQ(won.action.amount_minor, 125'000);
  EXPECT_EQ(won.action.currency, "EUR");
  EXPECT_EQ(won.action.close_date_ms,
            EventWith("won", absl::StrCat(R"({"rep":"ada","close_time":")", kCloseTime, "\"}"))
                .action.close_date_ms);
  EXPECT_EQ(
      EventWith("recycled", R"({"rep":"ada","revisitTime":"2026-04-01"})").action.revisit_at_ms,
      won.action.close_date_ms);
  const core::SalesEvent moved =
      EventWith("reassigned", R"({"rep":"ada","to":"bob","queue":"dach","reason":"REASSIGNED"})");
  EXPECT_EQ(moved.action.to.str(), "bob");
  EXPECT_EQ(moved.action.queue.str(), "dach");
  EXPECT_EQ(moved.action.reason, "REASSIGNED");
}

TEST(DecodeSalesEventTest, AFieldOfAnotherActionIsIgnored) {
  EXPECT_EQ(
      EventWith("accepted", R"({"rep":"ada","reason":"NO_NEED","amountMinor":true})").action.reason,
      "");
}

TEST(DecodeSalesEventTest, WhatIsWrongIsNamed) {
  EXPECT_EQ(Refused(DecodeWith("accepted", "{}")), "missing_field data.rep");
  EXPECT_EQ(Refused(DecodeWith("accepted", R"({"generation":0})")), "missing_field data.rep");
  EXPECT_EQ(Refused(DecodeWith("accepted", R"({"generation":2})")), "ok");
  EXPECT_EQ(Refused(DecodeWith("accepted", R"({"rep":"a b"})")), "bad_value data.rep");
  EXPECT_EQ(Refused(DecodeWith("accepted", R"({"rep":7})")), "bad_value data.rep");
  EXPECT_EQ(Refused(DecodeWith("accepted", R"({"generation":"2"})")), "bad_value data.generation");
  EXPECT_EQ(Refused(DecodeWith("accepted", R"({"generation":-1})")), "bad_value data.generation");
  EXPECT_EQ(Refused(DecodeWith("won", R"({"rep":"ada","amountMinor":1.5})")),
            "bad_value data.amountMinor");
  EXPECT_EQ(Refused(DecodeWith("won", R"({"rep":"ada","closeTime":"soon"})")),
            "bad_value data.closeTime");
  EXPECT_EQ(Refused(DecodeWith("accepted", "[]")), "bad_value data");
  EXPECT_EQ(Refused(DecodeSalesEvent(MakeRecord(
                "", BinaryHeaders("dev.baton.sales.accepted.v1", "application/protobuf")))),
            "bad_value datacontenttype");
}

TEST(DecodeSalesEventTest, TypesOfTheTwoTopicsAreNotMixedUp) {
  EXPECT_EQ(Refused(DecodeSalesEvent(RecordWithData("dev.baton.lead.captured.v1", "{}"))),
            "unknown_type type");
  EXPECT_EQ(Refused(DecodeWith("bought", "{}")), "unknown_type type");
  EXPECT_EQ(Outcome(DecodeLeadEvent(RecordWithData("dev.baton.sales.accepted.v1", "{}"))),
            "unknown_type");
  const auto newer = DecodeSalesEvent(RecordWithData("dev.baton.sales.accepted.v2", "{}"));
  EXPECT_EQ(Refused(newer), "unknown_schema_version type");
}

}  // namespace
}  // namespace baton::events
