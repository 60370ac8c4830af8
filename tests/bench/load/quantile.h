#ifndef BATON_BENCH_QUANTILE_H_
#define BATON_BENCH_QUANTILE_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace baton::bench {

// Of values in ascending order; 0 if there are none.
inline double Quantile(const std::vector<double>& sorted, size_t percent) {
  return sorted.empty() ? 0 : sorted[std::min(sorted.size() - 1, sorted.size() * percent / 100)];
}

}  // namespace baton::bench

#endif  // BATON_BENCH_QUANTILE_H_
