// Feedback and assignment events: versions, owners, moves, timers that fired, and the two topics
// against each other. Keeps what the checks across leads need (order_check.h). Not thread-safe.
#ifndef BATON_VERIFY_CHANGE_HISTORY_H_
#define BATON_VERIFY_CHANGE_HISTORY_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verify/findings.h"
#include "verify/kept_records.h"
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

  // Of each partition, also those in which nothing is.
  explicit ChangeHistory(const Kept& feedback = {}, const Kept& assignments = {});

  // All feedback before the first assignment event, those of a partition in order.
  void AddFeedback(const ChangeRecord& record);
  void AddAssignment(const ChangeRecord& record);
  void FinishAssignments();

  LeadEnd EndOf(const std::string& key) const;
  bool HasFeedback(const std::string& key) const { return leads_.contains(Find(key)); }
  // The lead was erased, perhaps before it came back.
  bool WasErased(const std::string& key) const;
  // Every lead with feedback but those that are erased.
  std::vector<std::string> Leads() const;
  GivenBack AllGivenBack() const;
  // Older feedback is gone by retention.
  bool begins_late() const { return feedback_kept_.begins_late(); }
  const KeptRecords& feedback_kept() const { return feedback_kept_; }
  bool assignments_begin_late() const { return assignments_kept_.begins_late(); }
  // Changes of owners whose assignment event, and assignment events whose feedback, is not there
  // but may be among what is gone.
  int64_t changes_not_sought() const { return changes_not_sought_; }
  int64_t assignments_not_compared() const { return assignments_not_compared_; }

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
    int64_t published_ms = 0;
    int32_t partition = 0;
    bool met = false;  // on the assignment topic
  };

  Name NameOf(std::string_view workspace, std::string_view id);
  bool IsWhole(const ChangeRecord& record, std::string_view topic);
  bool IsNext(const ChangeRecord& record, Lead& lead);
  void TakeBack(const ChangeRecord& record, Lead& lead);
  void CheckMove(const ChangeRecord& record, const Lead& lead);
  void CheckOwner(const ChangeRecord& record, Name rep, const Lead& lead);
  void CheckExpiry(const ChangeRecord& record, const Lead& lead);
  void Take(const ChangeRecord& record, Name name, Lead& lead);
  // What stands on one of the two topics may be gone from the other.
  bool MayLack(const KeptRecords& other, int32_t partition, int64_t published_ms) const;

  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, Name> numbers_;
  absl::flat_hash_map<Name, Lead> leads_;
  absl::flat_hash_map<OwnershipId, Ownership> ownerships_;
  std::vector<Event> events_;
  std::string key_;  // of the record at hand
  KeptRecords feedback_kept_, assignments_kept_;
  const bool same_partitions_;  // a lead's records have the same partition in both topics
  int64_t changes_not_sought_ = 0, assignments_not_compared_ = 0;
  int64_t feedback_ = 0, corrections_ = 0, latest_expiry_ms_ = 0;
  Findings findings_;
};

// The change ends an ownership: declined, offer_expired, rerouted, rejected, recycled, won, lost,
// erased.
bool EndsOwnership(core::ChangeType change);

}  // namespace baton::verify

#endif  // BATON_VERIFY_CHANGE_HISTORY_H_
