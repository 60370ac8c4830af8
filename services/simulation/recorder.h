// Makes a Recording of what topics or files hold, given in any order of topics and partitions;
// records of a partition in order. Not thread-safe.
#ifndef BATON_SIMULATION_RECORDER_H_
#define BATON_SIMULATION_RECORDER_H_

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "events/lead_event_codec.h"
#include "platform/kafka/kafka.h"
#include "simulation/recording.h"
#include "store/pipe_store.h"

namespace baton::simulation {

inline constexpr size_t kEventsMax = 10'000'000;
inline constexpr size_t kChangesMax = 20'000'000;

class Recorder {
 public:
  explicit Recorder(const core::WorkspaceId& workspace) : workspace_(workspace) {}

  // A record of the feedback topic. Records of other workspaces are passed over. RESOURCE_EXHAUSTED
  // at kChangesMax; INVALID_ARGUMENT for what is no handoff event.
  absl::Status AddChange(const platform::kafka::Record& record);

  // Is told what is refused.
  using OnRefused = std::function<void(const events::DeadLetter&)>;
  void set_on_refused(OnRefused on_refused) { on_refused_ = std::move(on_refused); }

  // A record of the input topic. What cannot be read is counted, as intake refuses it. Without a
  // partition (-1) the instant is the event's own `time`: a file knows no other.
  // RESOURCE_EXHAUSTED at kEventsMax.
  absl::Status AddEvent(const platform::kafka::Record& record);

  // `whole`: the changes begin with the first one of the workspace, so events before it met no
  // policy.
  Recording Finish(bool whole) &&;

 private:
  struct Change {
    int64_t version = 0, epoch = 0, sequence = 0, policy_revision = 0;
    core::TimeMs at_ms = 0, due_at_ms = 0;
    int32_t cycle = 0, fit = 0, intent = 0;
    core::Change change;
  };
  struct Event {
    LeadIndex lead = 0;
    int32_t partition = 0;
    core::TimeMs at_ms = 0;
    int64_t offset = 0;
    int64_t sequence = 0;            // it comes behind this change
    size_t what = 0;                 // index in lead_events_, or of an account in
    bool is_account = false;         // recording_.accounts
    const Change* caused = nullptr;  // the decision that names it as its cause
  };

  absl::Status AddAccountEvent(const platform::kafka::Record& record, core::AccountEvent event);
  LeadIndex IndexOf(const core::LeadId& lead);
  void SortByLead();
  void TakeChanges(LeadIndex lead);
  // `begin`: of the step that made the change.
  void TakeChange(const Change& change, Instant begin, RecordedLead& lead);
  static bool IsOfOneStep(const Change& before, const Change& change);
  void FindCauses();
  void FindInstants();
  // `bound_ms`, `sequence`: of the latest decision of the partition before it.
  static void FindInstant(core::TimeMs bound_ms, int64_t sequence, Event& account);
  void AddPoints(bool whole);
  // Events of accounts, which stand behind all others from `first` on, leave events_.
  void AddAccountPoints(size_t first);
  // Points of one lead; events_[first..last) are its own, in order.
  void AddPointsOf(size_t first, size_t last, core::TimeMs first_change_ms);
  void FinishPoints();
  void TakeEvents();

  const core::WorkspaceId workspace_;
  OnRefused on_refused_;
  Recording recording_;
  std::vector<std::vector<Change>> changes_;  // by lead
  std::vector<Event> events_;                 // small, as they are sorted again and again
  std::deque<core::LeadEvent> lead_events_;   // in the order in which they were given
};

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_RECORDER_H_
