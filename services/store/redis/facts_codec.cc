// Facts as a blob; the other blobs are in record_codec.cc and published_codec.cc.
#include <map>
#include <utility>

#include "baton/store/v1/record.pb.h"
#include "store/redis/facts_messages.h"
#include "store/redis/parse_blob.h"
#include "store/redis/record_codec.h"
#include "store/redis/text.h"
#include "store/redis/writer_codec.h"

namespace baton::store::redis {
namespace {

struct SetValue {
  v1::Value& out;

  void operator()(bool value) const { out.set_bool_value(value); }
  void operator()(int64_t value) const { out.set_int_value(value); }
  void operator()(double value) const { out.set_double_value(value); }
  void operator()(const std::string& value) const { out.set_string_value(value); }
  void operator()(const std::vector<std::string>& values) const {
    v1::StringList& list = *out.mutable_list_value();
    for (const std::string& value : values) list.add_values(value);
  }
};

absl::StatusOr<core::AttributeValue> GetValue(const v1::Value& value) {
  switch (value.kind_case()) {
    case v1::Value::kBoolValue:
      return value.bool_value();
    case v1::Value::kIntValue:
      return static_cast<int64_t>(value.int_value());
    case v1::Value::kDoubleValue:
      return value.double_value();
    case v1::Value::kStringValue:
      return value.string_value();
    case v1::Value::kListValue:
      return std::vector<std::string>(value.list_value().values().begin(),
                                      value.list_value().values().end());
    case v1::Value::KIND_NOT_SET:
      break;
  }
  return Unreadable("an attribute's value");
}

using Values = std::map<std::string, core::AttributeValue>;
using StoredValues = google::protobuf::RepeatedPtrField<v1::Attribute>;

void SetValues(const Values& values, StoredValues& out) {
  for (const auto& [name, value] : values) {
    v1::Attribute& stored = *out.Add();
    stored.set_name(name);
    std::visit(SetValue{*stored.mutable_value()}, value);
  }
}

absl::Status GetValues(const StoredValues& stored, Values& values) {
  for (const v1::Attribute& attribute : stored) {
    absl::StatusOr<core::AttributeValue> value = GetValue(attribute.value());
    if (!value.ok()) return value.status();
    values[attribute.name()] = *std::move(value);
  }
  return absl::OkStatus();
}

v1::Consent SetConsent(core::Consent consent) {
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

core::Consent GetConsent(v1::Consent consent) {
  if (consent == v1::CONSENT_GRANTED) return core::Consent::kGranted;
  if (consent == v1::CONSENT_WITHDRAWN) return core::Consent::kWithdrawn;
  return core::Consent::kUnknown;
}

void SetAttributes(const core::Facts& facts, v1::Facts& out) {
  std::map<core::Writer, uint32_t> writers;
  for (const auto& [name, attribute] : facts.attributes) {
    const auto next = static_cast<uint32_t>(writers.size());
    const auto [writer, is_new] = writers.try_emplace(attribute.writer, next);
    if (is_new) SetWriter(attribute.writer, *out.add_writers());
    v1::Attribute& stored = *out.add_attributes();
    stored.set_name(name);
    stored.set_writer(writer->second);
    std::visit(SetValue{*stored.mutable_value()}, attribute.value);
  }
}

absl::Status GetAttributes(const v1::Facts& stored, core::Facts& facts) {
  for (const v1::Attribute& attribute : stored.attributes()) {
    if (attribute.writer() >= static_cast<uint32_t>(stored.writers_size())) {
      return Unreadable("an attribute's writer");
    }
    absl::StatusOr<core::AttributeValue> value = GetValue(attribute.value());
    if (!value.ok()) return value.status();
    facts.attributes[attribute.name()] = {
        *std::move(value), GetWriter(stored.writers(static_cast<int>(attribute.writer())))};
  }
  return absl::OkStatus();
}

using Activities = std::map<std::string, core::DayCounts>;
using AllOccasions = std::map<std::string, core::Occasions>;
using StoredActivities = google::protobuf::RepeatedPtrField<v1::Activity>;

void SetOccasions(const core::Occasions& occasions, v1::Activity& out) {
  for (const auto& [occasion, count] : occasions) {
    v1::Occasion& stored = *out.add_occasions();
    stored.set_day(occasion.day);
    SetValues(occasion.properties, *stored.mutable_properties());
    stored.set_count(count);
  }
}

// REQUIRES: each type of `occasions` is one of `activities`.
void SetActivities(const Activities& activities, const AllOccasions& occasions,
                   StoredActivities& out) {
  for (const auto& [type, days] : activities) {
    v1::Activity& stored = *out.Add();
    stored.set_type(type);
    int32_t previous = 0;
    for (const auto& [day, count] : days) {
      stored.add_days(day - previous);
      stored.add_counts(count);
      previous = day;
    }
    const auto known = occasions.find(type);
    if (known != occasions.end()) SetOccasions(known->second, stored);
  }
}

absl::Status GetOccasions(const v1::Activity& stored, core::Occasions& occasions) {
  for (const v1::Occasion& one : stored.occasions()) {
    core::Occasion occasion;
    occasion.day = one.day();
    absl::Status status = GetValues(one.properties(), occasion.properties);
    if (!status.ok()) return status;
    occasions[std::move(occasion)] = one.count();
  }
  return absl::OkStatus();
}

absl::Status GetActivities(const StoredActivities& stored, Activities& activities,
                           AllOccasions& occasions) {
  for (const v1::Activity& activity : stored) {
    if (activity.days_size() != activity.counts_size()) return Unreadable("an activity");
    core::DayCounts& days = activities[activity.type()];
    int32_t day = 0;
    for (int i = 0; i < activity.days_size(); ++i) {
      day += activity.days(i);
      days[day] = activity.counts(i);
    }
    if (activity.occasions().empty()) continue;
    absl::Status status = GetOccasions(activity, occasions[activity.type()]);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

std::string EncodeFacts(const core::Facts& facts) {
  v1::Facts out;
  SetAttributes(facts, out);
  SetActivities(facts.activities, facts.occasions, *out.mutable_activities());
  out.set_consent(SetConsent(facts.consent));
  if (facts.consent_writer != core::Writer()) {
    SetWriter(facts.consent_writer, *out.mutable_consent_writer());
  }
  out.set_first_event_at_ms(facts.first_event_at_ms);
  out.set_last_event_at_ms(facts.last_event_at_ms);
  for (const auto& [log, offset] : facts.applied_offsets) {
    (*out.mutable_applied_offsets())[log] = offset;
  }
  out.mutable_recent_events()->Add(facts.recent_events.begin(), facts.recent_events.end());
  return out.SerializeAsString();
}

absl::Status DecodeFacts(absl::string_view blob, core::Facts& facts) {
  v1::Facts stored;
  if (!Parse(blob, stored)) return Unreadable("a lead's facts");
  if (absl::Status status = GetAttributes(stored, facts); !status.ok()) return status;
  absl::Status status = GetActivities(stored.activities(), facts.activities, facts.occasions);
  if (!status.ok()) return status;
  facts.consent = GetConsent(stored.consent());
  facts.consent_writer = GetWriter(stored.consent_writer());
  facts.first_event_at_ms = stored.first_event_at_ms();
  facts.last_event_at_ms = stored.last_event_at_ms();
  for (const auto& [log, offset] : stored.applied_offsets()) {
    facts.applied_offsets[log] = offset;
  }
  facts.recent_events.assign(stored.recent_events().begin(), stored.recent_events().end());
  return absl::OkStatus();
}

void SetInputs(const core::Inputs& inputs, v1::Inputs& out) {
  SetValues(inputs.attributes, *out.mutable_attributes());
  SetValues(inputs.account, *out.mutable_account());
  out.set_consent(SetConsent(inputs.consent));
  SetActivities(inputs.activities, inputs.occasions, *out.mutable_activities());
}

absl::Status GetInputs(const v1::Inputs& stored, core::Inputs& inputs) {
  absl::Status status = GetValues(stored.attributes(), inputs.attributes);
  if (status.ok()) status = GetValues(stored.account(), inputs.account);
  if (!status.ok()) return status;
  inputs.consent = GetConsent(stored.consent());
  return GetActivities(stored.activities(), inputs.activities, inputs.occasions);
}

}  // namespace baton::store::redis
