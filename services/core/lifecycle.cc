#include "core/lifecycle.h"

#include <algorithm>
#include <array>

namespace baton::core {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 17> kNames = {
    "NEW", "SCORED", "NURTURE", "MQL",      "QUEUED",   "OFFERED", "ACCEPTED", "WORKING", "SQL",
    "SQO", "WON",    "LOST",    "REJECTED", "RECYCLED", "EXPIRED", "MERGED",   "ERASED"};

std::vector<std::pair<Stage, Stage>> MakeMoves() {
  using enum Stage;
  std::vector<std::pair<Stage, Stage>> moves = {
      {kNew, kScored},        {kScored, kNurture},    {kScored, kMql},
      {kNurture, kMql},       {kMql, kQueued},        {kQueued, kOffered},
      {kQueued, kAccepted},                         // queue mode direct: owned at once
      {kOffered, kAccepted},  {kOffered, kQueued},  // timeout, decline, reroute
      {kQueued, kRejected},                         // consent withdrawn
      {kOffered, kRejected},  {kOffered, kRecycled},  {kAccepted, kWorking},
      {kAccepted, kQueued},  // pull-back, reroute
      {kAccepted, kRejected}, {kAccepted, kRecycled}, {kWorking, kSql},
      {kWorking, kRejected},  {kWorking, kRecycled},  {kSql, kSqo},
      {kSqo, kWon},           {kSqo, kLost},          {kRecycled, kNurture},
      {kWorking, kQueued},    {kSql, kQueued},        {kSqo, kQueued},  // to another rep
  };
  // A person can be merged or erased at any stage at which the record still is one.
  for (size_t i = 0; i < kNames.size(); ++i) {
    const auto from = static_cast<Stage>(i);
    if (from == kMerged || from == kErased) continue;
    moves.emplace_back(from, kMerged);
    moves.emplace_back(from, kErased);
  }
  return moves;
}

}  // namespace

std::string_view StageName(Stage stage) {
  const auto index = static_cast<size_t>(stage);
  return index < kNames.size() ? kNames[index] : std::string_view();
}

std::optional<Stage> ParseStage(std::string_view name) {
  const auto* found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Stage>(found - kNames.begin());
}

const std::vector<std::pair<Stage, Stage>>& AllowedMoves() {
  static const auto* const moves = new std::vector<std::pair<Stage, Stage>>(MakeMoves());
  return *moves;
}

bool IsAllowedMove(Stage from, Stage to) {
  const auto& moves = AllowedMoves();
  return std::find(moves.begin(), moves.end(), std::pair(from, to)) != moves.end();
}

bool IsOwned(Stage stage) {
  switch (stage) {
    case Stage::kOffered:
    case Stage::kAccepted:
    case Stage::kWorking:
    case Stage::kSql:
    case Stage::kSqo:
      return true;
    default:
      return false;
  }
}

bool IsClosed(Stage stage) {
  switch (stage) {
    case Stage::kWon:
    case Stage::kLost:
    case Stage::kRejected:
    case Stage::kRecycled:
    case Stage::kExpired:
    case Stage::kMerged:
    case Stage::kErased:
      return true;
    default:
      return false;
  }
}

}  // namespace baton::core
