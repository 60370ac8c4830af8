#include "dispatch/proto_mapping.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

constexpr absl::string_view kOwnSource = "//baton.dev/api";

absl::Status WrongField(absl::string_view field, absl::string_view message) {
  return core::FieldError({field.data(), field.size()}, {message.data(), message.size()});
}

absl::StatusOr<core::EventType> FromProto(absl::string_view field, v1::LeadEventType type) {
  switch (type) {
    case v1::LEAD_EVENT_TYPE_CAPTURED:
      return core::EventType::kCaptured;
    case v1::LEAD_EVENT_TYPE_UPDATED:
      return core::EventType::kUpdated;
    case v1::LEAD_EVENT_TYPE_ACTIVITY:
      return core::EventType::kActivity;
    case v1::LEAD_EVENT_TYPE_CONSENT:
      return core::EventType::kConsent;
    default:
      return WrongField(field, "must be one of the types of LeadEventType");
  }
}

absl::StatusOr<core::Consent> FromProto(absl::string_view field, v1::Consent consent) {
  switch (consent) {
    case v1::CONSENT_UNSPECIFIED:
      return core::Consent::kUnknown;
    case v1::CONSENT_GRANTED:
      return core::Consent::kGranted;
    case v1::CONSENT_WITHDRAWN:
      return core::Consent::kWithdrawn;
    default:
      return WrongField(field, "must be a value of Consent");
  }
}

v1::SlaState ToProto(core::SlaState state) {
  switch (state) {
    case core::SlaState::kIdle:
      return v1::SLA_STATE_IDLE;
    case core::SlaState::kPending:
      return v1::SLA_STATE_PENDING;
    case core::SlaState::kWarned:
      return v1::SLA_STATE_WARNED;
    case core::SlaState::kBreached:
      return v1::SLA_STATE_BREACHED;
    case core::SlaState::kMet:
      return v1::SLA_STATE_MET;
    case core::SlaState::kMetLate:
      return v1::SLA_STATE_MET_LATE;
    case core::SlaState::kCancelled:
      return v1::SLA_STATE_CANCELLED;
  }
  return v1::SLA_STATE_UNSPECIFIED;
}

void SetClocks(const core::LeadRecord& record, v1::Lead& lead) {
  if (record.paused_at_ms != 0) {
    *lead.mutable_pause_time() = ToTimestamp(record.paused_at_ms);
    *lead.mutable_resume_time() = ToTimestamp(record.paused_until_ms);
  }
  for (const core::SlaClock& clock : record.clocks) {
    v1::SlaClock& shown = *lead.add_clocks();
    shown.set_sla(clock.sla);
    const bool stands = clock.runs() && record.paused_at_ms != 0;
    shown.set_state(stands ? v1::SLA_STATE_PAUSED : ToProto(clock.state));
    if (clock.started_ms != 0) *shown.mutable_start_time() = ToTimestamp(clock.started_ms);
    if (clock.due_ms != 0) *shown.mutable_due_time() = ToTimestamp(clock.due_ms);
  }
}

}  // namespace

int32_t ToInt32(int64_t number) {
  return static_cast<int32_t>(std::clamp<int64_t>(number, std::numeric_limits<int32_t>::min(),
                                                  std::numeric_limits<int32_t>::max()));
}

google::protobuf::Timestamp ToTimestamp(core::TimeMs at_ms) {
  google::protobuf::Timestamp timestamp;
  const int64_t milliseconds = ((at_ms % 1000) + 1000) % 1000;
  timestamp.set_seconds((at_ms - milliseconds) / 1000);
  timestamp.set_nanos(static_cast<int32_t>(milliseconds) * 1'000'000);
  return timestamp;
}

absl::StatusOr<core::TimeMs> FromTimestamp(absl::string_view field,
                                           const google::protobuf::Timestamp& timestamp) {
  if (timestamp.seconds() < core::kTimeMsMin / 1000 ||
      timestamp.seconds() > core::kTimeMsMax / 1000 || timestamp.nanos() < 0 ||
      timestamp.nanos() > 999'999'999) {
    return WrongField(field, "must be a time from year 1 to year 9999");
  }
  return timestamp.seconds() * 1000 + timestamp.nanos() / 1'000'000;
}

// The two enumerations list the same stages in the same order, the API's one later.
v1::Stage ToProto(core::Stage stage) {
  return static_cast<v1::Stage>(static_cast<int>(stage) + v1::STAGE_NEW);
}

absl::StatusOr<core::Stage> FromProto(absl::string_view field, v1::Stage stage) {
  if (stage < v1::STAGE_NEW || stage > v1::STAGE_ERASED) {
    return WrongField(field, "must be a stage of a lead");
  }
  return static_cast<core::Stage>(stage - v1::STAGE_NEW);
}

v1::Consent ToProto(core::Consent consent) {
  switch (consent) {
    case core::Consent::kUnknown:
      return v1::CONSENT_UNSPECIFIED;
    case core::Consent::kGranted:
      return v1::CONSENT_GRANTED;
    case core::Consent::kWithdrawn:
      return v1::CONSENT_WITHDRAWN;
  }
  return v1::CONSENT_UNSPECIFIED;
}

