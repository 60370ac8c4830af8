// What is kept of a choice among the reps of a queue: enough to explain it, to compute it again and
// to take it back, whatever the size of the queue.
#ifndef BATON_CORE_CANDIDATE_POOL_H_
#define BATON_CORE_CANDIDATE_POOL_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/types/span.h"
#include "core/roster.h"

namespace baton::core {

inline constexpr size_t kCandidatesKeptMax = 100;

struct CandidatePool {
  // All candidates or, of more than kCandidatesKeptMax, the nearest ones: the chosen one, then
  // those with a share by claim (deviation + share), then the others by deviation; ties: the first.
  // In the order of the choice.
  std::vector<Candidate> candidates;
  std::map<CandidateReason, int32_t> counts;  // of all candidates
  int64_t paid_nano = 0;                      // what the chosen one paid: the sum of all shares

  int32_t size() const;  // of all candidates
  bool is_whole() const { return candidates.size() == static_cast<size_t>(size()); }
  const Candidate* chosen() const;  // nullptr: nobody
  bool operator==(const CandidatePool&) const = default;
};
CandidatePool MakePool(absl::Span<const Candidate> all);

// What the ledger says of the candidate after the choice.
int64_t OwedAfter(const Candidate& candidate, const CandidatePool& pool);

// Takes ChargeLedger back, for a lead that came back through nobody's fault (decline, reroute). Of
// a whole pool its exact inverse. Otherwise those kept who had a share give it back, and in equal
// parts what the ones not kept would have given: less than a hundredth of a lead each, if all weigh
// the same. The sum of the ledger stays.
void RefundLedger(const CandidatePool& pool, std::map<RepId, int64_t>& owed_nano);

}  // namespace baton::core

#endif  // BATON_CORE_CANDIDATE_POOL_H_
