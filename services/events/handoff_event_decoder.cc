#include <simdjson.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/handoff_event_codec.h"
#include "events/rfc3339.h"

namespace baton::events {
namespace {

using platform::kafka::Record;
using simdjson::dom::element;

absl::Status BadField(std::string_view field) {
  return absl::InvalidArgumentError(absl::StrCat("handoff event: bad field ", core::ToAbsl(field)));
}

std::string_view TextOf(const element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? text : std::string_view();
}

// False: no whole number.
template <typename Number>
bool ReadNumber(const element& value, Number& out) {
  int64_t number = 0;
  if (value.get(number) != simdjson::SUCCESS) return false;
  out = static_cast<Number>(number);
  return true;
}

bool ReadTimeField(const element& value, core::TimeMs& out) {
  const auto at_ms = ParseRfc3339(TextOf(value));
  out = at_ms.value_or(0);
  return at_ms.has_value();
}

template <typename IdType>
bool ReadIdField(const element& value, IdType& id) {
  const std::string_view text = TextOf(value);
  id = IdType::Trusted(text);
  return core::IsValidId(text);
}

bool ReadDetails(const element& value, std::map<std::string, std::string>& details) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return false;
  for (const auto& [name, text] : object) {
    details.emplace(std::string(name), std::string(TextOf(text)));
  }
  return true;
}

// False: the value is not of the field's type. Unknown fields are ignored.
bool ReadChangeField(std::string_view name, const element& value, store::OutboxEntry& entry,
                     bool& has_type) {
  core::Change& change = entry.change;
  if (name == "queue") return ReadIdField(value, change.queue);
  if (name == "rep") return ReadIdField(value, change.rep);
  if (name == "generation") return ReadNumber(value, change.generation);
  if (name == "details") return ReadDetails(value, change.details);
  if (name == "reason") change.reason = std::string(TextOf(value));
  if (name == "actor") change.actor = std::string(TextOf(value));
  if (name == "change") {
    const auto type = core::ParseChangeType(TextOf(value));
    change.type = type.value_or(core::ChangeType::kNurtured);
    return has_type = type.has_value();
  }
  if (name == "stage") {
    const auto stage = core::ParseStage(TextOf(value));
    change.stage = stage.value_or(core::Stage::kNew);
    return stage.has_value();
  }
  return true;
}

bool ReadEntryField(std::string_view name, const element& value, store::OutboxEntry& entry,
                    bool& has_type) {
  if (name == "workspace") return ReadIdField(value, entry.key.workspace);
  if (name == "lead") return ReadIdField(value, entry.key.lead);
  if (name == "epoch") return ReadNumber(value, entry.epoch);
  if (name == "version") return ReadNumber(value, entry.version);
  if (name == "cycle") return ReadNumber(value, entry.cycle);
  if (name == "time") return ReadTimeField(value, entry.at_ms);
  if (name == "acceptDeadline") return ReadTimeField(value, entry.due_at_ms);
  if (name == "policyRevision") return ReadNumber(value, entry.policy_revision);
  if (name == "fit") return ReadNumber(value, entry.fit);
  if (name == "intent") return ReadNumber(value, entry.intent);
  if (name == "sequence") return ReadNumber(value, entry.sequence);
  return ReadChangeField(name, value, entry, has_type);
}

}  // namespace

absl::StatusOr<store::OutboxEntry> DecodeHandoffEvent(const Record& record) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object root;
  if (record.value.size() > kHandoffEventBytesMax ||
      parser.parse(record.value).get(root) != simdjson::SUCCESS) {
    return absl::InvalidArgumentError("handoff event: the data is no JSON object");
  }
  store::OutboxEntry entry;
  bool has_type = false;
  for (const auto& [name, value] : root) {
    if (!ReadEntryField(name, value, entry, has_type)) return BadField(name);
  }
  if (entry.key.workspace.empty()) return BadField("workspace");
  if (entry.key.lead.empty()) return BadField("lead");
  if (!has_type) return BadField("change");
  if (entry.version < 1) return BadField("version");
  for (const auto& [name, value] : record.headers) {
    if (name == "ce_causationid") entry.change.cause = value;
  }
  return entry;
}

}  // namespace baton::events
