#include "verify/record_parser.h"

#include <simdjson.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/text.h"
#include "verify/hashes.h"

namespace baton::verify {
namespace {

using core::ToAbsl;
using platform::kafka::Record;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr size_t kRegistryPrefix = 5;  // magic byte 0 and the id of a schema

std::string_view Header(const Record& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (absl::EqualsIgnoreCase(key, ToAbsl(name))) return value;
  }
  return {};
}

std::string_view TextOf(const element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

int64_t NumberOf(const element& value) {
  int64_t number = 0;
  return value.get(number) == simdjson::SUCCESS ? number : 0;
}

// "2026-03-31T09:30:00.123Z" in milliseconds since the epoch; 0 for anything else.
int64_t TimeOf(std::string_view text) {
  const auto digits = [text](size_t at, size_t count) {
    int number = 0;
    return absl::SimpleAtoi(ToAbsl(text.substr(at, count)), &number) ? number : 0;
  };
  if (text.size() < 20 || text.back() != 'Z') return 0;
  const absl::CivilSecond second(digits(0, 4), digits(5, 2), digits(8, 2), digits(11, 2),
                                 digits(14, 2), digits(17, 2));
  const int64_t seconds = absl::ToUnixSeconds(absl::FromCivil(second, absl::UTCTimeZone()));
  return seconds * 1000 + (text.size() == 24 ? digits(20, 3) : 0);
}

std::optional<Place> OriginOf(const Record& record) {
  Place origin;
  if (!absl::SimpleAtoi(ToAbsl(Header(record, "__dlq.errors.partition")), &origin.partition) ||
      !absl::SimpleAtoi(ToAbsl(Header(record, "__dlq.errors.offset")), &origin.offset)) {
    return std::nullopt;
  }
  return origin;
}

}  // namespace

struct RecordParser::Json {
  simdjson::dom::parser parser;

  // False: not a JSON object.
  bool Parse(std::string_view text, object& root) {
    return parser.parse(text.data(), text.size(), true).get(root) == simdjson::SUCCESS;
  }
};

RecordParser::RecordParser() : json_(std::make_unique<Json>()) {}
RecordParser::~RecordParser() = default;

InputRecord RecordParser::Input(const Record& record) {
  InputRecord input;
  input.place = {record.partition, record.offset};
  input.value = record.value;
  input.published_ms = record.timestamp_ms;
  const auto take = [&input](std::string_view name, std::string_view text) {
    if (name == "workspace") input.workspace = text;
    if (name == "subject") input.lead = text;
    if (name == "source") input.source = text;
    if (name == "id") input.id = text;
    if (name == "time") input.time = text;
    if (name == "type") {
      input.of_account = absl::StartsWith(ToAbsl(text), "dev.baton.account.");
    }
  };
  const bool structured =
      absl::StartsWithIgnoreCase(ToAbsl(Header(record, "content-type")), "application/cloudevents");
  const bool binary = !structured && (!Header(record, "ce_id").empty() ||
                                      !Header(record, "ce_specversion").empty());
  if (binary) {
    for (const char* name : {"workspace", "subject", "source", "id", "time", "type"}) {
      take(name, Header(record, std::string("ce_") + name));
    }
  } else {
    std::string_view text = record.value;
    if (text.size() > kRegistryPrefix && text[0] == '\0') text.remove_prefix(kRegistryPrefix);
    object root;
    if (json_->Parse(text, root)) {
      for (const auto& [name, value] : root) {
        if (!value.is_null()) take(name, TextOf(value));
      }
    }
  }
  input.readable =
      !input.workspace.empty() && !input.lead.empty() && !input.source.empty() && !input.id.empty();
  return input;
}

DeadLetterRecord RecordParser::DeadLetter(const Record& record) const {
  DeadLetterRecord letter;
  letter.place = {record.partition, record.offset};
  letter.origin_topic = Header(record, "__dlq.errors.topic");
  letter.origin = OriginOf(record);
  letter.error_class = Header(record, "baton-error-class");
  letter.reason = Header(record, "baton-error-reason");
  letter.cut = !Header(record, "baton-error-value-bytes").empty();
  letter.value = record.value;
  letter.published_ms = record.timestamp_ms;
  return letter;
}

ChangeRecord RecordParser::Change(const Record& record) {
  ChangeRecord change;
  change.place = {record.partition, record.offset};
  change.key = record.key;
  change.event_id = Header(record, "ce_id");
  change.cause = Header(record, "ce_causationid");
  change.value_hash = HashOf(record.value);
  change.published_ms = record.timestamp_ms;
  object root;
  if (!json_->Parse(record.value, root)) return change;
  for (const auto& [name, value] : root) {
    if (name == "workspace") change.workspace = TextOf(value);
    if (name == "lead") change.lead = TextOf(value);
    if (name == "change") change.change = core::ParseChangeType(TextOf(value));
    if (name == "epoch") change.epoch = NumberOf(value);
    if (name == "version") change.version = NumberOf(value);
    if (name == "cycle") change.cycle = static_cast<int32_t>(NumberOf(value));
    if (name == "stage") change.stage = core::ParseStage(TextOf(value));
    if (name == "queue") change.queue = TextOf(value);
    if (name == "rep") change.rep = TextOf(value);
    if (name == "generation") change.generation = NumberOf(value);
    if (name == "time") change.time_ms = TimeOf(TextOf(value));
    if (name == "acceptDeadline") change.deadline_ms = TimeOf(TextOf(value));
    object details;
    if (name != "details" || value.get(details) != simdjson::SUCCESS) continue;
    for (const auto& [detail, text] : details) {
      if (detail == "source") change.source = TextOf(text);
      if (detail == "charged") change.charged = TextOf(text) != "false";
    }
  }
  return change;
}

StateRecord RecordParser::State(const Record& record) {
  StateRecord state;
  state.key = record.key;
  state.tombstone = !record.has_value;
  object root;
  if (!json_->Parse(record.value, root)) return state;
  for (const auto& [name, value] : root) {
    if (name == "workspace") state.workspace = TextOf(value);
    if (name == "lead") state.lead = TextOf(value);
    if (name == "epoch") state.epoch = NumberOf(value);
    if (name == "version") state.version = NumberOf(value);
    if (name == "cycle") state.cycle = static_cast<int32_t>(NumberOf(value));
    if (name == "stage") state.stage = core::ParseStage(TextOf(value));
    if (name == "queue") state.queue = TextOf(value);
    if (name == "rep") state.rep = TextOf(value);
    if (name == "generation") state.generation = NumberOf(value);
  }
  return state;
}

}  // namespace baton::verify
