#include "core/account_match.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/domain.h"
#include "core/free_mail.h"
#include "core/qualification.h"

namespace baton::core {
namespace {

constexpr std::array<std::pair<OwnerRank, std::string_view>, 5> kRankNames = {{
    {OwnerRank::kOpenOpportunity, "open_opportunity"},
    {OwnerRank::kCustomer, "customer"},
    {OwnerRank::kAccount, "account"},
    {OwnerRank::kSiblingDomain, "sibling_domain"},
    {OwnerRank::kLastOwner, "last_owner"},
}};

// "" unless it is a text.
std::string_view TextAttribute(const Facts& facts, const std::string& name) {
  const auto found = facts.attributes.find(name);
  if (found == facts.attributes.end()) return {};
  const auto* text = std::get_if<std::string>(&found->second.value);
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

// Empty for a domain that is no company's.
std::vector<std::string> CompanyDomains(const std::string& domain) {
  return IsBelowFreeMail(domain) ? std::vector<std::string>() : LookupDomains(domain);
}

void AddOwner(const RepId& rep, OwnerRank rank, const AccountId& account,
              std::vector<Owner>& owners) {
  const bool known = std::any_of(owners.begin(), owners.end(),
                                 [&rep](const Owner& owner) { return owner.rep == rep; });
  if (rep.empty() || known || owners.size() >= kOwnersMax) return;
  owners.push_back({rep, rank, account});
}

// The owners that an account names itself, in their order.
std::vector<std::pair<OwnerRank, RepId>> OwnOwners(const Account& account) {
  std::vector<std::pair<OwnerRank, RepId>> owners;
  if (account.open_opportunity) {
    owners.emplace_back(OwnerRank::kOpenOpportunity, account.opportunity_owner);
  }
  if (account.customer) owners.emplace_back(OwnerRank::kCustomer, account.customer_owner);
  owners.emplace_back(OwnerRank::kAccount, account.owner);
  return owners;
}

template <typename Rule>
bool AnyReads(const std::vector<Rule>& rules) {
  return std::any_of(rules.begin(), rules.end(),
                     [](const Rule& rule) { return rule.when.reads_account(); });
}

bool ReadsAccounts(const Policy& policy) {
  return policy.definition.reads_account() || AnyReads(policy.fit) || AnyReads(policy.intent) ||
         AnyReads(policy.disqualify) || AnyReads(policy.routing);
}

}  // namespace

std::string_view OwnerRankName(OwnerRank rank) {
  for (const auto& [known, name] : kRankNames) {
    if (known == rank) return name;
  }
  return "";
}

std::optional<OwnerRank> ParseOwnerRank(std::string_view name) {
  for (const auto& [rank, known] : kRankNames) {
    if (known == name) return rank;
  }
  return std::nullopt;
}

std::string EmailOf(const Facts& facts) {
  return NormalEmail(TextAttribute(facts, "email"));
}

std::vector<std::string> AccountDomains(const Facts& facts) {
  std::vector<std::string> domains = CompanyDomains(DomainOfEmail(TextAttribute(facts, "email")));
  if (domains.empty()) domains = CompanyDomains(DomainOfWebsite(TextAttribute(facts, "domain")));
  if (domains.empty()) domains = CompanyDomains(DomainOfWebsite(TextAttribute(facts, "website")));
  return domains;
}

std::vector<std::string> AccountDomains(std::string_view email_or_domain) {
  const bool email = email_or_domain.find('@') != std::string_view::npos;
  return CompanyDomains(email ? DomainOfEmail(email_or_domain) : DomainOfWebsite(email_or_domain));
}

bool AsksForAccounts(const Policy& policy) {
  return std::any_of(policy.routing.begin(), policy.routing.end(),
                     [](const RouteRule& rule) { return rule.to.owner == OwnerOf::kAccount; }) ||
         std::any_of(
             policy.queues.begin(), policy.queues.end(),
             [](const auto& queue) { return queue.second.strategy == Strategy::kOwnerFirst; }) ||
         ReadsAccounts(policy);
}

std::map<std::string, AttributeValue> FieldsRead(const Policy& policy, const AccountView* view) {
  if (view == nullptr || !view->found() || !ReadsAccounts(policy)) return {};
  const Account& account = view->account;
  std::map<std::string, AttributeValue> fields = {{"customer", account.customer},
                                                  {"domains", account.domains},
                                                  {"open_opportunity", account.open_opportunity}};
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"customer_owner", account.customer_owner.str()},
      {"domain", view->domain},
      {"group", account.group.str()},
      {"id", account.id.str()},
      {"name", account.name},
      {"opportunity_owner", account.opportunity_owner.str()},
      {"owner", account.owner.str()}};
  for (const auto& [name, text] : texts) {
    if (!text.empty()) fields.emplace(name, std::string(text));
  }
  return fields;
}

AccountFinding FindingOf(const AccountView& view, const RepId& last_owner) {
  return {view.account.id, view.revision, view.domain, OwnersOf(view, last_owner)};
}

std::vector<Owner> OwnersOf(const AccountView& view, const RepId& last_owner) {
  std::vector<Owner> owners;
  if (view.found()) {
    for (const auto& [rank, rep] : OwnOwners(view.account)) {
      AddOwner(rep, rank, view.account.id, owners);
    }
  }
  for (const Account& sibling : view.siblings) {
    for (const auto& [rank, rep] : OwnOwners(sibling)) {
      AddOwner(rep, OwnerRank::kSiblingDomain, sibling.id, owners);
    }
  }
  AddOwner(last_owner, OwnerRank::kLastOwner, AccountId(), owners);
  return owners;
}

}  // namespace baton::core
