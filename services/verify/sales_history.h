// Events of sales: each is a dead letter, or one change of its lead names it, however often it
// came. What only a mapping file understands is counted and cannot be followed to its leads. Not
// thread-safe.
#ifndef BATON_VERIFY_SALES_HISTORY_H_
#define BATON_VERIFY_SALES_HISTORY_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verify/change_history.h"
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

  // As of DeadLetters.
  void Add(const DeadLetterRecord& letter);
  void Add(const InputRecord& record);
  // `changes`: all feedback; `named`: its changes that name an event of sales. Where the oldest
  // feedback is gone by retention, only events are followed whose change must be among what is
  // left. What was said of a lead after it was erased was ignored. An event whose dead letter may
  // be gone was refused as far as the totals, where nothing else is gone, allow.
  void Finish(const StoredTotals& totals, const SalesChanges& named, const ChangeHistory& changes);

  const DeadLetters& letters() const { return letters_; }
  bool partial() const { return topics_.partial(); }
  // Events of which no change is left, and which may be from before the oldest feedback that is
  // left; and those that may be from before the oldest dead letters.
  int64_t not_followed() const { return not_followed_; }
  int64_t taken_for_refused() const { return taken_for_refused_; }
  const Findings& findings() const { return findings_; }

 private:
  struct Event {
    std::string key, source, id;
    int64_t happened_ms = 0;  // 0: nobody knows
    Place place;
    bool may_be_refused = false;  // its dead letter may be gone
  };

  static bool MayBeFromBefore(const ChangeHistory& changes, const Event& event);
  void Follow(const Event& event, const SalesChanges& named, const ChangeHistory& changes);
  void CheckCounts(const StoredTotals& totals, bool changes_begin_late);

  const InputTopics topics_;
  Findings findings_;
  DeadLetters letters_{topics_, findings_};
  std::vector<Event> events_;  // neither dead letters nor for a mapping
  int64_t input_ = 0, dead_lettered_ = 0, for_mapping_ = 0;
  int64_t refusable_ = 0;  // records that may have had a dead letter which is gone
  int64_t not_followed_ = 0, taken_for_refused_ = 0;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_SALES_HISTORY_H_
