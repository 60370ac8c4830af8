#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/redis/lead_codec.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/shard_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

int Clamp(int page_size) {
  return std::clamp(page_size, 1, kPageSizeMax);
}

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

}  // namespace

absl::StatusOr<LoadedLeads> RedisStore::Load(absl::Span<const core::LeadKey> keys) {
  std::vector<Command> commands;
  std::set<int> shards;
  for (const core::LeadKey& key : keys) {
    const int shard = ShardOf(key.workspace);
    shards.insert(shard);
    commands.push_back({"GET", WorkspaceKeys(shard, key.workspace).Lead(key.lead)});
  }
  for (const int shard : shards) commands.push_back({"GET", ShardKeys(shard).Meta()});
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
  for (size_t i = 0; i < shards.size(); ++i) {
    const absl::StatusOr<redis::ShardRecord> shard =
        redis::DecodeShard((*replies)[keys.size() + i]);
    if (!shard.ok()) return shard.status();
    loaded.now_ms = std::max(loaded.now_ms, shard->clock_ms);
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    loaded.records.push_back(ReadLead((*replies)[i], keys[i]));
  }
  return loaded;
}

absl::StatusOr<std::vector<CommitResult>> RedisStore::Commit(absl::Span<const core::Plan> plans) {
  std::vector<Command> commands;
  commands.reserve(plans.size());
  const std::string clock = SimulatedClock();
  for (const core::Plan& plan : plans) {
    const int shard = ShardOf(plan.key.workspace);
    const ShardKeys shard_keys(shard);
    const WorkspaceKeys keys(shard, plan.key.workspace);
    commands.push_back(library_.Call(
        "commit",
        {shard_keys.Meta(), shard_keys.Outbox(), shard_keys.Timers(), keys.Workspace(),
         keys.Leads(), keys.Lead(plan.key.lead), keys.Journey(plan.key.lead)},
        redis::EncodePlan(plan, options_.limits, clock)));
  }
  const absl::StatusOr<Replies> replies = RunEach(commands);
  if (!replies.ok()) return replies.status();
  std::vector<CommitResult> results;
  results.reserve(plans.size());
  for (size_t i = 0; i < plans.size(); ++i) {
    if ((*replies)[i].is_error()) {
      results.push_back(
          {CommitCode::kUnreadable, {}, StateUnreadable(NameOf(plans[i].key), (*replies)[i].text)});
      continue;
    }
    absl::StatusOr<CommitResult> result = redis::DecodeCommit((*replies)[i], plans[i]);
    if (!result.ok()) return result.status();
    results.push_back(*std::move(result));
  }
  return results;
}

absl::StatusOr<LeadPage> RedisStore::ListLeads(const core::WorkspaceId& workspace,
                                               const std::string& after, int page_size) {
  const size_t size = static_cast<size_t>(Clamp(page_size));
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

absl::StatusOr<JourneyPage> RedisStore::Journey(const core::LeadKey& key, int64_t index,
                                                int page_size) {
  const int64_t size = Clamp(page_size);
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

}  // namespace baton::store
