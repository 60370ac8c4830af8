#include "dispatch/watch_source.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dispatch/proto_mapping.h"
#include "store/unreadable_shards.h"

namespace baton::dispatch {
namespace {

constexpr size_t kLeadsPerStep = 200;
constexpr int kEntriesPerStep = 500;

// What a change means for the assignment that it names. What is said of the clocks of a lead that
// waits concerns none, nor does what is done after the sale: that assignment is over.
v1::WatchAssignmentsResponse::Kind KindOf(const core::Change& change) {
  if (core::IsSlaChange(change.type) && change.rep.empty()) {
    return WatchResponse::KIND_UNSPECIFIED;
  }
  if (change.type == core::ChangeType::kTouched && change.stage == core::Stage::kWon) {
    return WatchResponse::KIND_UNSPECIFIED;
  }
  if (change.type == core::ChangeType::kErased && change.rep.empty()) {
    return WatchResponse::KIND_UNSPECIFIED;
  }
  switch (change.type) {
    case core::ChangeType::kAssigned:
    case core::ChangeType::kAccepted:
    case core::ChangeType::kTouched:
    case core::ChangeType::kSqlConfirmed:
    case core::ChangeType::kSqoOpened:
    case core::ChangeType::kPaused:
    case core::ChangeType::kResumed:
    case core::ChangeType::kSlaWarned:
    case core::ChangeType::kSlaEscalated:
    case core::ChangeType::kSlaBreached:
    case core::ChangeType::kSlaMet:
      return WatchResponse::KIND_UPDATED;
    case core::ChangeType::kDeclined:
    case core::ChangeType::kOfferExpired:
    case core::ChangeType::kRerouted:
    case core::ChangeType::kRejected:
    case core::ChangeType::kRecycled:
    case core::ChangeType::kWon:
    case core::ChangeType::kLost:
    case core::ChangeType::kReleased:
    case core::ChangeType::kPulledBack:
    case core::ChangeType::kErased:
      return WatchResponse::KIND_REMOVED;
    case core::ChangeType::kRepAway:
      return WatchResponse::KIND_NOTICE;
    case core::ChangeType::kNurtured:
    case core::ChangeType::kQualified:
    case core::ChangeType::kQueued:
      return WatchResponse::KIND_UNSPECIFIED;
  }
  return WatchResponse::KIND_UNSPECIFIED;
}

// "rerouted" and "pulled_back" name the queue the lead goes to; the watchers of the one it left
// must hear of it too, so those of all queues do: removing what one does not have changes nothing.
bool InScope(const Scope& scope, const store::OutboxEntry& entry) {
  if (entry.key.workspace != scope.workspace) return false;
  if (!scope.rep.empty()) return entry.change.rep == scope.rep;
  if (!scope.queue.empty()) {
    return entry.change.queue == scope.queue || entry.change.type == core::ChangeType::kRerouted ||
           entry.change.type == core::ChangeType::kPulledBack;
  }
  return true;
}

}  // namespace

ResumeTokens::ResumeTokens(const TokenSealer& sealer, const Scope& scope, int shard)
    : sealer_(sealer), context_(absl::StrCat("watch|", FormatScope(scope))), shard_(shard) {}

std::string ResumeTokens::Make(OutboxPosition position) const {
  return sealer_.Seal(context_, absl::StrCat(shard_, ".", position.epoch, ".", position.sequence));
}

absl::StatusOr<std::optional<OutboxPosition>> ResumeTokens::Read(const std::string& token) const {
  const auto payload = sealer_.Open(context_, token);
  if (!payload.ok()) return payload.status();
  const std::vector<std::string> parts = absl::StrSplit(*payload, '.');
  int shard = -1;
  OutboxPosition position;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &shard) || shard != shard_ ||
      !absl::SimpleAtoi(parts[1], &position.epoch) ||
      !absl::SimpleAtoi(parts[2], &position.sequence)) {
    return std::nullopt;
  }
  return position;
}

WatchSource::WatchSource(Scope scope, store::OutboxStore& outbox, store::DurabilityGate& gate,
                         AssignmentLister& lister, const TokenSealer& sealer)
    : scope_(std::move(scope)),
      outbox_(outbox),
      gate_(gate),
      lister_(lister),
      shard_(outbox.ShardOf(scope_.workspace)),
      tokens_(sealer, scope_, shard_) {}

absl::Status WatchSource::ResumeFrom(const std::string& token) {
  if (token.empty()) return absl::OkStatus();
  const auto position = tokens_.Read(token);
  if (!position.ok()) return position.status();
  if (position->has_value()) {
    position_ = **position;
    phase_ = Phase::kResume;
  }
  return absl::OkStatus();
}

void WatchSource::StartAnew() {
  phase_ = Phase::kList;
  open_.clear();
  listed_ = 0;
  shown_.clear();
}

absl::StatusOr<WatchSource::Step> WatchSource::Next() {
  const int64_t incarnation = gate_.Incarnation();
  auto step = Read();
  if (!step.ok() || step->responses.empty()) return step;
  if (absl::Status durable = gate_.ConfirmDurable(incarnation); !durable.ok()) return durable;
  return step;
}

