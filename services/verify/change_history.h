// Feedback and assignment events: versions, owners, moves, timers that fired, and the two topics
// against each other. Keeps what the checks across leads need (order_check.h). Not thread-safe.
#ifndef BATON_VERIFY_CHANGE_HISTORY_H_
#define BATON_VERIFY_CHANGE_HISTORY_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verify/findings.h"
#include "verify/records.h"

namespace baton::verify {

// How many leads a rep gave back, who is then owed them again: "workspace/rep" -> number.
struct GivenBack {
  absl::flat_hash_map<std::string, int64_t> passed;    // declined or taken away
  absl::flat_hash_map<std::string, int64_t> returned;  // rejected or recycled: if the queue says so
};

// Where the feedback of a lead ended. Names are those of the history.
struct LeadEnd {
  int64_t epoch = 0, version = 0, generation = 0;  // version 0: no feedback
  int32_t cycle = 0;
  core::Stage stage = core::Stage::kNew;
  std::string queue, rep;  // rep: who owns it, or owned it when it was won
};

class ChangeHistory {
 public:
  using Name = uint32_t;  // of a lead ("workspace/lead"), rep or queue; 0: none

  struct Event {
    int64_t time_ms = 0;
    Name lead = 0;
    Name queue = 0, rep = 0;  // "workspace/id"
    int32_t cycle = 0;
    core::ChangeType change = core::ChangeType::kNurtured;
    core::Stage stage = core::Stage::kNew;
    bool ends_ownership = false;  // `rep` owned it until now
    bool charged = true;          // as ChangeRecord says
  };

  ChangeHistory();

  // All feedback before the first assignment event, partition by partition in order.
  // `begins_late`: older records of the partition are gone by retention.
  void AddFeedback(const ChangeRecord& record, bool begins_late);
  void AddAssignment(const ChangeRecord& record, bool begins_late);
  void FinishAssignments();

  LeadEnd EndOf(const std::string& key) const;
  // The lead was erased, perhaps before it came back.
  bool WasErased(const std::string& key) const;
  // Every lead with feedback but those that are erased.
  std::vector<std::string> Leads() const;
  GivenBack AllGivenBack() const;
  bool begins_late() const { return begins_late_; }

  const std::vector<Event>& events() const { return events_; }
  const std::string& name(Name name) const { return names_[name]; }
  Name Find(const std::string& text) const;  // 0: no such name

  int64_t feedback() const { return feedback_; }
  int64_t corrections() const { return corrections_; }  // versions said again in a higher epoch
  int64_t latest_expiry_ms() const { return latest_expiry_ms_; }  // how late an offer expired
  const Findings& findings() const { return findings_; }
  Findings& findings() { return findings_; }

 private:
  struct Lead {
    int64_t epoch = 0, version = 0, generation = 0, time_ms = 0, deadline_ms = 0;
    int64_t assignment_epoch = 0, assignment_version = 0;  // latest on the assignment topic
    int32_t cycle = 0;
    core::Stage stage = core::Stage::kNew;
    Name owner = 0, won_by = 0, queue = 0;
    bool was_erased = false;
    bool known = true;  // false: its beginning is gone, or a correction took something back
  };
  struct OwnershipId {
    Name lead = 0;
    int64_t epoch = 0, version = 0;
    bool operator==(const OwnershipId&) const = default;
    template <typename H>
    friend H AbslHashValue(H h, const OwnershipId& id) {
      return H::combine(std::move(h), id.lead, id.epoch, id.version);
    }
  };
  struct Ownership {
    uint64_t hash = 0;
    bool met = false;  // on the assignment topic
  };

  Name NameOf(std::string_view workspace, std::string_view id);
  bool IsWhole(const ChangeRecord& record, std::string_view topic);
  bool IsNext(const ChangeRecord& record, bool begins_late, Lead& lead);
  void TakeBack(const ChangeRecord& record, Lead& lead);
  void CheckMove(const ChangeRecord& record, const Lead& lead);
  void CheckOwner(const ChangeRecord& record, Name rep, const Lead& lead);
  void CheckExpiry(const ChangeRecord& record, const Lead& lead);
  void Take(const ChangeRecord& record, Name name, Lead& lead);

  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, Name> numbers_;
  absl::flat_hash_map<Name, Lead> leads_;
  absl::flat_hash_map<OwnershipId, Ownership> ownerships_;
  std::vector<Event> events_;
  std::string key_;  // of the record at hand
  bool begins_late_ = false;
  bool assignments_begin_late_ = false;
  int64_t feedback_ = 0, corrections_ = 0, latest_expiry_ms_ = 0;
  Findings findings_;
};

// The change ends an ownership: declined, offer_expired, rerouted, rejected, recycled, won, lost,
// erased.
bool EndsOwnership(core::ChangeType change);

}  // namespace baton::verify

#endif  // BATON_VERIFY_CHANGE_HISTORY_H_
