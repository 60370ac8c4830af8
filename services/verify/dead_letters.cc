#include "verify/dead_letters.h"

#include <algorithm>
#include <string_view>

#include "verify/hashes.h"

namespace baton::verify {

DeadLetters::Added DeadLetters::Add(const Place& origin, const DeadLetterRecord& letter) {
  const uint64_t hash = HashOf(letter.value);
  std::vector<Letter>& letters = letters_[InputTopics::OriginOf(origin)];
  const bool known = std::any_of(letters.begin(), letters.end(),
                                 [hash](const Letter& other) { return other.hash == hash; });
  if (known) return Added::kAgain;
  if (!letters.empty() && !topics_.WasMadeAnew(origin.topic)) return Added::kAgainWithOtherBytes;
  letters.push_back({hash, letter.value.size(), letter.cut, false});
  return Added::kFirst;
}

DeadLetters::Met DeadLetters::Meet(const InputRecord& record) {
  const auto found = letters_.find(InputTopics::OriginOf(record.place));
  if (found == letters_.end()) return Met::kNone;
  const std::string_view value = record.value;
  for (Letter& letter : found->second) {
    const bool fits = letter.cut ? letter.size <= value.size() : letter.size == value.size();
    if (!fits || HashOf(value.substr(0, letter.size)) != letter.hash) continue;
    letter.met = true;
    return Met::kOne;
  }
  if (topics_.WasMadeAnew(record.place.topic)) return Met::kNone;
  found->second.front().met = true;
  return Met::kOneWithOtherBytes;
}

std::vector<Place> DeadLetters::Unmet() const {
  std::vector<Place> unmet;
  for (const auto& [origin, letters] : letters_) {
    const auto& [topic, partition, offset] = origin;
    const Place place = {partition, offset, topic};
    if (!letters.front().met && !topics_.MayBeGone(place)) unmet.push_back(place);
  }
  return unmet;
}

}  // namespace baton::verify
