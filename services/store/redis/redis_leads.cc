#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/domain.h"
#include "store/redis/decision_codec.h"
#include "store/redis/errors.h"
#include "store/redis/lead_codec.h"
#include "store/redis/person_hash.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/shard_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::Outcome;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

// Redis serves nobody else during a call: a few milliseconds. A call is also one write of its log,
// so a longer one saves waits for the disk.
constexpr size_t kPlansPerCall = 50;

// Milliseconds of an answer to TIME.
absl::StatusOr<core::TimeMs> DecodeTime(const Reply& reply) {
  int64_t seconds = 0;
  int64_t micros = 0;
  if (reply.elements.size() != 2 || !absl::SimpleAtoi(reply.elements[0].text, &seconds) ||
      !absl::SimpleAtoi(reply.elements[1].text, &micros)) {
    return redis::Unreadable("the time");
  }
  return seconds * 1000 + micros / 1000;
}

std::string NameOf(const core::LeadKey& key) {
  return absl::StrCat("lead ", key.workspace.str(), "/", key.lead.str());
}

absl::StatusOr<core::LeadRecord> ReadLead(const Reply& reply, const core::LeadKey& key) {
  if (reply.is_error()) return StateUnreadable(NameOf(key), reply.text);
  core::LeadRecord record;
  record.key = key;
  const absl::Status status = redis::DecodeLead(reply, record);
  if (!status.ok()) return StateUnreadable(NameOf(key), std::string(status.message()));
  return record;
}

// What commit says about one plan.
absl::StatusOr<CommitResult> ResultOf(const Reply& answer, const core::Plan& plan) {
  if (!answer.is_error()) return redis::DecodeCommit(answer, plan);
  if (!redis::IsOfOneCommand(answer)) return redis::FromReply(answer);
  return CommitResult{CommitCode::kUnreadable, {}, StateUnreadable(NameOf(plan.key), answer.text)};
}

}  // namespace

absl::StatusOr<LoadedLeads> RedisStore::Load(absl::Span<const core::LeadKey> keys) {
  std::vector<Command> commands;
  std::set<int> shards = {0};  // the first one's epoch is that of the input
  std::set<core::WorkspaceId> workspaces;
  for (const core::LeadKey& key : keys) {
    const int shard = ShardOf(key.workspace);
    shards.insert(shard);
    workspaces.insert(key.workspace);
    commands.push_back({"GET", WorkspaceKeys(shard, key.workspace).Lead(key.lead)});
  }
  for (const int shard : shards) commands.push_back({"GET", ShardKeys(shard).Meta()});
  for (const core::WorkspaceId& workspace : workspaces) {
    commands.push_back({"HLEN", WorkspaceKeys(ShardOf(workspace), workspace).Erased()});
  }
  commands.push_back({"GET", redis::SecretKey()});
  commands.push_back({"TIME"});
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();

  LoadedLeads loaded;
  if (options_.simulated_now == nullptr) {
    const absl::StatusOr<core::TimeMs> time = DecodeTime(replies->back());
    if (!time.ok()) return time.status();
    loaded.now_ms = *time;
  } else {
    loaded.now_ms = options_.simulated_now();
  }
  size_t at = keys.size();
  std::map<int, core::TimeMs> clocks;
  for (const int number : shards) {
    const absl::StatusOr<redis::ShardRecord> shard = redis::DecodeShard((*replies)[at++]);
    if (!shard.ok()) return shard.status();
    if (number == 0) loaded.epoch = shard->epoch;
    clocks[number] = std::max(loaded.now_ms, shard->clock_ms);
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    loaded.records.push_back(ReadLead((*replies)[i], keys[i]));
    loaded.times.push_back(clocks[ShardOf(keys[i].workspace)]);
  }
  for (const core::TimeMs time_ms : loaded.times) {
    loaded.now_ms = std::max(loaded.now_ms, time_ms);
  }
  std::set<core::WorkspaceId> forgetful;
  for (const core::WorkspaceId& workspace : workspaces) {
    const Reply& erased = (*replies)[at++];
    if (erased.is_error() || erased.integer > 0) forgetful.insert(workspace);
  }
  const absl::StatusOr<std::string> secret = TakeSecret((*replies)[at]);
  if (!secret.ok()) return secret.status();
  if (absl::Status status = LoadRemains(*secret, forgetful, loaded); !status.ok()) return status;
  return loaded;
}

