// Who meets requirements of leads (functions/fits.lua): found out here, kept in Redis.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/requirement.h"
#include "store/quotas.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "store/redis/roster_codec.h"
#include "store/redis/text.h"
#include "store/store_errors.h"

namespace baton::store {

using platform::redis::Command;
using platform::redis::Reply;
using redis::Outcome;
using redis::WorkspaceKeys;

namespace {

constexpr absl::string_view kVersion = "version";
// Others who add to the same at the same time make it necessary to look again.
constexpr int kLooksMax = 20;

// A requirement as it stands among the skills of a lead, in Redis.
bool IsRequirement(const std::string& word) {
  return !word.empty() && word.front() == '?';
}

absl::StatusOr<std::string> TextOf(const std::string& word) {
  absl::StatusOr<std::string> text = redis::Unescape(word);
  if (text.ok()) text->erase(0, 1);
  return text;
}

std::string VersionIn(const Reply& reply) {
  return reply.is_nil() ? "0" : reply.text;
}

absl::Status TooManyChanges() {
  return absl::UnavailableError(
      "Redis store: who meets a requirement changes faster than it can be found out; try again");
}

}  // namespace

absl::Status RedisStore::FindFits(const core::WorkspaceId& workspace, const std::string& word) {
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const absl::StatusOr<std::string> text = TextOf(word);
  if (!text.ok()) return text.status();
  const core::Requirement requirement(*text);
  for (int round = 0; round < kLooksMax; ++round) {
    // The version first: what is added behind it makes it an old one.
    const absl::StatusOr<Replies> read =
        Run({{"HGET", keys.Fits(), std::string(kVersion)}, {"HGETALL", keys.Profiles()}});
    if (!read.ok()) return read.status();
    std::vector<std::string> args = {VersionIn((*read)[0]), word};
    if (requirement.IsMetBy({})) args.push_back(core::ProfileWord({}));
    const std::vector<Reply>& profiles = (*read)[1].elements;
    for (size_t i = 0; i + 1 < profiles.size(); i += 2) {
      const auto attributes = redis::DecodeAttributes(profiles[i + 1].text);
      if (!attributes.ok()) return attributes.status();
      if (requirement.IsMetBy(*attributes)) args.push_back(profiles[i].text);
    }
    const absl::StatusOr<Answer> answer =
        CallForOutcome("put_fits", {keys.Workspace(), keys.Fits()}, args);
    if (!answer.ok()) return answer.status();
    if (answer->outcome == Outcome::kFull) {
      if (options_.on_requirements_full) options_.on_requirements_full();
      return absl::ResourceExhaustedError("too many different requirements of waiting leads");
    }
    if (answer->outcome != Outcome::kMismatch) return absl::OkStatus();
  }
  return TooManyChanges();
}

absl::Status RedisStore::FindFits(absl::Span<const core::Plan> plans) {
  std::set<std::pair<core::WorkspaceId, std::string>> wanted;
  for (const core::Plan& plan : plans) {
    if (plan.placement != core::Placement::kOffer || plan.after.requirement.empty()) continue;
    wanted.emplace(plan.key.workspace,
                   redis::Escape(core::RequirementWord(plan.after.requirement)));
  }
  if (wanted.empty()) return absl::OkStatus();
  std::vector<Command> commands;
  for (const auto& [workspace, word] : wanted) {
    commands.push_back({"HEXISTS", WorkspaceKeys(ShardOf(workspace), workspace).Fits(), word});
  }
  const absl::StatusOr<Replies> replies = Run(commands);
  if (!replies.ok()) return replies.status();
  size_t at = 0;
  for (const auto& [workspace, word] : wanted) {
    if ((*replies)[at++].integer != 0) continue;
    const absl::Status found = FindFits(workspace, word);
    // At the cap its leads wait until others have gone.
    if (!found.ok() && !absl::IsResourceExhausted(found)) return found;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RedisStore::FindUnknown(const core::WorkspaceId& workspace,
                                             absl::Span<const Reply> words) {
  bool any = false;
  for (const Reply& word : words) {
    const absl::Status found = FindFits(workspace, word.text);
    if (!found.ok() && !absl::IsResourceExhausted(found)) return found;
    any = any || found.ok();
  }
  return any;
}

absl::Status RedisStore::PutProfile(const core::WorkspaceId& workspace, const core::Rep& rep) {
  if (rep.attributes.empty()) return absl::OkStatus();
  const WorkspaceKeys keys(ShardOf(workspace), workspace);
  const std::string profile = core::ProfileWord(rep.attributes);
  for (int round = 0; round < kLooksMax; ++round) {
    const absl::StatusOr<Replies> read = Run({{"HEXISTS", keys.Profiles(), profile},
                                              {"HGET", keys.Fits(), std::string(kVersion)},
                                              {"HKEYS", keys.Fits()}});
    if (!read.ok()) return read.status();
    if ((*read)[0].integer != 0) return absl::OkStatus();
    std::vector<std::string> args = {VersionIn((*read)[1]), profile,
                                     redis::EncodeAttributes(rep.attributes)};
    for (const Reply& word : (*read)[2].elements) {
      if (!IsRequirement(word.text)) continue;
      const absl::StatusOr<std::string> text = TextOf(word.text);
      if (!text.ok()) return text.status();
      if (core::Requirement(*text).IsMetBy(rep.attributes)) args.push_back(word.text);
    }
    const absl::StatusOr<Answer> answer = CallForOutcome(
        "put_profile", {keys.Workspace(), keys.Fits(), keys.Profiles(), keys.Reps()}, args);
    if (!answer.ok()) return answer.status();
    if (answer->outcome == Outcome::kNoWorkspace) return WorkspaceNotFound(workspace);
    if (answer->outcome == Outcome::kFull) {
      return TooManyReps(workspace, answer->number, options_.limits);
    }
    if (answer->outcome != Outcome::kMismatch) return absl::OkStatus();
  }
  return TooManyChanges();
}

}  // namespace baton::store
