#include "dispatch/roster_mapping.h"

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/wire_status.h"
#include "dispatch/work_mapping.h"
#include "google/protobuf/util/time_util.h"

namespace baton::dispatch {
namespace {

constexpr double kNano = 1e-9;

v1::Presence ToProto(core::Presence presence) {
  switch (presence) {
    case core::Presence::kOnline:
      return v1::PRESENCE_ONLINE;
    case core::Presence::kAway:
      return v1::PRESENCE_AWAY;
    case core::Presence::kOffline:
      return v1::PRESENCE_OFFLINE;
  }
  return v1::PRESENCE_UNSPECIFIED;
}

template <typename Value>
void SortUnique(std::vector<Value>& values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
}

void ReadQueues(const core::WorkspaceId& workspace, const v1::Rep& message, core::Rep& rep,
                Violations& violations) {
  for (const std::string& name : message.queues()) {
    const auto queue = ParseQueue("rep.queues", name);
    if (!queue.ok()) {
      violations.Add(queue.status());
    } else if (queue->workspace != workspace) {
      violations.Add("rep.queues", "must be of the rep's workspace");
    } else {
      rep.queues.push_back(queue->queue);
    }
  }
  SortUnique(rep.queues);
  if (rep.queues.size() > core::kQueuesPerRepMax) {
    violations.Add("rep.queues", absl::StrCat("must be at most ", core::kQueuesPerRepMax));
  }
}

}  // namespace

absl::Status UnknownPath(const std::string& path, absl::string_view known) {
  return core::FieldError("update_mask",
                          absl::StrCat("'", path, "' is none of the fields ", known));
}

absl::StatusOr<int64_t> ParseEtag(absl::string_view field, const std::string& etag,
                                  int64_t revision_if_empty) {
  if (etag.empty()) return revision_if_empty;
  int64_t revision = 0;
  if (!absl::SimpleAtoi(etag, &revision) || revision < 0) {
    return core::FieldError({field.data(), field.size()},
                            "must be empty or an etag as it was given");
  }
  return revision;
}

v1::Rep ToProto(const core::WorkspaceId& workspace, const core::Rep& rep, size_t open_leads) {
  v1::Rep message;
  message.set_name(FormatRep(workspace, rep.id));
  message.set_etag(absl::StrCat(rep.revision));
  message.set_display_name(rep.display_name);
  for (const core::QueueId& queue : rep.queues) message.add_queues(FormatQueue(workspace, queue));
  message.set_weight(rep.weight);
  message.set_capacity(rep.capacity);
  message.set_presence(ToProto(rep.presence));
  message.set_open_leads(ToInt32(static_cast<int64_t>(open_leads)));
  AddWork(workspace, rep, message);
  return message;
}

v1::Rep ToProto(const core::WorkspaceId& workspace, const store::RepState& state) {
  return ToProto(workspace, state.rep, state.open.size());
}

absl::StatusOr<core::Presence> FromProto(absl::string_view field, v1::Presence presence) {
  switch (presence) {
    case v1::PRESENCE_ONLINE:
      return core::Presence::kOnline;
    case v1::PRESENCE_AWAY:
      return core::Presence::kAway;
    case v1::PRESENCE_OFFLINE:
      return core::Presence::kOffline;
    default:
      return core::FieldError({field.data(), field.size()}, "must be ONLINE, AWAY or OFFLINE");
  }
}

absl::StatusOr<core::Rep> FromProto(const RepName& name, const v1::Rep& message) {
  Violations violations;
  core::Rep rep;
  rep.id = name.rep;
  rep.display_name = message.display_name();
  if (rep.display_name.size() > kDisplayNameBytesMax) {
    violations.Add("rep.display_name",
                   absl::StrCat("must be at most ", kDisplayNameBytesMax, " bytes"));
  }
  ReadQueues(name.workspace, message, rep, violations);
  rep.weight = message.weight() == 0 ? 1 : message.weight();
  if (rep.weight < 1 || rep.weight > core::kWeightMax) {
    violations.Add("rep.weight", absl::StrCat("must be 1 to ", core::kWeightMax));
  }
  rep.capacity = message.capacity();
  if (rep.capacity < 0 || rep.capacity > core::kCapacityMax) {
    violations.Add("rep.capacity", absl::StrCat("must be 0 to ", core::kCapacityMax));
  }
  ReadSkills(message, rep, violations);
  ReadWork(name, message, rep, violations);
  if (message.presence() != v1::PRESENCE_UNSPECIFIED) {
    const auto presence = FromProto("rep.presence", message.presence());
    if (!presence.ok()) violations.Add(presence.status());
    rep.presence = presence.value_or(core::Presence::kOffline);
  }
  if (!violations.empty()) return violations.status();
  return rep;
}

absl::StatusOr<v1::Rep> Masked(const v1::Rep& stored, const v1::Rep& update,
                               const google::protobuf::FieldMask& mask) {
  v1::Rep merged = stored;
  if (mask.paths().empty()) {
    merged = update;
    if (update.presence() == v1::PRESENCE_UNSPECIFIED) merged.set_presence(stored.presence());
  }
  for (const std::string& path : mask.paths()) {
    if (path == "display_name") {
      merged.set_display_name(update.display_name());
    } else if (path == "queues") {
      *merged.mutable_queues() = update.queues();
    } else if (path == "weight") {
      merged.set_weight(update.weight());
    } else if (path == "capacity") {
      merged.set_capacity(update.capacity());
    } else if (path == "skills") {
      *merged.mutable_skills() = update.skills();
      merged.clear_skill_levels();
    } else if (path == "skill_levels") {
      *merged.mutable_skill_levels() = update.skill_levels();
    } else if (path == "daily_cap") {
      merged.set_daily_cap(update.daily_cap());
    } else if (path == "calendar") {
      merged.set_calendar(update.calendar());
    } else if (path == "time_zone") {
      merged.set_time_zone(update.time_zone());
    } else if (path == "absences") {
      *merged.mutable_absences() = update.absences();
    } else if (path == "ramp_up") {
      merged.clear_ramp_up();
      if (update.has_ramp_up()) *merged.mutable_ramp_up() = update.ramp_up();
    } else if (path == "attributes") {
      *merged.mutable_attributes() = update.attributes();
    } else if (path == "presence") {
      const auto presence = FromProto("rep.presence", update.presence());
      if (!presence.ok()) return presence.status();
      merged.set_presence(update.presence());
    } else {
      return UnknownPath(path,
                         "display_name, queues, weight, capacity, skills, skill_levels, daily_cap, "
                         "calendar, time_zone, absences, ramp_up, attributes, presence");
    }
  }
  return merged;
}

namespace {

google::protobuf::Duration ToDuration(core::DurationMs duration_ms) {
  return google::protobuf::util::TimeUtil::MillisecondsToDuration(duration_ms);
}

v1::QueueRules RulesOf(const core::WorkspaceId& workspace, const core::QueuePolicy& policy) {
  v1::QueueRules rules;
  rules.set_strategy(std::string(core::StrategyName(policy.strategy)));
  if (policy.mode == core::QueueMode::kOffer) {
    *rules.mutable_accept_within() = ToDuration(policy.accept_within_ms);
  }
  *rules.mutable_retry_after() = ToDuration(policy.retry_after_ms);
  for (const std::string& skill : policy.skills) rules.add_skills(skill);
  rules.set_count_owned(policy.count_owned);
  rules.set_credit_returned(policy.credit_returned);
  for (const core::Widening& widening : policy.widen) {
    v1::Widening& message = *rules.add_widen();
    *message.mutable_after() = ToDuration(widening.after_ms);
    message.set_to(FormatQueue(workspace, widening.to));
  }
  if (policy.max_wait_ms != 0) *rules.mutable_max_wait() = ToDuration(policy.max_wait_ms);
  if (!policy.escalate_to.empty()) {
    rules.set_escalate_to(FormatQueue(workspace, policy.escalate_to));
  }
  if (policy.age.every_ms != 0) {
    *rules.mutable_age()->mutable_every() = ToDuration(policy.age.every_ms);
    rules.mutable_age()->set_by(policy.age.by);
    rules.mutable_age()->set_max(policy.age.max);
  }
  return rules;
}

}  // namespace

v1::Queue ToProto(const core::WorkspaceId& workspace, const store::QueueState& state) {
  v1::Queue message;
  message.set_name(FormatQueue(workspace, state.settings.id));
  message.set_etag(absl::StrCat(state.settings.revision));
  message.set_display_name(state.settings.display_name);
  message.set_paused(state.settings.paused);
  message.set_mode(std::string(core::QueueModeName(state.policy.mode)));
  message.set_waiting_leads(ToInt32(state.waiting));
  if (state.oldest_queued_at_ms != 0) {
    *message.mutable_oldest_wait_time() = ToTimestamp(state.oldest_queued_at_ms);
  }
  for (const core::RepId& rep : state.members) {
    v1::QueueMember& member = *message.add_members();
    member.set_rep(FormatRep(workspace, rep));
    const auto owed = state.owed_nano.find(rep);
    if (owed != state.owed_nano.end()) member.set_owed(static_cast<double>(owed->second) * kNano);
  }
  *message.mutable_rules() = RulesOf(workspace, state.policy);
  return message;
}

absl::StatusOr<core::QueueSettings> Masked(const core::QueueSettings& stored,
                                           const v1::Queue& update,
                                           const google::protobuf::FieldMask& mask) {
  core::QueueSettings merged = stored;
  if (mask.paths().empty()) {
    merged.display_name = update.display_name();
    merged.paused = update.paused();
  }
  for (const std::string& path : mask.paths()) {
    if (path == "display_name") {
      merged.display_name = update.display_name();
    } else if (path == "paused") {
      merged.paused = update.paused();
    } else {
      return UnknownPath(path, "display_name, paused");
    }
  }
  if (merged.display_name.size() > kDisplayNameBytesMax) {
    return core::FieldError("queue.display_name",
                            absl::StrCat("must be at most ", kDisplayNameBytesMax, " bytes"));
  }
  return merged;
}

}  // namespace baton::dispatch
