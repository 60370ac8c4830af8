#include "core/owners.h"

#include <algorithm>

namespace baton::core {
namespace {

OwnerOf AskedBy(const Policy& policy, const Route& route) {
  const auto rule = std::find_if(policy.routing.begin(), policy.routing.end(),
                                 [&route](const RouteRule& one) { return one.name == route.rule; });
  if (rule != policy.routing.end() && rule->to.owner != OwnerOf::kNobody) return rule->to.owner;
  const auto queue = policy.queues.find(route.queue);
  const bool first =
      queue != policy.queues.end() && queue->second.strategy == Strategy::kOwnerFirst;
  return first ? OwnerOf::kLead : OwnerOf::kNobody;
}

}  // namespace

void NameOwners(const Policy& policy, const LeadRecord& lead, Route& route) {
  route.owners.clear();
  if (route.rule.empty() || lead.last_owner.empty()) return;
  if (AskedBy(policy, route) == OwnerOf::kLead) route.owners = {lead.last_owner};
}

}  // namespace baton::core
