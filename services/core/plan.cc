#include "core/plan.h"

#include <algorithm>
#include <array>

namespace baton::core {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 25> kNames = {
    "nurtured",      "qualified",     "queued",     "assigned", "accepted",
    "declined",      "offer_expired", "rerouted",   "touched",  "rejected",
    "recycled",      "sql_confirmed", "sqo_opened", "won",      "lost",
    "released",      "pulled_back",   "paused",     "resumed",  "sla_warned",
    "sla_escalated", "sla_breached",  "sla_met",    "rep_away", "erased"};

}  // namespace

std::string_view ChangeTypeName(ChangeType type) {
  const auto index = static_cast<size_t>(type);
  return index < kNames.size() ? kNames[index] : std::string_view();
}

bool IsSlaChange(ChangeType type) {
  return type == ChangeType::kSlaWarned || type == ChangeType::kSlaEscalated ||
         type == ChangeType::kSlaBreached || type == ChangeType::kSlaMet;
}

std::optional<ChangeType> ParseChangeType(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<ChangeType>(found - kNames.begin());
}

}  // namespace baton::core
