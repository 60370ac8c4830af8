// A real Kafka, a real Redis and the service between them, and what was sent through.
#ifndef BATON_TESTS_INTEGRATION_INTAKE_INTAKE_RIG_H_
#define BATON_TESTS_INTEGRATION_INTAKE_INTAKE_RIG_H_

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "agreement/policy_cache.h"
#include "core/facts.h"
#include "events/handoff_event_codec.h"
#include "intake/intake_service.h"
#include "platform/metrics.h"
#include "store/redis/redis_store.h"
#include "support/kafka_server.h"
#include "support/redis_server.h"

namespace baton::intake {

inline constexpr int kPartitions = 4;

// The Kafka of this test program, started when first asked for.
support::KafkaServer& KafkaOfThisProgram();
void EndKafkaOfThisProgram();

// Topics of its own and workspace "acme" with an active policy.
class IntakeRig {
 public:
  IntakeRig();

  // One more member of the group, with a store client of its own.
  struct Member {
    std::unique_ptr<store::RedisStore> store;
    std::unique_ptr<agreement::PolicyCache> policies;
    std::unique_ptr<platform::Metrics> metrics;
    std::unique_ptr<IntakeService> service;
  };
  std::unique_ptr<Member> Join();

  // Sends `count` records: activities and updates of `leads` leads at random times, about one in
  // ten a repetition (also over partitions) and one in fifty not an event. Returns when
  // acknowledged.
  void Send(int count, int leads);
  void SendBytes(int32_t key, std::string value);

  bool AwaitSettled(absl::Duration within);  // input counter = records sent
  void ExpectNothingLostOrDoubled();  // equation, dead letters one by one, facts by pure fold
  std::vector<platform::kafka::Record> ReadLetters();

  store::RedisStore& store() { return *store_; }
  support::RedisServer& redis() { return *redis_; }
  int64_t sent() const { return sent_; }
  const std::string& group() const { return group_; }

 private:
  void Produce(platform::kafka::OutRecord record);
  core::LeadEvent RandomEvent(int leads);
  int Below(int bound);

  std::mt19937_64 random_;
  std::string group_;
  events::TopicNames topics_;
  std::unique_ptr<support::RedisServer> redis_;
  std::unique_ptr<store::RedisStore> store_;
  std::unique_ptr<platform::kafka::Producer> producer_;
  std::vector<core::LeadEvent> events_;  // each once
  int64_t sent_ = 0;
  int64_t repeated_ = 0;
  int64_t bad_ = 0;
};

}  // namespace baton::intake

#endif  // BATON_TESTS_INTEGRATION_INTAKE_INTAKE_RIG_H_
