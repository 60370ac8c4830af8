// Runs of drafts beside the active revision.
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "store/policy_errors.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/shadow_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::Outcome;
using redis::ShardKeys;
using redis::WorkspaceKeys;

namespace {

std::string NameOfShadow(const core::WorkspaceId& workspace) {
  return absl::StrCat("the shadow of workspace ", workspace.str());
}

absl::Status UnreadableShadow(const core::WorkspaceId& workspace, const std::string& why) {
  return StateUnreadable(NameOfShadow(workspace), why);
}

struct Place {
  core::LeadId lead;
  int64_t number = 0;
};

// The answer to ZRANGE ... WITHSCORES.
absl::StatusOr<std::vector<Place>> DecodePlaces(const core::WorkspaceId& workspace,
                                                const Reply& reply) {
  if (reply.is_error()) return UnreadableShadow(workspace, reply.text);
  std::vector<Place> places;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    Place place{core::LeadId::Trusted(reply.elements[i].text), 0};
    if (!absl::SimpleAtoi(reply.elements[i + 1].text, &place.number)) {
      return UnreadableShadow(workspace, "the place of a difference is no number");
    }
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace

absl::StatusOr<ShadowRun> RedisStore::StartShadow(const RevisionKey& key,
                                                  const std::string& principal) {
  const absl::StatusOr<Answer> answer =
      CallOnRevision(key, "start_shadow", {}, {principal, SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kClosed) return NotADraft(key);
  if (answer->outcome == Outcome::kNoPolicy) return NoActivePolicy(key.workspace);
  if (answer->outcome == Outcome::kTaken) return ShadowRunning(key, answer->number);
  return GetShadow(key.workspace);
}

absl::StatusOr<ShadowRun> RedisStore::StopShadow(const core::WorkspaceId& workspace,
                                                 const std::string& principal) {
  const int shard = ShardOf(workspace);
  const absl::StatusOr<Answer> answer = CallForOutcome(
      "stop_shadow", {ShardKeys(shard).Meta(), WorkspaceKeys(shard, workspace).Workspace()},
      {principal, SimulatedClock()});
  if (!answer.ok()) return answer.status();
  if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(workspace);
  return GetShadow(workspace);
}

absl::StatusOr<ShadowRun> RedisStore::GetShadow(const core::WorkspaceId& workspace) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<Replies> replies =
      RunEach({{"HGET", keys.Workspace(), "policy"}, {"HGETALL", keys.Shadow()}});
  if (!replies.ok()) return replies.status();
  const Reply& stored = replies->back();
  if (replies->front().is_error()) return UnreadableShadow(workspace, replies->front().text);
  if (replies->front().is_nil()) return WorkspaceNotFound(workspace);
  if (stored.is_error()) return UnreadableShadow(workspace, stored.text);
  if (stored.elements.empty()) return ShadowNotFound(workspace);
  auto run = redis::DecodeRun(stored);
  if (!run.ok()) return UnreadableShadow(workspace, std::string(run.status().message()));
  return run;
}

// A lead whose difference is over when its text is asked for is left out.
absl::StatusOr<ShadowPage> RedisStore::ShadowDifferences(const core::WorkspaceId& workspace,
                                                         int64_t before, int page_size) {
  if (const auto run = GetShadow(workspace); !run.ok()) return run.status();
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const auto size = static_cast<size_t>(ClampPageSize(page_size));
  const absl::StatusOr<Replies> ranked =
      RunEach({{"ZRANGE", keys.Differing(), before == 0 ? "+inf" : absl::StrCat("(", before),
                "-inf", "BYSCORE", "REV", "LIMIT", "0", absl::StrCat(size + 1), "WITHSCORES"}});
  if (!ranked.ok()) return ranked.status();
  absl::StatusOr<std::vector<Place>> places = DecodePlaces(workspace, ranked->front());
  if (!places.ok()) return places.status();
  ShadowPage page;
  if (places->size() > size) {
    places->resize(size);
    page.next_before = places->back().number;
  }
  if (places->empty()) return page;
  Command command = {"HMGET", keys.Differences()};
  for (const Place& place : *places) command.push_back(place.lead.str());
  const absl::StatusOr<Replies> texts = RunEach({command});
  if (!texts.ok()) return texts.status();
  if (texts->front().is_error()) return UnreadableShadow(workspace, texts->front().text);
  for (size_t i = 0; i < texts->front().elements.size(); ++i) {
    const Reply& text = texts->front().elements[i];
    if (text.is_nil()) continue;
    auto difference = redis::DecodeDifference((*places)[i].lead, text.text);
    if (!difference.ok()) {
      return UnreadableShadow(workspace, std::string(difference.status().message()));
    }
    page.differences.push_back(*std::move(difference));
  }
  return page;
}

}  // namespace baton::store
