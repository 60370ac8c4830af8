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
  return first ? OwnerOf::kAccount : OwnerOf::kNobody;
}

// Who had a recycled lead is asked first when it comes back, if the policy says so.
void AskLastOwnerFirst(const RepId& last_owner, std::vector<RepId>& owners) {
  owners.erase(std::remove(owners.begin(), owners.end(), last_owner), owners.end());
  owners.insert(owners.begin(), last_owner);
  if (owners.size() > kOwnersMax) owners.resize(kOwnersMax);
}

}  // namespace

void NameOwners(const Policy& policy, const LeadRecord& lead, const AccountView* account,
                Judgment& judgment) {
  Route& route = judgment.route;
  route.owners.clear();
  if (AsksForAccounts(policy)) {
    judgment.account = FindingOf(account == nullptr ? AccountView() : *account, lead.last_owner);
  }
  if (route.rule.empty()) return;
  switch (AskedBy(policy, route)) {
    case OwnerOf::kAccount:
      for (const Owner& owner : judgment.account.owners) route.owners.push_back(owner.rep);
      break;
    case OwnerOf::kLead:
      if (!lead.last_owner.empty()) route.owners = {lead.last_owner};
      break;
    case OwnerOf::kNobody:
      break;
  }
  const bool again = policy.same_rep_again && lead.cycle > 0 && !lead.last_owner.empty();
  if (again) AskLastOwnerFirst(lead.last_owner, route.owners);
}

Judgment JudgeWithOwners(const Policy& policy, const LeadRecord& lead, const AccountView* account,
                         TimeMs now_ms) {
  Judgment judgment = Judge(lead.facts, policy, now_ms, FieldsRead(policy, account));
  NameOwners(policy, lead, account, judgment);
  return judgment;
}

}  // namespace baton::core
