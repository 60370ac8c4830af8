// A site of the bench that lives on a virtual clock: marketing publishes events, the policy decides
// them one by one, reps accept, decline, forget, touch and close leads. What would stand on its
// topics is what simulations are measured with. Deterministic; not thread-safe.
#ifndef BATON_BENCH_SITE_H_
#define BATON_BENCH_SITE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "core/decide.h"
#include "platform/kafka/kafka.h"
#include "store/memory/memory_store.h"

namespace baton::bench {

inline constexpr int kSiteReps = 200;
inline constexpr int32_t kSiteCapacity = 12;  // of a rep: at times nobody of a queue has room
inline constexpr int kEventsOfLead = 10;      // on average; every third lead qualifies

class Site {
 public:
  // Takes what is published, in order: records of lead-events and of feedback.
  using Sink = std::function<void(const platform::kafka::Record&)>;

  // REQUIRES: the policy of the bench (../policy.yaml).
  Site(const core::Policy& policy, Sink sink);

  // 30 days, in which that many events come in.
  void Live(int64_t events);

  const std::vector<core::Rep>& reps() const { return reps_; }

 private:
  // The owner of a lead does the next thing with it.
  struct Duty {
    core::TimeMs at_ms = 0;
    core::LeadKey lead;
    int64_t generation = 0;
    bool operator>(const Duty& other) const {
      return std::tie(at_ms, lead, generation) >
             std::tie(other.at_ms, other.lead, other.generation);
    }
  };

  int64_t Upto(int64_t max) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(max)); }
  void PassUntil(core::TimeMs at_ms);
  void FireTimers();
  void PublishEvent(int64_t number);
  void Act(const Duty& duty);
  void Commit(const core::Plan& plan);
  void Drain(const core::QueueId& queue);
  void PublishChanges();
  core::LeadRecord Load(const core::LeadKey& key);
  const platform::kafka::Record& Emit(platform::kafka::OutRecord sent);

  core::TimeMs now_ms_;
  store::MemoryStore store_;
  core::Policy policy_;
  const Sink sink_;
  std::vector<core::Rep> reps_;
  std::mt19937_64 random_{1};
  std::priority_queue<Duty, std::vector<Duty>, std::greater<>> duties_;
  std::vector<int> steps_;                  // of each lead: events that it has had
  std::map<std::string, int64_t> offsets_;  // of each topic, the next one
  platform::kafka::Record emitted_;
  int64_t published_ = 0;  // up to this change
};

}  // namespace baton::bench

#endif  // BATON_BENCH_SITE_H_
