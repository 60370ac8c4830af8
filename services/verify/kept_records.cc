#include "verify/kept_records.h"

#include <algorithm>

#include "absl/strings/numbers.h"

namespace baton::verify {
namespace {

constexpr char kRetentionTime[] = "retention.ms";
constexpr char kRetentionSize[] = "retention.bytes";
constexpr int64_t kUnlimited = -1;

bool ReadNumber(const platform::kafka::TopicSettings& settings, const char* name, int64_t& number) {
  const auto found = settings.find(name);
  return found != settings.end() && absl::SimpleAtoi(found->second, &number);
}

}  // namespace

// A segment is removed whole, when its youngest record is too old, so the others are older still.
int64_t GoneUntilMs(const platform::kafka::TopicSettings& settings, int64_t now_ms) {
  int64_t time_ms = 0, size = 0;
  const bool by_time_only = ReadNumber(settings, kRetentionSize, size) && size == kUnlimited &&
                            ReadNumber(settings, kRetentionTime, time_ms) && time_ms != kUnlimited;
  return by_time_only ? now_ms - time_ms : kNobodyKnows;
}

KeptRecords::KeptRecords(const Kept& kept) : gone_until_ms_(kept.gone_until_ms) {
  for (const auto& [partition, first] : kept.begins) {
    if (first > 0) whole_since_ms_[partition] = kNobodyKnows;
  }
}

void KeptRecords::Add(int32_t partition, int64_t published_ms) {
  const auto late = whole_since_ms_.find(partition);
  if (late == whole_since_ms_.end() || late->second != kNobodyKnows || published_ms <= 0) return;
  late->second = published_ms;
}

// Published up to an hour later, written perhaps before.
bool KeptRecords::IsBefore(int64_t published_ms, int64_t whole_since_ms) const {
  return published_ms - kClocksApartMaxMs <= std::min(whole_since_ms, gone_until_ms_);
}

bool KeptRecords::MayLack(int32_t partition, int64_t published_ms) const {
  const auto late = whole_since_ms_.find(partition);
  return late != whole_since_ms_.end() && IsBefore(published_ms, late->second);
}

bool KeptRecords::MayLack(int64_t published_ms) const {
  return std::any_of(
      whole_since_ms_.begin(), whole_since_ms_.end(),
      [this, published_ms](const auto& late) { return IsBefore(published_ms, late.second); });
}

}  // namespace baton::verify
