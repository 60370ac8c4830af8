#include "batonctl/simulated_rep.h"

#include <algorithm>
#include <map>

#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

core::TimeMs TimeOf(const google::protobuf::Timestamp& time) {
  constexpr int32_t kNanosPerMs = 1'000'000;
  return time.seconds() * core::kSecondMs + time.nanos() / kNanosPerMs;
}

core::AttributeValue ValueOf(const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return value.bool_value();
    case v1::AttributeValue::kIntValue:
      return int64_t{value.int_value()};
    case v1::AttributeValue::kDoubleValue:
      return value.double_value();
    case v1::AttributeValue::kListValue: {
      const auto& items = value.list_value().values();
      return std::vector<std::string>(items.begin(), items.end());
    }
    default:
      return value.string_value();
  }
}

core::WorkRules WorkOf(const v1::Rep& message) {
  core::WorkRules work;
  work.daily_cap = message.daily_cap();
  work.calendar = message.calendar();
  work.zone = message.time_zone();
  for (const v1::Absence& absence : message.absences()) {
    work.absences.push_back({TimeOf(absence.start_time()), TimeOf(absence.end_time()),
                             core::RepId::Trusted(ShortName(absence.delegate()))});
  }
  std::stable_sort(work.absences.begin(), work.absences.end(),
                   [](const auto& one, const auto& other) { return one.from_ms < other.from_ms; });
  if (message.has_ramp_up()) {
    work.ramp = {TimeOf(message.ramp_up().start_time()), message.ramp_up().days(),
                 message.ramp_up().from_percent()};
  }
  return work;
}

}  // namespace

core::Rep SimulatedRep(const v1::Rep& message, const std::string& id) {
  core::Rep rep;
  rep.id = core::RepId::Trusted(id);
  rep.display_name = message.display_name();
  for (const std::string& queue : message.queues()) {
    rep.queues.push_back(core::QueueId::Trusted(ShortName(queue)));
  }
  std::sort(rep.queues.begin(), rep.queues.end());
  rep.weight = std::max(message.weight(), 1);
  rep.capacity = message.capacity();
  std::map<std::string, int32_t> levels;
  for (const std::string& skill : message.skills()) levels[skill] = 1;
  for (const auto& [skill, level] : message.skill_levels()) levels[skill] = level;
  rep.skills = core::SkillWords(levels);
  rep.work = WorkOf(message);
  for (const auto& [name, value] : message.attributes()) rep.attributes[name] = ValueOf(value);
  rep.presence = message.presence() == v1::PRESENCE_AWAY      ? core::Presence::kAway
                 : message.presence() == v1::PRESENCE_OFFLINE ? core::Presence::kOffline
                                                              : core::Presence::kOnline;
  return rep;
}

}  // namespace baton::batonctl
