// Kafka behind small RAII types over librdkafka's C API. No other folder includes rdkafka.h.
//
// Threads: Producer is thread-safe (transactions: one thread); Consumer belongs to one thread.
// Errors are absl::Status: UNAVAILABLE (brokers away, retriable), ABORTED (a transaction that must
// be aborted; fenced), INTERNAL (fatal: make a new client), INVALID_ARGUMENT (configuration, a
// record too large), NOT_FOUND (no such topic), PERMISSION_DENIED, OUT_OF_RANGE (readers: the
// partition does not keep the offset). librdkafka 2.0.2 (Debian 12): never an explicit partition
// together with headers in producev, every close bounded, a new producer after a fatal error.
#ifndef BATON_PLATFORM_KAFKA_KAFKA_H_
#define BATON_PLATFORM_KAFKA_KAFKA_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace baton::platform::kafka {

class PropertiesFile;

struct KafkaConfig {
  std::string brokers;                            // "host:port,host:port"
  std::map<std::string, std::string> properties;  // librdkafka properties, for TLS, SASL ...
  std::shared_ptr<PropertiesFile> file;           // what it says wins over them; may be null
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Record {
  std::string topic;
  int32_t partition = -1;
  int64_t offset = -1;
  int64_t timestamp_ms = 0;
  bool has_key = false;
  bool has_value = false;  // false: a tombstone
  std::string key;
  std::string value;
  Headers headers;
};

struct OutRecord {
  std::string topic;
  std::string key;
  std::string value;
  bool tombstone = false;
  Headers headers;
};

struct Position {
  std::string topic;
  int32_t partition = 0;
  int64_t offset = 0;  // next to read; committed() gives -1 where nothing is committed
};

struct ProducerOptions {
  std::string transactional_id;  // empty: idempotent, not transactional
  absl::Duration linger = absl::Milliseconds(2);
  absl::Duration transaction_timeout = absl::Seconds(10);
  int queue_max = 100'000;           // records buffered; Produce refuses beyond
  int record_bytes_max = 1'000'000;  // larger ones are refused before they are sent
};

class Consumer;

class Producer {
 public:
  static absl::StatusOr<std::unique_ptr<Producer>> Create(const KafkaConfig& config,
                                                          const ProducerOptions& options);
  virtual ~Producer() = default;  // bounded: at most 5 s

  // Keyed by murmur2_random as Java does, acks=all, never dropped by time. `done` (may be empty)
  // runs once on an internal thread. RESOURCE_EXHAUSTED at queue_max (then `done` does not run).
  // With a transactional id the commit tells what became of the records: `done` must be empty.
  virtual absl::Status Produce(OutRecord record, std::function<void(absl::Status)> done) = 0;
  // Waits until all is delivered: OK, or DEADLINE_EXCEEDED.
  virtual absl::Status Flush(absl::Duration deadline) = 0;

  // Transactions; only with a transactional id, from one thread.
  virtual absl::Status InitTransactions(absl::Duration deadline) = 0;
  virtual absl::Status BeginTransaction() = 0;
  // ABORTED when the consumer has been expelled from its group: what it read is somebody else's.
  virtual absl::Status SendOffsets(absl::Span<const Position> offsets, Consumer& group,
                                   absl::Duration deadline) = 0;
  virtual absl::Status CommitTransaction(absl::Duration deadline) = 0;
  virtual absl::Status AbortTransaction(absl::Duration deadline) = 0;
};

// Rebalances, called from within Poll and Close on the consumer's thread.
class RebalanceListener {
 public:
  virtual ~RebalanceListener() = default;
  // Return where to start each of `added` (offset -1: the committed one or the beginning).
  // Partitions may be returned paused, -1 means 0 then: Seek them before they are resumed.
  struct Start {
    Position position;
    bool paused = false;
  };
  virtual std::vector<Start> OnAssigned(absl::Span<const Position> added) = 0;
  // Work on these must be finished or forgotten before returning; offsets may be committed here
  // unless `lost`.
  virtual void OnRevoked(absl::Span<const Position> removed, bool lost) = 0;
};

struct ConsumerOptions {
  std::string group;
  std::vector<std::string> topics;
  bool cooperative = true;
  bool read_committed = true;
  // A position that is not in the log goes to its beginning. Else that is INTERNAL: librdkafka
  // takes no seek there then, so that another consumer, or rather its listener, has to choose anew.
  bool resets = true;
  absl::Duration session_timeout = absl::Seconds(10);
  int fetch_queue_max_kb = 16'384;
};

class Consumer {
 public:
  // `listener` outlives the consumer; nullptr: start at the committed offsets.
  static absl::StatusOr<std::unique_ptr<Consumer>> Create(const KafkaConfig& config,
                                                          const ConsumerOptions& options,
                                                          RebalanceListener* listener);
  virtual ~Consumer() = default;  // bounded: at most 5 s

  // Up to `max` records; waits up to `wait` for the first. Empty: nothing came. Offsets are never
  // committed by themselves. An error is told once and only when no record came; after any but
  // INTERNAL the consumer mends itself, so go on polling.
  virtual absl::StatusOr<std::vector<Record>> Poll(int max, absl::Duration wait) = 0;
  virtual absl::Status Commit(absl::Span<const Position> positions, bool wait) = 0;
  virtual absl::Status Seek(const Position& position) = 0;
  virtual absl::Status Pause(absl::Span<const Position> partitions) = 0;
  virtual absl::Status Resume(absl::Span<const Position> partitions) = 0;
  virtual absl::StatusOr<std::vector<Position>> Committed(absl::Span<const Position> partitions,
                                                          absl::Duration deadline) = 0;
  // First and next offset of each partition, in their order. The brokers answer behind a fetch
  // under way on the same connection, so this may take twice fetch.wait.max.ms (500 ms by default).
  virtual absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>> Ends(
      absl::Span<const Position> partitions, absl::Duration deadline) = 0;
  // True once the member was expelled: whatever it still holds belongs to somebody else.
  virtual bool AssignmentLost() = 0;
  virtual void Close() = 0;  // leaves the group within 4 s, but for the time of the listener
};

// Topic administration.
struct TopicSpec {
  std::string name;
  int partitions = 1;
  int replication = 1;
  std::map<std::string, std::string> config;
};
struct TopicInfo {
  std::string name;
  int partitions = 0;
  int replicas = 0;  // of the partition that has the fewest
};
// All topics of the cluster; empty names when it cannot be reached is an error, not an empty list.
absl::StatusOr<std::vector<TopicInfo>> ListTopics(const KafkaConfig& config,
                                                  absl::Duration deadline);
// Creates a topic; ALREADY_EXISTS if it is there.
absl::Status CreateTopic(const KafkaConfig& config, const TopicSpec& topic,
                         absl::Duration deadline);

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_KAFKA_H_
