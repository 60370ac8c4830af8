// Functions that conditions may call besides those of CEL (vocabulary.h lists them).
#ifndef BATON_CORE_LEAD_FUNCTIONS_H_
#define BATON_CORE_LEAD_FUNCTIONS_H_

#include <map>
#include <string>
#include <vector>

#include "core/calendar.h"
#include "core/facts.h"
#include "core/time.h"
#include "expression/environment.h"

namespace baton::core {

using Calendars = std::map<std::string, Calendar>;

// The lead that a condition is about, as the functions ask for it.
struct LeadHost : expression::Host {
  const Facts* facts = nullptr;
  TimeMs now_ms = 0;
  std::vector<std::string>* calls = nullptr;  // what functions said is added here, for people
};

// Evaluations of programs that call them need a Scratch whose host is a LeadHost.
void AddLeadFunctions(const Calendars& calendars, expression::Environment& environment);

}  // namespace baton::core

#endif  // BATON_CORE_LEAD_FUNCTIONS_H_
