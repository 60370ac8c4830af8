#include "core/plan.h"

#include <algorithm>
#include <array>

namespace baton::core {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 15> kNames = {
    "nurtured", "qualified",     "queued",     "assigned", "accepted",
    "declined", "offer_expired", "rerouted",   "touched",  "rejected",
    "recycled", "sql_confirmed", "sqo_opened", "won",      "lost"};

}  // namespace

std::string_view ChangeTypeName(ChangeType type) {
  const auto index = static_cast<size_t>(type);
  return index < kNames.size() ? kNames[index] : std::string_view();
}

std::optional<ChangeType> ParseChangeType(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ChangeType>(found - kNames.begin());
}

}  // namespace baton::core
