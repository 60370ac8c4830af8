// Events of sales: each is a dead letter, or one change of its lead names it, however often it
// came. What only a mapping file understands is counted and cannot be followed to its leads. Not
// thread-safe.
#ifndef BATON_VERIFY_SALES_HISTORY_H_
#define BATON_VERIFY_SALES_HISTORY_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verify/dead_letters.h"
#include "verify/findings.h"
#include "verify/input_topics.h"
#include "verify/records.h"

namespace baton::verify {

// The changes that name an event of sales as their cause, but for those of clocks.
class SalesChanges {
 public:
  void Add(const ChangeRecord& feedback);
  // Of "workspace/lead" by (source, id).
  bool Has(const std::string& key, std::string_view source, std::string_view id) const;
  const std::vector<std::string>& acted_twice() const { return acted_twice_; }  // for people

 private:
  struct Version {
    int64_t epoch = 0, version = 0;
  };
  absl::flat_hash_map<uint64_t, Version> changes_;
  std::vector<std::string> acted_twice_;
};

class SalesHistory {
 public:
  explicit SalesHistory(InputTopics topics) : topics_(std::move(topics)) {}
  SalesHistory(const SalesHistory&) = delete;
  SalesHistory& operator=(const SalesHistory&) = delete;

  // As of InputHistory.
  void Add(const DeadLetterRecord& letter);
  void Add(const InputRecord& record);
  // `begins_late`: older feedback is gone by retention.
  // `was_erased`: of a lead ("workspace/lead"); what was said of it afterwards was ignored.
  void Finish(const StoredTotals& totals, const SalesChanges& changes, bool begins_late,
              const std::function<bool(const std::string& key)>& was_erased);

  const Findings& findings() const { return findings_; }

 private:
  struct Event {
    std::string key, source, id;
    Place place;
  };

  void CheckCounts(const StoredTotals& totals);

  const InputTopics topics_;
  DeadLetters letters_{topics_};
  std::vector<Event> events_;  // neither dead letters nor for a mapping
  int64_t input_ = 0, dead_lettered_ = 0;
  Findings findings_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_SALES_HISTORY_H_