v1::AttributeValue ToProto(const core::AttributeValue& value) {
  v1::AttributeValue message;
  if (const auto* truth = std::get_if<bool>(&value)) {
    message.set_bool_value(*truth);
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    message.set_int_value(*integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    message.set_double_value(*real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    message.set_string_value(*text);
  } else {
    const auto& list = std::get<std::vector<std::string>>(value);
    message.mutable_list_value()->mutable_values()->Assign(list.begin(), list.end());
  }
  return message;
}

absl::StatusOr<core::AttributeValue> FromProto(absl::string_view field,
                                               const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return core::AttributeValue(value.bool_value());
    case v1::AttributeValue::kIntValue:
      return core::AttributeValue(int64_t{value.int_value()});
    case v1::AttributeValue::kDoubleValue:
      if (!std::isfinite(value.double_value())) return WrongField(field, "must be finite");
      return core::AttributeValue(value.double_value());
    case v1::AttributeValue::kStringValue:
      return core::AttributeValue(value.string_value());
    case v1::AttributeValue::kListValue:
      return core::AttributeValue(std::vector<std::string>(value.list_value().values().begin(),
                                                           value.list_value().values().end()));
    case v1::AttributeValue::KIND_NOT_SET:
      return WrongField(field, "must have a value");
  }
  return WrongField(field, "must have a value");
}

v1::Factor ToProto(const core::Factor& factor) {
  v1::Factor message;
  message.set_kind(factor.kind == core::FactorKind::kFit ? "fit" : "intent");
  message.set_rule(factor.rule);
  message.set_points(factor.points);
  message.set_occurrences(ToInt32(factor.occurrences));
  return message;
}

v1::Lead ToProto(const core::LeadRecord& record) {
  const core::WorkspaceId& workspace = record.key.workspace;
  v1::Lead lead;
  lead.set_name(FormatLead(record.key));
  lead.set_etag(absl::StrCat(record.revision));
  lead.set_stage(ToProto(record.stage));
  lead.set_version(ToInt32(record.version));
  lead.set_cycle(record.cycle);
  for (const auto& [name, attribute] : record.facts.attributes) {
    (*lead.mutable_attributes())[name] = ToProto(attribute.value);
  }
  lead.set_consent(ToProto(record.facts.consent));
  for (const auto& [activity, days] : record.facts.activities) {
    int64_t count = 0;
    for (const auto& [day, occurrences] : days) count += occurrences;
    (*lead.mutable_activity_counts())[activity] = ToInt32(count);
  }
  for (const auto& [name, value] : record.facts.attribution) {
    (*lead.mutable_attribution())[name] = value.value;
  }
  lead.set_fit(record.judgment.fit);
  lead.set_intent(record.judgment.intent);
  lead.set_policy_revision(ToInt32(record.judgment.policy_revision));
  lead.set_queue(FormatQueue(workspace, record.queue));
  lead.set_rep(FormatRep(workspace, record.rep));
  if (core::IsOwned(record.stage) || record.stage == core::Stage::kWon) {
    lead.set_assignment(FormatAssignment(record.key, record.generation));
  }
  lead.set_reason(record.reason);
  if (record.facts.first_event_at_ms != 0) {
    *lead.mutable_first_event_time() = ToTimestamp(record.facts.first_event_at_ms);
  }
  if (record.facts.last_event_at_ms != 0) {
    *lead.mutable_last_event_time() = ToTimestamp(record.facts.last_event_at_ms);
  }
  if (record.queued_at_ms != 0) *lead.mutable_queue_time() = ToTimestamp(record.queued_at_ms);
  if (record.revisit_at_ms != 0) *lead.mutable_revisit_time() = ToTimestamp(record.revisit_at_ms);
  SetClocks(record, lead);
  return lead;
}

v1::JourneyEntry ToProto(const core::WorkspaceId& workspace, const store::JourneyEntry& entry) {
  v1::JourneyEntry message;
  *message.mutable_time() = ToTimestamp(entry.at_ms);
  message.set_type(entry.type);
  message.set_change(entry.is_change);
  if (!entry.is_change) {
    message.set_source(entry.source);
    message.set_event_id(entry.id);
    return message;
  }
  const core::Change& change = entry.change;
  message.set_version(ToInt32(entry.version));
  message.set_stage(ToProto(change.stage));
  message.set_queue(FormatQueue(workspace, change.queue));
  message.set_rep(FormatRep(workspace, change.rep));
  message.set_generation(ToInt32(change.generation));
  message.set_reason(change.reason);
  message.set_actor(change.actor);
  message.mutable_details()->insert(change.details.begin(), change.details.end());
  return message;
}

v1::Assignment ToAssignment(const core::LeadRecord& record) {
  v1::Assignment assignment;
  assignment.set_name(FormatAssignment(record.key, record.generation));
  assignment.set_lead(FormatLead(record.key));
  assignment.set_rep(FormatRep(record.key.workspace, record.rep));
  assignment.set_queue(FormatQueue(record.key.workspace, record.queue));
  assignment.set_generation(ToInt32(record.generation));
  assignment.set_stage(ToProto(record.stage));
  assignment.set_lead_version(ToInt32(record.version));
  if (record.offered_at_ms != 0)
    *assignment.mutable_assign_time() = ToTimestamp(record.offered_at_ms);
  if (record.stage == core::Stage::kOffered && record.due_at_ms != 0) {
    *assignment.mutable_accept_deadline() = ToTimestamp(record.due_at_ms);
  }
  assignment.set_fit(record.judgment.fit);
  assignment.set_intent(record.judgment.intent);
  return assignment;
}

v1::Assignment ToAssignment(const store::OutboxEntry& entry) {
  const core::Change& change = entry.change;
  v1::Assignment assignment;
  assignment.set_name(FormatAssignment(entry.key, change.generation));
  assignment.set_lead(FormatLead(entry.key));
  assignment.set_rep(FormatRep(entry.key.workspace, change.rep));
  assignment.set_queue(FormatQueue(entry.key.workspace, change.queue));
  assignment.set_generation(ToInt32(change.generation));
  assignment.set_stage(ToProto(change.stage));
  assignment.set_lead_version(ToInt32(entry.version));
  if (change.type == core::ChangeType::kAssigned) {
    *assignment.mutable_assign_time() = ToTimestamp(entry.at_ms);
    if (entry.due_at_ms != 0) {
      *assignment.mutable_accept_deadline() = ToTimestamp(entry.due_at_ms);
    }
  }
  assignment.set_fit(entry.fit);
  assignment.set_intent(entry.intent);
  return assignment;
}

namespace {

// A field that the type does not carry would be lost on the way: refused instead.
absl::Status CheckFieldsOfType(absl::string_view field, const v1::LeadEvent& event) {
  const auto type = event.type();
  const bool captured = type == v1::LEAD_EVENT_TYPE_CAPTURED;
  const auto misplaced = [&](absl::string_view name) {
    return WrongField(absl::StrCat(field, ".", name), "does not belong to an event of this type");
  };
  if (!event.attributes().empty() && !captured && type != v1::LEAD_EVENT_TYPE_UPDATED) {
    return misplaced("attributes");
  }
  if (!event.activity().empty() && !captured && type != v1::LEAD_EVENT_TYPE_ACTIVITY) {
    return misplaced("activity");
  }
  if (!event.properties().empty() && !captured && type != v1::LEAD_EVENT_TYPE_ACTIVITY) {
    return misplaced("properties");
  }
  if (event.activity_count() != 0 && type != v1::LEAD_EVENT_TYPE_ACTIVITY) {
    return misplaced("activity_count");
  }
  if (event.consent() != v1::CONSENT_UNSPECIFIED && !captured &&
      type != v1::LEAD_EVENT_TYPE_CONSENT) {
    return misplaced("consent");
  }
  if (!event.attribution().empty() && type == v1::LEAD_EVENT_TYPE_CONSENT) {
    return misplaced("attribution");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<core::LeadEvent> FromProto(absl::string_view field,
                                          const core::WorkspaceId& workspace,
                                          const v1::LeadEvent& event, core::TimeMs now_ms) {
  const auto lead = core::LeadId::Parse(event.lead());
  if (!lead.ok()) {
    return WrongField(absl::StrCat(field, ".lead"), "must be 1 to 64 characters of [A-Za-z0-9_-]");
  }
  const auto type = FromProto(absl::StrCat(field, ".type"), event.type());
  if (!type.ok()) return type.status();
  if (absl::Status status = CheckFieldsOfType(field, event); !status.ok()) return status;
  const auto consent = FromProto(absl::StrCat(field, ".consent"), event.consent());
  if (!consent.ok()) return consent.status();

  core::LeadEvent made;
  made.key = {workspace, *lead};
  made.id = event.id();
  made.source = event.source().empty() ? std::string(kOwnSource) : event.source();
  made.type = *type;
  made.occurred_at_ms = now_ms;
  if (event.has_occur_time()) {
    const auto at_ms = FromTimestamp(absl::StrCat(field, ".occur_time"), event.occur_time());
    if (!at_ms.ok()) return at_ms.status();
    made.occurred_at_ms = *at_ms;
  }
  for (const auto& [name, value] : event.attributes()) {
    auto attribute = FromProto(absl::StrCat(field, ".attributes.", name), value);
    if (!attribute.ok()) return attribute.status();
    made.attributes[name] = *std::move(attribute);
  }
  made.activity = event.activity();
  made.activity_count = event.activity_count() == 0 ? 1 : event.activity_count();
  for (const auto& [name, value] : event.properties()) {
    auto property = FromProto(absl::StrCat(field, ".properties.", name), value);
    if (!property.ok()) return property.status();
    made.properties[name] = *std::move(property);
  }
  made.consent = *consent;
  made.attribution = {event.attribution().begin(), event.attribution().end()};
  return made;
}

}  // namespace baton::dispatch
