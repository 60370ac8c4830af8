// The role `relay`: publishes the outbox to Kafka, each entry once and in order for readers that
// read committed.
//
// Shards are the partitions of an empty topic, divided among relays by an ordinary consumer group.
// A batch of entries and the cursors of its shards (as committed offsets of those partitions, with
// the group's metadata) go into one transaction: a relay killed anywhere has published nothing
// twice, and one that lost its shards without noticing is refused by the broker. What is published
// has passed the store's durability gate before: no failover takes back what the world was told.
// One thread does all of it.
#ifndef BATON_RELAY_RELAY_SERVICE_H_
#define BATON_RELAY_RELAY_SERVICE_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "events/handoff_event_codec.h"
#include "platform/backoff.h"
#include "platform/kafka/kafka.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/worker.h"
#include "relay/batch_plan.h"
#include "relay/erasure_purge.h"
#include "relay/publisher.h"
#include "relay/report_counting.h"
#include "relay/shard_cursors.h"
#include "relay/transaction.h"
#include "store/pipe_store.h"

namespace baton::relay {

struct RelayOptions {
  std::string group = "baton-relay";
  std::string transactional_id_prefix = "baton";      // "<prefix>-relay-<random>"
  int batch_max = 2000;                               // entries in a transaction; 1..10000
  absl::Duration gather = absl::Milliseconds(50);     // a small batch waits this long for more
  int64_t keep = 10'000;                              // published entries kept for watchers
  absl::Duration purge_after = absl::Minutes(1);      // of erased leads they are not kept longer
  absl::Duration session_timeout = absl::Seconds(6);  // others take a killed relay's shards then
  // A killed relay's open transaction holds readers back for this long.
  absl::Duration transaction_timeout = absl::Seconds(10);
};

class RelayService : public platform::Service, private platform::kafka::RebalanceListener {
 public:
  // The store outlives this.
  RelayService(store::OutboxStore& outbox, store::DurabilityGate& gate,
               std::unique_ptr<ReportCounting> counting, platform::kafka::KafkaConfig kafka,
               events::TopicNames topics, RelayOptions options, platform::Metrics& metrics);
  ~RelayService() override;

  std::string_view name() const override { return "relay"; }
  absl::Status Start() override;
  // Commits or aborts the batch in hand, publishes what is left (a few batches at most: others may
  // go on writing) and leaves the group, so that others go on at once.
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return ready_.Get(); }

 private:
  struct Meters {
    explicit Meters(platform::Metrics& metrics);
    platform::Counter& published;
    platform::Histogram& transaction_seconds;
    platform::Gauge& unpublished;
    platform::Gauge& owned;
    platform::Gauge& held;
    platform::Counter& kafka_errors;
    platform::Counter& store_errors;
    platform::Counter& lost_entries;
  };

  std::vector<RebalanceListener::Start> OnAssigned(
      absl::Span<const platform::kafka::Position> added) override;
  void OnRevoked(absl::Span<const platform::kafka::Position> removed, bool lost) override;

  void Run();
  absl::Status Step();
  // Steps until one moves nothing, within the grace.
  void PublishLast();
  absl::Status JoinGroup();
  absl::Status OpenPublisher();
  absl::Status ServeGroup(absl::Duration wait);
  absl::Status LoadCursors();
  absl::StatusOr<Batch> ReadBatch();
  // Holds those of the shards whose next entry cannot be read.
  void HoldUnreadable(const std::map<int, int64_t>& after);
  void Hold(int shard, absl::Status reason);
  absl::Status Publish(const Batch& batch);
  void EmitPublished(const Batch& batch, const Transaction& transaction, absl::Time begin,
                     absl::Time end) const;
  absl::Status Settle(const Batch& batch, const Transaction& transaction);
  absl::Status PurgeErased();
  void MeasureBacklog();
  absl::Status KafkaFailed(absl::Status status);
  absl::Status StoreFailed(absl::Status status);
  absl::Duration Patience() const;

  store::OutboxStore& outbox_;
  store::DurabilityGate& gate_;
  const std::unique_ptr<ReportCounting> counting_;
  const platform::kafka::KafkaConfig kafka_;
  const events::TopicNames topics_;
  const RelayOptions options_;
  const std::string transactional_id_;
  Meters meters_;
  ErasurePurge purge_;
  platform::ReadyState ready_;

  // Of the thread.
  platform::Backoff backoff_;
  BatchLimit batch_limit_;
  ShardCursors cursors_;
  std::unique_ptr<platform::kafka::Consumer> group_;
  std::unique_ptr<Publisher> publisher_;
  absl::Time give_up_at_ = absl::InfiniteFuture();
  absl::Time measured_at_ = absl::InfinitePast();
  // The latest cursors known, also of shards lost with the connection to Kafka: the backlog of an
  // outage is seen.
  std::map<int, int64_t> last_cursors_;
  bool group_in_doubt_ = false;  // an error was told: ask the coordinator before being ready again
  absl::Status held_reason_;     // of the latest shard that is held
  absl::Time look_at_held_;      // again, from then on

  platform::Worker worker_;  // last: its thread uses all of the above
};

}  // namespace baton::relay

#endif  // BATON_RELAY_RELAY_SERVICE_H_
