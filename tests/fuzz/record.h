// Kafka records out of bytes, for the targets that read topics.
#ifndef BATON_FUZZ_RECORD_H_
#define BATON_FUZZ_RECORD_H_

#include <algorithm>
#include <string_view>

#include "platform/kafka/kafka.h"

namespace baton::fuzz {

// Header lines "name: value", an empty line, the value. Without an empty line all of it is the
// value.
inline platform::kafka::Record RecordOf(std::string_view text) {
  platform::kafka::Record record;
  record.topic = "leads";
  record.timestamp_ms = 1'700'000'000'000;
  const size_t blank = text.find("\n\n");
  if (blank == std::string_view::npos) {
    record.value = text;
    return record;
  }
  std::string_view lines = text.substr(0, blank);
  record.value = text.substr(blank + 2);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const size_t colon = line.find(": ");
    if (colon == std::string_view::npos) continue;
    record.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  }
  return record;
}

}  // namespace baton::fuzz

#endif  // BATON_FUZZ_RECORD_H_
