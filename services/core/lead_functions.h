// Functions that conditions may call besides those of CEL (vocabulary.h lists them).
#ifndef BATON_CORE_LEAD_FUNCTIONS_H_
#define BATON_CORE_LEAD_FUNCTIONS_H_

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
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

// `value`, told to who explains the condition: that the function `name` said so of the arguments.
expression::Value Said(const expression::Scratch& scratch, std::string_view name,
                       std::initializer_list<std::string_view> args,
                       const expression::Value& value);

// Evaluations of programs that call them need a Scratch whose host is a LeadHost.
void AddLeadFunctions(const Calendars& calendars, expression::Environment& environment);

}  // namespace baton::core

#endif  // BATON_CORE_LEAD_FUNCTIONS_H_
