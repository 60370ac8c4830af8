// The dead letters of inputs, by the records that they are of: each names its origin and reason and
// keeps the bytes, and is of a record that is behind the checkpoint. Not thread-safe.
#ifndef BATON_VERIFY_DEAD_LETTERS_H_
#define BATON_VERIFY_DEAD_LETTERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verify/findings.h"
#include "verify/input_topics.h"
#include "verify/kept_records.h"
#include "verify/records.h"

namespace baton::verify {

class DeadLetters {
 public:
  // Both outlive this. What is wrong with letters becomes violations of Check::kDeadLetters.
  DeadLetters(const InputTopics& topics, Findings& findings);

  // All letters before the first record, those of a partition in order. The topic of a letter's
  // place is that of its origin. Of a topic that was made anew several records may have had one
  // place, so a letter with other bytes is a first one, too.
  void Add(const DeadLetterRecord& letter);
  // Whether the record has a letter. In a topic that was made anew one with other bytes is none.
  bool Meet(const InputRecord& record);
  // Whether a record without letter may have had one that is gone by retention.
  bool MayBeGone(const InputRecord& record) const;
  // After all records.
  void Finish();

  // Some are gone by retention.
  bool begin_late() const;
  int64_t repeated() const { return repeated_; }  // written again after a crash

 private:
  struct Letter {
    uint64_t hash = 0;
    size_t size = 0;
    bool cut = false;
    bool met = false;
  };

  const InputTopics& topics_;
  Findings& findings_;
  std::vector<KeptRecords> kept_;  // of each input topic's letters
  absl::flat_hash_map<InputTopics::Origin, std::vector<Letter>> letters_;  // each has one at least
  int64_t repeated_ = 0;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_DEAD_LETTERS_H_
