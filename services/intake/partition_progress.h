// How far each input partition of this member has come. The store's checkpoint is the truth: all
// records below it have been applied or dead-lettered, and counted. Pure; not thread-safe.
#ifndef BATON_INTAKE_PARTITION_PROGRESS_H_
#define BATON_INTAKE_PARTITION_PROGRESS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "intake/input_batch.h"
#include "store/pipe_store.h"

namespace baton::intake {

class PartitionProgress {
 public:
  void Start(int32_t partition, int64_t checkpoint);  // 0: none stored
  void Stop(int32_t partition);
  bool Has(int32_t partition) const { return states_.contains(partition); }
  int64_t checkpoint(int32_t partition) const;  // REQUIRES: Has(partition)
  std::set<int32_t> partitions() const;

  enum class StoreIs {
    kTheSame,
    kAnotherIncarnation,  // another epoch: what was committed since the checkpoint may be lost
    kBehind,              // a checkpoint is behind what it acknowledged to us: writes are lost
  };
  // Takes over what another member has stored meanwhile. Unless the store is the same, reading must
  // start again at the checkpoints.
  StoreIs Reconcile(const store::InputCheckpoints& stored);

  // Of the store at the last Reconcile; 0: none yet.
  int64_t epoch() const { return epoch_; }

  // The advances that a batch makes by what is settled of it, up to the first record of each
  // partition that is not; a record counts only at or above the checkpoint, and once. Empty if
  // that brings nothing new.
  std::vector<store::InputAdvance> Advances(const InputBatch& batch) const;
  void Advanced(absl::Span<const store::InputAdvance> advances);

  // What Kafka has not been told yet, as positions of `topic`; afterwards it counts as told.
  std::vector<platform::kafka::Position> TakeUncommitted(const std::string& topic);

 private:
  struct State {
    int64_t checkpoint = 0;
    int64_t told_kafka = 0;
  };
  std::map<int32_t, State> states_;
  int64_t epoch_ = 0;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_PARTITION_PROGRESS_H_
