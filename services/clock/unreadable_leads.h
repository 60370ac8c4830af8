// Leads that the clock met and that cannot be read, in the log.
#ifndef BATON_CLOCK_UNREADABLE_LEADS_H_
#define BATON_CLOCK_UNREADABLE_LEADS_H_

#include <set>
#include <string>

#include "core/lead.h"

namespace baton::clock {

// Belongs to one thread.
class UnreadableLeads {
 public:
  // Logs each lead once, the first kToldMax of them.
  void Tell(const core::LeadKey& key, const std::string& reason);
  static constexpr size_t kToldMax = 1000;

 private:
  std::set<core::LeadKey> told_;
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_UNREADABLE_LEADS_H_
