// What verify reads, in plain form. Texts of records are views that live until the next record.
#ifndef BATON_VERIFY_RECORDS_H_
#define BATON_VERIFY_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/lifecycle.h"
#include "core/plan.h"

namespace baton::verify {

// A rep owns a lead in this stage, and it counts against the rep's capacity.
inline bool HasOwner(core::Stage stage) {
  return stage == core::Stage::kOffered || stage == core::Stage::kAccepted ||
         stage == core::Stage::kWorking || stage == core::Stage::kSql || stage == core::Stage::kSqo;
}

// In front of the requirement among the skills that a lead wants.
inline constexpr char kRequirementSign = '?';

// Where a record stands.
struct Place {
  int32_t partition = 0;
  int64_t offset = 0;
  // Of an input and of what its records became: its number among the InputTopics; else 0.
  int32_t topic = 0;
};

// A record of the input topic. `readable`: it names workspace, lead (or account), source and id.
struct InputRecord {
  Place place;
  bool readable = false;
  bool of_account = false;  // `lead` is the id of an account
  std::string_view workspace, lead, source, id;
  std::string_view time;  // when it happened, by whoever tells it
  std::string_view value;
  int64_t published_ms = 0;  // as Kafka has it; not above 0: unknown
};

// A record of the dead letter topic; `origin` is what its headers say.
struct DeadLetterRecord {
  Place place;
  std::string_view origin_topic;
  std::optional<Place> origin;
  std::string_view error_class, reason, value;
  bool cut = false;  // only the beginning of the original bytes was kept
  int64_t published_ms = 0;
};

// A record of the feedback or the assignment topic.
struct ChangeRecord {
  Place place;
  std::string_view key, event_id;
  std::string_view cause, source;  // source: of the event of sales that is the cause; else empty
  std::string_view workspace, lead, queue, rep;
  std::optional<core::ChangeType> change;
  std::optional<core::Stage> stage;
  int64_t epoch = 0, version = 0, generation = 0;
  int32_t cycle = 0;
  int64_t time_ms = 0;
  int64_t deadline_ms = 0;  // of the offer; 0: none
  bool charged = true;      // an offer that expired: it stays the rep's turn
  uint64_t value_hash = 0;
  int64_t published_ms = 0;
};

// A record of the state topic.
struct StateRecord {
  std::string_view key, workspace, lead, queue, rep;
  std::optional<core::Stage> stage;
  int64_t epoch = 0, version = 0, generation = 0;
  int32_t cycle = 0;
  bool tombstone = false;  // nothing but the key
};

// What a choice was made with and by.
struct StoredChoice {
  int64_t weights = 0;  // of all who had a share, together
  std::string basis;    // "weighted_fair", "owner" ...
};

// A lead as the store has it.
struct StoredLead {
  std::string workspace, lead;
  int64_t version = 0, generation = 0;
  int32_t cycle = 0, priority = 0;
  core::Stage stage = core::Stage::kNew;
  std::string queue, rep;
  int64_t queued_at_ms = 0, due_at_ms = 0, clock_at_ms = 0;
  core::TimerKind timer = core::TimerKind::kNone;
  int64_t applied = 0;              // inputs noted in its journey, ever
  std::vector<std::string> passed;  // reps
  std::string skills;               // wanted, joined by ",", the requirement among them
  std::string requirement;          // of its queue, decoded; empty: none
  bool to_owner = false;            // the latest choice fell on an owner
  int64_t wait_until_ms = 0;
  std::vector<uint64_t> recent_events;  // fingerprints of (source, id), oldest first; at most 64
  std::vector<core::Candidate> candidates;
  bool all_candidates = true;          // false: the nearest of a great queue
  std::optional<StoredChoice> choice;  // nullopt: none was made
  std::vector<std::string> owners;     // reps, in the order in which they are asked
  std::string scores, judgment;        // blobs of store/v1/record.proto
  std::vector<std::string> past;       // decisions that were replaced (functions/past.lua)

  std::string key() const { return workspace + "/" + lead; }
};

// An account as the store has it, deleted ones too: what it has applied.
struct StoredAccount {
  std::string workspace, account;
  int64_t applied = 0;                  // events, ever
  std::vector<uint64_t> recent_events;  // as of a lead

  std::string key() const { return workspace + "/accounts/" + account; }
};

struct StoredRep {
  std::string id;
  int64_t revision = 0;  // 1: unchanged since it was created
  int32_t capacity = 0;
  bool online = false;
  std::vector<std::string> skills;
  std::vector<std::string> open;  // leads
  std::map<std::string, core::AttributeValue> attributes;
  std::vector<std::string> delegates;  // of its leaves
};

struct StoredQueue {
  std::string id;
  core::Ageing age;
  std::map<std::string, int64_t> owed_nano;
  std::vector<std::pair<std::string, int64_t>> waiting;  // lead, when it was queued
  std::vector<std::pair<std::string, int64_t>> lanes;    // of all its lanes: lead, place
  bool credit_returned = false;  // what is rejected or recycled is given back to the ledger
};

// A workspace without its leads.
struct StoredWorkspace {
  std::string id;
  int64_t epoch = 0;  // of its shard
  std::vector<StoredRep> reps;
  std::vector<StoredQueue> queues;
  std::map<std::string, int64_t> timers;  // lead -> due
  // Its place among the workspaces of the shard that have timers: when its first one is due, or
  // below 0 in the line of those that wait for their turn. 0: none.
  int64_t timers_place = 0;
  int64_t activated_at_ms = 0;  // the active revision of its policy; 0: it has none
};

struct StoredTotals {
  int64_t input = 0, applied = 0, duplicates = 0, dead_lettered = 0;
  int64_t ignored = 0;  // of sales
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_RECORDS_H_
