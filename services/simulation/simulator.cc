#include "simulation/simulator.h"

#include "simulation/run.h"

namespace baton::simulation {

absl::StatusOr<Outcome> Simulate(const Recording& recording, const Setting& setting) {
  return Run(recording, setting).Play();
}

}  // namespace baton::simulation
