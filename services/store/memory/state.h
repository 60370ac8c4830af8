// What the memory store remembers, as plain values. Guarded by the store's one mutex.
#ifndef BATON_STORE_MEMORY_STATE_H_
#define BATON_STORE_MEMORY_STATE_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "core/requirement.h"
#include "store/memory/shard_timers.h"
#include "store/store.h"

namespace baton::store::memory {

// Where a lead stands in a backlog.
struct Place {
  core::Turn turn;
  core::LeadId lead;

  bool operator<(const Place& other) const {
    if (turn.band != other.turn.band) return turn.band > other.turn.band;
    if (turn.at_ms != other.turn.at_ms) return turn.at_ms < other.turn.at_ms;
    return lead < other.lead;
  }
};

struct WaitingIn {
  core::QueueId queue;
  Place place;
};

// One of the two.
using PastDecision = std::variant<core::QualificationDecision, core::AssignmentDecision>;

struct StoredLead {
  core::LeadRecord record;
  std::optional<WaitingIn> waiting;   // set exactly while the lead stands in a backlog
  std::vector<JourneyEntry> journey;  // at most kJourneyMax
  int64_t journey_dropped = 0;
  std::vector<PastDecision> decisions;  // at most kPastDecisionsMax
};

// Leads given to a rep since its day began.
struct GivenToday {
  core::TimeMs day_ms = 0;
  int32_t count = 0;
};

struct StoredRevision {
  PolicyRevision about;  // its state and the workspace's latest activation are not kept here
  std::string yaml;
  std::vector<std::string> tables;  // that it names: TableId of each
};

struct StoredTable {
  TableInfo about;
  std::string csv;
};

// The latest run of a draft beside the active revision.
struct StoredShadow {
  ShadowRun about;
  std::map<int64_t, core::ShadowDifference> differences;  // by when they were noted: 1, 2, 3 ...
  std::map<core::LeadId, int64_t> difference_of;          // the same by lead
  int64_t noted = 0;                                      // the last number given
};

// What a claim of a request id was answered.
struct AnsweredClaim {
  std::string request_id;
  uint64_t fingerprint = 0;
  core::LeadId lead;
  int64_t generation = 0;
};

// What a request to erase asked for.
struct NotedErasure {
  std::string request_id;
  uint64_t fingerprint = 0;
};

struct WorkspaceState {
  Workspace about;
  std::map<std::string, WebhookState> webhooks;  // by id
  int64_t webhook_changes = 0;
  std::map<int64_t, StoredRevision> policies;  // by revision
  std::map<std::string, StoredTable> tables;   // by TableId
  int64_t revisions = 0;                       // the last number given
  int64_t activations = 0;                     // likewise
  int64_t shadows = 0;                         // likewise
  std::optional<StoredShadow> shadow;
  std::map<core::QueueId, core::QueuePolicy> queue_policies;  // of the active revision
  std::map<core::QueueId, core::QueueSettings> queue_settings;
  std::map<core::RepId, core::Rep> reps;
  std::map<std::string, std::shared_ptr<const core::Requirement>> requirements;  // by text
  std::map<std::string, core::Hours> hours;            // by core::HoursName
  std::map<core::RepId, GivenToday> given;             // of reps with a daily cap
  std::map<core::RepId, int32_t> silent;               // offers in a row without an answer
  std::set<core::RepId> going_away;                    // at the end of the call
  std::map<core::RepId, std::set<core::LeadId>> open;  // leads owned now
  std::map<core::QueueId, std::map<core::RepId, int64_t>> ledgers;
  std::map<core::QueueId, std::map<core::RepId, core::TimeMs>> last_assigned;  // by longest_idle
  std::map<core::QueueId, std::set<Place>> backlogs;
  std::map<core::LeadId, StoredLead> leads;                 // those that were erased, too
  int64_t erased = 0;                                       // of them
  std::map<core::AccountId, core::AccountRecord> accounts;  // deleted ones too
  std::map<std::string, core::AccountId> domains;
  std::map<core::AccountGroupId, std::set<core::AccountId>> groups;
  std::map<core::RepId, std::deque<AnsweredClaim>> claims;    // at most kClaimsRemembered each
  std::deque<NotedErasure> erasures;                          // at most kErasureRequestsMax
  absl::flat_hash_map<core::LeadId, StoredLead*> lead_index;  // into leads, which only grows

  // nullptr: no such lead.
  StoredLead* FindLead(const core::LeadId& id) const {
    const auto found = lead_index.find(id);
    return found == lead_index.end() ? nullptr : found->second;
  }
  StoredLead& FindOrAddLead(const core::LeadId& id) {
    StoredLead*& lead = lead_index[id];
    if (lead == nullptr) lead = &leads[id];
    return *lead;
  }
};

// Rows of reports of a workspace.
using CycleName = std::pair<core::LeadId, int32_t>;
struct StoredCycles {
  std::map<CycleName, CycleRow> rows;
  std::set<std::pair<int64_t, CycleName>> order;  // by sequence
};

struct ShardState {
  core::TimeMs latest_ms = 0;  // instant of the latest change: the clock never goes back behind it
  std::deque<OutboxEntry> outbox;
  int64_t epoch = 0;
  int64_t last_sequence = 0;
  ShardTimers timers;
  std::set<std::pair<core::TimeMs, int64_t>> erasures;  // not yet purged: when, sequence
  int64_t counted = 0;  // up to this sequence changes are counted into cycles
  std::map<core::WorkspaceId, StoredCycles> cycles;
};

}  // namespace baton::store::memory

#endif  // BATON_STORE_MEMORY_STATE_H_
