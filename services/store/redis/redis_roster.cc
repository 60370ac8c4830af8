#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/quotas.h"
#include "store/redis/decision_codec.h"
#include "store/redis/names.h"
#include "store/redis/record_codec.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/roster_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::Outcome;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

Command ReadOpenSet(const WorkspaceKeys& keys, const core::RepId& rep) {
  return {"ZRANGE", keys.Open(rep), "0", "-1"};
}

std::vector<core::LeadId> DecodeLeadIds(const Reply& reply) {
  std::vector<core::LeadId> leads;
  for (const Reply& lead : reply.elements) leads.push_back(core::LeadId::Trusted(lead.text));
  return leads;
}

// A profile that no rep has yet may be removed before its rep is put.
constexpr int kRoundsMax = 5;

constexpr size_t kOutlookItems = 5;  // of an answer of functions/outlook.lua for a lead that waits

absl::StatusOr<WaitingOutlook> OutlookAnswer(const std::vector<Reply>& answer) {
  const std::optional<core::QueueMode> mode = redis::ValueIn(redis::kModeNames, answer[0].text);
  if (!mode.has_value()) return redis::Unreadable("an answer of outlook");
  WaitingOutlook outlook;
  outlook.waits = true;
  outlook.mode = *mode;
  outlook.paused = answer[1].integer != 0;
  outlook.for_owners = answer[2].integer != 0;
  if (absl::Status status = redis::DecodePool(answer[3].text, outlook.pool); !status.ok()) {
    return status;
  }
  outlook.waits_turn = answer[4].integer != 0;
  return outlook;
}

constexpr size_t kClaimItems = 5;  // of an answer of functions/claim.lua that found a lead or none
constexpr size_t kDrainItems = 3;  // of an answer of functions/drain.lua

absl::StatusOr<ClaimResult> ClaimAnswer(const Reply& reply, const Claim& claim) {
  const std::vector<Reply>& answer = reply.elements;
  const std::optional<Outcome> outcome =
      answer.empty() ? std::nullopt : redis::ValueOf(redis::kOutcomeNames, answer[0].integer);
  if (!outcome.has_value()) return redis::Unreadable("an outcome of claim");
  const auto queue = [&answer] {
    return core::QueueId::Trusted(answer.size() > 1 ? answer[1].text : "");
  };
  switch (*outcome) {
    case Outcome::kNoWorkspace:
      return WorkspaceNotFound(claim.workspace);
    case Outcome::kAbsent:
      return RepNotFound(claim.rep);
    case Outcome::kReused:
      return RequestIdReused(claim.request_id);
    case Outcome::kUnavailable:
      return RepUnavailable(claim.rep);
    case Outcome::kAtCapacity:
      return RepAtCapacity(claim.rep, answer.size() > 1 ? answer[1].integer : 0);
    case Outcome::kDailyCap:
      return RepAtDailyCap(claim.rep);
    case Outcome::kNotAMember:
      return NotAMember(claim.rep, queue());
    case Outcome::kNotPulled:
      return QueueNotPulled(queue());
    case Outcome::kOutboxFull:
      return OutboxFull();
    default:
      break;
  }
  if (answer.size() < kClaimItems) return redis::Unreadable("an answer of claim");
  return ClaimResult{core::LeadId::Trusted(answer[1].text), answer[2].integer,
                     answer[3].integer != 0, DecodeLeadIds(answer[4])};
}

}  // namespace

absl::StatusOr<core::Rep> RedisStore::PutRep(const core::WorkspaceId& workspace,
                                             const core::Rep& rep, int64_t expected_revision) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  absl::StatusOr<Answer> answer = Answer{Outcome::kUnfitted, 0};
  for (int round = 0; round < kRoundsMax && answer->outcome == Outcome::kUnfitted; ++round) {
    if (absl::Status known = PutProfile(workspace, rep); !known.ok()) return known;
    answer = CallForOutcome("put_rep", {keys.Workspace(), keys.Reps()},
                            {rep.id.str(), absl::StrCat(expected_revision), redis::EncodeRep(rep),
                             absl::StrCat(options_.limits.reps_per_workspace_max)});
    if (!answer.ok()) return answer.status();
  }
  switch (answer->outcome) {
    case Outcome::kNoWorkspace:
      return WorkspaceNotFound(workspace);
    case Outcome::kMismatch:
      return EtagMismatch(expected_revision, answer->number);
    case Outcome::kFull:
      return TooManyReps(workspace, answer->number, options_.limits);
    case Outcome::kQueueFull:
      return TooManyRepsInQueue(workspace, answer->number);
    case Outcome::kUnfitted:
      return absl::UnavailableError("Redis store: attributes of reps change too fast; try again");
    default:
      break;
  }
  core::Rep stored = rep;
  stored.revision = answer->number;
  return stored;
}

