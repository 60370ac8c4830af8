// Accounts: the companies that sales knows, by their domains, and who owns them.
//
// An account comes by the API or by events; each says the whole account. The latest writer stands
// (by occurred_at, ties by event id), as with a lead's attributes (facts.h), so events may come in
// any order and any number of times. A deleted account leaves its id and its writer behind: an
// older event that comes late does not bring it back.
#ifndef BATON_CORE_ACCOUNT_H_
#define BATON_CORE_ACCOUNT_H_

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/event.h"
#include "core/facts.h"
#include "core/ids.h"

namespace baton::core {

inline constexpr size_t kAccountNameBytesMax = 128;
inline constexpr size_t kDomainsPerAccountMax = 64;
inline constexpr size_t kAccountsPerGroupMax = 64;

struct Account {
  AccountId id;
  std::string name;                  // <= kAccountNameBytesMax
  std::vector<std::string> domains;  // normal (domain.h), sorted; one belongs to one account only
  AccountGroupId group;              // accounts of one group have sibling domains; empty: none
  RepId owner;                       // empty: none
  bool customer = false;
  RepId customer_owner;  // empty: none
  bool open_opportunity = false;
  RepId opportunity_owner;  // empty: none
  auto operator<=>(const Account&) const = default;
};

// One account as stored.
struct AccountRecord {
  AccountKey key;
  int64_t revision = 0;  // grows with each write; the etag; 0: never heard of
  bool deleted = false;  // then `account` is empty but for its id
  Account account;
  Writer writer;  // the latest one

  int64_t applied = 0;                          // events applied so far
  std::map<uint64_t, int64_t> applied_offsets;  // as in Facts
  std::vector<uint64_t> recent_events;          // as in Facts
  bool exists() const { return revision > 0 && !deleted; }
};

struct AccountEvent {
  AccountKey key;
  std::string id;      // CloudEvents id
  std::string source;  // CloudEvents source
  TimeMs occurred_at_ms = 0;
  bool deleted = false;
  Account account;  // checked (CheckedAccount); of a deletion only the id
  SourcePosition position;
};

// The account with its domains in their normal form, sorted and each once. INVALID_ARGUMENT
// INVALID_FIELD, the field behind `prefix`, for what no account can be: a name that is too long, a
// domain that is none, a public suffix or a mail provider's, more domains than allowed.
absl::StatusOr<Account> CheckedAccount(Account account, std::string_view prefix = "");

// Takes an event in. Applied also if a later writer stands already: nothing of it is left to do.
FoldOutcome Fold(const AccountEvent& event, AccountRecord& record);

// What somebody writes by hand stands from now on, whatever is stored: it follows the latest writer
// even if that one is dated ahead.
void Write(const Account& account, TimeMs now_ms, AccountRecord& record);
void Delete(TimeMs now_ms, AccountRecord& record);

}  // namespace baton::core

#endif  // BATON_CORE_ACCOUNT_H_
