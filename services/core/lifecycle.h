// The lifecycle of a lead: the one table of stages and allowed moves. The Redis functions get their
// copy generated from this table when they are loaded, so the two cannot drift.
#ifndef BATON_CORE_LIFECYCLE_H_
#define BATON_CORE_LIFECYCLE_H_

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace baton::core {

enum class Stage {
  kNew,
  kScored,
  kNurture,
  kMql,
  kQueued,
  kOffered,
  kAccepted,
  kWorking,
  kSql,
  kSqo,
  kWon,
  kLost,
  kRejected,
  kRecycled,
  kExpired,
  kMerged,
  kErased,
};

std::string_view StageName(Stage stage);  // "NEW", "OFFERED" ...
std::optional<Stage> ParseStage(std::string_view name);

// Every allowed move (from, to), in a fixed order.
const std::vector<std::pair<Stage, Stage>>& AllowedMoves();
bool IsAllowedMove(Stage from, Stage to);

// A rep owns the lead: OFFERED, ACCEPTED, WORKING, SQL, SQO. These fill a rep's capacity.
bool IsOwned(Stage stage);

// No further move within this handoff cycle: WON, LOST, REJECTED, RECYCLED, EXPIRED, MERGED,
// ERASED.
bool IsClosed(Stage stage);

}  // namespace baton::core

#endif  // BATON_CORE_LIFECYCLE_H_
