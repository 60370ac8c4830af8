// Input and dead letters: every record is applied, a duplicate or a dead letter.
//
// What a lead (an account likewise) must have applied follows from the records alone: of equal
// (source, id) the first within the lead's last 64 distinct events. For a lead whose records are in
// one partition of one topic this is exact; so it is for any lead with at most 64 distinct events.
// Of a lead with more of them in several partitions only the bounds are known. Not thread-safe.
#ifndef BATON_VERIFY_INPUT_HISTORY_H_
#define BATON_VERIFY_INPUT_HISTORY_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verify/dead_letters.h"
#include "verify/findings.h"
#include "verify/input_topics.h"
#include "verify/records.h"

namespace baton::verify {

inline constexpr size_t kWindow = 64;  // distinct events of a lead among which repeats are known

struct InputEquation {
  int64_t input = 0, applied = 0, duplicates = 0, dead_lettered = 0;
  bool holds() const { return input == applied + duplicates + dead_lettered; }
};

class InputHistory {
 public:
  explicit InputHistory(InputTopics topics) : topics_(std::move(topics)) {}
  InputHistory(const InputHistory&) = delete;
  InputHistory& operator=(const InputHistory&) = delete;

  // All dead letters of all topics before the first input. The topic of a letter's place is that of
  // its origin.
  void Add(const DeadLetterRecord& letter);
  void Add(const InputRecord& record);
  // Every lead and account of the store, once.
  void CheckLead(const StoredLead& lead);
  void CheckAccount(const StoredAccount& account);
  // After all of them. Of a lead that was erased, by what `was_erased` says, it is no longer known
  // which of its records were applied and which changed nothing: only their sum is.
  void Finish(const StoredTotals& totals,
              const std::function<bool(const std::string& key)>& was_erased);
  // The lead came back after it was erased: its records cannot be told apart, either.
  void SkipLead(const std::string& key);

  const InputEquation& equation() const { return equation_; }
  int64_t waiting() const { return waiting_; }  // records not yet behind the checkpoint
  int64_t repeated_letters() const { return repeated_letters_; }  // written again after a crash
  bool partial() const { return partial_; }
  const Findings& findings() const { return findings_; }

 private:
  struct Event {
    uint64_t fingerprint = 0;
    Place place;
  };
  struct Expected;
  // What a lead or an account has applied.
  struct Applied {
    std::string key;
    int64_t count = 0;
    const std::vector<uint64_t>& recent_events;
  };

  bool MeetsLetter(const InputRecord& record);
  static Expected ExpectedOf(const std::vector<Event>& events);
  void CheckApplied(const Applied& applied);
  void CheckRecent(const Applied& applied, const std::vector<Event>& events,
                   const Expected& expected);
  void Lost(const std::string& key, const Event& event);
  void CheckTotals(const StoredTotals& totals);

  const InputTopics topics_;
  const bool partial_ = topics_.partial();
  absl::flat_hash_map<std::string, std::vector<Event>> leads_;
  DeadLetters letters_{topics_};
  std::string key_;  // of the record at hand, to look up without a new string each time
  InputEquation equation_;
  int64_t waiting_ = 0, repeated_letters_ = 0;
  int64_t of_erased_ = 0;  // records of leads that were erased
  Findings findings_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_INPUT_HISTORY_H_
