#include "contract/store/differential_caller.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "store/erase.h"
#include "support/describe.h"
#include "support/make_active.h"

namespace baton::contract {

using core::LeadKey;
using core::LeadRecord;
using core::Plan;
using store::CommitCode;
using support::Describe;

namespace {

constexpr int kDecisionsMax = 100;  // of one step, before the test counts as stuck

std::string CodeText(CommitCode code) {
  return absl::StrCat("code ", static_cast<int>(code));
}

template <typename Value>
std::string ResultText(const absl::StatusOr<Value>& value) {
  return value.ok() ? Describe(*value) : TextOf(value.status());
}

const core::Policy* PolicyOf(const core::WorkspaceId& workspace, const Policies& policies) {
  const auto found = policies.find(workspace);
  return found == policies.end() ? nullptr : &found->second;
}

// Events by lead, leads in the order of their first event.
std::vector<std::pair<LeadKey, std::vector<core::LeadEvent>>> ByLead(
    const std::vector<core::LeadEvent>& events) {
  std::vector<std::pair<LeadKey, std::vector<core::LeadEvent>>> groups;
  for (const core::LeadEvent& event : events) {
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& each) { return each.first == event.key; });
    if (group == groups.end()) group = groups.insert(groups.end(), {event.key, {}});
    group->second.push_back(event);
  }
  return groups;
}

}  // namespace

std::string TextOf(const absl::Status& status) {
  return absl::StrCat(static_cast<int>(status.code()), " ", core::ErrorReason(status));
}

LeadRecord Caller::Load(const LeadKey& key) {
  const auto loaded = UntilAnswered([&] { return store_.Load({key}); });
  return loaded.ok() ? *loaded->records.at(0) : LeadRecord();
}

absl::StatusOr<std::vector<store::CommitResult>> Caller::Commit(const std::vector<Plan>& plans) {
  auto results = store_.Commit(plans);
  if (!results.ok()) return results;
  for (const store::CommitResult& result : *results) {
    codes_[result.code]++;
    if (result.waits_turn) ++waits_turn_;
  }
  return results;
}

Caller::Submitted Caller::Submit(const std::vector<core::LeadEvent>& events,
                                 const Policies& policies, const Shadows& shadows) {
  const auto groups = ByLead(events);
  std::vector<LeadKey> keys;
  for (const auto& [key, group] : groups) keys.push_back(key);

  std::vector<bool> had_effect(groups.size());  // as first decided: a lost batch may have done it
  for (int decision = 0; decision < kDecisionsMax; decision++) {
    const auto loaded = UntilAnswered([&] { return store_.Load(keys); });
    if (!loaded.ok()) return {TextOf(loaded.status()), 0};
    std::vector<std::optional<size_t>> place(groups.size());  // of the group's plan in the batch
    std::vector<int64_t> counts(groups.size());
    std::vector<Plan> plans;
    for (size_t i = 0; i < groups.size(); i++) {
      const core::Policy* policy = PolicyOf(keys[i].workspace, policies);
      const auto shadow = shadows.find(keys[i].workspace);
      Plan plan =
          DecideEvents(*loaded->records[i], groups[i].second, policy, loaded->times[i], nullptr,
                       nullptr, shadow == shadows.end() ? nullptr : &shadow->second);
      counts[i] = plan.applied + plan.duplicates;
      if (counts[i] == 0 && !plan.facts_changed) continue;
      had_effect[i] = true;
      place[i] = plans.size();
      plans.push_back(std::move(plan));
    }
    const auto results = Commit(plans);
    if (absl::IsUnavailable(results.status())) continue;
    if (!results.ok()) return {TextOf(results.status()), 0};
    Submitted submitted;
    for (size_t i = 0; i < groups.size(); i++) {
      const CommitCode code =
          place[i].has_value() ? results->at(*place[i]).code : CommitCode::kCommitted;
      absl::StrAppend(&submitted.text, keys[i].lead.str(), had_effect[i] ? " " : " (none) ",
                      CodeText(code), "; ");
      if (code == CommitCode::kCommitted) submitted.counted += counts[i];
    }
    return submitted;
  }
  return {"stuck", 0};
}

std::string Caller::Act(const LeadKey& key, const core::Action& action, const Policies& policies) {
  bool lost = false;
  for (int decision = 0; decision < kDecisionsMax; decision++) {
    const auto loaded = UntilAnswered([&] { return store_.Load({key}); });
    if (!loaded.ok()) return TextOf(loaded.status());
    const auto decided = DecideAction(*loaded->records[0], action,
                                      PolicyOf(key.workspace, policies), loaded->now_ms);
    if (!decided.ok()) return TextOf(decided.status());
    if (std::holds_alternative<core::AnsweredRequest>(*decided)) {
      return lost ? CodeText(CommitCode::kCommitted) : "answered before";
    }
    const auto results = Commit({std::get<Plan>(*decided)});
    if (results.ok()) return CodeText(results->at(0).code);
    if (!absl::IsUnavailable(results.status())) return TextOf(results.status());
    lost = true;
  }
  return "stuck";
}

