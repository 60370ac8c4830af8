#include "events/handoff_event_codec.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/cloud_events.h"
#include "events/json_writer.h"
#include "events/lead_event_codec.h"
#include "events/rfc3339.h"

namespace baton::events {
namespace {

using platform::kafka::OutRecord;
using store::OutboxEntry;

// Encoded bytes of the repeated fields; with the bounded rest they stay below
// kHandoffEventBytesMax.
constexpr size_t kDetailsEncodedMax = 12 * 1024;
constexpr size_t kFactorsEncodedMax = 16 * 1024;
constexpr size_t kAttributionEncodedMax = 20 * 1024;
constexpr size_t kSourcesEncodedMax = 12 * 1024;

bool IsOwnershipChange(core::ChangeType type) {
  switch (type) {
    case core::ChangeType::kAssigned:
    case core::ChangeType::kAccepted:
    case core::ChangeType::kDeclined:
    case core::ChangeType::kOfferExpired:
    case core::ChangeType::kRerouted:
    case core::ChangeType::kRejected:
    case core::ChangeType::kRecycled:
    case core::ChangeType::kWon:
    case core::ChangeType::kLost:
    case core::ChangeType::kReleased:
    case core::ChangeType::kPulledBack:
    case core::ChangeType::kErased:
      return true;
    case core::ChangeType::kNurtured:
    case core::ChangeType::kQualified:
    case core::ChangeType::kQueued:
    case core::ChangeType::kTouched:
    case core::ChangeType::kSqlConfirmed:
    case core::ChangeType::kSqoOpened:
    case core::ChangeType::kPaused:
    case core::ChangeType::kResumed:
    case core::ChangeType::kSlaWarned:
    case core::ChangeType::kSlaEscalated:
    case core::ChangeType::kSlaBreached:
    case core::ChangeType::kSlaMet:
    case core::ChangeType::kRepAway:
      return false;
  }
  return false;
}

// Writes one message as proto3 JSON does: what is empty or zero is left out.
class MessageWriter {
 public:
  explicit MessageWriter(std::string& out) : out_(out), json_(out) { json_.BeginObject(); }

  void Text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    json_.Key(name);
    json_.String(value);
  }
  void Number(std::string_view name, int64_t value) {
    if (value == 0) return;
    json_.Key(name);
    json_.Int(value);
  }
  void Time(std::string_view name, core::TimeMs at_ms) {
    if (at_ms == 0) return;
    json_.Key(name);
    json_.Time(at_ms);
  }
  // Runs write(item) for each until bytes_max is passed; the item that passes it is taken back, and
  // the field's name noted in truncated().
  template <typename Items, typename Write>
  void UpTo(size_t bytes_max, std::string_view name, const Items& items, const Write& write) {
    const size_t begin = out_.size();
    for (const auto& item : items) {
      const size_t before = out_.size();
      write(item);
      if (out_.size() - begin <= bytes_max) continue;
      out_.resize(before);
      absl::StrAppend(&truncated_, truncated_.empty() ? "" : ",", core::ToAbsl(name));
      return;
    }
  }
  void End() { json_.EndObject(); }

  JsonWriter& json() { return json_; }
  const std::string& truncated() const { return truncated_; }

