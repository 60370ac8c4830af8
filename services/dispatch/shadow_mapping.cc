#include "dispatch/shadow_mapping.h"

#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

v1::ShadowState EndToProto(store::ShadowEnd end) {
  switch (end) {
    case store::ShadowEnd::kRunning:
      return v1::SHADOW_STATE_RUNNING;
    case store::ShadowEnd::kStopped:
      return v1::SHADOW_STATE_STOPPED;
    case store::ShadowEnd::kActivated:
      return v1::SHADOW_STATE_ACTIVATED;
    case store::ShadowEnd::kWithdrawn:
      return v1::SHADOW_STATE_WITHDRAWN;
  }
  return v1::SHADOW_STATE_UNSPECIFIED;
}

v1::ShadowStanding StandingToProto(core::Standing standing) {
  switch (standing) {
    case core::Standing::kGained:
      return v1::SHADOW_STANDING_GAINED;
    case core::Standing::kLost:
      return v1::SHADOW_STANDING_LOST;
    case core::Standing::kMoved:
      return v1::SHADOW_STANDING_MOVED;
    case core::Standing::kSame:
    case core::Standing::kUnknown:
      break;
  }
  return v1::SHADOW_STANDING_UNSPECIFIED;
}

void SetCounts(const core::ShadowCounts& counts, v1::ShadowCounts& message) {
  const auto of = [&counts](core::ShadowCount count) { return ToInt32(counts[count]); };
  message.set_leads(of(core::ShadowCount::kLeads));
  message.set_same(of(core::ShadowCount::kSame));
  message.set_gained(of(core::ShadowCount::kGained));
  message.set_lost(of(core::ShadowCount::kLost));
  message.set_moved(of(core::ShadowCount::kMoved));
  message.set_earlier(of(core::ShadowCount::kEarlier));
  message.set_judgments(of(core::ShadowCount::kJudgments));
  message.set_condition_errors(of(core::ShadowCount::kErrors));
  message.set_failures(of(core::ShadowCount::kFailed));
  core::QueueShare all;
  for (const auto& [queue, share] : counts.queues) {
    all.active += share.active;
    all.shadow += share.shadow;
  }
  message.set_mqls(ToInt32(all.active));
  message.set_would_be_mqls(ToInt32(all.shadow));
}

v1::ShadowVerdict VerdictToProto(const core::WorkspaceId& workspace,
                                 const core::ShadowVerdict& verdict) {
  v1::ShadowVerdict message;
  message.set_policy_revision(ToInt32(verdict.policy_revision));
  *message.mutable_judge_time() = ToTimestamp(verdict.judged_at_ms);
  message.set_fit(verdict.fit);
  message.set_intent(verdict.intent);
  message.set_mql(verdict.qualified);
  message.set_disqualified_reason(verdict.disqualified_reason);
  message.set_rule(verdict.route.rule);
  message.set_queue(FormatQueue(workspace, verdict.route.queue));
  message.set_priority(verdict.route.priority);
  for (const std::string& skill : verdict.route.skills) message.add_skills(skill);
  message.set_requirement(verdict.route.requirement);
  for (const core::RepId& owner : verdict.route.owners) {
    message.add_owners(FormatRep(workspace, owner));
  }
  return message;
}

}  // namespace

v1::Shadow ToProto(const core::WorkspaceId& workspace, const store::ShadowRun& run) {
  v1::Shadow message;
  message.set_name(FormatShadow(workspace));
  message.set_policy(FormatPolicy(workspace, run.name, run.revision));
  message.set_run(ToInt32(run.run));
  message.set_state(EndToProto(run.end));
  message.set_starter(run.principal);
  *message.mutable_start_time() = ToTimestamp(run.started_at_ms);
  if (run.end != store::ShadowEnd::kRunning) {
    message.set_stopper(run.ended_by);
    *message.mutable_end_time() = ToTimestamp(run.ended_at_ms);
  }
  message.set_active_revision(ToInt32(run.beside));
  SetCounts(run.counts, *message.mutable_counts());
  for (const auto& [queue, share] : run.counts.queues) {
    v1::ShadowQueue& added = *message.add_queues();
    added.set_queue(FormatQueue(workspace, queue));
    added.set_mqls(ToInt32(share.active));
    added.set_would_be_mqls(ToInt32(share.shadow));
  }
  return message;
}

v1::ShadowDifference ToProto(const core::WorkspaceId& workspace,
                             const core::ShadowDifference& difference) {
  v1::ShadowDifference message;
  message.set_lead(FormatLead({workspace, difference.lead}));
  message.set_cycle(difference.cycle);
  message.set_standing(StandingToProto(difference.standing));
  *message.mutable_time() = ToTimestamp(difference.at_ms);
  *message.mutable_active() = VerdictToProto(workspace, difference.active);
  *message.mutable_draft() = VerdictToProto(workspace, difference.shadow);
  return message;
}

}  // namespace baton::dispatch
