#include "batonctl/account_view.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

// "yes, bruno"
std::string Held(bool held, const std::string& owner) {
  if (!held) return "no";
  return owner.empty() ? "yes" : absl::StrCat("yes, ", ShortName(owner));
}

}  // namespace

Table AccountsTable(const std::vector<v1::Account>& accounts) {
  Table table(
      {"ACCOUNT", "NAME", "DOMAINS", "GROUP", "OWNER", "CUSTOMER", "OPPORTUNITY", "WRITTEN"},
      {"WRITER", "ETAG"});
  for (const v1::Account& account : accounts) {
    table.AddRow({ShortName(account.name()), account.display_name(),
                  absl::StrJoin(account.domains(), ","), account.group(),
                  ShortName(account.owner()), Held(account.customer(), account.customer_owner()),
                  Held(account.open_opportunity(), account.opportunity_owner()),
                  FormatTime(account.write_time()), account.writer(), account.etag()});
  }
  return table;
}

Table LookupTable(const v1::LookupAccountResponse& found) {
  Table table({"", ""});
  table.AddRow({"account", found.has_account() ? ShortName(found.account().name()) : "none"});
  table.AddRow({"why", found.explanation()});
  table.AddRow({"looked up", absl::StrJoin(found.looked_up(), ", ")});
  int number = 0;
  for (const v1::Owner& owner : found.owners()) {
    table.AddRow({absl::StrCat("owner ", ++number), OwnerText(owner)});
  }
  return table;
}

std::string OwnerText(const v1::Owner& owner) {
  const std::string name = v1::OwnerRank_Name(owner.rank());
  const std::string rank = absl::StrReplaceAll(
      absl::AsciiStrToLower(absl::StripPrefix(name, "OWNER_RANK_")), {{"_", " "}});
  return absl::StrCat(ShortName(owner.rep()), " (", rank, owner.account().empty() ? "" : " of ",
                      owner.account().empty() ? "" : ShortName(owner.account()), ")");
}

}  // namespace baton::batonctl
