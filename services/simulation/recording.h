// What an installation kept of one workspace: the events that came in, in the order and at the
// instants at which they were decided, and what became of them (decisions, assignments, what reps
// did). Plain values, immutable once made; safe to read from several threads.
//
// When an event was decided. Input records carry the instant of their arrival in Kafka, not the one
// at which Baton decided them. Where feedback names an event as the cause of a change, the change
// tells the instant, and the events around it in the partition are bounded by it. Events that were
// decided together (one batch of intake) are decided together again: everything up to the first
// change of a lead, and what came at most kTogetherMax before a later decision. An event of an
// account is applied when it arrived, as the first of its batch: not later than what came behind it
// in the partition is decided, and before what came before it there if that was decided after its
// arrival, at most kTogetherMax later.
#ifndef BATON_SIMULATION_RECORDING_H_
#define BATON_SIMULATION_RECORDING_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "core/account.h"
#include "core/decide.h"
#include "core/erasure.h"

namespace baton::simulation {

inline constexpr core::DurationMs kTogetherMax = 5 * core::kSecondMs;

using LeadIndex = uint32_t;

// When a change of a lead was made.
struct Instant {
  core::TimeMs at_ms = 0;
  int64_t sequence = 0;
  auto operator<=>(const Instant&) const = default;
};
inline constexpr Instant kNever = {std::numeric_limits<core::TimeMs>::max(), 0};

// One thing that happened to an assignment after it was made.
struct RecordedStep {
  core::TimeMs at_ms = 0;
  int64_t sequence = 0;
  bool expired = false;  // the offer ran out: nobody acted
  core::Action action;   // generation not set
};

struct RecordedAssignment {
  core::TimeMs at_ms = 0;
  int64_t sequence = 0;
  int64_t generation = 0;
  int32_t life = 0;  // erasures of the lead before it; cycles are numbered anew in each
  int32_t cycle = 0;
  core::TimeMs due_at_ms = 0;  // of the offer; 0: none
  core::RepId rep;
  core::QueueId queue;
  bool claimed = false;  // by the rep itself, from a queue of mode pull
  std::vector<RecordedStep> steps;
};

// A lead became an MQL.
struct RecordedMql {
  core::TimeMs at_ms = 0;
  int64_t sequence = 0;
  int32_t life = 0;  // as of an assignment
  int32_t cycle = 0;
  int64_t policy_revision = 0;
  int32_t fit = 0;
  int32_t intent = 0;
  core::QueueId queue;
  std::string cause;  // id of the event
};

struct RecordedErasure {
  Instant instant;
  core::ErasureCause why = core::ErasureCause::kRequest;
};

struct RecordedLead {
  core::LeadId id;
  bool has_events = false;  // its input is still there
  std::vector<RecordedMql> mqls;
  std::vector<RecordedAssignment> assignments;  // by generation
  // The clock moved the lead, which waited, to another queue, or announced that it waits too long.
  std::vector<Instant> moves;  // in order
  // Likewise; the clock said what service levels, a pause or the time of a recycled lead came to.
  std::vector<Instant> looks;
  std::vector<RecordedErasure> erasures;  // in order
};

// A point of the recorded time: events of a lead that were decided together, an assignment that was
// made, an erasure, or an event of an account.
struct RecordedPoint {
  core::TimeMs at_ms = 0;
  int64_t sequence = 0;  // of the change that came of it, or behind which it came; 0: none is known
  LeadIndex lead = 0;
  uint32_t first_event = 0;
  uint32_t events = 0;         // 0: it is something else
  bool decides = false;        // a change is known that came of it
  bool before_policy = false;  // the workspace had no policy yet
  int64_t generation = 0;      // of the assignment
  int32_t erasure = -1;        // index of the lead's erasure; -1: none
  int64_t account = -1;        // index of the account's event; -1: none
};

struct Recording {
  std::vector<core::LeadEvent> events;       // those of a point are neighbours
  std::vector<core::AccountEvent> accounts;  // one is a point
  std::vector<RecordedPoint> points;         // in order of time
  std::vector<RecordedLead> leads;
  absl::flat_hash_map<core::LeadId, LeadIndex> lead_index;
  // When what gave a rep a lead was done: before the first change that it made. Ascending.
  std::map<core::RepId, std::vector<Instant>> assigned_to;
  core::TimeMs begin_ms = 0;
  core::TimeMs end_ms = 0;
  bool has_changes = false;  // feedback was given

  int64_t records = 0;                     // input records of the workspace, also refused ones
  std::map<std::string, int64_t> refused;  // class of the dead letter -> records
  int64_t changes = 0;

  // The `index`th assignment (from 0) of a lead in a cycle of a life; nullptr: there was none.
  const RecordedAssignment* Assignment(LeadIndex lead, int32_t life, int32_t cycle,
                                       int index) const;
  // The one of that generation; nullptr: there was none.
  const RecordedAssignment* MadeAt(LeadIndex lead, int64_t generation) const;
  // When `rep` was given its first lead after `after_ms`.
  std::optional<Instant> NextAssignedTo(const core::RepId& rep, core::TimeMs after_ms) const;
};

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_RECORDING_H_
