// What a draft in the shadow of the active policy would have done, as people and programs read it.
#ifndef BATON_BATONCTL_SHADOW_REPORT_H_
#define BATON_BATONCTL_SHADOW_REPORT_H_

#include <ostream>
#include <vector>

#include "baton/v1/policy_service.pb.h"
#include "batonctl/table.h"

namespace baton::batonctl {

struct ShadowReport {
  v1::Shadow shadow;
  std::vector<v1::ShadowDifference> differences;  // the latest first
};

inline constexpr size_t kDifferencesShown = 20;  // in the table

// One row: the draft, its run, and the counts.
Table ShadowTable(const v1::Shadow& shadow);

void PrintShadowTable(const ShadowReport& report, const TableStyle& style, std::ostream& out);
// {"shadow": ..., "differences": [...]}, the messages of the API.
void PrintShadowJson(const ShadowReport& report, std::ostream& out);
// A line for each difference, after one of headers.
void PrintShadowCsv(const ShadowReport& report, std::ostream& out);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_SHADOW_REPORT_H_
