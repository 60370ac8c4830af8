// The topics from which events of one kind come, as far as intakes have read them. Thread-safe.
#ifndef BATON_VERIFY_INPUT_TOPICS_H_
#define BATON_VERIFY_INPUT_TOPICS_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "verify/kept_records.h"
#include "verify/records.h"

namespace baton::verify {

struct InputTopic {
  std::string name;
  std::map<int32_t, int64_t> checkpoints;  // partition -> next offset, as the store says
  Begins begins;
  // It was deleted and made again: there are dead letters of records that nobody has any more,
  // under the same offsets.
  bool made_anew = false;
  Kept letters;  // of the topic of its dead letters
};

class InputTopics {
 public:
  explicit InputTopics(std::vector<InputTopic> topics) : topics_(std::move(topics)) {}

  // Of a place, whose `topic` is the number of its topic here, to look it up.
  using Origin = std::tuple<int32_t, int32_t, int64_t>;
  static Origin OriginOf(const Place& place) {
    return {place.topic, place.partition, place.offset};
  }

  int32_t size() const { return static_cast<int32_t>(topics_.size()); }
  const std::string& NameOf(int32_t topic) const { return At(topic).name; }
  // "TOPIC partition 2 offset 7"
  std::string NameOf(const Place& place) const;
  // It is behind the checkpoint.
  bool IsRead(const Place& place) const;
  // The topic may have had it before, and does not have it any more.
  bool MayBeGone(const Place& place) const;
  bool WasMadeAnew(int32_t topic) const { return At(topic).made_anew; }
  const Kept& LettersOf(int32_t topic) const { return At(topic).letters; }
  // Earlier records are gone: leads are checked for what is left only.
  bool partial() const;

 private:
  const InputTopic& At(int32_t topic) const { return topics_.at(static_cast<size_t>(topic)); }

  const std::vector<InputTopic> topics_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_INPUT_TOPICS_H_
