// In whose hours a service level counts. Pure functions.
#ifndef BATON_CORE_SLA_HOURS_H_
#define BATON_CORE_SLA_HOURS_H_

#include <optional>
#include <string>

#include "core/lead.h"
#include "core/policy.h"

namespace baton::core {

inline constexpr char kTimeZoneAttribute[] = "time_zone";  // of a lead; an IANA name

// Business time of one lead and service level; every hour counts where there is no calendar.
// Belongs to one thread; `policy` outlives it.
class SlaHours {
 public:
  // kRep: by the owner's calendar and zone; kLead: by the queue's calendar in the zone that the
  // lead's attribute time_zone names. What is missing or unknown is as in the queue's calendar.
  SlaHours(const Policy& policy, const Sla& sla, const LeadRecord& lead);
  SlaHours(const SlaHours&) = delete;
  SlaHours& operator=(const SlaHours&) = delete;

  DurationMs Between(TimeMs from_ms, TimeMs to_ms) const;
  // The earliest instant with so much time behind `from_ms`; kTimeMsMax if there is none.
  TimeMs After(TimeMs from_ms, DurationMs amount) const;

 private:
  void Take(const Policy& policy, const std::string& calendar, const std::string& zone);

  const Calendar* calendar_ = nullptr;  // nullptr: every hour
  std::optional<Calendar> own_;         // in another zone than the policy's
};

}  // namespace baton::core

#endif  // BATON_CORE_SLA_HOURS_H_
