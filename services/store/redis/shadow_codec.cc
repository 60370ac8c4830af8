#include "store/redis/shadow_codec.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "core/text.h"
#include "store/redis/names.h"
#include "store/redis/parse_blob.h"
#include "store/redis/shadow_messages.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

constexpr char kRunKind[] = "a stored shadow";
constexpr char kDifferenceKind[] = "a stored difference of a shadow";

void SetVerdict(const core::ShadowVerdict& verdict, v1::ShadowVerdict& out) {
  out.set_policy_revision(verdict.policy_revision);
  out.set_judged_at_ms(verdict.judged_at_ms);
  out.set_fit(verdict.fit);
  out.set_intent(verdict.intent);
  out.set_qualified(verdict.qualified);
  out.set_disqualified_reason(verdict.disqualified_reason);
  if (!verdict.qualified) return;
  v1::Route& route = *out.mutable_route();
  route.set_rule(verdict.route.rule);
  route.set_queue(verdict.route.queue.str());
  route.set_priority(verdict.route.priority);
  for (const std::string& skill : verdict.route.skills) route.add_skills(skill);
  route.set_requirement(verdict.route.requirement);
  for (const core::RepId& owner : verdict.route.owners) route.add_owners(owner.str());
  route.set_owner_wait_ms(verdict.route.owner_wait_ms);
}

core::ShadowVerdict GetVerdict(const v1::ShadowVerdict& stored) {
  core::ShadowVerdict verdict = {
      stored.policy_revision(), stored.judged_at_ms(),        stored.fit(), stored.intent(),
      stored.qualified(),       stored.disqualified_reason(), core::Route()};
  const v1::Route& route = stored.route();
  verdict.route.rule = route.rule();
  verdict.route.queue = core::QueueId::Trusted(route.queue());
  verdict.route.priority = route.priority();
  verdict.route.skills.assign(route.skills().begin(), route.skills().end());
  verdict.route.requirement = route.requirement();
  for (const std::string& owner : route.owners()) {
    verdict.route.owners.push_back(core::RepId::Trusted(owner));
  }
  verdict.route.owner_wait_ms = route.owner_wait_ms();
  return verdict;
}

std::string StandingText(core::Standing standing) {
  return std::string(core::StandingName(standing));
}

// A word that this release does not know is a later one's.
void SetCount(absl::string_view word, int64_t value, core::ShadowCounts& counts) {
  for (size_t i = 0; i < core::kShadowCounts; ++i) {
    const auto known = core::ShadowCountName(static_cast<core::ShadowCount>(i));
    if (core::ToAbsl(known) == word) counts.counts[i] = value;
  }
}

absl::Status SetRunField(absl::string_view field, const std::string& value, ShadowRun& run) {
  const auto queue = [&field] { return core::QueueId::Trusted({field.data(), field.size()}); };
  Items items(value, kRunKind);
  if (absl::ConsumePrefix(&field, "c:")) {
    SetCount(field, items.Number(), run.counts);
    return items.status();
  }
  if (absl::ConsumePrefix(&field, "a:")) {
    run.counts.queues[queue()].active = items.Number();
    return items.status();
  }
  if (absl::ConsumePrefix(&field, "s:")) {
    run.counts.queues[queue()].shadow = items.Number();
    return items.status();
  }
  if (field == "run") run.run = items.Number();
  if (field == "revision") run.revision = items.Number();
  if (field == "name") run.name = items.Unescaped();
  if (field == "hash") run.fingerprint = value;
  if (field == "by") run.principal = value;
  if (field == "at") run.started_at_ms = items.Number();
  if (field == "beside") run.beside = items.Number();
  if (field == "ended") {
    run.ended_at_ms = items.Number();
    const std::optional<ShadowEnd> end = ValueIn(kShadowEndNames, items.Word());
    if (!end.has_value()) items.Fail();
    run.end = end.value_or(ShadowEnd::kStopped);
    run.ended_by = std::string(items.Word());
  }
  return items.status();
}

}  // namespace

void SetNote(const core::ShadowNote& note, v1::ShadowNote& out) {
  out.set_run(note.run);
  out.set_cycle(note.cycle);
  out.set_standing(StandingText(note.standing));
  if (note.would_be) SetVerdict(*note.would_be, *out.mutable_would_be());
}

absl::Status GetNote(const v1::ShadowNote& stored, core::ShadowNote& note) {
  const std::optional<core::Standing> standing = core::ParseStanding(stored.standing());
  if (!standing) return Unreadable("what a lead remembers of a shadow");
  note = {stored.run(), stored.cycle(), *standing, std::nullopt};
  if (stored.has_would_be()) note.would_be = GetVerdict(stored.would_be());
  return absl::OkStatus();
}

std::string EncodeShadowStep(const core::ShadowStep& step) {
  std::vector<std::string> counts;
  for (size_t i = 0; i < core::kShadowCounts; ++i) {
    if (step.added[i] == 0) continue;
    const auto name = core::ShadowCountName(static_cast<core::ShadowCount>(i));
    counts.push_back(absl::StrCat(core::ToAbsl(name), "=", step.added[i]));
  }
  std::string text =
      absl::StrCat(step.run, "|", step.active_queue.str(), "|", step.shadow_queue.str(), "|",
                   step.agreed ? 1 : 0, "|", absl::StrJoin(counts, ","), "\n");
  if (!step.difference) return text;
  v1::ShadowDifference difference;
  difference.set_cycle(step.difference->cycle);
  difference.set_standing(StandingText(step.difference->standing));
  difference.set_at_ms(step.difference->at_ms);
  SetVerdict(step.difference->active, *difference.mutable_active());
  SetVerdict(step.difference->shadow, *difference.mutable_shadow());
  return text + difference.SerializeAsString();
}

absl::StatusOr<ShadowRun> DecodeRun(const platform::redis::Reply& reply) {
  ShadowRun run;
  for (size_t i = 0; i + 1 < reply.elements.size(); i += 2) {
    absl::Status status = SetRunField(reply.elements[i].text, reply.elements[i + 1].text, run);
    if (!status.ok()) return status;
  }
  if (run.run == 0 || run.revision == 0) return Unreadable(kRunKind);
  return run;
}

absl::StatusOr<core::ShadowDifference> DecodeDifference(const core::LeadId& lead,
                                                        const std::string& text) {
  v1::ShadowDifference stored;
  if (!Parse(text, stored)) return Unreadable(kDifferenceKind);
  const std::optional<core::Standing> standing = core::ParseStanding(stored.standing());
  if (!standing) return Unreadable(kDifferenceKind);
  return core::ShadowDifference{lead,
                                stored.cycle(),
                                *standing,
                                stored.at_ms(),
                                GetVerdict(stored.active()),
                                GetVerdict(stored.shadow())};
}

}  // namespace baton::store::redis
