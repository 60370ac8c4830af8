// What became of the leads in one run of the simulator. Plain values.
#ifndef BATON_SIMULATION_OUTCOME_H_
#define BATON_SIMULATION_OUTCOME_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace baton::simulation {

struct Assigned {
  core::TimeMs at_ms = 0;
  int64_t generation = 0;
  core::RepId rep;
  core::QueueId queue;
};

// One handoff cycle: an MQL and what became of it.
struct Cycle {
  core::LeadId lead;
  int32_t life = 0;   // recorded erasures of the lead before it, also where the run kept the lead
  int32_t cycle = 0;  // numbered anew in each life
  core::TimeMs qualified_at_ms = 0;
  std::string cause;  // id of the event
  int32_t fit = 0;
  int32_t intent = 0;
  std::string route;    // the rule
  core::QueueId queue;  // of the route
  std::vector<Assigned> assigned;
};

struct Outcome {
  std::vector<Cycle> cycles;  // by lead, then life, then number
  // Points of the recording that alone would have decided what never happened: the events of each
  // were decided together with those of the lead's next point (Setting::follows). Ascending.
  std::vector<size_t> deferred;
  core::TimeMs end_ms = 0;
  int64_t events = 0;            // applied
  int64_t duplicates = 0;        // events that said nothing new
  int64_t actions = 0;           // recorded ones that were carried out
  int64_t modelled_actions = 0;  // of the model
  // Section and name of a rule -> judgments in which its condition ended in an error.
  std::map<std::pair<std::string, std::string>, int64_t> condition_errors;
  int64_t refused_actions = 0;  // recorded ones that did not fit any more
};

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_OUTCOME_H_