std::string Caller::FireTimer(const store::DueTimer& timer, const Policies& policies) {
  bool lost = false;
  int64_t decided_on = 0;  // the lead's revision
  for (int decision = 0; decision < kDecisionsMax; decision++) {
    const auto loaded = UntilAnswered([&] { return store_.Load({timer.key}); });
    if (!loaded.ok()) return TextOf(loaded.status());
    // The next timer may be due at the same instant: that one is fired when it is read.
    const int64_t revision = loaded->records[0]->revision;
    if (lost && revision != decided_on) return CodeText(CommitCode::kCommitted);
    decided_on = revision;
    const auto plan = DecideTimer(*loaded->records[0], PolicyOf(timer.key.workspace, policies),
                                  timer.due_at_ms, loaded->now_ms);
    if (!plan.has_value()) return lost ? CodeText(CommitCode::kCommitted) : "nothing to do";
    const auto results = Commit({*plan});
    if (results.ok()) return CodeText(results->at(0).code);
    if (!absl::IsUnavailable(results.status())) return TextOf(results.status());
    lost = true;
  }
  return "stuck";
}

std::string Caller::FireTimers(const Policies& policies) {
  std::string text;
  for (int shard = 0; shard < store_.shards(); shard++) {
    const auto read = UntilAnswered([&] { return store_.Due(shard, store::kPageSizeMax, {}); });
    if (!read.ok()) return TextOf(read.status());
    absl::StrAppend(&text, "now ", read->now_ms, " next ", read->next_due_at_ms, "; ");
    for (const store::DueTimer& timer : read->timers) {
      absl::StrAppend(&text, timer.key.lead.str(), " due ", timer.due_at_ms, " ",
                      FireTimer(timer, policies), "; ");
    }
  }
  return text;
}

std::string Caller::Erase(const LeadKey& key) {
  store::ErasureOrder order;
  order.erasure.actor = "dpo";
  bool lost = false;
  const auto results = UntilAnswered(
      [&] {
        return store::EraseLeads(store_, {&key, 1}, order);
      },
      &lost);
  if (!results.ok()) return TextOf(results.status());
  const absl::StatusOr<store::ErasureResult>& result = results->front();
  if (!result.ok()) return TextOf(result.status());
  const auto journey = UntilAnswered([&] { return store_.Journey(key, 0, 1); });
  const bool unknown = result->fate == store::ErasureFate::kUnknown;
  return absl::StrCat(unknown ? "unknown" : "gone", " ", result->version, " ", result->erased_at_ms,
                      " ", journey.ok() ? journey->entries.size() : -1);
}

std::string Caller::CommitAsIs(const std::vector<Plan>& plans) {
  const auto results = UntilAnswered([&] { return Commit(plans); });
  if (!results.ok()) return TextOf(results.status());
  std::string text;
  for (const store::CommitResult& result : *results) absl::StrAppend(&text, Describe(result), "\n");
  return text;
}

std::string Caller::PutRep(const core::WorkspaceId& workspace, const core::Rep& rep,
                           int64_t expected) {
  bool lost = false;
  auto stored = UntilAnswered([&] { return store_.PutRep(workspace, rep, expected); }, &lost);
  if (lost && absl::IsAborted(stored.status())) {
    const auto now = UntilAnswered([&] { return store_.GetRep(workspace, rep.id); });
    core::Rep wanted = rep;
    wanted.revision = expected + 1;
    if (now.ok() && Describe(now->rep) == Describe(wanted)) stored = now->rep;
  }
  return ResultText(stored);
}

std::string Caller::PutHours(const core::WorkspaceId& workspace,
                             const std::map<std::string, core::Hours>& hours, bool only_these) {
  return TextOf(UntilAnswered([&] { return store_.PutHours(workspace, -1, hours, only_these); }));
}

std::string Caller::DeleteRep(const core::WorkspaceId& workspace, const core::RepId& rep) {
  const auto before = UntilAnswered([&] { return store_.GetRep(workspace, rep); });
  bool lost = false;
  absl::Status status = UntilAnswered([&] { return store_.DeleteRep(workspace, rep); }, &lost);
  if (lost && before.ok() && absl::IsNotFound(status)) status = absl::OkStatus();
  return TextOf(status);
}

