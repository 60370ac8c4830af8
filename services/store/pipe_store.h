// What the pipes need: due timers, the outbox, input checkpoints, health.
// Contract, errors and thread-safety as in lead_store.h. A shard number out of range is
// INVALID_ARGUMENT.
#ifndef BATON_STORE_PIPE_STORE_H_
#define BATON_STORE_PIPE_STORE_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/plan.h"

namespace baton::store {

struct DueTimer {
  core::LeadKey key;
  core::TimeMs due_at_ms = 0;  // of the lead's timer or, if that comes before, its clock_at_ms

  bool operator<(const DueTimer& other) const {
    return std::tie(due_at_ms, key) < std::tie(other.due_at_ms, other.key);
  }
};

// How many of a workspace's due timers, the earliest, are left out.
using PassedOver = std::map<core::WorkspaceId, int>;

struct DueTimers {
  std::vector<DueTimer> timers;  // due by the store's clock, earliest first, then by key
  // The workspaces of which others are due besides, and how many were passed over before the first.
  PassedOver more;
  // Of the next one not yet due; 0: none. While more than `max` workspaces have due timers, those
  // that had no turn do not count.
  core::TimeMs next_due_at_ms = 0;
  core::TimeMs now_ms = 0;  // the store's clock
};

class TimerStore {
 public:
  virtual ~TimerStore() = default;
  virtual int shards() const = 0;  // 1..1024, fixed at installation
  // At most `max` due timers of a shard. Reading does not remove them: committing the plan of
  // DecideTimer does. A timer whose lead has none due is dropped here.
  //
  // Each workspace that has due timers gets its share, its earliest: max / workspaces of them,
  // rounded down, and more if others need less than theirs. If there are more than `max`
  // workspaces, as many have their turn, with one timer each, and go to the end of the line: of W
  // workspaces each has a turn within 2 * ceil(W / max) calls, whoever makes them.
  // What `passed_over` says is left out of the shares, unless nothing else of the workspace is due.
  virtual absl::StatusOr<DueTimers> Due(int shard, int max, const PassedOver& passed_over) = 0;
};

// A published change with everything a reader of the topics needs.
struct OutboxEntry {
  int64_t sequence = 0;  // of the shard, ascending; gaps only where the epoch grew (below 2^53)
  core::LeadKey key;
  int64_t epoch = 0;
  int64_t version = 0;
  core::TimeMs at_ms = 0;
  core::TimeMs due_at_ms = 0;  // kAssigned in offer mode: accept until
  int32_t cycle = 0;
  core::Change change;
  int64_t policy_revision = 0;  // of the cycle's judgment
  int32_t fit = 0;
  int32_t intent = 0;
  std::vector<core::Factor> factors;
  std::map<std::string, std::string> attribution;
  std::vector<core::SourceRef> sources;
  std::string traceparent;
};

// Where a shard's outbox begins and ends.
struct OutboxBounds {
  // The store's incarnation: the instant of its beginning in milliseconds, greater than any before.
  int64_t epoch = 0;
  int64_t first_sequence = 0;  // oldest entry kept (or last + 1 when empty)
  // Newest entry ever appended; of an epoch without any, the sequence behind which it begins: at
  // least epoch * kSequencesPerMs, so that no two incarnations give one sequence twice.
  int64_t last_sequence = 0;
  int64_t newest_sequence = 0;  // of the newest entry kept; 0: none is
  int64_t entries = 0;          // kept
};

// How many entries are kept behind `sequence`; where an epoch began behind it, at most.
inline int64_t EntriesBehind(int64_t sequence, const OutboxBounds& bounds) {
  const int64_t from = std::max(sequence, bounds.first_sequence - 1);
  return std::clamp<int64_t>(bounds.newest_sequence - from, 0, bounds.entries);
}

inline constexpr int64_t kSequencesPerMs = 1024;

class OutboxStore {
 public:
  virtual ~OutboxStore() = default;
  virtual int shards() const = 0;
  virtual int ShardOf(const core::WorkspaceId& workspace) const = 0;
  virtual absl::StatusOr<OutboxBounds> Bounds(int shard) = 0;
  // Entries with sequence > after[shard], ascending per shard, at most `max` per shard. Waits up to
  // `wait` for the first one (zero: returns at once). Shards without such entries are left out. In
  // front of an entry that cannot be read a shard's entries end; if that is its first one, the
  // whole call is INTERNAL STATE_UNREADABLE (see unreadable_shards.h).
  virtual absl::StatusOr<std::map<int, std::vector<OutboxEntry>>> Read(
      const std::map<int, int64_t>& after, int max, absl::Duration wait) = 0;
  // Drops entries with sequence <= upto, but keeps the newest `keep` for watchers that resume.
  virtual absl::Status Trim(int shard, int64_t upto, int64_t keep) = 0;
  // Drops entries with sequence <= upto without keeping any, if some of them are of leads that were
  // erased before the instant: nothing of the person stays, and watchers that would resume there
  // begin anew. Gives the number dropped.
  virtual absl::StatusOr<int64_t> Purge(int shard, int64_t upto, core::TimeMs erased_before_ms) = 0;
};

// How far the partitions of an input have come.
struct InputCheckpoints {
  // Of the store. A greater one than before: what was committed earlier and not yet covered by a
  // checkpoint may have been lost.
  int64_t epoch = 0;
  std::map<int32_t, int64_t> offsets;  // partition -> next offset to read; absent: never read
};

// Progress of one input partition.
struct InputAdvance {
  int32_t partition = 0;
  int64_t from = 0;           // the checkpoint above which was counted; 0: none
  int64_t next_offset = 0;    // > from; everything below has been applied or dead-lettered
  int64_t records = 0;        // input records that this batch read for the first time
  int64_t dead_lettered = 0;  // of these
  // Of these, for an input whose plans do not count them (Plan::applied is 0).
  int64_t applied = 0;
  int64_t duplicates = 0;
  int64_t ignored = 0;
};

inline constexpr size_t kAdvancesMax = 10'000;

// The name under which the store keeps the progress of a topic. The generation tells apart topics
// of one name: a topic that was deleted and made anew begins again at offset 0.
inline std::string InputName(const std::string& topic, int generation) {
  return generation == 1 ? topic : absl::StrCat(topic, "#", generation);
}

// Whose events an input carries; each has totals of its own.
enum class InputFlow { kMarketing, kSales };

// An input: an InputName, and what flows there.
struct InputId {
  InputId(std::string input_name, InputFlow input_flow = InputFlow::kMarketing)  // NOLINT
      : name(std::move(input_name)), flow(input_flow) {}
  InputId(const char* input_name) : name(input_name) {}  // NOLINT: a name alone is marketing's
  std::string name;
  InputFlow flow = InputFlow::kMarketing;
};

struct InputCounters {
  int64_t input = 0;
  int64_t applied = 0;
  int64_t duplicates = 0;
  int64_t dead_lettered = 0;
  int64_t ignored = 0;  // kSales: said nothing that concerns a lead
};

class InputStore {
 public:
  virtual ~InputStore() = default;
  // input: an InputName.
  virtual absl::StatusOr<InputCheckpoints> Checkpoints(const std::string& input) = 0;
  // Moves checkpoints and counts, at most kAdvancesMax at once (else INVALID_ARGUMENT), all or
  // none: a checkpoint that stands at `next_offset` already was moved by an earlier call whose
  // answer was lost and stays; ABORTED CHECKPOINT_MOVED without any change if one stands neither
  // there nor at `from`, or if the store's epoch is not `epoch`: look at Checkpoints again. Returns
  // after the durability gate, also for no advances: what was committed before on this store
  // survives the loss of the primary as far as the configuration promises.
  virtual absl::Status Advance(const InputId& input, int64_t epoch,
                               absl::Span<const InputAdvance> advances) = 0;
  // Totals since installation; input = applied + duplicates + dead_lettered + ignored at rest.
  virtual absl::StatusOr<InputCounters> Counters(InputFlow flow) = 0;
};

// What must be passed before the world is told of a change: a reply to a rep, a published event.
class DurabilityGate {
 public:
  virtual ~DurabilityGate() = default;
  // Names the server that holds the store, taken before what is to be confirmed begins. No I/O.
  virtual int64_t Incarnation() const = 0;
  // Returns OK when everything committed or read on this store since `incarnation` was taken
  // survives the loss of the primary as far as the configuration promises; UNAVAILABLE: not known
  // to, as when another server has taken over since: do or read it again. Costs nothing when the
  // configuration asks for no replicas.
  virtual absl::Status ConfirmDurable(int64_t incarnation) = 0;
};

class StoreHealth {
 public:
  virtual ~StoreHealth() = default;
  // OK, or FAILED_PRECONDITION naming the first setting that would lose data and its mend, or
  // UNAVAILABLE.
  virtual absl::Status CheckReady() = 0;
  // 32 random bytes, made when first asked for and the same ever after for every process of the
  // installation: what page and resume tokens are signed with.
  virtual absl::StatusOr<std::string> InstallationSecret() = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_PIPE_STORE_H_