 private:
  std::string& out_;
  JsonWriter json_;
  std::string truncated_;
};

void WriteFactors(MessageWriter& message, const std::vector<core::Factor>& factors) {
  if (factors.empty()) return;
  JsonWriter& json = message.json();
  json.Key("factors");
  json.BeginArray();
  message.UpTo(kFactorsEncodedMax, "factors", factors, [&](const core::Factor& factor) {
    json.BeginObject();
    message.Text("kind", factor.kind == core::FactorKind::kFit ? "fit" : "intent");
    message.Text("rule", factor.rule);
    message.Number("points", factor.points);
    json.EndObject();
  });
  json.EndArray();
}

void WriteAttribution(MessageWriter& message, const OutboxEntry& entry) {
  if (entry.attribution.empty()) return;
  JsonWriter& json = message.json();
  json.Key("attribution");
  json.BeginObject();
  message.UpTo(kAttributionEncodedMax, "attribution", entry.attribution, [&](const auto& pair) {
    json.Key(pair.first);
    json.String(pair.second);
  });
  json.EndObject();
}

void WriteSources(MessageWriter& message, const std::vector<core::SourceRef>& sources) {
  if (sources.empty()) return;
  JsonWriter& json = message.json();
  json.Key("sources");
  json.BeginArray();
  message.UpTo(kSourcesEncodedMax, "sources", sources, [&](const core::SourceRef& source) {
    json.BeginObject();
    message.Text("source", source.source);
    message.Text("id", source.id);
    message.Time("time", source.occurred_at_ms);
    json.EndObject();
  });
  json.EndArray();
}

// The last field, because it also says what was cut.
void WriteDetails(MessageWriter& message, const core::Change& change) {
  if (change.details.empty() && message.truncated().empty()) return;
  JsonWriter& json = message.json();
  json.Key("details");
  json.BeginObject();
  message.UpTo(kDetailsEncodedMax, "details", change.details, [&](const auto& pair) {
    json.Key(pair.first);
    json.String(pair.second);
  });
  message.Text("truncated", message.truncated());
  json.EndObject();
}

// proto3 JSON of baton.events.v1.LeadChanged.
std::string ChangeJson(const OutboxEntry& entry) {
  std::string out;
  out.reserve(1024);
  MessageWriter message(out);
  message.Text("workspace", entry.key.workspace.str());
  message.Text("lead", entry.key.lead.str());
  message.Text("change", core::ChangeTypeName(entry.change.type));
  message.Number("epoch", entry.epoch);
  message.Number("version", entry.version);
  message.Number("cycle", entry.cycle);
  message.Text("stage", core::StageName(entry.change.stage));
  message.Text("queue", entry.change.queue.str());
  message.Text("rep", entry.change.rep.str());
  message.Number("generation", entry.change.generation);
  message.Time("time", entry.at_ms);
  message.Time("acceptDeadline", entry.due_at_ms);
  message.Text("reason", entry.change.reason);
  message.Text("actor", entry.change.actor);
  message.Number("policyRevision", entry.policy_revision);
  message.Number("fit", entry.fit);
  message.Number("intent", entry.intent);
  WriteFactors(message, entry.factors);
  WriteAttribution(message, entry);
  WriteSources(message, entry.sources);
  message.Number("sequence", entry.sequence);
  WriteDetails(message, entry.change);
  message.End();
  return out;
}

// proto3 JSON of baton.events.v1.LeadState.
std::string StateJson(const OutboxEntry& entry) {
  // Otherwise change.rep is the one who passed. WON keeps its owner for after-sales.
  const bool owned = core::IsOwned(entry.change.stage) || entry.change.stage == core::Stage::kWon;
  std::string out;
  out.reserve(320);
  MessageWriter message(out);
  message.Text("workspace", entry.key.workspace.str());
  message.Text("lead", entry.key.lead.str());
  message.Number("epoch", entry.epoch);
  message.Number("version", entry.version);
  message.Number("cycle", entry.cycle);
  message.Text("stage", core::StageName(entry.change.stage));
  message.Text("queue", entry.change.queue.str());
  message.Text("rep", owned ? entry.change.rep.str() : "");
  message.Number("generation", entry.change.generation);
  message.Text("reason", entry.change.reason);
  message.Time("time", entry.at_ms);
  message.End();
  return out;
}

std::string LeadName(const OutboxEntry& entry) {
  return absl::StrCat(entry.key.workspace.str(), "/", entry.key.lead.str());
}

constexpr size_t kHeadersMax = 12;

OutRecord MakeRecord(const OutboxEntry& entry, const std::string& topic, std::string_view word,
                     std::string value) {
  OutRecord record;
  record.topic = topic;
  record.key = LeadName(entry);
  record.value = std::move(value);
  std::string time;
  AppendRfc3339(time, entry.at_ms);
  record.headers.reserve(kHeadersMax);
  const auto add = [&](const char* name, auto&& text) {
    record.headers.emplace_back(name, std::forward<decltype(text)>(text));
  };
  add("ce_specversion", kSpecVersion);
  add("ce_id", EventId(entry));
  add("ce_type", LeadEventType(word));
  add("ce_source", absl::StrCat("//baton.dev/workspaces/", entry.key.workspace.str()));
  add("ce_subject", entry.key.lead.str());
  add("ce_time", std::move(time));
  add("ce_correlationid", record.key);
  add("ce_sequence", absl::StrCat(entry.version));
  add("ce_partitionkey", record.key);
  add("content-type", kJsonContentType);
  if (!entry.change.cause.empty()) {
    add("ce_causationid", entry.change.cause);
  }
  if (!entry.traceparent.empty()) {
    add("ce_traceparent", entry.traceparent);
  }
  return record;
}

}  // namespace

TopicNames MakeTopicNames(const std::string& prefix) {
  TopicNames names;
  names.lead_events = absl::StrCat(prefix, ".lead-events.v1");
  names.dead_letters = absl::StrCat(names.lead_events, core::ToAbsl(kDeadLetterSuffix));
  names.sales_events = absl::StrCat(prefix, ".sales-events.v1");
  names.assignments = absl::StrCat(prefix, ".assignments.v1");
  names.feedback = absl::StrCat(prefix, ".feedback.v1");
  names.lead_state = absl::StrCat(prefix, ".lead-state.v1");
  names.shards = absl::StrCat(prefix, ".shards.v1");
  return names;
}

std::string EventId(const OutboxEntry& entry) {
  return absl::StrCat(LeadName(entry), "/", entry.epoch, "/", entry.version);
}

std::vector<OutRecord> EncodeHandoffEvent(const OutboxEntry& entry, const TopicNames& topics) {
  const std::string_view change = core::ChangeTypeName(entry.change.type);
  std::string changed = ChangeJson(entry);
  std::vector<OutRecord> records;
  records.reserve(2);
  if (IsOwnershipChange(entry.change.type)) {
    records.push_back(MakeRecord(entry, topics.feedback, change, changed));
    records.push_back(MakeRecord(entry, topics.assignments, change, std::move(changed)));
  } else {
    records.push_back(MakeRecord(entry, topics.feedback, change, std::move(changed)));
  }
  return records;
}

OutRecord EncodeLeadState(const OutboxEntry& entry, const TopicNames& topics) {
  if (entry.change.type != core::ChangeType::kErased) {
    return MakeRecord(entry, topics.lead_state, "state", StateJson(entry));
  }
  OutRecord record = MakeRecord(entry, topics.lead_state, "state", "");
  record.tombstone = true;
  return record;
}

}  // namespace baton::events