absl::Status RedisStore::DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Answer> answer =
      CallForOutcome("delete_rep", {keys.Workspace(), keys.Reps()}, {rep.str()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kAbsent) return RepNotFound(rep);
  if (answer->outcome == Outcome::kOwnsLeads) return RepOwnsLeads(rep, answer->number);
  return absl::OkStatus();
}

absl::StatusOr<RepState> RedisStore::GetRep(const core::WorkspaceId& workspace,
                                            const core::RepId& rep) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Replies> replies =
      Run({{"HGET", keys.Reps(), rep.str()}, ReadOpenSet(keys, rep), {"HKEYS", keys.Awaited(rep)}});
  if (!replies.ok()) return replies.status();
  if ((*replies)[0].is_nil()) return RepNotFound(rep);
  absl::StatusOr<core::Rep> stored = redis::DecodeRep(rep.str(), (*replies)[0].text);
  if (!stored.ok()) return stored.status();
  RepState state{*std::move(stored), DecodeLeadIds((*replies)[1]), {}};
  for (const Reply& queue : (*replies)[2].elements) {
    state.awaited_in.push_back(core::QueueId::Trusted(queue.text));
  }
  std::sort(state.awaited_in.begin(), state.awaited_in.end());
  return state;
}

absl::StatusOr<std::vector<RepState>> RedisStore::ListReps(const core::WorkspaceId& workspace) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Reply> listed = RunOne({"HGETALL", keys.Reps()});
  if (!listed.ok()) return listed.status();
  std::vector<RepState> all;
  for (size_t i = 0; i + 1 < listed->elements.size(); i += 2) {
    absl::StatusOr<core::Rep> rep =
        redis::DecodeRep(listed->elements[i].text, listed->elements[i + 1].text);
    if (!rep.ok()) return rep.status();
    all.push_back({*std::move(rep), {}, {}});
  }
  std::sort(all.begin(), all.end(),
            [](const RepState& one, const RepState& other) { return one.rep.id < other.rep.id; });
  std::vector<Command> commands;
  for (const RepState& state : all) commands.push_back(ReadOpenSet(keys, state.rep.id));
  const absl::StatusOr<Replies> open = Run(commands);
  if (!open.ok()) return open.status();
  for (size_t i = 0; i < all.size(); ++i) all[i].open = DecodeLeadIds((*open)[i]);
  return all;
}

absl::StatusOr<std::vector<QueueState>> RedisStore::ListQueues(const core::WorkspaceId& workspace) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Reply> reply = RunOne(library_.Call("list_queues", {keys.Workspace()}, {}));
  if (!reply.ok()) return reply.status();
  std::vector<QueueState> all;
  for (const Reply& element : reply->elements) {
    absl::StatusOr<QueueState> queue = redis::DecodeQueue(element);
    if (!queue.ok()) return queue.status();
    all.push_back(*std::move(queue));
  }
  std::sort(all.begin(), all.end(), [](const QueueState& one, const QueueState& other) {
    return one.settings.id < other.settings.id;
  });
  return all;
}

absl::StatusOr<core::QueueSettings> RedisStore::PutQueue(const core::WorkspaceId& workspace,
                                                         const core::QueueSettings& settings,
                                                         int64_t expected_revision) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Answer> answer =
      CallForOutcome("put_queue", {keys.Workspace(), keys.Settings(), keys.Queue(settings.id)},
                     {settings.id.str(), absl::StrCat(expected_revision),
                      settings.paused ? "1" : "0", redis::Escape(settings.display_name),
                      absl::StrCat(options_.limits.queues_per_workspace_max)});
  if (!answer.ok()) return answer.status();
  switch (answer->outcome) {
    case Outcome::kNoWorkspace:
      return WorkspaceNotFound(workspace);
    case Outcome::kMismatch:
      return EtagMismatch(expected_revision, answer->number);
    case Outcome::kFull:
      return TooManyQueues(workspace, answer->number, options_.limits);
    default:
      break;
  }
  core::QueueSettings stored = settings;
  stored.revision = answer->number;
  return stored;
}

