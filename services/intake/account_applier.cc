#include "intake/account_applier.h"

#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "platform/log.h"

namespace baton::intake {
namespace {

// An account is contended only by who edits it, so a few rounds at once are enough; each event that
// is to be tried by itself takes one more.
constexpr size_t kAccountRoundsMax = 8;

// The letter of a change that the store did not take for what it says.
events::DeadLetter RefusalOf(const store::AccountResult& result) {
  switch (result.code) {
    case store::AccountCode::kDomainTaken:
      return {events::DeadLetterClass::kDomainTaken, "data.domains",
              absl::StrCat("domain ", result.domain, " belongs to account ", result.holder.str())};
    case store::AccountCode::kGroupFull:
      return {events::DeadLetterClass::kWorkspaceFull, "data.group",
              absl::StrCat("a group has at most ", core::kAccountsPerGroupMax, " accounts")};
    case store::AccountCode::kTooMany:
      return {events::DeadLetterClass::kWorkspaceFull, "workspace",
              "the workspace is at its cap of accounts"};
    default:
      return UnknownWorkspace();
  }
}

// Whatever the event says.
bool IsOfEveryEvent(store::AccountCode code) {
  return code == store::AccountCode::kUnknownWorkspace || code == store::AccountCode::kTooMany;
}

void RefuseUnreadableAccount(const AccountWork& work, const absl::Status& problem,
                             InputBatch& batch) {
  const std::string reason(problem.message());
  platform::LogError("intake.state_unreadable", {{"workspace", work.key.workspace.str()},
                                                 {"account", work.key.account.str()},
                                                 {"records", absl::StrCat(work.records.size())},
                                                 {"reason", reason}});
  Refuse(work.records, {events::DeadLetterClass::kStateUnreadable, "account", reason}, batch);
}

// The events that are tried together now.
absl::Span<const core::AccountEvent> Tried(const AccountWork& work) {
  return absl::MakeConstSpan(work.events).first(work.apart ? 1 : work.events.size());
}

// What they make of the account.
store::AccountChange ChangeOf(const core::AccountRecord& record, const AccountWork& work) {
  store::AccountChange change{record.revision, record, 0, 0};
  for (const core::AccountEvent& event : Tried(work)) {
    const core::FoldOutcome outcome = core::Fold(event, change.after);
    if (outcome == core::FoldOutcome::kApplied) ++change.applied;
    if (outcome == core::FoldOutcome::kDuplicate) ++change.duplicates;
  }
  return change;
}

// They are done; what is behind them is left.
void LeaveTheRest(AccountWork work, std::vector<AccountWork>& left) {
  const size_t done = Tried(work).size();
  if (done == work.events.size()) return;
  work.events.erase(work.events.begin(), work.events.begin() + static_cast<ptrdiff_t>(done));
  work.records.erase(work.records.begin(), work.records.begin() + static_cast<ptrdiff_t>(done));
  left.push_back(std::move(work));
}

}  // namespace

AccountApplier::AccountApplier(store::AccountStore& accounts, IntakeMetrics& metrics)
    : accounts_(accounts), metrics_(metrics) {}

absl::Status AccountApplier::Apply(InputBatch& batch, int64_t epoch) {
  const size_t rounds_max = kAccountRoundsMax + batch.records.size();
  for (size_t round = 0; round < rounds_max && !batch.accounts.empty(); ++round) {
    if (absl::Status status = ApplyOnce(batch, epoch); !status.ok()) return status;
  }
  if (batch.accounts.empty()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(batch.accounts.size(), " accounts changed all the time while they were folded"));
}

absl::Status AccountApplier::ApplyOnce(InputBatch& batch, int64_t epoch) {
  std::vector<core::AccountKey> keys;
  for (const AccountWork& work : batch.accounts) keys.push_back(work.key);
  const auto loaded = accounts_.LoadAccounts(keys);
  if (!loaded.ok()) return loaded.status();
  if (loaded->epoch != epoch) return absl::AbortedError("the store is another incarnation");
  std::vector<store::AccountChange> changes;
  std::vector<AccountWork> planned, later;
  for (size_t i = 0; i < batch.accounts.size(); ++i) {
    AccountWork& work = batch.accounts[i];
    const absl::StatusOr<core::AccountRecord>& record = loaded->records[i];
    if (!record.ok()) {
      RefuseUnreadableAccount(work, record.status(), batch);
      continue;
    }
    store::AccountChange change = ChangeOf(*record, work);
    if (change.applied + change.duplicates == 0) {  // before the batch was read again
      LeaveTheRest(std::move(work), later);
      continue;
    }
    changes.push_back(std::move(change));
    planned.push_back(std::move(work));
  }
  batch.accounts = std::move(planned);
  std::move(later.begin(), later.end(), std::back_inserter(batch.accounts));
  if (changes.empty()) return absl::OkStatus();
  const auto results = accounts_.CommitAccounts(changes);
  if (!results.ok()) return results.status();
  TakeResults(changes, *results, batch);
  return absl::OkStatus();
}

void AccountApplier::TakeResults(const std::vector<store::AccountChange>& changes,
                                 const std::vector<store::AccountResult>& results,
                                 InputBatch& batch) {
  std::vector<AccountWork> left;
  for (size_t i = 0; i < changes.size(); ++i) {
    AccountWork& work = batch.accounts[i];
    const store::AccountResult& result = results[i];
    if (result.code == store::AccountCode::kCommitted) {
      metrics_.applied.Add(changes[i].applied);
      metrics_.duplicates.Add(changes[i].duplicates);
      LeaveTheRest(std::move(work), left);
    } else if (result.code == store::AccountCode::kStaleRevision) {
      metrics_.retried_commits.Add();
      left.push_back(std::move(work));
    } else if (result.code == store::AccountCode::kUnreadable) {
      RefuseUnreadableAccount(work, result.problem, batch);
    } else if (IsOfEveryEvent(result.code)) {
      Refuse(work.records, RefusalOf(result), batch);
    } else if (Tried(work).size() > 1) {
      work.apart = true;
      left.push_back(std::move(work));
    } else {
      work.behind = work.records.front();
      Refuse({work.records.front()}, RefusalOf(result), batch);
      LeaveTheRest(std::move(work), batch.delayed_accounts);
    }
  }
  std::move(batch.accounts.begin() + static_cast<ptrdiff_t>(changes.size()), batch.accounts.end(),
            std::back_inserter(left));
  batch.accounts = std::move(left);
}

}  // namespace baton::intake
