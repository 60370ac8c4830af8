// Which account a lead belongs to, and whom the lead belongs to because of it. Pure.
//
// A lead is matched by the domain of its e-mail address, then by the attributes "domain" and
// "website"; the first of these that is a company's domain counts. Domains of mail providers never
// match, and nothing is guessed from names. Of a domain and the ones above it down to the
// registered one (domain.h, LookupDomains) the longest that an account has is its account.
#ifndef BATON_CORE_ACCOUNT_MATCH_H_
#define BATON_CORE_ACCOUNT_MATCH_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/account.h"
#include "core/facts.h"
#include "core/policy.h"

namespace baton::core {

// Why somebody is an owner, in the order of precedence. The sibling's own order is the same.
enum class OwnerRank { kOpenOpportunity, kCustomer, kAccount, kSiblingDomain, kLastOwner };
std::string_view OwnerRankName(OwnerRank rank);  // "open_opportunity", "customer" ...
std::optional<OwnerRank> ParseOwnerRank(std::string_view name);

struct Owner {
  RepId rep;
  OwnerRank rank = OwnerRank::kAccount;
  AccountId account;  // whose; empty for kLastOwner
  bool operator==(const Owner&) const = default;
};

// What a judgment found of a lead's account. The account may have changed since: `revision` says
// which state of it was read.
struct AccountFinding {
  AccountId account;  // empty: the lead has none, or the policy does not ask
  int64_t revision = 0;
  std::string domain;         // by which it matched
  std::vector<Owner> owners;  // in their order of precedence
  bool operator==(const AccountFinding&) const = default;
};

// What a store knows of the account of a domain.
struct AccountView {
  std::string domain;             // the one that the account has; empty: there is no account
  int64_t revision = 0;           // of the account
  Account account;                // id empty: there is none
  std::vector<Account> siblings;  // the other accounts of its group, ordered by id
  bool found() const { return !account.id.empty(); }
};

// The lead's e-mail address (its attribute "email") as NormalEmail spells it; empty: it has none.
std::string EmailOf(const Facts& facts);

// What to look a lead's account up by, the best first; at most kLookupDomainsMax. Empty: the lead
// has no domain of a company.
std::vector<std::string> AccountDomains(const Facts& facts);

// The same of one e-mail address or domain, as a person types it.
std::vector<std::string> AccountDomains(std::string_view email_or_domain);

// Whether a rule or a queue of the policy asks for the owner of an account, or a condition reads
// accounts: only then are they looked up.
bool AsksForAccounts(const Policy& policy);

// What conditions of the policy can see of the account: its AccountFields(), if a condition names
// one of them and there is an account (nullptr: none); else nothing.
std::map<std::string, AttributeValue> FieldsRead(const Policy& policy, const AccountView* view);

// What is known of `view` and of who had the lead before, for the record of a judgment.
AccountFinding FindingOf(const AccountView& view, const RepId& last_owner);

// Whom the lead belongs to, the first one first, each once, at most kOwnersMax: the owner of the
// account's open opportunity, of the customer, of the account; then those of its siblings in the
// same order; then `last_owner`, who had the lead before (empty: nobody).
std::vector<Owner> OwnersOf(const AccountView& view, const RepId& last_owner);

}  // namespace baton::core

#endif  // BATON_CORE_ACCOUNT_MATCH_H_
