// Whether a run did what was recorded: the measure of how far its other figures can be believed.
// Pure; thread-safe.
#ifndef BATON_SIMULATION_REPRODUCTION_H_
#define BATON_SIMULATION_REPRODUCTION_H_

#include <string>
#include <vector>

#include "simulation/outcome.h"
#include "simulation/recording.h"

namespace baton::simulation {

inline constexpr size_t kReproductionToldMax = 100;

struct Agreement {
  int64_t same = 0;
  int64_t of = 0;  // recorded ones and those that only the run has
  bool operator==(const Agreement&) const = default;
};

struct Reproduction {
  bool known = false;           // there was a record of what happened
  Agreement mqls;               // the same event made the same lead an MQL, with the same scores
  Agreement routes;             // to the same queue
  Agreement assignments;        // and each of its assignments went to the same rep
  int64_t other_revisions = 0;  // MQLs of other revisions of the policy: not compared
  int64_t without_events = 0;   // MQLs whose input is gone: not compared
  std::vector<std::string> differences;  // a sentence each, by lead, the first kReproductionToldMax
  int64_t differences_left = 0;          // beyond these

  bool exact() const {
    return mqls.same == mqls.of && routes.same == routes.of && assignments.same == assignments.of;
  }
};

// revision: of the policy that the outcome is of; 0: not known, everything is compared.
Reproduction Reproduce(const Recording& recording, const Outcome& outcome, int64_t revision);

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_REPRODUCTION_H_
