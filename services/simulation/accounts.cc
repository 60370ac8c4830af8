// What a run knows of accounts.
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/account_match.h"
#include "simulation/run.h"

namespace baton::simulation {
namespace {

constexpr char kFromTheBeginning[] = "simulation";  // writer of accounts that no event wrote

}  // namespace

absl::Status Run::OpenAccounts() {
  std::set<core::AccountId> written;
  for (const core::AccountEvent& event : recording_.accounts) written.insert(event.key.account);
  for (const core::Account& account : setting_.accounts) {
    if (written.contains(account.id)) continue;
    core::AccountEvent event;
    event.key = {setting_.workspace, account.id};
    event.id = event.source = kFromTheBeginning;
    event.account = account;
    if (absl::Status status = ApplyAccount(event); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// What the store refuses (a domain that another account has) became a dead letter then.
absl::Status Run::ApplyAccount(const core::AccountEvent& event) {
  const auto loaded = store_.LoadAccounts({&event.key, 1});
  if (!loaded.ok()) return loaded.status();
  if (!loaded->records[0].ok()) return loaded->records[0].status();
  store::AccountChange change{loaded->records[0]->revision, *loaded->records[0], 0, 0};
  if (core::Fold(event, change.after) != core::FoldOutcome::kApplied) return absl::OkStatus();
  change.applied = 1;
  return store_.CommitAccounts({&change, 1}).status();
}

absl::StatusOr<core::AccountView> Run::AccountOf(const core::LeadRecord& record,
                                                 absl::Span<const core::LeadEvent> events,
                                                 const core::Policy* policy) {
  if (!asks_for_accounts_) return core::AccountView();
  std::vector<std::string> domains = core::LookUpDomains(record, events, policy);
  if (domains.empty()) return core::AccountView();
  const store::AccountQuery query{setting_.workspace, std::move(domains)};
  auto views = store_.MatchAccounts({&query, 1});
  if (!views.ok()) return views.status();
  return std::move(views->front());
}

}  // namespace baton::simulation
