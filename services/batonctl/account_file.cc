#include "batonctl/account_file.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "batonctl/document_status.h"
#include "batonctl/exit_codes.h"
#include "core/account.h"
#include "core/ids.h"
#include "policy/document_head.h"
#include "policy/map_reader.h"
#include "policy/values.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using policy::ErrorList;
using policy::KeyRule;
using policy::KeyStatus;
using policy::KeyTable;
using policy::MapReader;
using policy::YamlNode;

constexpr KeyRule kAccountsSpec[] = {{"accounts", KeyStatus::kRequired}};
constexpr KeyRule kAccount[] = {{"id", KeyStatus::kRequired},
                                {"display_name"},
                                {"domains"},
                                {"group"},
                                {"owner"},
                                {"customer"},
                                {"customer_owner"},
                                {"open_opportunity"},
                                {"opportunity_owner"}};
constexpr KeyTable kAccountsSpecKeys = {"spec", kAccountsSpec};
constexpr KeyTable kAccountKeys = {"account", kAccount};

std::string ReadIdOr(const MapReader& map, const char* key) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return "";
  return policy::ReadId(*node, map.PathOf(key), map.errors()).value_or("");
}

bool ReadBoolOr(const MapReader& map, const char* key) {
  const YamlNode* node = map.Find(key);
  return node != nullptr && policy::ReadBool(*node, map.PathOf(key), map.errors()).value_or(false);
}

AccountEntry ReadAccount(const MapReader& map) {
  AccountEntry entry;
  entry.id = ReadIdOr(map, "id");
  v1::Account& account = entry.account;
  if (const YamlNode* name = map.Find("display_name"); name != nullptr) {
    account.set_display_name(policy::ReadText(*name, map.PathOf("display_name"),
                                              core::kAccountNameBytesMax, map.errors())
                                 .value_or(""));
  }
  if (const YamlNode* domains = map.Find("domains"); domains != nullptr) {
    const std::string path = map.PathOf("domains");
    for (const YamlNode& item : policy::ReadList(*domains, path, map.errors())) {
      account.add_domains(policy::ReadText(item, path, 253, map.errors()).value_or(""));
    }
  }
  account.set_group(ReadIdOr(map, "group"));
  account.set_owner(ReadIdOr(map, "owner"));
  account.set_customer(ReadBoolOr(map, "customer"));
  account.set_customer_owner(ReadIdOr(map, "customer_owner"));
  account.set_open_opportunity(ReadBoolOr(map, "open_opportunity"));
  account.set_opportunity_owner(ReadIdOr(map, "opportunity_owner"));
  return entry;
}

std::vector<AccountEntry> ReadAccounts(const YamlNode& node, ErrorList& errors) {
  std::vector<AccountEntry> entries;
  const MapReader spec(node, "spec", kAccountsSpecKeys, errors);
  const YamlNode* list = spec.Find("accounts");
  if (list == nullptr) return entries;
  std::set<std::string> seen;
  const absl::Span<const YamlNode> items = policy::ReadList(*list, "accounts", errors);
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], policy::ItemPath("accounts", i), kAccountKeys, errors);
    entries.push_back(ReadAccount(map));
    const std::string& id = entries.back().id;
    if (!id.empty() && !seen.insert(id).second) {
      policy::AddError(items[i], absl::StrCat("'", id, "' appears twice"), errors);
    }
  }
  return entries;
}

// "" and "false": false; "true": true.
std::optional<bool> ParseFlag(const std::string& text) {
  if (text.empty() || text == "false") return false;
  if (text == "true") return true;
  return std::nullopt;
}

bool IsIdColumn(const std::string& column) {
  return column == "id" || column == "group" || column.ends_with("owner");
}

// What is wrong with `cell` as a value of `column`; empty: nothing.
std::string ProblemOf(const std::string& column, const std::string& cell) {
  if (column == "customer" || column == "open_opportunity") {
    return ParseFlag(cell).has_value() ? "" : "true or false";
  }
  const bool may_be_empty = column != "id";
  if (!IsIdColumn(column) || core::IsValidId(cell) || (cell.empty() && may_be_empty)) return "";
  return "1 to 64 characters of A-Z, a-z, 0-9, _ and -";
}

