// One run of the simulator (simulator.h). Not thread-safe.
#ifndef BATON_SIMULATION_RUN_H_
#define BATON_SIMULATION_RUN_H_

#include <limits>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "simulation/agenda.h"
#include "simulation/simulator.h"
#include "store/memory/memory_store.h"

namespace baton::simulation {

class Run {
 public:
  // Both outlive the run.
  Run(const Recording& recording, const Setting& setting);

  absl::StatusOr<Outcome> Play() &&;

 private:
  // Where a lead is, as the changes published so far say.
  struct LeadState {
    core::Stage stage = core::Stage::kNew;
    int32_t life = 0;    // recorded erasures that it has behind it
    int32_t cycles = 0;  // of that life
    int64_t generation = 0;
    int assignments = 0;                         // of the cycle
    uint32_t outcome = 0;                        // of the cycle, in outcome_.cycles
    const RecordedAssignment* script = nullptr;  // what the current assignment meets
    size_t next_step = 0;
    core::DurationMs shift_ms = 0;  // against the recorded time
    uint32_t deferred = 0;          // events before the next point's that are decided with it
    core::TimeMs looked_ms = 0;     // when the clock's latest look at it was due
    core::TimeMs asks_ms = 0;       // when it is due that it asks again, if it waits
  };

  absl::Status Open();
  absl::Status EnterPhases(core::TimeMs at_ms);
  absl::Status Activate(const core::Policy& policy);
  absl::Status RenewHours(core::TimeMs at_ms);
  void ReturnAt(core::TimeMs at_ms, LeadIndex rep);
  absl::Status Meet(size_t index);
  absl::Status ApplyEvents(size_t index);
  // The events of a point were decided together with those of the lead's next one.
  bool IsDeferred(size_t index, const core::Plan& plan);
  // The facts of a lead, which was never erased, before the event with that index.
  core::Facts FactsBefore(size_t event) const;
  absl::Status HandOut(const RecordedPoint& point);
  // The rep of a recorded assignment asks for a lead of its own accord; `queue`: from there only.
  absl::Status Claim(const core::RepId& rep, const core::QueueId& queue);

  // Erasures (erasures.cc).
  absl::Status Erase(const RecordedPoint& point);
  bool IsKept(LeadIndex lead, core::ErasureCause why);
  // When the lead was erased next, in the life in which it is; kNever.
  Instant ErasedAt(LeadIndex lead) const;

  // Presence (presence.cc). The store has set the rep away.
  absl::Status NoteAway(const core::RepId& rep);
  // What timers did is done: reps whom they set away are away until they are recorded to have been
  // given a lead.
  absl::Status SetAwayAll();
  // What comes next belongs to the call in which the timers of now acted: `point`, or a duty.
  bool IsInCall(const RecordedPoint* point) const;
  absl::Status Return(LeadIndex rep);

  // Accounts (accounts.cc).
  absl::Status OpenAccounts();
  absl::Status ApplyAccount(const core::AccountEvent& event);
  absl::StatusOr<core::AccountView> AccountOf(const core::LeadRecord& record,
                                              absl::Span<const core::LeadEvent> events,
                                              const core::Policy* policy);
  absl::Status Do(const Duty& duty);
  absl::Status ActAsRecorded(const Duty& duty);
  absl::Status ActByModel(const Duty& duty);
  absl::Status Drain(const core::Rep& rep);
  absl::Status DrainQueue(const core::QueueId& queue);
  bool IsPulled(const core::QueueId& queue) const;

  // The lead as it is, until the next commit or call of Load.
  const core::LeadRecord& Load(LeadIndex lead);
  // OK also when the action cannot be carried out: `refused` says so.
  absl::Status Act(LeadIndex lead, core::Action action, bool& refused);
  absl::Status Commit(LeadIndex lead, core::Plan&& plan);
  // `route`: the rule by which leads become MQLs in them.
  absl::Status ReadChanges(const std::string& route = {});
  absl::Status NoteChange(const store::OutboxEntry& entry, const std::string& route);
  void NoteErrors(const std::vector<core::ConditionError>& errors);
  void NoteMql(const store::OutboxEntry& entry, const std::string& route, LeadState& state);
  void NoteAssignment(const store::OutboxEntry& entry, LeadIndex lead);
  // What the next assignment of the lead's cycle meets; nullptr: it was not recorded.
  const RecordedAssignment* NextScript(LeadIndex lead) const;

  // Timers (timers.cc).
  absl::Status FireTimer(const Duty& duty);
  // True if the timer, whose plan it is, acts later; where it is known when, that is scheduled.
  bool IsLater(const Duty& duty, const core::LeadRecord& record, const core::Plan& plan);
  bool LooksLater(const Duty& duty, const core::LeadRecord& record, const core::Plan& plan);
  bool AsksLater(const Duty& duty, const core::LeadRecord& record, const core::Plan& plan);
  // True if the clock is late when it comes to the timer, which acts then.
  bool IsBehindClock(const Duty& duty);
  // Something recorded happens now.
  void NoteRecorded();
  // A timer of the lead was seen to act at `acted`, and not when it was due.
  void NoteActed(LeadIndex lead, core::TimeMs due_at_ms, Instant acted);
  bool IsInSecondRound(const Duty& duty) const;
  Instant ClockAt(const Duty& duty);
  int64_t RankOf(LeadIndex lead) const;
  // When the timer of a lead that waits was seen to act: where the clock moved the lead on, or it
  // got a rep.
  Instant SeenToAsk(LeadIndex lead, core::TimeMs due_at_ms) const;
  // `acted`: when it was seen to.
  void ScheduleTimer(LeadIndex lead, core::TimeMs due_at_ms, Instant acted);
  void ScheduleClock(LeadIndex lead, core::TimeMs at_ms);
  void ScheduleExpiry(const store::OutboxEntry& entry, LeadIndex lead);
  void ScheduleWaiting(const core::LeadRecord& record, LeadIndex lead);

  void ScheduleStep(LeadIndex lead);
  void ScheduleModel(LeadIndex lead);
  void ScheduleDrain(const core::RepId& rep);
  // From here on the run does something else than what was recorded.
  void Diverge();

  const Recording& recording_;
  const Setting& setting_;
  core::TimeMs now_ms_;
  store::MemoryStore store_;
  core::LeadRecord new_lead_;     // what Load says of a lead that is not there yet
  std::vector<LeadState> leads_;  // as recording_.leads
  std::vector<core::Rep> reps_;
  std::set<LeadIndex> going_away_, away_;  // reps, by index; set away by timers of now, or before
  std::set<core::QueueId> owner_queues_;   // in which leads waited that have owners
  absl::flat_hash_map<core::RepId, LeadIndex> rep_index_;
  Agenda agenda_;
  bool diverged_ = false;
  std::vector<Duty> held_timers_;  // that act only once the run has diverged
  std::vector<uint32_t> ranks_;    // of the leads, by id
  // Timers that were seen to act, and not yet have: when they were due and the rank of the lead.
  std::map<std::pair<core::TimeMs, int64_t>, Instant> acted_later_;
  core::TimeMs recorded_ms_ = 0;  // the latest instant at which something was recorded
  core::TimeMs before_ms_ = 0;    // and the one before
  Outcome outcome_;
  size_t next_phase_ = 0;
  core::TimeMs hours_until_ms_ = std::numeric_limits<core::TimeMs>::min();  // then they are renewed
  core::Policy policy_;                                                     // the active one
  bool asks_for_accounts_ = false;                                          // it does
  int64_t read_up_to_ = 0;
};

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_RUN_H_
