// The store at rest: each lead in one place, timers, the latest choices, ledgers, and every lead
// against the end of its feedback. Not thread-safe.
#ifndef BATON_VERIFY_STORE_CHECK_H_
#define BATON_VERIFY_STORE_CHECK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "verify/change_history.h"
#include "verify/findings.h"
#include "verify/order_check.h"
#include "verify/records.h"

namespace baton::verify {

inline constexpr int64_t kNanoPerLead = 1'000'000'000;

// What a rep may be owed at most (ADR 7), in a queue of that many reps one of whom may have given
// back `given_back` leads at once. Reps who are full or lack a skill change who is entitled from
// lead to lead, and what the others are owed then grows with their number; leads that are given
// back are owed at once.
constexpr int64_t OwedMaxNano(size_t reps, int64_t given_back) {
  return std::max<int64_t>(2 * kNanoPerLead, static_cast<int64_t>(reps) * kNanoPerLead / 2) +
         given_back * kNanoPerLead;
}

class StoreCheck {
 public:
  // A workspace before its leads. `given_back`: of all workspaces; nullptr if that is not known
  // because older feedback is gone.
  void Add(const StoredWorkspace& workspace, const GivenBack* given_back);
  // Every lead of the store, once. `feedback_gone`: feedback may have been lost by retention.
  void CheckLead(const StoredLead& lead, const LeadEnd& end, bool feedback_gone);
  // A lead that is listed, but has no record or one that cannot be read.
  void CheckUnreadable(const std::string& key);
  // After all leads. `with_feedback`: every lead that has feedback.
  void Finish(const std::vector<std::string>& with_feedback);

  const Capacities& capacities() const { return capacities_; }
  const LeadWants& wants() const { return wants_; }
  int64_t largest_owed_nano() const { return largest_owed_nano_; }
  int64_t leads() const { return static_cast<int64_t>(seen_.size()); }
  const Findings& findings() const { return findings_; }

 private:
  // Where a lead stands.
  struct Standing {
    std::string rep, queue;    // in whose open set, in which backlog
    int64_t queued_at_ms = 0;  // says the backlog
    int lanes = 0;             // in how many
    int64_t place = 0;         // there
    int64_t due_at_ms = 0;     // in the timers; 0: none
  };

  // What was given back at once by a rep of the queue, at most: all that the rep could own.
  static int64_t GivenBackIn(const StoredWorkspace& workspace, const StoredQueue& queue,
                             const GivenBack& given_back);
  void CheckLedger(const std::string& workspace, const StoredQueue& queue);
  void CheckTimers(const StoredWorkspace& workspace);
  void CheckStanding(const StoredLead& lead, const Standing& standing);
  void CheckTimer(const StoredLead& lead, const Standing& standing);
  void CheckEnd(const StoredLead& lead, const LeadEnd& end);
  void CheckChoice(const StoredLead& lead);
  void CheckOwner(const StoredLead& lead);
  bool IsAskedFirst(const StoredLead& lead) const;
  void NoteOwed(const std::string& where, const std::string& rep, int64_t owed_nano,
                int64_t most_nano);

  absl::flat_hash_map<std::string, Standing> standing_;        // of leads not yet met
  absl::flat_hash_map<std::string, StoredRep> reps_;           // "workspace/rep", without open sets
  absl::flat_hash_map<std::string, int64_t> epochs_;           // of workspaces
  absl::flat_hash_map<std::string, int64_t> activated_at_ms_;  // likewise: their policies
  absl::flat_hash_map<std::string, bool> seen_;                // leads
  Capacities capacities_;
  LeadWants wants_;
  std::map<std::string, core::Ageing> ages_;   // by queue, where leads age
  std::map<std::string, int64_t> given_back_;  // by queue
  std::set<std::string> with_ageing_;          // workspaces
  int64_t largest_owed_nano_ = 0;
  Findings findings_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_STORE_CHECK_H_
