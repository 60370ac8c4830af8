// The report of `policy simulate`, as table, JSON and CSV: equal reports give equal bytes.
#ifndef BATON_BATONCTL_SIMULATE_REPORT_H_
#define BATON_BATONCTL_SIMULATE_REPORT_H_

#include <ostream>
#include <string>

#include "batonctl/table.h"
#include "simulation/comparison.h"
#include "simulation/recording.h"
#include "simulation/reproduction.h"

namespace baton::batonctl {

struct SimulationReport {
  std::string workspace, baseline_name, candidate_name;
  core::TimeMs since_ms = 0;
  const simulation::Recording* recording = nullptr;
  const simulation::Outcome* baseline = nullptr;
  const simulation::Outcome* candidate = nullptr;
  simulation::Comparison comparison;
  simulation::Reproduction reproduction;
};

inline constexpr size_t kLeadsShown = 20;  // in the table

void PrintSimulationTable(const SimulationReport& report, const TableStyle& style,
                          std::ostream& out);
void PrintSimulationJson(const SimulationReport& report, std::ostream& out);
// One line per MQL that differs (RFC 4180, with a header).
void PrintSimulationCsv(const SimulationReport& report, std::ostream& out);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_SIMULATE_REPORT_H_
