// What cannot go wrong where something is measured, or ends the program.
#ifndef BATON_BENCH_MUST_H_
#define BATON_BENCH_MUST_H_

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace baton::bench {

inline void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

// The value.
template <typename T>
T Must(absl::StatusOr<T> value) {
  Must(value.status());
  return *std::move(value);
}

inline void MustHold(bool holds, const char* otherwise) {
  if (!holds) Must(absl::InternalError(otherwise));
}

}  // namespace baton::bench

#endif  // BATON_BENCH_MUST_H_
