#include "store/erase.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/action_checks.h"
#include "core/errors.h"
#include "store/store_errors.h"

namespace baton::store {
namespace {

using Results = std::vector<absl::StatusOr<ErasureResult>>;

constexpr int kRoundsMax = 8;  // a lead is contended only by its events, its rep and its timer

absl::Status Contention(const core::LeadKey& key) {
  return core::Error(
      absl::StatusCode::kAborted, "CONTENTION",
      absl::StrCat("lead ", key.lead.str(), " changes faster than it can be erased; try again"),
      {{"lead", key.lead.str()}});
}

// What the record says without a commit; kWanted: it is to be erased.
ErasureResult Look(core::LeadRecord record, const ErasureOrder& order, core::TimeMs now_ms) {
  ErasureResult result;
  if (record.stage == core::Stage::kErased) {
    result.fate = ErasureFate::kErasedBefore;
    result.version = record.version;
    result.erased_at_ms = record.erased_at_ms;
  } else if (record.revision != 0) {
    result.fate = order.wants(record, now_ms) ? ErasureFate::kWanted : ErasureFate::kUnwanted;
  }
  result.before = std::move(record);
  return result;
}

// Of a commit that is not to be repeated.
absl::StatusOr<ErasureResult> Finish(const CommitResult& committed, const core::Plan& plan,
                                     ErasureResult result) {
  switch (committed.code) {
    case CommitCode::kCommitted:
      result.fate = ErasureFate::kErased;
      result.version = committed.record.version;
      result.erased_at_ms = plan.after.erased_at_ms;
      return result;
    case CommitCode::kOutboxFull:
      return OutboxFull();
    case CommitCode::kUnreadable:
      return committed.problem;
    case CommitCode::kUnknownWorkspace:
      return WorkspaceNotFound(plan.key.workspace);
    case CommitCode::kStaleRevision:
    case CommitCode::kStalePolicy:
    case CommitCode::kNotDue:
    case CommitCode::kTooManyLeads:
      break;
  }
  return Contention(plan.key);
}

// Looks at those numbered, erases what is wanted, and gives the numbers of what changed meanwhile.
absl::StatusOr<std::vector<size_t>> EraseOnce(LeadStore& leads,
                                              absl::Span<const core::LeadKey> keys,
                                              const std::vector<size_t>& numbers,
                                              const ErasureOrder& order, Results& results) {
  std::vector<core::LeadKey> wanted;
  for (const size_t number : numbers) wanted.push_back(keys[number]);
  auto loaded = leads.Load(wanted);
  if (!loaded.ok()) return loaded.status();
  std::vector<core::Plan> plans;
  std::vector<size_t> planned;
  for (size_t i = 0; i < numbers.size(); ++i) {
    absl::StatusOr<core::LeadRecord>& record = loaded->records[i];
    absl::StatusOr<ErasureResult>& result = results[numbers[i]];
    if (!record.ok()) {
      result = record.status();
      continue;
    }
    if (core::FindAnswer(*record, order.erasure.request_id) != nullptr) {
      result = RequestIdReused(order.erasure.request_id);
      continue;
    }
    result = Look(*std::move(record), order, loaded->times[i]);
    if (result->fate != ErasureFate::kWanted || order.only_look) continue;
    plans.push_back(core::DecideErasure(result->before, order.erasure, loaded->times[i]));
    planned.push_back(numbers[i]);
  }
  std::vector<size_t> again;
  if (plans.empty()) return again;
  const auto committed = leads.Commit(plans);
  if (!committed.ok()) return committed.status();
  for (size_t i = 0; i < planned.size(); ++i) {
    absl::StatusOr<ErasureResult>& result = results[planned[i]];
    if ((*committed)[i].code == CommitCode::kStaleRevision) again.push_back(planned[i]);
    result = Finish((*committed)[i], plans[i], *std::move(result));
  }
  return again;
}

}  // namespace

absl::StatusOr<Results> EraseLeads(LeadStore& leads, absl::Span<const core::LeadKey> keys,
                                   const ErasureOrder& order) {
  Results results(keys.size(), ErasureResult());
  std::vector<size_t> left;
  for (size_t i = 0; i < keys.size(); ++i) left.push_back(i);
  for (int round = 0; round < kRoundsMax && !left.empty(); ++round) {
    auto again = EraseOnce(leads, keys, left, order, results);
    if (!again.ok()) return again.status();
    left = *std::move(again);
  }
  return results;
}

}  // namespace baton::store
