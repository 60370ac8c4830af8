#include "verify/input_topics.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace baton::verify {

std::string InputTopics::NameOf(const Place& place) const {
  return absl::StrCat(NameOf(place.topic), " partition ", place.partition, " offset ",
                      place.offset);
}

bool InputTopics::IsRead(const Place& place) const {
  const auto& checkpoints = At(place.topic).checkpoints;
  const auto checkpoint = checkpoints.find(place.partition);
  return checkpoint != checkpoints.end() && place.offset < checkpoint->second;
}

bool InputTopics::MayBeGone(const Place& place) const {
  if (WasMadeAnew(place.topic)) return true;
  const auto& begins = At(place.topic).begins;
  const auto begin = begins.find(place.partition);
  return begin != begins.end() && place.offset < begin->second;
}

bool InputTopics::partial() const {
  return std::any_of(topics_.begin(), topics_.end(), [](const InputTopic& topic) {
    return topic.made_anew || std::any_of(topic.begins.begin(), topic.begins.end(),
                                          [](const auto& begin) { return begin.second > 0; });
  });
}

}  // namespace baton::verify
