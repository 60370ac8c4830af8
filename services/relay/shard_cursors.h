// Which shards of the outbox are ours and how far each has been published. Pure bookkeeping without
// I/O; not thread-safe.
//
// A cursor is the sequence of the last published entry. In Kafka it is kept as the committed offset
// of the shard's partition: cursor + 1, the sequence to publish next; nothing committed or 0 means
// that nothing was published.
#ifndef BATON_RELAY_SHARD_CURSORS_H_
#define BATON_RELAY_SHARD_CURSORS_H_

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "store/pipe_store.h"

namespace baton::relay {

int64_t CursorOfOffset(int64_t committed_offset);  // -1 (none) and 0 give 0
int64_t OffsetOfCursor(int64_t cursor);

class ShardCursors {
 public:
  void Own(int shard);     // its cursor is not known yet
  void Forget(int shard);  // revoked
  void ForgetAll();
  // We own what we own, but how far it is published must be read again.
  void ForgetCursors();
  // The same of those that are held.
  void ForgetHeld();

  // Shards that we own without knowing their cursor.
  std::vector<int> Unknown() const;

  // The committed cursor of a shard and where its outbox begins and ends; forgotten shards are
  // ignored. DATA_LOSS when the outbox ends before the cursor: the store has been rolled back
  // behind what was published and its sequences were not moved on, so that publishing would skip
  // changes. Such a shard is held, as by Hold.
  // What Check knows of the shard it goes on to know if nobody else has published meanwhile.
  absl::Status SetCursor(int shard, int64_t cursor, const store::OutboxBounds& bounds);

  // After() leaves the shard out until ForgetHeld or ForgetCursors, whatever the reason is.
  void Hold(int shard);

  // Cursors of the shards that can be published.
  const std::map<int, int64_t>& After() const { return after_; }
  int64_t owned() const { return static_cast<int64_t>(owned_.size()); }
  int64_t held() const { return static_cast<int64_t>(held_.size()); }

  // Entries that follow the shard's cursor must ascend, and within one epoch by exactly one.
  // INTERNAL if they do not ascend, DATA_LOSS naming the first gap. Right behind a cursor that was
  // not published here no gap is seen: its epoch is not known.
  absl::Status Check(int shard, absl::Span<const store::OutboxEntry> entries) const;

  // Everything up to and including `last` is published.
  void Advance(int shard, const store::OutboxEntry& last);

  // Shards to trim now, with the cursor: those that have moved on by `every` entries since they
  // were last returned here, and each once after SetCursor.
  std::map<int, int64_t> TakeTrims(int64_t every);

 private:
  struct Owned {
    int64_t trimmed_to = -1;  // -1: never
    int64_t published = 0;    // the last entry published here; 0: none
    int64_t epoch = 0;        // of the cursor; 0: not known
  };
  std::map<int, Owned> owned_;
  std::map<int, int64_t> after_;
  std::set<int> held_;
};

}  // namespace baton::relay

#endif  // BATON_RELAY_SHARD_CURSORS_H_