absl::Status RedisStore::PutHours(const core::WorkspaceId& workspace, int64_t policy_revision,
                                  const std::map<std::string, core::Hours>& hours,
                                  bool only_these) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  std::vector<std::string> args = {absl::StrCat(policy_revision), only_these ? "1" : "0"};
  for (const auto& [name, one] : hours) {
    args.push_back(name);
    args.push_back(redis::EncodeHours(one));
  }
  const absl::StatusOr<Answer> answer =
      CallForOutcome("put_hours", {keys.Workspace(), keys.Hours()}, std::move(args));
  if (!answer.ok()) return answer.status();
  switch (answer->outcome) {
    case Outcome::kNoWorkspace:
      return WorkspaceNotFound(workspace);
    case Outcome::kMismatch:
      return EtagMismatch(policy_revision, answer->number);
    case Outcome::kFull:
      return TooManyCalendars(workspace, answer->number);
    default:
      return absl::OkStatus();
  }
}

absl::StatusOr<Drained> RedisStore::Drain(const core::WorkspaceId& workspace,
                                          const core::QueueId& queue, int max) {
  const int shard = ShardOf(workspace);
  const ShardKeys shard_keys(shard);
  const int wanted = std::clamp(max, 1, kDrainMax);
  Drained drained;
  for (bool again = true; again && drained.assigned < wanted;) {
    const absl::StatusOr<Reply> reply =
        RunOne(library_.Call("drain",
                             {shard_keys.Meta(), shard_keys.Outbox(), shard_keys.Timers(),
                              WorkspaceKeys(shard, workspace).Workspace()},
                             {workspace.str(), queue.str(), absl::StrCat(wanted - drained.assigned),
                              SimulatedClock(), absl::StrCat(options_.limits.outbox_max)}));
    if (!reply.ok()) return reply.status();
    const std::vector<Reply>& answer = reply->elements;
    if (answer.size() < kDrainItems) return redis::Unreadable("an answer of drain");
    drained.assigned += static_cast<int>(answer[0].integer);
    drained.unreadable = DecodeLeadIds(answer[1]);
    drained.next_work_ms = answer[2].integer;
    const absl::StatusOr<bool> found =
        FindUnknown(workspace, absl::MakeConstSpan(answer).subspan(kDrainItems));
    if (!found.ok()) return found.status();
    again = *found;
  }
  return drained;
}

absl::StatusOr<WaitingOutlook> RedisStore::OutlookOf(const core::LeadKey& key) {
  const int shard = ShardOf(key.workspace);
  const WorkspaceKeys keys(shard, key.workspace);
  while (true) {
    const absl::StatusOr<Reply> reply = RunOne(
        library_.Call("outlook", {ShardKeys(shard).Meta(), keys.Workspace(), keys.Lead(key.lead)},
                      {SimulatedClock(), key.lead.str()}));
    if (!reply.ok()) return reply.status();
    const std::vector<Reply>& answer = reply->elements;
    if (answer.empty()) return WaitingOutlook();
    if (answer.size() < kOutlookItems) return redis::Unreadable("an answer of outlook");
    const absl::StatusOr<bool> found =
        FindUnknown(key.workspace, absl::MakeConstSpan(answer).subspan(kOutlookItems));
    if (!found.ok()) return found.status();
    if (!*found) return OutlookAnswer(answer);
  }
}

absl::StatusOr<ClaimResult> RedisStore::ClaimNext(const Claim& claim) {
  const int shard = ShardOf(claim.workspace);
  const ShardKeys shard_keys(shard);
  const WorkspaceKeys keys(shard, claim.workspace);
  core::Change change;
  change.actor = ActorOf(claim);
  change.cause = claim.request_id;
  std::vector<std::string> args = {claim.workspace.str(),
                                   claim.rep.str(),
                                   SimulatedClock(),
                                   absl::StrCat(options_.limits.outbox_max),
                                   redis::Escape(claim.request_id),
                                   absl::StrCat(claim.fingerprint),
                                   redis::EncodeChangeDetails(change)};
  for (const core::QueueId& queue : claim.queues) args.push_back(queue.str());
  while (true) {
    const absl::StatusOr<Reply> reply =
        RunOne(library_.Call("claim",
                             {shard_keys.Meta(), shard_keys.Outbox(), shard_keys.Timers(),
                              keys.Workspace(), keys.Reps(), keys.Claims(claim.rep)},
                             args));
    if (!reply.ok()) return reply.status();
    absl::StatusOr<ClaimResult> result = ClaimAnswer(*reply, claim);
    if (!result.ok() || !result->lead.empty()) return result;
    const absl::StatusOr<bool> found =
        FindUnknown(claim.workspace, absl::MakeConstSpan(reply->elements).subspan(kClaimItems));
    if (!found.ok()) return found.status();
    if (!*found) return result;
  }
}

}  // namespace baton::store
