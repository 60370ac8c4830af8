#include "bench_store/handoffs.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "support/make_active.h"

namespace baton::bench {
namespace {

using core::LeadRecord;
using platform::redis::Client;
using platform::redis::Reply;

constexpr core::TimeMs kNow = 1'800'000'000'000;
constexpr int kFacts = 10;
constexpr int kLevels = 4;  // of reps

core::RepId RepNumber(int64_t number) {
  return core::RepId::Trusted(absl::StrFormat("rep-%03d", number));
}

}  // namespace

double UsedMicroseconds(Client& client) {
  const std::vector<Reply> replies = Must(client.Run({{"INFO", "cpu"}}));
  double used = 0;
  for (const absl::string_view line : absl::StrSplit(replies[0].text, "\r\n")) {
    const std::pair<absl::string_view, absl::string_view> field = absl::StrSplit(line, ':');
    double seconds = 0;
    const bool counts =
        field.first == "used_cpu_user_main_thread" || field.first == "used_cpu_sys_main_thread";
    if (counts && absl::SimpleAtod(field.second, &seconds)) used += seconds * 1e6;
  }
  return used;
}

void Prepare(store::Store& store, const core::WorkspaceId& workspace, int reps, Form form) {
  Must(store.CreateWorkspace(workspace, "Bench"));
  core::Policy policy;
  policy.workspace = workspace;
  const core::QueueId queue = core::QueueId::Trusted("inside");
  policy.queues[queue].id = queue;
  Must(support::MakeActive(store, policy, "bench"));
  for (int i = 0; i < reps; ++i) {
    core::Rep rep;
    rep.id = RepNumber(i);
    rep.queues = {queue};
    rep.weight = 1 + i % 3;
    rep.capacity = core::kCapacityMax;
    rep.presence = core::Presence::kOnline;
    if (form != Form::kPlain) {
      rep.skills = {i % 2 == 0 ? "french" : "german"};
      rep.attributes["level"] = int64_t{i % kLevels};
    }
    Must(store.PutRep(workspace, rep, 0));
  }
}

core::Plan StoredLead(const core::WorkspaceId& workspace, int64_t number) {
  core::Plan plan;
  plan.key = {workspace, core::LeadId::Trusted(absl::StrFormat("lead-%08d", number))};
  plan.policy_revision = 1;
  LeadRecord& after = plan.after;
  after.stage = core::Stage::kNurture;
  const std::string event = absl::StrFormat("event-%012d", number);
  for (int i = 0; i < kFacts; ++i) {
    after.facts.attributes[absl::StrCat("attribute_", i)] = {absl::StrCat("value ", number % 97),
                                                             {kNow, event}};
  }
  after.facts.activities["demo_request"][20'000] = 1;
  after.facts.attribution["utm_campaign"] = {"spring", {kNow, event}};
  after.facts.sources = {{kNow, "https://marketing.example/forms", event}};
  after.facts.recent_events = {static_cast<uint64_t>(number)};
  after.judgment.policy_revision = 1;
  after.judgment.fit = 40;
  after.judgment.factors = {{core::FactorKind::kFit, "company size", 30},
                            {core::FactorKind::kFit, "industry", 10}};
  plan.facts_changed = true;
  plan.judgment_changed = true;
  plan.inputs = {{kNow, "captured", "https://marketing.example/forms", event}};
  plan.applied = 1;
  return plan;
}

core::Plan Handoff(const core::WorkspaceId& workspace, int64_t number) {
  core::Plan plan = StoredLead(workspace, number);
  LeadRecord& after = plan.after;
  after.cycle = 1;
  after.stage = core::Stage::kMql;
  after.queue = core::QueueId::Trusted("inside");
  after.judgment.qualified = true;
  after.judgment.route = {"default", after.queue, 10, {}};
  core::Change qualified;
  qualified.type = core::ChangeType::kQualified;
  qualified.stage = core::Stage::kMql;
  qualified.queue = after.queue;
  qualified.actor = "policy";
  qualified.cause = plan.inputs[0].id;
  plan.changes = {qualified};
  plan.placement = core::Placement::kOffer;
  return plan;
}

void Ask(Form form, int reps, int64_t number, core::Plan& plan) {
  LeadRecord& after = plan.after;
  switch (form) {
    case Form::kPlain:
      break;
    case Form::kOwner:
      after.owners = {RepNumber(number % reps)};
      break;
    case Form::kSkills:
      after.judgment.route.skills = {number % 2 == 0 ? "french" : "german"};
      break;
    case Form::kRequires:
      after.requirement = absl::StrCat("rep.level >= ", 1 + number % (kLevels - 1));
      break;
    case Form::kMixed:
      Ask(static_cast<Form>(number % 4), reps, number / 4, plan);
      break;
  }
}

core::Plan Release(const LeadRecord& record) {
  core::Plan plan;
  plan.key = record.key;
  plan.expected_revision = record.revision;
  plan.after = record;
  plan.after.stage = core::Stage::kRejected;
  plan.placement = core::Placement::kRelease;
  return plan;
}

}  // namespace baton::bench
