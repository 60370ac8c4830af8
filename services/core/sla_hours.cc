#include "core/sla_hours.h"

#include <algorithm>
#include <utility>

namespace baton::core {
namespace {

std::string QueueCalendar(const Policy& policy, const LeadRecord& lead) {
  const auto queue = policy.queues.find(lead.queue);
  return queue == policy.queues.end() ? "" : queue->second.calendar;
}

std::string TimeZoneOf(const LeadRecord& lead) {
  const auto found = lead.facts.attributes.find(kTimeZoneAttribute);
  if (found == lead.facts.attributes.end()) return "";
  const auto* zone = std::get_if<std::string>(&found->second.value);
  return zone == nullptr ? "" : *zone;
}

}  // namespace

SlaHours::SlaHours(const Policy& policy, const Sla& sla, const LeadRecord& lead) {
  switch (sla.hours) {
    case SlaCalendar::kAlways:
      break;
    case SlaCalendar::kNamed:
      Take(policy, sla.calendar, "");
      break;
    case SlaCalendar::kQueue:
      Take(policy, QueueCalendar(policy, lead), "");
      break;
    case SlaCalendar::kLead:
      Take(policy, QueueCalendar(policy, lead), TimeZoneOf(lead));
      break;
    case SlaCalendar::kRep: {
      const size_t at = lead.rep_hours.find('@');
      const std::string calendar = lead.rep_hours.substr(0, at);
      Take(policy, calendar.empty() ? QueueCalendar(policy, lead) : calendar,
           at == std::string::npos ? "" : lead.rep_hours.substr(at + 1));
      break;
    }
  }
}

void SlaHours::Take(const Policy& policy, const std::string& calendar, const std::string& zone) {
  const auto found = policy.calendars.find(calendar);
  if (found == policy.calendars.end()) return;
  calendar_ = &found->second;
  if (zone.empty() || zone == calendar_->rules().zone) return;
  CalendarRules rules = calendar_->rules();
  rules.zone = zone;
  absl::StatusOr<Calendar> there = Calendar::Make(std::move(rules));
  if (!there.ok()) return;  // no such zone
  own_ = *std::move(there);
  calendar_ = &*own_;
}

DurationMs SlaHours::Between(TimeMs from_ms, TimeMs to_ms) const {
  if (calendar_ != nullptr) return calendar_->BusinessTime(from_ms, to_ms);
  return std::max<DurationMs>(to_ms - from_ms, 0);
}

TimeMs SlaHours::After(TimeMs from_ms, DurationMs amount) const {
  if (calendar_ != nullptr) return calendar_->Due(from_ms, amount).value_or(kTimeMsMax);
  return from_ms + std::max<DurationMs>(amount, 0);
}

}  // namespace baton::core
