// Runs policies over a recording: the decisions of core on the memory store, on a virtual clock.
//
// What reps do. With Behaviour::replay the n-th assignment of a lead in a cycle meets what the n-th
// recorded one met, whoever has it now, as long after the assignment as it was then: accepted after
// 12 minutes, touched after 40, won after 3 days; or silence, so that the offer runs out. Where
// nothing was recorded of an assignment, and from where a recorded action cannot be carried out,
// the rep accepts after accept_after and gives the lead back, closed, work_for later.
//
// Who claims. With Behaviour::replay a rep claims from its queues of mode pull when it claimed
// then, and gets what is first in line there now; where a lead waits in such a queue that was given
// to a rep then, that rep claims from the queue at that instant. What a rep cannot claim (nothing
// waits, it is at capacity) it does not ask for again. The model claims nothing: such leads wait.
//
// Who is away. Reps are as the roster says. Whom a run sets away (leads left without an answer, a
// service level) is back right before what gave that rep its next recorded lead, by a claim or
// otherwise: when a rep came back is in no record, and by then it had. A rep who got no lead
// afterwards stays away.
//
// Who is erased. Whoever asked to be, at the instant at which it was done, whatever the lead has
// become in the run; by retention likewise, but nobody on whom sales is at work in the run or whom
// its policy would keep. What such a lead becomes afterwards is counted as what came back, so that
// it is compared with that and meets what was recorded of it. What only the retention of a
// candidate would erase stays.
//
// Accounts: what events say of them, when they came (recording.h); those of Setting::accounts that
// no event names are there from the beginning.
//
// When leads are handed out and timers fire. As long as the run does exactly what was recorded, at
// the recorded instants only. From its first difference on also kDrainDelay after a rep became free
// (later if the rep's next recorded lead came up to kDrainLatest later) or a lead was left to wait
// its turn, and timers when they are due (or up to kDrainLatest later if they did so then).
//
// That a waiting lead asked again in vain (those who passed, or others than its owners) no change
// tells, but other leads may have to wait their turn behind it from then on: it asks when it is
// due, or as late as what was due before it was seen to act. What releases recorded in which a new
// lead could overtake those that waited is not reproduced exactly.
//
// Deterministic: equal recording and setting, equal outcome. Nothing outside is read or written.
// Thread-safe functions; several runs may share a recording.
#ifndef BATON_SIMULATION_SIMULATOR_H_
#define BATON_SIMULATION_SIMULATOR_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/account.h"
#include "core/roster.h"
#include "simulation/outcome.h"
#include "simulation/recording.h"

namespace baton::simulation {

inline constexpr core::DurationMs kDrainDelay = 100;
inline constexpr core::DurationMs kDrainLatest = 5 * core::kSecondMs;

struct Roster {
  std::vector<core::Rep> reps;
  std::vector<core::QueueSettings> queues;
};

struct Behaviour {
  bool replay = true;  // what was recorded; else only the model
  core::DurationMs accept_after_ms = 5 * core::kMinuteMs;
  core::DurationMs work_for_ms = 2 * core::kDayMs;
};

// A policy and from when on it is active.
struct Phase {
  core::TimeMs since_ms = 0;
  const core::Policy* policy = nullptr;  // outlives the run
};

struct Setting {
  core::WorkspaceId workspace;
  Roster roster;
  std::vector<core::Account> accounts;  // checked (core::CheckedAccount)
  Behaviour behaviour;
  // The recording was made with these policies: a decision that it does not know is taken as a sign
  // that the events were decided together with later ones (Outcome::deferred).
  bool follows = false;
  std::vector<size_t> deferred;  // what such a run found out, for others of the same recording
  std::vector<Phase> phases;     // at least one, ascending; the first is active from the beginning
  std::function<void(size_t done, size_t of)> progress;  // may be empty; points of the recording
};

// INVALID_ARGUMENT for a roster or accounts that the store refuses; INTERNAL for a broken
// invariant.
absl::StatusOr<Outcome> Simulate(const Recording& recording, const Setting& setting);

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_SIMULATOR_H_
