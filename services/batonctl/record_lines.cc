#include "batonctl/record_lines.h"

#include <simdjson.h>

#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace baton::batonctl {
namespace {

using platform::kafka::Record;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

std::string_view Text(const element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// Where the object has the field, `into` is its value.
template <typename Value>
absl::Status Take(const object& dump, const char* name, Value& into) {
  const auto field = dump[name];
  if (field.error() == simdjson::NO_SUCH_FIELD) return absl::OkStatus();
  if (field.get(into) == simdjson::SUCCESS) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, " is not what kcat -J prints there"));
}

// False: null, or something else than text.
bool TakeText(const object& dump, const char* name, std::string& into) {
  std::string_view text;
  if (dump[name].get(text) != simdjson::SUCCESS) return false;
  into.assign(text);
  return true;
}

absl::StatusOr<Record> Dumped(const object& dump) {
  Record record;
  std::string_view topic;
  int64_t partition = 0;
  record.offset = 0;
  absl::Status status = Take(dump, "topic", topic);
  status.Update(Take(dump, "partition", partition));
  status.Update(Take(dump, "offset", record.offset));
  status.Update(Take(dump, "ts", record.timestamp_ms));
  if (!status.ok()) return status;
  record.topic.assign(topic);
  record.partition = static_cast<int32_t>(partition);
  record.has_key = TakeText(dump, "key", record.key);
  record.has_value = TakeText(dump, "payload", record.value);
  array headers;
  if (dump["headers"].get(headers) != simdjson::SUCCESS) return record;
  for (auto next = headers.begin(); next != headers.end(); ++next) {
    const element name = *next;
    if (!(++next != headers.end())) break;
    const element value = *next;
    if (!name.is_string() || !value.is_string()) continue;
    record.headers.emplace_back(std::string(Text(name)), std::string(Text(value)));
  }
  return record;
}

}  // namespace

struct RecordLines::Parser {
  simdjson::dom::parser json;
};

RecordLines::RecordLines() : parser_(std::make_unique<Parser>()) {}
RecordLines::~RecordLines() = default;

absl::StatusOr<Record> RecordLines::Read(const std::string& line, int64_t number) {
  // Whatever else the line is, the recorder tells; only a dump is to be taken apart here.
  object dump;
  if (absl::StrContains(line, "\"payload\"") &&
      parser_->json.parse(line).get(dump) == simdjson::SUCCESS &&
      dump["topic"].error() == simdjson::SUCCESS && dump["payload"].error() == simdjson::SUCCESS) {
    return Dumped(dump);
  }
  Record record;
  record.offset = number;
  record.has_value = true;
  record.value = line;
  return record;
}

}  // namespace baton::batonctl