// A `cell` without a problem.
void SetCell(const std::string& column, const std::string& cell, AccountEntry& entry) {
  v1::Account& account = entry.account;
  const bool flag = ParseFlag(cell).value_or(false);
  if (column == "id") entry.id = cell;
  if (column == "display_name") account.set_display_name(cell);
  if (column == "group") account.set_group(cell);
  if (column == "owner") account.set_owner(cell);
  if (column == "customer_owner") account.set_customer_owner(cell);
  if (column == "opportunity_owner") account.set_opportunity_owner(cell);
  if (column == "domains") {
    for (const absl::string_view domain :
         absl::StrSplit(cell, absl::ByAnyChar(" ;"), absl::SkipEmpty())) {
      account.add_domains(std::string(domain));
    }
  }
  if (column == "customer") account.set_customer(flag);
  if (column == "open_opportunity") account.set_open_opportunity(flag);
}

// What the server would refuse of the account itself, whatever else it has.
absl::Status Check(const v1::Account& account) {
  core::Account checked;
  checked.name = account.display_name();
  checked.domains.assign(account.domains().begin(), account.domains().end());
  return core::CheckedAccount(std::move(checked)).status();
}

}  // namespace

absl::StatusOr<AccountFile> ParseAccounts(const std::string& yaml, const std::string& file_name) {
  AccountFile file;
  ErrorList errors(file_name);
  if (const std::optional<YamlNode> root = policy::ParseYaml(yaml, errors); root.has_value()) {
    const policy::DocumentHead head =
        policy::ReadDocumentHead(*root, "Accounts", /*with_workspace=*/true, errors);
    file.workspace = head.workspace;
    if (head.spec != nullptr) file.accounts = ReadAccounts(*head.spec, errors);
  }
  if (!errors.empty()) return DocumentStatus(file_name, std::move(errors));
  return file;
}

AccountCsv::AccountCsv(std::istream& rows, std::string file_name)
    : text_(std::istreambuf_iterator<char>(rows), std::istreambuf_iterator<char>()),
      file_name_(std::move(file_name)),
      rows_(text_) {}

absl::Status AccountCsv::Wrong(const std::string& message) const {
  return FileError(absl::StrCat(file_name_, ":", rows_.line(), ": ", message));
}

absl::Status AccountCsv::ReadHeader() {
  if (!rows_.Next(columns_) && !rows_.problem().empty()) return Wrong(rows_.problem());
  std::vector<std::string> known;
  for (const KeyRule& rule : kAccount) known.emplace_back(rule.key);
  std::set<std::string> seen;
  for (const std::string& column : columns_) {
    if (std::find(known.begin(), known.end(), column) == known.end()) {
      return Wrong(absl::StrCat("unknown column ", policy::Quoted(column), "; known are ",
                                absl::StrJoin(known, ", ")));
    }
    if (!seen.insert(column).second) return Wrong("column " + column + " appears twice");
  }
  return seen.contains("id") ? absl::OkStatus() : Wrong("the column id is missing");
}

absl::StatusOr<bool> AccountCsv::Next(AccountEntry& entry) {
  std::vector<std::string> cells;
  if (!rows_.Next(cells)) {
    return rows_.problem().empty() ? absl::StatusOr<bool>(false) : Wrong(rows_.problem());
  }
  if (cells.size() != columns_.size()) {
    return Wrong(
        absl::StrCat("the row has ", cells.size(), " cells, the header ", columns_.size()));
  }
  entry = AccountEntry();
  for (size_t i = 0; i < cells.size(); ++i) {
    if (const std::string problem = ProblemOf(columns_[i], cells[i]); !problem.empty()) {
      return Wrong(absl::StrCat(columns_[i], " is ", problem, ", not ", policy::Quoted(cells[i])));
    }
    SetCell(columns_[i], cells[i], entry);
  }
  if (const absl::Status status = Check(entry.account); !status.ok()) {
    return Wrong(std::string(status.message()));
  }
  return true;
}

}  // namespace baton::batonctl
