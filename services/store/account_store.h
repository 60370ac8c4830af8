// Accounts and the domains they have. Contract, errors and thread-safety as in lead_store.h.
#ifndef BATON_STORE_ACCOUNT_STORE_H_
#define BATON_STORE_ACCOUNT_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/account.h"
#include "core/account_match.h"

namespace baton::store {

// An account as it should be, decided on the record of `expected_revision`.
struct AccountChange {
  int64_t expected_revision = 0;  // 0: nothing must be stored of it
  core::AccountRecord after;      // its revision is not looked at
  int32_t applied = 0;            // input records that this change counts as applied
  int32_t duplicates = 0;         // and as duplicates
};

// Tested in this order.
enum class AccountCode {
  kCommitted,
  kUnknownWorkspace,
  kUnreadable,     // what is stored of the account cannot be read; repeating it does not help
  kStaleRevision,  // the account changed meanwhile: load, decide and commit again
  kTooMany,      // the workspace is at its cap of accounts; deleted ones count, see core/account.h
  kDomainTaken,  // one of its domains is another account's, which keeps it
  kGroupFull,    // the group is at core::kAccountsPerGroupMax
};

struct AccountResult {
  AccountCode code = AccountCode::kCommitted;
  int64_t revision = 0;    // kCommitted: as stored; kStaleRevision: the one found
  std::string domain;      // kDomainTaken: the first one that is
  core::AccountId holder;  // and whose it is
  // kUnreadable: INTERNAL STATE_UNREADABLE; kTooMany, kGroupFull: RESOURCE_EXHAUSTED
  // TOO_MANY_ACCOUNTS; else OK.
  absl::Status problem;
};

struct AccountPage {
  std::vector<core::AccountRecord> accounts;  // that exist, ascending by id
  std::string next_after;                     // pass as `after`; empty: last page
};

// What a lead's account is looked up by.
struct AccountQuery {
  core::WorkspaceId workspace;
  std::vector<std::string> domains;  // core::AccountDomains; at most core::kLookupDomainsMax
};

struct LoadedAccounts {
  // As many as keys, in their order; revision 0: never heard of; deleted ones come as such.
  // INTERNAL STATE_UNREADABLE in place of what cannot be read.
  std::vector<absl::StatusOr<core::AccountRecord>> records;
  int64_t epoch = 0;  // as InputCheckpoints.epoch
};

class AccountStore {
 public:
  virtual ~AccountStore() = default;

  // One round trip. Keys may repeat.
  virtual absl::StatusOr<LoadedAccounts> LoadAccounts(absl::Span<const core::AccountKey> keys) = 0;

  // Applies each change atomically and independently, one round trip: the record is stored with
  // revision + 1, the index has exactly its domains, its group has it exactly while it exists, and
  // the counters of inputs move by applied and duplicates.
  virtual absl::StatusOr<std::vector<AccountResult>> CommitAccounts(
      absl::Span<const AccountChange> changes) = 0;

  // Accounts of a workspace by id, after `after` (exclusive, empty: from the start).
  virtual absl::StatusOr<AccountPage> ListAccounts(const core::WorkspaceId& workspace,
                                                   const std::string& after, int page_size) = 0;

  // As many as queries, in their order: the account of the first of the domains that one has, with
  // the others of its group; not found() if none has. One round trip. INTERNAL STATE_UNREADABLE in
  // place of what cannot be read.
  virtual absl::StatusOr<std::vector<absl::StatusOr<core::AccountView>>> MatchAccounts(
      absl::Span<const AccountQuery> queries) = 0;
};

}  // namespace baton::store

#endif  // BATON_STORE_ACCOUNT_STORE_H_
