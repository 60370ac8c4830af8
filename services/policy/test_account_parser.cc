#include "policy/test_account_parser.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/account.h"
#include "core/domain.h"
#include "policy/policy_keys.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr char kAccountId[] = "account";  // of one that the test gives no id

std::string ReadIdOr(const MapReader& map, std::string_view key, std::string_view otherwise) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return std::string(otherwise);
  return ReadId(*node, map.PathOf(std::string(key)), map.errors()).value_or("");
}

}  // namespace

core::RepId ReadRep(const MapReader& map, std::string_view key) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return {};
  return core::RepId::Trusted(
      ReadId(*node, map.PathOf(std::string(key)), map.errors()).value_or(""));
}

core::AccountView ReadTestAccount(const YamlNode& node, const std::string& path,
                                  ErrorList& errors) {
  const MapReader map(node, path, kTestAccountKeys, errors);
  core::AccountView view;
  core::Account account;
  account.id = core::AccountId::Trusted(ReadIdOr(map, "id", kAccountId));
  account.group = core::AccountGroupId::Trusted(ReadIdOr(map, "group", ""));
  account.owner = ReadRep(map, "owner");
  account.customer_owner = ReadRep(map, "customer_owner");
  account.opportunity_owner = ReadRep(map, "opportunity_owner");
  account.customer = ReadBoolOr(map, "customer", false);
  account.open_opportunity = ReadBoolOr(map, "open_opportunity", false);
  if (const YamlNode* name = map.Find("name"); name != nullptr) {
    account.name =
        ReadText(*name, map.PathOf("name"), core::kAccountNameBytesMax, errors).value_or("");
  }
  if (const YamlNode* domain = map.Find("domain"); domain != nullptr) {
    const std::string text =
        ReadText(*domain, map.PathOf("domain"), core::kDomainBytesMax, errors).value_or("");
    view.domain = core::NormalDomain(text);
    account.domains.push_back(text);
  }
  if (const YamlNode* domains = map.Find("domains"); domains != nullptr) {
    const absl::Span<const YamlNode> items = ReadList(*domains, map.PathOf("domains"), errors);
    for (const YamlNode& item : items) account.domains.push_back(item.text);
  }
  absl::StatusOr<core::Account> checked = core::CheckedAccount(account);
  if (!checked.ok()) AddError(node, absl::StrCat(path, ": ", checked.status().message()), errors);
  view.revision = 1;
  view.account = checked.ok() ? *std::move(checked) : account;
  return view;
}

}  // namespace baton::policy
