// Input and dead letters: every record is applied, a duplicate or a dead letter.
//
// What a lead (an account likewise) must have applied follows from the records alone: of equal
// (source, id) the first within the lead's last 64 distinct events. For a lead whose records are in
// one partition of one topic this is exact; so it is for any lead with at most 64 distinct events.
// Of a lead with more of them in several partitions only the bounds are known.
//
// Where the oldest dead letters are gone by retention, a record from before those that are left may
// have been refused: where nothing came of it, that is believed as far as the totals allow. Where
// the oldest input is gone, too, they tell nothing of what is left: there such a record of a lead
// that is known counts as a duplicate. Not thread-safe.
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

  // As of DeadLetters.
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
  const DeadLetters& letters() const { return letters_; }
  // Records from before the oldest dead letters that are left, of which nothing came.
  int64_t taken_for_refused() const { return taken_for_refused_; }
  bool partial() const { return partial_; }
  const Findings& findings() const { return findings_; }

 private:
  struct Event {
    uint64_t fingerprint = 0;
    Place place;
    bool may_be_refused = false;  // its dead letter may be gone
  };
  struct Expected;
  // What a lead or an account has applied.
  struct Applied {
    std::string key;
    int64_t count = 0;
    const std::vector<uint64_t>& recent_events;
  };

  void TakeForRefused();
  static bool MayBeRefused(const Event& event) { return event.may_be_refused; }
  static Expected ExpectedOf(const std::vector<Event>& events);
  void CheckApplied(const Applied& applied);
  void CheckRecent(const Applied& applied, const std::vector<Event>& events,
                   const Expected& expected);
  void Lost(const std::string& key, const Event& event);
  void AddErased(const std::vector<Event>& events);
  void CheckTotals(const StoredTotals& totals);

  const InputTopics topics_;
  const bool partial_ = topics_.partial();
  Findings findings_;
  DeadLetters letters_{topics_, findings_};
  absl::flat_hash_map<std::string, std::vector<Event>> leads_;
  std::string key_;  // of the record at hand, to look up without a new string each time
  InputEquation equation_;
  int64_t waiting_ = 0;
  int64_t of_erased_ = 0;  // records of leads that were erased
  int64_t refusable_ = 0;  // records that came to nothing and may have been refused
  int64_t taken_for_refused_ = 0;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_INPUT_HISTORY_H_
