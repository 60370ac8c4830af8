// The dead letters of inputs, by the records that they are of. Not thread-safe.
#ifndef BATON_VERIFY_DEAD_LETTERS_H_
#define BATON_VERIFY_DEAD_LETTERS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "verify/input_topics.h"
#include "verify/records.h"

namespace baton::verify {

class DeadLetters {
 public:
  // `topics` outlives this.
  explicit DeadLetters(const InputTopics& topics) : topics_(topics) {}

  enum class Added { kFirst, kAgain, kAgainWithOtherBytes };
  // `origin`: of its record. Of a topic that was made anew several records may have had one place,
  // so a letter with other bytes is a first one, too.
  Added Add(const Place& origin, const DeadLetterRecord& letter);

  enum class Met { kNone, kOne, kOneWithOtherBytes };
  // Whether the record has a letter. In a topic that was made anew one with other bytes is none.
  Met Meet(const InputRecord& record);

  // Places, in no order, that a letter names and at which no record was met, though it must be
  // there.
  std::vector<Place> Unmet() const;

 private:
  struct Letter {
    uint64_t hash = 0;
    size_t size = 0;
    bool cut = false;
    bool met = false;
  };

  const InputTopics& topics_;
  absl::flat_hash_map<InputTopics::Origin, std::vector<Letter>> letters_;  // each has one at least
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_DEAD_LETTERS_H_
