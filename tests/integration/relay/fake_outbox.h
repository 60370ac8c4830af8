// An outbox whose entries follow from their numbers, so that several processes see the same one
// without a store between them.
#ifndef BATON_TESTS_INTEGRATION_RELAY_FAKE_OUTBOX_H_
#define BATON_TESTS_INTEGRATION_RELAY_FAKE_OUTBOX_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "store/pipe_store.h"

namespace baton::relay {

// Each shard holds the entries 1..Append of one workspace with kLeads leads in turn, of which one
// may be spoilt and one removed. Thread-safe.
class FakeOutbox : public store::OutboxStore, public store::DurabilityGate {
 public:
  static constexpr int kLeads = 7;

  explicit FakeOutbox(int shards) : shards_(shards) {}

  void Append(int64_t count);                // to every shard
  void SetLast(int shard, int64_t last);     // as after a rollback
  void SetDurable(absl::Status status);      // what the gate says
  void FailOverInReads(bool always);         // behind each another server takes over
  void Spoil(int shard, int64_t sequence);   // cannot be read; 0: all can
  void Remove(int shard, int64_t sequence);  // as by XDEL; a spoilt one is spoilt no more
  std::map<int, int64_t> Trimmed() const;    // shard -> highest `upto`

  int shards() const override { return shards_; }
  int ShardOf(const core::WorkspaceId&) const override { return 0; }
  absl::StatusOr<store::OutboxBounds> Bounds(int shard) override;
  absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> Read(
      const std::map<int, int64_t>& after, int max, absl::Duration wait) override;
  absl::Status Trim(int shard, int64_t upto, int64_t keep) override;
  absl::StatusOr<int64_t> Purge(int, int64_t, core::TimeMs) override { return 0; }
  int64_t Incarnation() const override;
  absl::Status ConfirmDurable(int64_t incarnation) override;

 private:
  const int shards_;
  mutable absl::Mutex mutex_;
  std::map<int, int64_t> last_ ABSL_GUARDED_BY(mutex_);
  std::map<int, int64_t> trimmed_ ABSL_GUARDED_BY(mutex_);
  absl::Status durable_ ABSL_GUARDED_BY(mutex_);
  std::map<int, int64_t> spoilt_ ABSL_GUARDED_BY(mutex_);
  std::map<int, int64_t> removed_ ABSL_GUARDED_BY(mutex_);
  bool fails_over_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t incarnation_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace baton::relay

#endif  // BATON_TESTS_INTEGRATION_RELAY_FAKE_OUTBOX_H_
