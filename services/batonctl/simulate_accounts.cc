// Accounts for a simulation.
#include "absl/strings/str_cat.h"
#include "baton/v1/account_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/roster_arguments.h"
#include "batonctl/simulate_input.h"

namespace baton::batonctl {
namespace {

core::Account SimulatedAccount(const v1::Account& message, const std::string& id) {
  core::Account account;
  account.id = core::AccountId::Trusted(id);
  account.name = message.display_name();
  account.domains.assign(message.domains().begin(), message.domains().end());
  account.group = core::AccountGroupId::Trusted(message.group());
  account.owner = core::RepId::Trusted(ShortName(message.owner()));
  account.customer = message.customer();
  account.customer_owner = core::RepId::Trusted(ShortName(message.customer_owner()));
  account.open_opportunity = message.open_opportunity();
  account.opportunity_owner = core::RepId::Trusted(ShortName(message.opportunity_owner()));
  return account;
}

absl::StatusOr<std::vector<core::Account>> AccountsOfServer(Session& session) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListAccountsRequest request;
  request.set_parent(*parent);
  const auto listed = AskPages<v1::ListAccountsResponse>(
      session.server(), request, kListLimitMax,
      +[](const v1::ListAccountsResponse& page) { return page.accounts_size(); });
  if (!listed.ok()) return listed.status();
  std::vector<core::Account> accounts;
  for (const v1::Account& account : listed->accounts()) {
    accounts.push_back(SimulatedAccount(account, ShortName(account.name())));
  }
  return accounts;
}

}  // namespace

absl::StatusOr<std::vector<core::Account>> FindAccounts(Session& session, const std::string& file) {
  if (file.empty()) return AccountsOfServer(session);
  const absl::StatusOr<AccountFile> document = LoadAccounts(session, file);
  if (!document.ok()) return document.status();
  std::vector<core::Account> accounts;
  for (const AccountEntry& entry : document->accounts) {
    absl::StatusOr<core::Account> checked =
        core::CheckedAccount(SimulatedAccount(entry.account, entry.id));
    if (!checked.ok()) {
      return FileError(
          absl::StrCat(file, ": account ", entry.id, ": ", checked.status().message()));
    }
    accounts.push_back(*std::move(checked));
  }
  return accounts;
}

}  // namespace baton::batonctl
