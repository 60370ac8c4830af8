#include "intake/matched_accounts.h"

#include <string>
#include <utility>

#include "core/decide.h"

namespace baton::intake {

absl::StatusOr<MatchedAccounts> AccountsOf(const std::vector<LeadWork>& leads,
                                           const store::LoadedLeads& loaded,
                                           const ActivePolicies& policies,
                                           store::AccountStore& accounts) {
  MatchedAccounts matched;
  std::vector<store::AccountQuery> queries;
  absl::flat_hash_map<std::pair<core::WorkspaceId, std::string>, size_t> query_of;
  for (size_t i = 0; i < leads.size(); ++i) {
    const core::WorkspaceId& workspace = leads[i].key.workspace;
    const auto& active = policies.at(workspace);
    if (!active.ok() || !loaded.records[i].ok()) continue;
    std::vector<std::string> domains =
        core::LookUpDomains(*loaded.records[i], leads[i].events, active->policy.get());
    if (domains.empty() && active->shadow) {
      domains =
          core::LookUpDomains(*loaded.records[i], leads[i].events, active->shadow->policy.get());
      matched.for_shadow.insert(i);
    }
    if (domains.empty()) continue;
    const auto [query, is_new] =
        query_of.try_emplace(std::pair(workspace, domains.front()), queries.size());
    if (is_new) queries.push_back({workspace, std::move(domains)});
    matched.view_of[i] = query->second;
  }
  if (queries.empty()) return matched;
  auto views = accounts.MatchAccounts(queries);
  if (!views.ok()) return views.status();
  matched.views = *std::move(views);
  return matched;
}

}  // namespace baton::intake
