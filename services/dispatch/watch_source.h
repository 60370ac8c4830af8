// What one watcher is told: a snapshot, what the outbox holds since, then live entries. The part of
// a watch stream that knows the store; watch_stream.h is the part that knows gRPC.
#ifndef BATON_DISPATCH_WATCH_SOURCE_H_
#define BATON_DISPATCH_WATCH_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "baton/v1/assignment_service.pb.h"
#include "dispatch/assignment_lister.h"
#include "dispatch/resource_names.h"
#include "dispatch/token_sealer.h"
#include "dispatch/watch_hub.h"
#include "store/pipe_store.h"

namespace baton::dispatch {

using WatchResponse = ::baton::v1::WatchAssignmentsResponse;
using WatchResponses = std::vector<WatchResponse>;

// Resume tokens: a place in a shard's outbox, sealed for one scope.
class ResumeTokens {
 public:
  ResumeTokens(const TokenSealer& sealer, const Scope& scope, int shard);
  std::string Make(OutboxPosition position) const;
  // Errors as TokenSealer::Open. nullopt: genuine, but of another division into shards.
  absl::StatusOr<std::optional<OutboxPosition>> Read(const std::string& token) const;

 private:
  const TokenSealer& sealer_;
  const std::string context_;
  const int shard_;
};

// Steps through snapshot and catch-up; each step blocks on the store and gives the next responses.
// Snapshot: the outbox position is taken first, then the open sets are listed, so whatever changes
// meanwhile is in the outbox behind that position; changes that a listed lead already showed are
// left out by their version. Nothing is told that a failover may take back: then two reps could
// hold assignments of one name. Not thread-safe.
class WatchSource {
 public:
  WatchSource(Scope scope, store::OutboxStore& outbox, store::DurabilityGate& gate,
              AssignmentLister& lister, const TokenSealer& sealer);

  const Scope& scope() const { return scope_; }
  OutboxPosition position() const { return position_; }
  bool catching_up() const { return phase_ == Phase::kCatchUp; }  // the snapshot is behind

  // Starts behind a token's position, if the outbox still has what follows it; else with a
  // snapshot. Errors are those of the token. Does not block.
  absl::Status ResumeFrom(const std::string& token);
  // What came before does not count any more: the next step starts a snapshot.
  void StartAnew();

  struct Step {
    WatchResponses responses;
    bool caught_up = false;  // the outbox held nothing beyond these
  };
  // UNAVAILABLE also while what is to be told is not durable: begin again later.
  absl::StatusOr<Step> Next();

  // Whether an entry can have anything to tell here. Thread-safe.
  bool Concerns(const store::OutboxEntry& entry) const;
  // The response for a live entry behind position(), which moves on; nullopt: nothing to tell.
  // Entries that do not concern it may be left out.
  std::optional<WatchResponse> Tell(const store::OutboxEntry& entry);
  // Nothing in scope up to `position`, if that is ahead of position().
  WatchResponse Bookmark(OutboxPosition position);

 private:
  enum class Phase { kResume, kList, kSnapshot, kCatchUp };
  absl::StatusOr<Step> Read();
  absl::StatusOr<Step> CheckResume();
  absl::StatusOr<Step> List();
  absl::StatusOr<Step> Snapshot();
  absl::StatusOr<Step> CatchUp();

  const Scope scope_;
  store::OutboxStore& outbox_;
  store::DurabilityGate& gate_;
  AssignmentLister& lister_;
  const int shard_;
  const ResumeTokens tokens_;

  Phase phase_ = Phase::kList;
  OutboxPosition position_;  // everything up to here was told
  std::vector<OpenLead> open_;
  size_t listed_ = 0;  // of open_
  // Leads of the snapshot with the version shown, until the outbox has been read past its end.
  absl::flat_hash_map<core::LeadId, int64_t> shown_;
  int64_t shown_until_ = 0;  // sequence from which shown_ is not needed any more
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_WATCH_SOURCE_H_