// Only a lead that is not there may have been erased, and only where some were: most loads need no
// second round trip. Commit looks again.
absl::Status RedisStore::LoadRemains(const std::string& secret,
                                     const std::set<core::WorkspaceId>& forgetful,
                                     LoadedLeads& loaded) {
  std::vector<Command> commands;
  std::vector<size_t> numbers;
  for (size_t i = 0; i < loaded.records.size(); ++i) {
    const absl::StatusOr<core::LeadRecord>& record = loaded.records[i];
    if (!record.ok() || record->revision != 0) continue;
    if (!forgetful.contains(record->key.workspace)) continue;
    const WorkspaceKeys keys(ShardOf(record->key.workspace), record->key.workspace);
    numbers.push_back(i);
    commands.push_back({"HGET", keys.Erased(), redis::MarkOf(secret, record->key)});
  }
  if (commands.empty()) return absl::OkStatus();
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  for (size_t i = 0; i < numbers.size(); ++i) {
    absl::StatusOr<core::LeadRecord>& record = loaded.records[numbers[i]];
    const core::LeadKey key = record->key;
    record = ReadLead((*replies)[i], key);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> RedisStore::TakeSecret(const Reply& reply) {
  std::string secret = reply.text;
  if (secret.empty()) {
    absl::StatusOr<std::string> made = InstallationSecret();
    if (!made.ok()) return made.status();
    secret = *std::move(made);
  }
  absl::MutexLock lock(&secret_mutex_);
  secret_ = secret;
  return secret;
}

absl::StatusOr<std::string> RedisStore::Secret() {
  {
    absl::MutexLock lock(&secret_mutex_);
    if (!secret_.empty()) return secret_;
  }
  return TakeSecret(Reply());
}

// Plans of one shard go together, in their order, kPlansPerCall of them in one call.
absl::StatusOr<std::vector<CommitResult>> RedisStore::Commit(absl::Span<const core::Plan> plans) {
  if (absl::Status found = FindFits(plans); !found.ok()) return found;
  const absl::StatusOr<std::string> secret = Secret();
  if (!secret.ok()) return secret.status();
  std::map<int, std::vector<size_t>> of_shard;
  for (size_t i = 0; i < plans.size(); ++i) {
    of_shard[ShardOf(plans[i].key.workspace)].push_back(i);
  }
  std::vector<Command> commands;
  std::vector<absl::Span<const size_t>> groups;
  for (const auto& [shard, numbers] : of_shard) {
    const absl::Span<const size_t> all = numbers;
    for (size_t at = 0; at < all.size(); at += kPlansPerCall) {
      groups.push_back(all.subspan(at, kPlansPerCall));
      commands.push_back(CommitCall(shard, *secret, plans, groups.back()));
    }
  }
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  std::vector<CommitResult> results(plans.size());
  for (size_t i = 0; i < groups.size(); ++i) {
    if ((*replies)[i].is_error()) return redis::FromReply((*replies)[i]);  // all of the shard's
    const std::vector<Reply>& answers = (*replies)[i].elements;
    if (answers.size() != groups[i].size()) return redis::Unreadable("an answer of commit");
    for (size_t j = 0; j < answers.size(); ++j) {
      const size_t number = groups[i][j];
      absl::StatusOr<CommitResult> result = ResultOf(answers[j], plans[number]);
      if (!result.ok()) return result.status();
      results[number] = *std::move(result);
    }
  }
  return results;
}

Command RedisStore::CommitCall(int shard, const std::string& secret,
                               absl::Span<const core::Plan> plans,
                               absl::Span<const size_t> numbers) const {
  const ShardKeys shard_keys(shard);
  std::vector<std::string> keys = {shard_keys.Meta(), shard_keys.Outbox(), shard_keys.Timers()};
  std::vector<std::string> args = {SimulatedClock()};
  for (const size_t number : numbers) {
    const core::Plan& plan = plans[number];
    const WorkspaceKeys own(shard, plan.key.workspace);
    keys.push_back(own.Workspace());
    keys.push_back(own.Leads());
    keys.push_back(own.Lead(plan.key.lead));
    keys.push_back(own.Journey(plan.key.lead));
    std::vector<std::string> encoded =
        redis::EncodePlan(plan, options_.limits, redis::HashesOf(secret, plan));
    args.push_back(absl::StrCat(encoded.size()));
    std::move(encoded.begin(), encoded.end(), std::back_inserter(args));
  }
  return library_.Call("commit", std::move(keys), std::move(args));
}

absl::Status RedisStore::NoteErasure(const core::WorkspaceId& workspace,
                                     const std::string& request_id, uint64_t fingerprint) {
  if (request_id.empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> secret = Secret();
  if (!secret.ok()) return secret.status();
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Answer> answer =
      CallForOutcome("note_erasure", {keys.Workspace(), keys.ErasureRequests()},
                     {redis::ErasureHash(*secret, workspace, request_id),
                      redis::ErasureHash(*secret, workspace, absl::StrCat(fingerprint))});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(workspace);
  if (answer->outcome == Outcome::kReused) return RequestIdReused(request_id);
  return absl::OkStatus();
}

absl::StatusOr<LeadPage> RedisStore::ListLeads(const core::WorkspaceId& workspace,
                                               const std::string& after, int page_size) {
  const size_t size = static_cast<size_t>(ClampPageSize(page_size));
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Reply> reply =
      RunOne({"ZRANGE", keys.Leads(), after.empty() ? "-" : absl::StrCat("(", after), "+", "BYLEX",
              "LIMIT", "0", absl::StrCat(size + 1)});
  if (!reply.ok()) return reply.status();
  LeadPage page;
  for (const Reply& id : reply->elements) {
    if (page.leads.size() == size) {
      page.next_after = page.leads.back().str();
      break;
    }
    page.leads.push_back(core::LeadId::Trusted(id.text));
  }
  return page;
}

absl::StatusOr<std::vector<core::LeadId>> RedisStore::LeadsWithEmail(
    const core::WorkspaceId& workspace, const std::string& email, int max) {
  const std::string normal = core::NormalEmail(email);
  std::vector<core::LeadId> leads;
  if (normal.empty()) return leads;
  const absl::StatusOr<std::string> secret = InstallationSecret();
  if (!secret.ok()) return secret.status();
  const std::string hash = redis::EmailHash(*secret, workspace, normal);
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  // "0" is the character behind "/".
  const absl::StatusOr<Reply> reply =
      RunOne({"ZRANGE", keys.Emails(), absl::StrCat("[", hash, "/"), absl::StrCat("(", hash, "0"),
              "BYLEX", "LIMIT", "0", absl::StrCat(ClampPageSize(max))});
  if (!reply.ok()) return reply.status();
  for (const Reply& member : reply->elements) {
    leads.push_back(core::LeadId::Trusted(member.text.substr(hash.size() + 1)));
  }
  return leads;
}

absl::StatusOr<JourneyPage> RedisStore::Journey(const core::LeadKey& key, int64_t index,
                                                int page_size) {
  const int64_t size = ClampPageSize(page_size);
  const int64_t begin = std::clamp<int64_t>(index, 0, kJourneyMax);
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  const absl::StatusOr<Replies> replies =
      Run({{"GET", keys.Lead(key.lead)},
           {"LRANGE", keys.Journey(key.lead), absl::StrCat(begin), absl::StrCat(begin + size)}});
  if (!replies.ok()) return replies.status();
  const absl::StatusOr<int64_t> journeyed = redis::DecodeJourneyed((*replies)[0]);
  if (!journeyed.ok()) return journeyed.status();
  JourneyPage page;
  page.dropped = std::max<int64_t>(0, *journeyed - kJourneyMax);
  for (const Reply& line : (*replies)[1].elements) {
    if (static_cast<int64_t>(page.entries.size()) == size) {
      page.next_index = begin + size;
      break;
    }
    absl::StatusOr<JourneyEntry> entry = redis::DecodeJourney(line.text);
    if (!entry.ok()) return entry.status();
    page.entries.push_back(*std::move(entry));
  }
  return page;
}

absl::StatusOr<core::PastDecisions> RedisStore::Decisions(const core::LeadKey& key) {
  const WorkspaceKeys keys(ShardOf(key.workspace), key.workspace);
  const absl::StatusOr<Reply> reply = RunOne({"LRANGE", keys.Decisions(key.lead), "0", "-1"});
  if (!reply.ok()) return reply.status();
  core::PastDecisions past;
  for (const Reply& element : reply->elements) {
    if (absl::Status status = redis::DecodeDecision(element.text, past); !status.ok()) {
      return StateUnreadable(NameOf(key), std::string(status.message()));
    }
  }
  return past;
}

}  // namespace baton::store
