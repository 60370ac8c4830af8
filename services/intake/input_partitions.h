// The partitions of the input topic that this member holds: where each is read from, whether it is
// paused, and how far it has come.
//
// The checkpoint in the store is the truth; Kafka's own offsets are only told. A partition that the
// store cannot place now (it is away, or its checkpoint lies beyond the log's end) stays paused
// until Place succeeds. Belongs to the consumer's thread.
#ifndef BATON_INTAKE_INPUT_PARTITIONS_H_
#define BATON_INTAKE_INPUT_PARTITIONS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "intake/partition_progress.h"
#include "intake/silent_partitions.h"
#include "platform/kafka/kafka.h"
#include "store/pipe_store.h"

namespace baton::intake {

class InputPartitions : public platform::kafka::RebalanceListener {
 public:
  // `store` outlives this; input: under which it keeps the topic.
  InputPartitions(store::InputStore& store, const std::string& topic, store::InputId input);

  // The consumer that calls back here; nullptr: it is gone, and with it all partitions.
  void Attach(platform::kafka::Consumer* consumer);

  std::vector<Start> OnAssigned(absl::Span<const platform::kafka::Position> added) override;
  void OnRevoked(absl::Span<const platform::kafka::Position> removed, bool lost) override;
  // Those revoked since the last call.
  std::set<int32_t> TakeRevoked();

  // Reads the checkpoints again. True if the store went back, or may have (its epoch grew); all
  // partitions are then to be placed.
  absl::StatusOr<bool> LookAtStore();
  // Pauses these: they start again where the store says.
  void StartAgain(const std::set<int32_t>& partitions);
  // Places what is unplaced and not refused. OK when nothing of that is left; otherwise the first
  // error, and the others are placed all the same.
  absl::Status Place();
  // Refused partitions get another chance at the next Place.
  void RetryRefused() { refused_.clear(); }

  void Hold();     // pauses all; newly assigned ones come paused
  void Release();  // resumes all that are placed
  bool IsPlaced(int32_t partition) const;
  // A poll ended. `drained`: the client had no more.
  void Polled(absl::Span<const platform::kafka::Record> records, bool drained, absl::Time now);

  // Moves the store's checkpoints behind a settled batch and passes its durability gate; errors as
  // InputStore::Advance.
  absl::Status Advance(const InputBatch& batch);
  int64_t epoch() const { return progress_.epoch(); }  // of the store, at the latest look; 0: none
  void TellKafka();
  // Asks the brokers where the logs end: the number of records not yet settled; an error when they
  // do not answer or do not know the topic. What has records and gives none starts again.
  absl::StatusOr<int64_t> Inspect(absl::Time now);
  // FAILED_PRECONDITION with the first reason why a partition cannot be read.
  absl::Status Refusal() const;

 private:
  platform::kafka::Position At(int32_t partition, int64_t offset) const;
  std::vector<platform::kafka::Position> PlacedPositions() const;
  absl::Status PlaceAt(int32_t partition, int64_t offset, int64_t checkpoint);
  void StartSilentAgain(const std::map<int32_t, SilentPartitions::Unread>& unread, absl::Time now);
  // Where each partition starts. Absent: it cannot be read, and refused_ says why.
  absl::StatusOr<std::map<int32_t, int64_t>> ChooseStarts(const std::set<int32_t>& partitions,
                                                          const store::InputCheckpoints& stored);

  store::InputStore& store_;
  const std::string topic_;
  const store::InputId input_;
  platform::kafka::Consumer* consumer_ = nullptr;
  PartitionProgress progress_;
  std::set<int32_t> unplaced_;
  std::map<int32_t, std::string> refused_;  // a part of unplaced_
  std::set<int32_t> revoked_;
  SilentPartitions silent_;
  bool held_ = false;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_INPUT_PARTITIONS_H_
