// batonctl account list|get|apply|import|delete|match
#include <fstream>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "baton/v1/account_service.pb.h"
#include "batonctl/account_file.h"
#include "batonctl/account_view.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/roster_arguments.h"
#include "batonctl/roster_changes.h"
#include "batonctl/roster_document.h"

namespace baton::batonctl {
namespace {

constexpr int64_t kProgressEvery = 500;  // accounts

struct AccountArguments {
  std::string account, file, etag, address;
  int limit = kListLimitDefault;
};

absl::Status PrintAccounts(const Session& session, const google::protobuf::Message& message,
                           const std::vector<v1::Account>& accounts) {
  std::vector<std::string> names;
  for (const v1::Account& account : accounts) names.push_back(account.name());
  if (session.options.format == OutputFormat::kYaml) {
    session.world().out << AccountsYaml(session.options.workspace, accounts) << std::flush;
    return absl::OkStatus();
  }
  return session.Print(message, AccountsTable(accounts), names);
}

absl::Status List(Session& session, const AccountArguments& arguments) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListAccountsRequest request;
  request.set_parent(*parent);
  const auto response = AskPages<v1::ListAccountsResponse>(
      session.server(), request, arguments.limit,
      +[](const v1::ListAccountsResponse& page) { return page.accounts_size(); });
  if (!response.ok()) return response.status();
  NoteMore(session, response->next_page_token());
  return PrintAccounts(session, *response,
                       {response->accounts().begin(), response->accounts().end()});
}

absl::Status Get(Session& session, const AccountArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("accounts", arguments.account);
  if (!name.ok()) return name.status();
  v1::GetAccountRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::GetAccountResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  return PrintAccounts(session, response->account(), {response->account()});
}

absl::Status Delete(Session& session, const AccountArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("accounts", arguments.account);
  if (!name.ok()) return name.status();
  v1::DeleteAccountRequest request;
  request.set_name(*name);
  request.set_etag(arguments.etag);
  const auto response = Ask<v1::DeleteAccountResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  session.Note(absl::StrCat("Account ", ShortName(*name), " is deleted; its domains are free."));
  return absl::OkStatus();
}

absl::Status Match(Session& session, const AccountArguments& arguments) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::LookupAccountRequest request;
  request.set_parent(*parent);
  request.set_email_or_domain(arguments.address);
  const auto response = Ask<v1::LookupAccountResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  std::vector<std::string> names;
  if (response->has_account()) names.push_back(response->account().name());
  return session.Print(*response, LookupTable(*response), names);
}

absl::StatusOr<v1::Account> Put(Session& session, const AccountEntry& entry) {
  const auto request = AccountUpdate(session, entry);
  if (!request.ok()) return request.status();
  auto response = Ask<v1::UpdateAccountResponse>(session.server(), *request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_account());
}

absl::Status Apply(Session& session, const AccountArguments& arguments) {
  const absl::StatusOr<AccountFile> file = LoadAccounts(session, arguments.file);
  if (!file.ok()) return file.status();
  v1::ListAccountsResponse stored;
  for (const AccountEntry& entry : file->accounts) {
    absl::StatusOr<v1::Account> account = Put(session, entry);
    if (!account.ok()) {
      return AfterSome(account.status(), "account " + entry.id, stored.accounts_size(),
                       file->accounts.size());
    }
    *stored.add_accounts() = *std::move(account);
  }
  return PrintAccounts(session, stored, {stored.accounts().begin(), stored.accounts().end()});
}

// The whole file is read before the first account is sent: a wrong row changes nothing.
absl::StatusOr<std::vector<AccountEntry>> ReadCsv(std::istream& rows, const std::string& name) {
  AccountCsv csv(rows, name);
  if (absl::Status status = csv.ReadHeader(); !status.ok()) return status;
  std::vector<AccountEntry> entries;
  for (AccountEntry entry;;) {
    const absl::StatusOr<bool> read = csv.Next(entry);
    if (!read.ok()) return read.status();
    if (!*read) return entries;
    entries.push_back(std::move(entry));
  }
}

absl::Status Import(Session& session, const AccountArguments& arguments) {
  absl::StatusOr<std::vector<AccountEntry>> entries;
  if (arguments.file == "-") {
    entries = ReadCsv(std::cin, "standard input");
  } else {
    std::ifstream file(arguments.file, std::ios::binary);
    if (!file) return FileError(absl::StrCat("cannot read ", arguments.file));
    entries = ReadCsv(file, arguments.file);
  }
  if (!entries.ok()) return entries.status();
  const auto all = static_cast<int64_t>(entries->size());
  int64_t done = 0;
  for (const AccountEntry& entry : *entries) {
    const absl::StatusOr<v1::Account> account = Put(session, entry);
    if (!account.ok()) return AfterSome(account.status(), "account " + entry.id, done, all);
    ++done;
    if (done % kProgressEvery == 0 && done < all) {
      session.Note(absl::StrCat(done, " of ", all, " accounts"));
    }
  }
  session.Note(absl::StrCat("Imported: ", Counted(done, "account"), "."));
  return absl::OkStatus();
}

}  // namespace

void AddAccountCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "account", "Accounts: companies, their domains and their owners");
  auto arguments = std::make_shared<AccountArguments>();

  CLI::App& list = *group.add_subcommand("list", "Lists the accounts of the workspace");
  AddLimit(list, arguments->limit);
  OnRun(list, session, [&session, arguments] { return List(session, *arguments); });

  CLI::App& get = *group.add_subcommand("get", "Shows an account");
  get.add_option("ACCOUNT", arguments->account, "id of the account")->required();
  OnRun(get, session, [&session, arguments] { return Get(session, *arguments); });

  CLI::App& apply = *group.add_subcommand("apply", "Creates or changes accounts");
  apply.add_option("--file,-f", arguments->file, "a document of accounts; - is standard input")
      ->required();
  OnRun(apply, session, [&session, arguments] { return Apply(session, *arguments); });

  CLI::App& import = *group.add_subcommand("import", "Creates or changes the accounts of a CSV");
  import.add_option("--file,-f", arguments->file, "CSV with a header; - is standard input")
      ->required();
  OnRun(import, session, [&session, arguments] { return Import(session, *arguments); });

  CLI::App& remove = *group.add_subcommand("delete", "Deletes an account; its domains become free");
  remove.add_option("ACCOUNT", arguments->account, "id of the account")->required();
  remove.add_option("--etag", arguments->etag, "refuse unless the account still has it");
  OnRun(remove, session, [&session, arguments] { return Delete(session, *arguments); });

  CLI::App& match =
      *group.add_subcommand("match", "Shows whose an e-mail address or a domain would be, and why");
  match.add_option("ADDRESS", arguments->address, "an e-mail address, domain or website")
      ->required();
  OnRun(match, session, [&session, arguments] { return Match(session, *arguments); });
}

}  // namespace baton::batonctl
