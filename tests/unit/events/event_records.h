// Records and shorthands that the tests of the event codecs share.
#ifndef BATON_TESTS_UNIT_EVENTS_EVENT_RECORDS_H_
#define BATON_TESTS_UNIT_EVENTS_EVENT_RECORDS_H_

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "core/event.h"
#include "events/lead_event_codec.h"
#include "platform/kafka/kafka.h"
#include "support/source_tree.h"

namespace baton::events {

// The texts of the folder fixtures, by the name of the file.
inline std::map<std::string, std::string> Fixtures() {
  const std::string folder = "tests/unit/events/fixtures";
  std::map<std::string, std::string> texts;
  for (const auto& entry : std::filesystem::directory_iterator(support::SourcePath(folder))) {
    const std::string name = entry.path().filename().string();
    texts[name] = support::SourceText(folder + "/" + name);
  }
  return texts;
}

// 2026-03-01T12:00:00Z.
inline constexpr core::TimeMs kRecordTimeMs = 1'772'366'400'000;

inline platform::kafka::Record MakeRecord(std::string value, platform::kafka::Headers headers) {
  platform::kafka::Record record;
  record.topic = "baton.lead-events.v1";
  record.partition = 3;
  record.offset = 41;
  record.timestamp_ms = kRecordTimeMs;
  record.has_value = true;
  record.value = std::move(value);
  record.headers = std::move(headers);
  return record;
}

inline platform::kafka::Record StructuredRecord(std::string value) {
  return MakeRecord(std::move(value), {{"content-type", "application/cloudevents+json"}});
}

// A structured event of type `type` whose data is the given JSON.
inline platform::kafka::Record RecordWithData(std::string_view type, std::string_view data) {
  std::string json = R"({"specversion":"1.0","id":"e-1","source":"//crm.example","type":")";
  json.append(type);
  json.append(R"(","subject":"lead-1","time":"2026-03-01T09:00:00Z","workspace":"acme","data":)");
  json.append(data).append("}");
  return StructuredRecord(std::move(json));
}

inline platform::kafka::Record CapturedWith(std::string_view data) {
  return RecordWithData("dev.baton.lead.captured.v1", data);
}

// Headers of a binary-mode event.
inline platform::kafka::Headers BinaryHeaders(std::string type, std::string content_type) {
  return {{"ce_specversion", "1.0"},      {"ce_id", "e-1"},
          {"ce_source", "//crm.example"}, {"ce_type", std::move(type)},
          {"ce_subject", "lead-1"},       {"ce_time", "2026-03-01T09:00:00Z"},
          {"ce_workspace", "acme"},       {"content-type", std::move(content_type)}};
}

// The letter's class by name, or "ok".
inline std::string Outcome(const Decoded& decoded) {
  const auto* letter = std::get_if<DeadLetter>(&decoded);
  return letter == nullptr ? "ok" : std::string(DeadLetterClassName(letter->klass));
}

// The field a dead letter names; "" for an event.
inline std::string FieldOf(const Decoded& decoded) {
  const auto* letter = std::get_if<DeadLetter>(&decoded);
  return letter == nullptr ? "" : letter->field;
}

}  // namespace baton::events

#endif  // BATON_TESTS_UNIT_EVENTS_EVENT_RECORDS_H_
