// Keeps free capacity from idling: drains the queues of reps that timers have freed and those in
// which they left a lead that waits its turn, and those in which leads wait when time alone frees a
// member (hours that begin, absences and days that end); and goes round the workspaces in which
// leads wait, for what it does not know of, as what another process freed and could not drain,
// because it was killed. What waits is measured on the way.
#ifndef BATON_CLOCK_BACKLOG_DRAIN_H_
#define BATON_CLOCK_BACKLOG_DRAIN_H_

#include <compare>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "clock/unreadable_leads.h"
#include "core/ids.h"
#include "platform/metrics.h"
#include "store/roster_store.h"

namespace baton::clock {

// All queues of a rep, or one queue; the other one of the two is empty.
struct ToDrain {
  core::WorkspaceId workspace;
  core::RepId rep;
  core::QueueId queue;
  auto operator<=>(const ToDrain&) const = default;
};

// Add from any thread, the others from one.
class BacklogDrain {
 public:
  // A round goes on by `workspaces_max` workspaces at a time, so that what was added has its turn
  // between. `now` is this machine's clock.
  BacklogDrain(store::RosterStore& roster, int workspaces_max, std::function<core::TimeMs()> now,
               platform::Metrics& metrics);

  // Remembers up to kAddedMax; what is beyond is found by the rounds.
  void Add(const std::vector<ToDrain>& to_drain);
  static constexpr size_t kAddedMax = 10'000;

  // DrainAdded, DrainDue, then DrainRound if a round is due or under way: what fails in the one
  // holds up no other.
  absl::Status Run(bool round_due);

  // Drains what was added so far.
  absl::Status DrainAdded();

  // Drains the queues in which leads wait for an instant (Drained::next_work_ms) that has come; one
  // that the store's clock, up to a second behind, has not reached yet has its turn again in the
  // next call.
  absl::Status DrainDue();

  // Goes on with the round, or begins one: drains every queue with waiting leads of the next
  // workspaces. A queue that cannot be read holds up no other.
  absl::Status DrainRound();
  bool InRound() const { return !round_.empty(); }

 private:
  // Leads in backlogs, paused ones included, and since when the first of them waits (0: none does).
  struct Waiting {
    int64_t leads = 0;
    int64_t unreadable = 0;  // passed over by the drain
    core::TimeMs oldest_ms = 0;
  };
  using QueueKey = std::pair<core::WorkspaceId, core::QueueId>;
  struct Meters {
    explicit Meters(platform::Metrics& metrics);
    platform::Counter& drained;
    platform::Gauge& oldest_unassigned_seconds;
    platform::Gauge& waiting_leads;
    platform::Gauge& unreadable_leads;
  };

  absl::StatusOr<store::Drained> Drain(const QueueKey& queue);
  absl::Status DrainWorkspace(const core::WorkspaceId& workspace);
  void Note(const store::QueueState& queue);
  void NoteUnreadable(const QueueKey& queue, const std::vector<core::LeadId>& leads);
  void ShowWaiting();

  store::RosterStore& roster_;
  const int workspaces_max_;
  const std::function<core::TimeMs()> now_;
  Meters meters_;

  absl::Mutex mutex_;
  std::set<ToDrain> added_ ABSL_GUARDED_BY(mutex_);

  std::map<QueueKey, core::TimeMs> next_work_;  // of queues in which leads wait; at most kAddedMax

  std::vector<core::WorkspaceId> round_;  // still to be looked at, the next one last
  Waiting seen_;                          // in those of the round that were looked at
  Waiting waiting_;                       // in all, when a round was last at its end
  UnreadableLeads unreadable_;
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_BACKLOG_DRAIN_H_
