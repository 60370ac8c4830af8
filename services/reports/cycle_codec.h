// Cycles as the store keeps them: baton.store.v1.ReportCycle. Pure.
#ifndef BATON_REPORTS_CYCLE_CODEC_H_
#define BATON_REPORTS_CYCLE_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "reports/cycle.h"

namespace baton::reports {

std::string EncodeCycle(const Cycle& cycle);
// INTERNAL: not an encoding of a cycle.
absl::StatusOr<Cycle> DecodeCycle(std::string_view row);

}  // namespace baton::reports

#endif  // BATON_REPORTS_CYCLE_CODEC_H_
