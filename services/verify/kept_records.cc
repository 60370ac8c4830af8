#include "verify/kept_records.h"

#include <algorithm>
#include <limits>

namespace baton::verify {
namespace {

constexpr int64_t kNeverWhole = std::numeric_limits<int64_t>::max();

// Published up to an hour after `whole_since_ms`, written perhaps before what was published then.
bool IsBefore(int64_t published_ms, int64_t whole_since_ms) {
  return published_ms - kClocksApartMaxMs <= whole_since_ms;
}

}  // namespace

KeptRecords::KeptRecords(const Begins& begins) {
  for (const auto& [partition, first] : begins) {
    if (first > 0) whole_since_ms_[partition] = kNeverWhole;
  }
}

void KeptRecords::Add(int32_t partition, int64_t published_ms) {
  const auto late = whole_since_ms_.find(partition);
  if (late == whole_since_ms_.end() || late->second != kNeverWhole || published_ms <= 0) return;
  late->second = published_ms;
}

bool KeptRecords::MayLack(int32_t partition, int64_t published_ms) const {
  const auto late = whole_since_ms_.find(partition);
  return late != whole_since_ms_.end() && IsBefore(published_ms, late->second);
}

bool KeptRecords::MayLack(int64_t published_ms) const {
  return std::any_of(whole_since_ms_.begin(), whole_since_ms_.end(),
                     [published_ms](auto& late) { return IsBefore(published_ms, late.second); });
}

}  // namespace baton::verify
