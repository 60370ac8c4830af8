// Which cycles a report is about, as the command line says it.
#ifndef BATON_BATONCTL_REPORT_SCOPE_H_
#define BATON_BATONCTL_REPORT_SCOPE_H_

#include <CLI/CLI.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "baton/v1/report_service.pb.h"
#include "core/time.h"

namespace baton::batonctl {

struct ReportArguments {
  std::string since;
  std::string until;
  std::string view = "cohort";
  std::string by;
  std::string source;
  std::string campaign;
  std::string queue;
  std::string rep;
  int revision = 0;
  std::string feedback_after;
  std::string leak_after;
  std::string horizon;
};

// The options --since ... --horizon.
void AddReportScope(CLI::App& command, ReportArguments& arguments);
// The option --by.
void AddReportGrouping(CLI::App& command, ReportArguments& arguments);

// A period of --since counts back from --until, or from now. What is not given is left to the
// server.
absl::StatusOr<v1::ReportScope> ReportScopeOf(const ReportArguments& arguments,
                                              core::TimeMs now_ms);
v1::ReportDimension GroupingOf(const ReportArguments& arguments);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_REPORT_SCOPE_H_
