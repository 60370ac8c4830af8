#include "core/candidate_pool.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace baton::core {
namespace {

bool IsChosen(const Candidate& candidate) {
  return candidate.reason == CandidateReason::kChosen;
}

// Order of nearness: the chosen one, those with a share, the others.
int Rank(const Candidate& candidate) {
  if (IsChosen(candidate)) return 0;
  return candidate.share_nano != 0 ? 1 : 2;
}

// Leaves the nearest kCandidatesKeptMax of `candidates`, in their order.
void KeepNearest(std::vector<Candidate>& candidates) {
  std::vector<size_t> places(candidates.size());
  std::iota(places.begin(), places.end(), size_t{0});
  const auto nearness = [&candidates](size_t place) {
    const Candidate& candidate = candidates[place];
    return std::tuple(Rank(candidate), -(candidate.deviation_nano + candidate.share_nano), place);
  };
  std::sort(places.begin(), places.end(),
            [&](size_t one, size_t other) { return nearness(one) < nearness(other); });
  places.resize(kCandidatesKeptMax);
  std::sort(places.begin(), places.end());
  std::vector<Candidate> kept;
  for (const size_t place : places) kept.push_back(std::move(candidates[place]));
  candidates = std::move(kept);
}

}  // namespace

int32_t CandidatePool::size() const {
  return std::accumulate(counts.begin(), counts.end(), int32_t{0},
                         [](int32_t sum, const auto& count) { return sum + count.second; });
}

const Candidate* CandidatePool::chosen() const {
  const auto found = std::find_if(candidates.begin(), candidates.end(), IsChosen);
  return found == candidates.end() ? nullptr : &*found;
}

CandidatePool MakePool(absl::Span<const Candidate> all) {
  CandidatePool pool;
  pool.candidates.assign(all.begin(), all.end());
  for (const Candidate& candidate : all) {
    ++pool.counts[candidate.reason];
    pool.paid_nano += candidate.share_nano;
  }
  if (pool.candidates.size() > kCandidatesKeptMax) KeepNearest(pool.candidates);
  return pool;
}

int64_t OwedAfter(const Candidate& candidate, const CandidatePool& pool) {
  return candidate.deviation_nano + candidate.share_nano -
         (IsChosen(candidate) ? pool.paid_nano : 0);
}

void RefundLedger(const CandidatePool& pool, std::map<RepId, int64_t>& owed_nano) {
  int64_t kept = 0;
  int64_t sharers = 0;
  for (const Candidate& candidate : pool.candidates) {
    kept += candidate.share_nano;
    if (candidate.share_nano != 0) ++sharers;
  }
  if (sharers == 0) return;
  const int64_t more = (pool.paid_nano - kept) / sharers;  // 0 of a whole pool
  for (const Candidate& candidate : pool.candidates) {
    if (candidate.share_nano != 0) owed_nano[candidate.rep] -= candidate.share_nano + more;
  }
  if (const Candidate* chosen = pool.chosen(); chosen != nullptr) {
    owed_nano[chosen->rep] += kept + sharers * more;
  }
}

}  // namespace baton::core
