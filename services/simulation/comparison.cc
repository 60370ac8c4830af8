#include "simulation/comparison.h"

#include <algorithm>
#include <tuple>

namespace baton::simulation {
namespace {

// Nearest rank: the smallest value that at least `percent` of all are not above.
core::DurationMs Percentile(const std::vector<core::DurationMs>& sorted, size_t percent) {
  if (sorted.empty()) return 0;
  const size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<size_t>(rank, 1) - 1];
}

class WaitingTimes {
 public:
  void Add(const Cycle& cycle, core::TimeMs end_ms) {
    const bool assigned = !cycle.assigned.empty();
    if (!assigned) ++never_;
    waited_ms_.push_back((assigned ? cycle.assigned.front().at_ms : end_ms) -
                         cycle.qualified_at_ms);
  }
  Waiting Finish() {
    std::sort(waited_ms_.begin(), waited_ms_.end());
    return {static_cast<int64_t>(waited_ms_.size()), never_, Percentile(waited_ms_, 50),
            Percentile(waited_ms_, 90), Percentile(waited_ms_, 95)};
  }

 private:
  std::vector<core::DurationMs> waited_ms_;
  int64_t never_ = 0;
};

Difference::Side SideOf(const Cycle& cycle) {
  Difference::Side side;
  side.route = cycle.route;
  side.queue = cycle.queue;
  if (!cycle.assigned.empty()) {
    side.rep = cycle.assigned.back().rep;
    side.waited_ms = cycle.assigned.front().at_ms - cycle.qualified_at_ms;
  }
  return side;
}

void Count(const std::string& before, const std::string& after, std::map<std::string, Share>& in) {
  ++in[before].baseline;
  ++in[after].candidate;
  if (before == after) return;
  ++in[before].left;
  ++in[after].came;
}

void AddSame(const Cycle& before, const Cycle& after, Comparison& comparison) {
  Difference difference{before.lead, before.life, before.cycle, SideOf(before), SideOf(after)};
  const Difference::Side &old = *difference.baseline, &now = *difference.candidate;
  Count(old.queue.str(), now.queue.str(), comparison.queues);
  Count(old.route, now.route, comparison.routes);
  Count(old.rep.str(), now.rep.str(), comparison.reps);
  if (std::tie(old.queue, old.route, old.rep) == std::tie(now.queue, now.route, now.rep)) return;
  ++comparison.moved;
  comparison.differences.push_back(std::move(difference));
}

void AddOne(const Cycle& cycle, int64_t Share::*count, Comparison& comparison) {
  const Difference::Side side = SideOf(cycle);
  ++(comparison.queues[side.queue.str()].*count);
  ++(comparison.routes[side.route].*count);
  ++(comparison.reps[side.rep.str()].*count);
  Difference difference{cycle.lead, cycle.life, cycle.cycle, {}, {}};
  const bool is_gained = count == &Share::candidate;
  (is_gained ? difference.candidate : difference.baseline) = side;
  ++(is_gained ? comparison.gained : comparison.lost);
  comparison.differences.push_back(std::move(difference));
}

}  // namespace

Comparison Compare(const Outcome& baseline, const Outcome& candidate, core::TimeMs since_ms) {
  Comparison comparison;
  WaitingTimes waiting_baseline, waiting_candidate;
  auto before = baseline.cycles.begin();
  auto after = candidate.cycles.begin();
  while (before != baseline.cycles.end() || after != candidate.cycles.end()) {
    const bool has_before = before != baseline.cycles.end();
    const bool has_after = after != candidate.cycles.end();
    const auto order =
        has_before && has_after
            ? std::tie(before->lead, before->life, before->cycle) <=>
                  std::tie(after->lead, after->life, after->cycle)
            : (has_before ? std::strong_ordering::less : std::strong_ordering::greater);
    const Cycle* old = order <= 0 ? &*before++ : nullptr;
    const Cycle* now = order >= 0 ? &*after++ : nullptr;
    const bool begins_earlier = (old == nullptr || old->qualified_at_ms < since_ms) &&
                                (now == nullptr || now->qualified_at_ms < since_ms);
    if (begins_earlier) continue;
    if (old != nullptr) {
      ++comparison.mqls_baseline;
      waiting_baseline.Add(*old, baseline.end_ms);
    }
    if (now != nullptr) {
      ++comparison.mqls_candidate;
      waiting_candidate.Add(*now, candidate.end_ms);
    }
    if (old != nullptr && now != nullptr) AddSame(*old, *now, comparison);
    if (old == nullptr) AddOne(*now, &Share::candidate, comparison);
    if (now == nullptr) AddOne(*old, &Share::baseline, comparison);
  }
  comparison.waiting_baseline = waiting_baseline.Finish();
  comparison.waiting_candidate = waiting_candidate.Finish();
  return comparison;
}

}  // namespace baton::simulation
