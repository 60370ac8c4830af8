#include "clock/retention_walk.h"

#include <utility>

#include "core/erasure.h"
#include "store/erase.h"

namespace baton::clock {

absl::StatusOr<RetentionStep> RetentionWalk::Step() {
  RetentionStep step;
  if (!left_) {
    const auto listed = workspaces_.ListWorkspaces();
    if (!listed.ok()) return listed.status();
    left_.emplace();
    for (const store::Workspace& workspace : *listed) left_->push_back(workspace.id);
  }
  if (left_->empty()) {
    left_.reset();
    step.finished = true;
    return step;
  }
  const core::WorkspaceId workspace = left_->back();
  const auto active = policies_.Active({&workspace, 1});
  if (!active.ok()) return active.status();
  const absl::StatusOr<agreement::ActivePolicy>& policy = active->front();
  const core::Retention retention =
      policy.ok() && policy->policy != nullptr ? policy->policy->retention : core::Retention();
  const bool keeps_all =
      retention.closed_ms == 0 && retention.won_ms == 0 && retention.inactive_ms == 0;
  std::string next;
  if (!keeps_all) {
    const auto page = leads_.ListLeads(workspace, after_, kLeadsPerStep);
    if (!page.ok()) return page.status();
    const auto erased = EraseDue(workspace, page->leads, retention);
    if (!erased.ok()) return erased.status();
    step.looked_at = static_cast<int64_t>(page->leads.size());
    step.erased = *erased;
    next = page->next_after;
  }
  after_ = std::move(next);
  if (after_.empty()) left_->pop_back();
  return step;
}

absl::StatusOr<int64_t> RetentionWalk::EraseDue(const core::WorkspaceId& workspace,
                                                const std::vector<core::LeadId>& page,
                                                const core::Retention& retention) {
  std::vector<core::LeadKey> keys;
  for (const core::LeadId& lead : page) keys.push_back({workspace, lead});
  if (keys.empty()) return 0;
  store::ErasureOrder order;
  order.erasure.why = core::ErasureCause::kRetention;
  order.erasure.actor = "clock";
  order.wants = [&retention](const core::LeadRecord& record, core::TimeMs now_ms) {
    const auto erase_at_ms = core::EraseAt(record, retention);
    return erase_at_ms.has_value() && *erase_at_ms <= now_ms;
  };
  const auto results = store::EraseLeads(leads_, keys, order);
  if (!results.ok()) return results.status();
  int64_t erased = 0;
  for (const absl::StatusOr<store::ErasureResult>& result : *results) {
    if (absl::IsResourceExhausted(result.status())) return result.status();
    if (result.ok() && result->fate == store::ErasureFate::kErased) ++erased;
  }
  return erased;
}

}  // namespace baton::clock