std::string Caller::PutQueue(const core::WorkspaceId& workspace,
                             const core::QueueSettings& settings, int64_t expected) {
  bool lost = false;
  auto stored =
      UntilAnswered([&] { return store_.PutQueue(workspace, settings, expected); }, &lost);
  if (lost && absl::IsAborted(stored.status())) {
    core::QueueSettings wanted = settings;
    wanted.revision = expected + 1;
    const auto queues = UntilAnswered([&] { return store_.ListQueues(workspace); });
    for (const store::QueueState& queue : queues.value_or(std::vector<store::QueueState>())) {
      if (Describe(queue.settings) == Describe(wanted)) stored = wanted;
    }
  }
  return ResultText(stored);
}

std::string Caller::DrainOnce(const core::WorkspaceId& workspace, const core::QueueId& queue,
                              int max) {
  const auto drained = store_.Drain(workspace, queue, max);
  return drained.ok()
             ? absl::StrCat("assigned ", drained->assigned, ", next ", drained->next_work_ms)
             : TextOf(drained.status());
}

std::string Caller::DrainToTheEnd(const core::WorkspaceId& workspace, const core::QueueId& queue) {
  absl::StatusOr<store::Drained> drained;
  do {
    drained = UntilAnswered([&] { return store_.Drain(workspace, queue, store::kDrainMax); });
    if (!drained.ok()) return TextOf(drained.status());
  } while (drained->assigned == store::kDrainMax);
  return "drained";
}

std::string Caller::ClaimNext(const store::Claim& claim) {
  const auto claimed = UntilAnswered([&] { return store_.ClaimNext(claim); });
  return claimed.ok() ? absl::StrCat(claimed->lead.str(), " ", claimed->generation)
                      : TextOf(claimed.status());
}

std::string Caller::CreateWorkspace(const core::WorkspaceId& id) {
  const auto before = UntilAnswered([&] { return store_.PolicyVersions({id}); });
  const bool existed = before.ok() && before->at(0)->revision != store::kNoWorkspace;
  bool lost = false;
  const auto created = UntilAnswered([&] { return store_.CreateWorkspace(id, "Name"); }, &lost);
  if (lost && !existed && absl::IsAlreadyExists(created.status())) return TextOf(absl::OkStatus());
  return TextOf(created.status());
}

std::string Caller::Draft(const core::Policy& policy, const std::string& yaml) {
  return ResultText(
      UntilAnswered([&] { return store_.CreateRevision(policy, yaml, support::kMarketer); }));
}

std::string Caller::Approve(const store::RevisionKey& key, const std::string& principal,
                            store::ApproverRole role) {
  return ResultText(
      UntilAnswered([&] { return store_.ApproveRevision(key, "", principal, role); }));
}

std::string Caller::Revoke(const store::RevisionKey& key, const std::string& principal) {
  return ResultText(UntilAnswered([&] { return store_.RevokeApproval(key, principal); }));
}

std::string Caller::Activate(const core::Policy& policy, const store::Activation& activation) {
  const auto revision = UntilAnswered([&] {
    return store_.GetRevision({policy.workspace, policy.revision});
  });
  const std::string fingerprint = revision.ok() ? revision->fingerprint : "none";
  return ResultText(
      UntilAnswered([&] { return store_.ActivateRevision(policy, fingerprint, activation); }));
}

std::string Caller::Withdraw(const store::RevisionKey& key, const std::string& principal) {
  return ResultText(UntilAnswered([&] { return store_.WithdrawRevision(key, principal); }));
}

std::string Caller::Delete(const store::RevisionKey& key) {
  const auto before = UntilAnswered([&] { return store_.GetRevision(key); });
  bool lost = false;
  absl::Status status = UntilAnswered([&] { return store_.DeleteRevision(key); }, &lost);
  if (lost && before.ok() && absl::IsNotFound(status)) status = absl::OkStatus();
  return TextOf(status);
}

std::string Caller::StartShadow(const store::RevisionKey& key) {
  return ResultText(UntilAnswered([&] { return store_.StartShadow(key, support::kMarketer); }));
}

std::string Caller::StopShadow(const core::WorkspaceId& workspace) {
  return ResultText(UntilAnswered([&] { return store_.StopShadow(workspace, support::kSeller); }));
}

std::string Caller::Trim(int shard, int64_t upto, int64_t keep) {
  return TextOf(UntilAnswered([&] { return store_.Trim(shard, upto, keep); }));
}

std::string Caller::Advance(const std::string& topic, const store::InputAdvance& advance) {
  const auto checkpoints = UntilAnswered([&] { return store_.Checkpoints(topic); });
  if (!checkpoints.ok()) return TextOf(checkpoints.status());
  return TextOf(
      UntilAnswered([&] { return store_.Advance(topic, checkpoints->epoch, {advance}); }));
}

}  // namespace baton::contract
