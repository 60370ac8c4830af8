#include "verify/dead_letters.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "verify/hashes.h"

namespace baton::verify {

DeadLetters::DeadLetters(const InputTopics& topics, Findings& findings)
    : topics_(topics), findings_(findings) {
  for (int32_t topic = 0; topic < topics.size(); ++topic) {
    kept_.emplace_back(topics.LettersOf(topic));
  }
}

void DeadLetters::Add(const DeadLetterRecord& letter) {
  findings_.LookedAt(Check::kDeadLetters);
  const int32_t number = letter.place.topic;
  const std::string& topic = topics_.NameOf(number);
  const std::string name = absl::StrCat("dead letter at partition ", letter.place.partition,
                                        " offset ", letter.place.offset, " of ", topic);
  if (!letter.origin.has_value() || letter.origin_topic != topic) {
    return findings_.Violation(Check::kDeadLetters, name + " does not name its origin");
  }
  if (letter.error_class.empty() || letter.reason.empty()) {
    findings_.Violation(Check::kDeadLetters, name + " has no reason");
  }
  kept_[static_cast<size_t>(number)].Add(letter.place.partition, letter.published_ms);
  const Place origin = {letter.origin->partition, letter.origin->offset, number};
  const uint64_t hash = HashOf(letter.value);
  std::vector<Letter>& letters = letters_[InputTopics::OriginOf(origin)];
  const bool known = std::any_of(letters.begin(), letters.end(),
                                 [hash](const Letter& other) { return other.hash == hash; });
  if (!known && (letters.empty() || topics_.WasMadeAnew(number))) {
    letters.push_back({hash, letter.value.size(), letter.cut, false});
    return;
  }
  // Between a dead letter and the checkpoint behind it a crash may fall: then it is written again.
  ++repeated_;
  if (known) return;
  findings_.Violation(
      Check::kDeadLetters,
      absl::StrCat(name, " is another one of ", topics_.NameOf(origin), " with other bytes"));
}

bool DeadLetters::Meet(const InputRecord& record) {
  const auto found = letters_.find(InputTopics::OriginOf(record.place));
  if (found == letters_.end()) return false;
  const std::string_view value = record.value;
  for (Letter& letter : found->second) {
    const bool fits = letter.cut ? letter.size <= value.size() : letter.size == value.size();
    if (!fits || HashOf(value.substr(0, letter.size)) != letter.hash) continue;
    letter.met = true;
    return true;
  }
  if (topics_.WasMadeAnew(record.place.topic)) return false;
  found->second.front().met = true;
  findings_.Violation(Check::kDeadLetters,
                      topics_.NameOf(record.place) + ": its dead letter has other bytes");
  return true;
}

// A letter is written after its record, to a partition that follows from the record's key, or,
// where it has none, to any.
bool DeadLetters::MayBeGone(const InputRecord& record) const {
  return kept_[static_cast<size_t>(record.place.topic)].MayLack(record.published_ms);
}

void DeadLetters::Finish() {
  for (const auto& [origin, letters] : letters_) {
    const auto& [topic, partition, offset] = origin;
    const Place place = {partition, offset, topic};
    if (letters.front().met || topics_.MayBeGone(place)) continue;
    findings_.Violation(
        Check::kDeadLetters,
        topics_.NameOf(place) + " has a dead letter, but is not behind the checkpoint");
  }
}

bool DeadLetters::begin_late() const {
  return std::any_of(kept_.begin(), kept_.end(),
                     [](const KeptRecords& kept) { return kept.begins_late(); });
}

}  // namespace baton::verify
