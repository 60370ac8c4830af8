// The demo's side of Kafka: marketing's publisher and the readers that audit what comes back.
#ifndef BATON_DEMO_TOPICS_H_
#define BATON_DEMO_TOPICS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "demo/audit.h"
#include "demo/workload.h"
#include "platform/kafka/kafka.h"

namespace baton::demo {

// Publishes a workload at a steady rate on a thread of its own; what Kafka refused is sent again.
class Publisher {
 public:
  Publisher(platform::kafka::KafkaConfig kafka, std::string topic, std::vector<Publication> log,
            int rate_per_s);
  ~Publisher();
  absl::Status Start();
  void Stop();
  bool done() const { return done_; }
  int64_t acknowledged() const { return acknowledged_; }
  int64_t total() const { return static_cast<int64_t>(log_.size()); }
  // When the event with this id was first handed to Kafka, microseconds since the epoch; 0: never.
  int64_t SentAt(const std::string& id) const;
  std::string failure() const;

 private:
  void Run();
  void Send(size_t number);
  bool ReplaceProducer();
  bool SendRefusedAgain();
  void FlushAll();
  void Note(size_t number, const absl::Status& status);

  platform::kafka::KafkaConfig kafka_;
  std::string topic_;
  std::vector<Publication> log_;
  int rate_per_s_;
  std::unique_ptr<platform::kafka::Producer> producer_;
  std::thread thread_;
  std::atomic<bool> stopping_{false}, done_{false};
  std::atomic<int64_t> acknowledged_{0};
  mutable absl::Mutex mutex_;
  std::map<std::string, int64_t> sent_us_ ABSL_GUARDED_BY(mutex_);
  std::vector<size_t> refused_ ABSL_GUARDED_BY(mutex_);  // places in the log
  std::string failure_ ABSL_GUARDED_BY(mutex_);
};

// Reads the feedback topic (read committed) into the audit and counts the dead letters.
class Observer {
 public:
  Observer(platform::kafka::KafkaConfig kafka, std::string feedback_topic, std::string dead_topic,
           Audit* audit);
  ~Observer();
  absl::Status Start();
  void Stop();
  // Distinct input records (topic, partition, offset) among the dead letters.
  int64_t dead_letters() const;

 private:
  void Follow(platform::kafka::Consumer& consumer);
  void Read(const platform::kafka::Record& record);

  platform::kafka::KafkaConfig kafka_;
  std::string feedback_topic_, dead_topic_;
  Audit* audit_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  mutable absl::Mutex mutex_;
  std::set<std::string> dead_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::demo

#endif  // BATON_DEMO_TOPICS_H_