absl::StatusOr<WatchSource::Step> WatchSource::Read() {
  switch (phase_) {
    case Phase::kResume:
      return CheckResume();
    case Phase::kList:
      return List();
    case Phase::kSnapshot:
      return Snapshot();
    case Phase::kCatchUp:
      return CatchUp();
  }
  return Step{};
}

absl::StatusOr<WatchSource::Step> WatchSource::CheckResume() {
  const auto bounds = outbox_.Bounds(shard_);
  if (!bounds.ok()) return bounds.status();
  const bool kept = bounds->epoch == position_.epoch &&
                    position_.sequence + 1 >= bounds->first_sequence &&
                    position_.sequence <= bounds->last_sequence;
  phase_ = kept ? Phase::kCatchUp : Phase::kList;
  return Read();
}

absl::StatusOr<WatchSource::Step> WatchSource::List() {
  StartAnew();
  const auto bounds = outbox_.Bounds(shard_);
  if (!bounds.ok()) return bounds.status();
  position_ = {bounds->epoch, bounds->last_sequence};
  auto open = lister_.Open(scope_);
  if (!open.ok()) return open.status();
  open_ = *std::move(open);
  phase_ = Phase::kSnapshot;
  return Snapshot();
}

absl::StatusOr<WatchSource::Step> WatchSource::Snapshot() {
  Step step;
  const auto next = absl::MakeConstSpan(open_).subspan(listed_, kLeadsPerStep);
  const auto records = lister_.Load(scope_, next);
  if (!records.ok()) return records.status();
  listed_ += next.size();
  for (const core::LeadRecord& record : *records) {
    WatchResponse& response = step.responses.emplace_back();
    response.set_kind(WatchResponse::KIND_SNAPSHOT);
    *response.mutable_assignment() = ToAssignment(record);
    shown_[record.key.lead] = record.version;
  }
  if (listed_ < open_.size()) return step;
  const auto bounds = outbox_.Bounds(shard_);
  if (!bounds.ok()) return bounds.status();
  shown_until_ = bounds->last_sequence;
  if (shown_until_ <= position_.sequence) shown_.clear();  // nothing changed meanwhile
  open_.clear();
  WatchResponse& end = step.responses.emplace_back();
  end.set_kind(WatchResponse::KIND_SNAPSHOT_END);
  end.set_resume_token(tokens_.Make(position_));
  phase_ = Phase::kCatchUp;
  return step;
}

absl::StatusOr<WatchSource::Step> WatchSource::CatchUp() {
  const auto read =
      outbox_.Read({{shard_, position_.sequence}}, kEntriesPerStep, absl::ZeroDuration());
  Step step;
  if (store::IsUnreadable(read.status())) {
    StartAnew();  // behind what cannot be read
    return step;
  }
  if (!read.ok()) return read.status();
  const auto found = read->find(shard_);
  if (found == read->end() || found->second.empty()) {
    step.caught_up = true;
    return step;
  }
  for (const store::OutboxEntry& entry : found->second) {
    if (entry.epoch != position_.epoch || entry.sequence != position_.sequence + 1) {
      StartAnew();  // trimmed or taken back while we read
      return step;
    }
    if (auto response = Tell(entry); response.has_value()) {
      step.responses.push_back(*std::move(response));
    }
  }
  step.caught_up = found->second.size() < size_t{kEntriesPerStep};
  return step;
}

bool WatchSource::Concerns(const store::OutboxEntry& entry) const {
  return KindOf(entry.change) != WatchResponse::KIND_UNSPECIFIED && InScope(scope_, entry);
}

std::optional<WatchResponse> WatchSource::Tell(const store::OutboxEntry& entry) {
  position_ = {entry.epoch, entry.sequence};
  bool shown = false;
  if (!shown_.empty()) {
    const auto found = shown_.find(entry.key.lead);
    shown = found != shown_.end() && entry.key.workspace == scope_.workspace &&
            entry.version <= found->second;
    if (entry.sequence >= shown_until_) shown_.clear();
  }
  if (shown || !Concerns(entry)) return std::nullopt;
  WatchResponse response;
  response.set_kind(KindOf(entry.change));
  *response.mutable_assignment() = ToAssignment(entry);
  response.set_change(std::string(core::ChangeTypeName(entry.change.type)));
  response.set_reason(entry.change.reason);
  response.mutable_details()->insert(entry.change.details.begin(), entry.change.details.end());
  response.set_resume_token(tokens_.Make(position_));
  return response;
}

WatchResponse WatchSource::Bookmark(OutboxPosition position) {
  if (position.epoch == position_.epoch) {
    position_.sequence = std::max(position_.sequence, position.sequence);
    if (position_.sequence >= shown_until_) shown_.clear();
  }
  WatchResponse response;
  response.set_kind(WatchResponse::KIND_BOOKMARK);
  response.set_resume_token(tokens_.Make(position_));
  return response;
}

}  // namespace baton::dispatch
