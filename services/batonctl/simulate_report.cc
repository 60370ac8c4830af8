#include "batonctl/simulate_report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

using simulation::Agreement;
using simulation::Comparison;
using simulation::Difference;
using simulation::Reproduction;
using simulation::Share;
using simulation::Waiting;
using OrderedJson = nlohmann::ordered_json;

constexpr double kSecondMs = 1000.0;

std::string TimeText(core::TimeMs at_ms) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(at_ms),
                          absl::UTCTimeZone());
}

std::string DurationText(core::DurationMs duration_ms) {
  return absl::FormatDuration(absl::Milliseconds(duration_ms));
}

std::string Of(const Agreement& agreement) {
  return absl::StrCat(agreement.same, " of ", agreement.of);
}

std::string ReproducedText(const Reproduction& reproduction) {
  if (!reproduction.known) return "reproduced: not known, no recorded changes were given\n";
  std::string text =
      absl::StrCat("reproduced: MQLs ", Of(reproduction.mqls), ", routes ", Of(reproduction.routes),
                   ", assignments ", Of(reproduction.assignments), "\n");
  if (reproduction.other_revisions > 0) {
    absl::StrAppend(&text, "  not compared: ", reproduction.other_revisions,
                    " MQLs of other revisions\n");
  }
  if (reproduction.without_events > 0) {
    absl::StrAppend(&text, "  not compared: ", reproduction.without_events,
                    " MQLs whose events are gone\n");
  }
  for (const std::string& difference : reproduction.differences) {
    absl::StrAppend(&text, "  ", difference, "\n");
  }
  if (reproduction.differences_left > 0) {
    absl::StrAppend(&text, "  and ", reproduction.differences_left, " more\n");
  }
  return text;
}

std::string SharesText(const std::string& what, const std::map<std::string, Share>& shares,
                       const TableStyle& style) {
  Table table({what, "BASELINE", "CANDIDATE", "CAME", "LEFT"});
  for (const auto& [name, share] : shares) {
    table.AddRow({name.empty() ? "(nobody yet)" : name, absl::StrCat(share.baseline),
                  absl::StrCat(share.candidate), absl::StrCat(share.came),
                  absl::StrCat(share.left)});
  }
  return table.Render(style) + "\n";
}

std::string WaitingText(const Comparison& comparison, const TableStyle& style) {
  Table table({"WAITING FOR A REP", "MQLS", "NEVER ASSIGNED", "P50", "P90", "P95"});
  const auto add = [&table](const std::string& name, const Waiting& waiting) {
    table.AddRow({name, absl::StrCat(waiting.leads), absl::StrCat(waiting.never_assigned),
                  DurationText(waiting.p50_ms), DurationText(waiting.p90_ms),
                  DurationText(waiting.p95_ms)});
  };
  add("baseline", comparison.waiting_baseline);
  add("candidate", comparison.waiting_candidate);
  return table.Render(style) + "\n";
}

std::string ErrorsText(const simulation::Outcome& baseline, const simulation::Outcome& candidate,
                       const TableStyle& style) {
  if (baseline.condition_errors.empty() && candidate.condition_errors.empty()) return "";
  Table table({"CONDITIONS THAT ENDED IN AN ERROR", "RULE", "BASELINE", "CANDIDATE"});
  auto counts = baseline.condition_errors;
  for (const auto& [rule, count] : candidate.condition_errors) counts.try_emplace(rule, 0);
  for (const auto& [rule, count] : counts) {
    const auto other = candidate.condition_errors.find(rule);
    const auto own = baseline.condition_errors.find(rule);
    table.AddRow({rule.first, rule.second,
                  absl::StrCat(own == baseline.condition_errors.end() ? 0 : own->second),
                  absl::StrCat(other == candidate.condition_errors.end() ? 0 : other->second)});
  }
  return table.Render(style) + "\n";
}

std::string SideText(const std::optional<Difference::Side>& side) {
  if (!side) return "-";
  return absl::StrCat(side->route, " > ", side->queue.str(), " > ",
                      side->rep.empty() ? "(nobody yet)" : side->rep.str());
}

std::string LeadsText(const Comparison& comparison, const TableStyle& style) {
  if (comparison.differences.empty()) return "No lead differs.\n";
  Table table({"LEAD", "LIFE", "CYCLE", "WHAT", "BASELINE", "CANDIDATE"});
  size_t shown = 0;
  for (const Difference& difference : comparison.differences) {
    if (shown++ == kLeadsShown) break;
    table.AddRow({difference.lead.str(), absl::StrCat(difference.life),
                  absl::StrCat(difference.cycle), difference.kind(), SideText(difference.baseline),
                  SideText(difference.candidate)});
  }
  std::string text = table.Render(style);
  if (comparison.differences.size() > kLeadsShown) {
    absl::StrAppend(&text, "and ", comparison.differences.size() - kLeadsShown,
                    " more: -o csv or -o json has them all\n");
  }
  return text;
}

OrderedJson ToJson(const Agreement& agreement) {
  return {{"same", agreement.same}, {"of", agreement.of}};
}

OrderedJson ToJson(const std::map<std::string, Share>& shares) {
  OrderedJson list = OrderedJson::array();
  for (const auto& [name, share] : shares) {
    list.push_back({{"name", name},
                    {"baseline", share.baseline},
                    {"candidate", share.candidate},
                    {"came", share.came},
                    {"left", share.left}});
  }
  return list;
}

OrderedJson ToJson(const Waiting& waiting) {
  return {{"mqls", waiting.leads},
          {"neverAssigned", waiting.never_assigned},
          {"p50Seconds", static_cast<double>(waiting.p50_ms) / kSecondMs},
          {"p90Seconds", static_cast<double>(waiting.p90_ms) / kSecondMs},
          {"p95Seconds", static_cast<double>(waiting.p95_ms) / kSecondMs}};
}

OrderedJson ToJson(const std::optional<Difference::Side>& side) {
  if (!side) return nullptr;
  OrderedJson json = {
      {"route", side->route}, {"queue", side->queue.str()}, {"rep", side->rep.str()}};
  json["waitedSeconds"] = side->waited_ms
                              ? OrderedJson(static_cast<double>(*side->waited_ms) / kSecondMs)
                              : OrderedJson();
  return json;
}

OrderedJson ToJson(const Reproduction& reproduction) {
  return {{"known", reproduction.known},
          {"mqls", ToJson(reproduction.mqls)},
          {"routes", ToJson(reproduction.routes)},
          {"assignments", ToJson(reproduction.assignments)},
          {"otherRevisions", reproduction.other_revisions},
          {"withoutEvents", reproduction.without_events},
          {"differences", reproduction.differences},
          {"differencesLeft", reproduction.differences_left}};
}

OrderedJson ActionsJson(const simulation::Outcome& outcome) {
  return {{"recorded", outcome.actions},
          {"modelled", outcome.modelled_actions},
          {"refused", outcome.refused_actions}};
}

OrderedJson ErrorsJson(const simulation::Outcome& outcome) {
  OrderedJson errors = OrderedJson::array();
  for (const auto& [rule, count] : outcome.condition_errors) {
    errors.push_back({{"section", rule.first}, {"rule", rule.second}, {"judgments", count}});
  }
  return errors;
}

OrderedJson LeadsJson(const Comparison& comparison) {
  OrderedJson leads = OrderedJson::array();
  for (const Difference& difference : comparison.differences) {
    leads.push_back({{"lead", difference.lead.str()},
                     {"life", difference.life},
                     {"cycle", difference.cycle},
                     {"what", difference.kind()},
                     {"baseline", ToJson(difference.baseline)},
                     {"candidate", ToJson(difference.candidate)}});
  }
  return leads;
}

void AppendSide(const std::optional<Difference::Side>& side, std::vector<std::string>& fields) {
  fields.push_back(side ? side->route : "");
  fields.push_back(side ? side->queue.str() : "");
  fields.push_back(side ? side->rep.str() : "");
  fields.push_back(side && side->waited_ms
                       ? absl::StrCat(static_cast<double>(*side->waited_ms) / kSecondMs)
                       : "");
}

}  // namespace

void PrintSimulationTable(const SimulationReport& report, const TableStyle& style,
                          std::ostream& out) {
  const simulation::Recording& recording = *report.recording;
  const Comparison& comparison = report.comparison;
  out << absl::StrCat(report.workspace, ": ", report.baseline_name, " (baseline) against ",
                      report.candidate_name, " (candidate)\n");
  out << absl::StrCat("  ", TimeText(recording.begin_ms), " to ", TimeText(recording.end_ms),
                      ", compared from ", TimeText(report.since_ms), "\n");
  int64_t refused = 0;
  for (const auto& [name, count] : recording.refused) refused += count;
  out << absl::StrCat("  events: ", report.baseline->events, " applied, ",
                      report.baseline->duplicates, " repeated, ", refused, " refused\n");
  out << "  " << ReproducedText(report.reproduction) << "\n";
  out << absl::StrCat("MQLs: ", comparison.mqls_baseline, " baseline, ", comparison.mqls_candidate,
                      " candidate; ", comparison.gained, " gained, ", comparison.lost, " lost, ",
                      comparison.moved, " moved\n\n");
  out << SharesText("ROUTE", comparison.routes, style)
      << SharesText("QUEUE", comparison.queues, style) << SharesText("REP", comparison.reps, style)
      << WaitingText(comparison, style) << ErrorsText(*report.baseline, *report.candidate, style)
      << LeadsText(comparison, style);
}

void PrintSimulationJson(const SimulationReport& report, std::ostream& out) {
  const simulation::Recording& recording = *report.recording;
  const Comparison& comparison = report.comparison;
  OrderedJson json;
  json["workspace"] = report.workspace;
  json["baseline"] = report.baseline_name;
  json["candidate"] = report.candidate_name;
  json["window"] = {{"begin", TimeText(recording.begin_ms)},
                    {"end", TimeText(recording.end_ms)},
                    {"since", TimeText(report.since_ms)}};
  json["events"] = {{"read", recording.records},
                    {"applied", report.baseline->events},
                    {"repeated", report.baseline->duplicates},
                    {"refused", recording.refused}};
  json["reproduced"] = ToJson(report.reproduction);
  json["mqls"] = {{"baseline", comparison.mqls_baseline},
                  {"candidate", comparison.mqls_candidate},
                  {"gained", comparison.gained},
                  {"lost", comparison.lost},
                  {"moved", comparison.moved}};
  json["routes"] = ToJson(comparison.routes);
  json["queues"] = ToJson(comparison.queues);
  json["reps"] = ToJson(comparison.reps);
  json["waiting"] = {{"baseline", ToJson(comparison.waiting_baseline)},
                     {"candidate", ToJson(comparison.waiting_candidate)}};
  json["conditionErrors"] = {{"baseline", ErrorsJson(*report.baseline)},
                             {"candidate", ErrorsJson(*report.candidate)}};
  json["actions"] = {{"baseline", ActionsJson(*report.baseline)},
                     {"candidate", ActionsJson(*report.candidate)}};
  json["leads"] = LeadsJson(comparison);
  // What a stranger sent may not be UTF-8.
  out << json.dump(1, ' ', false, OrderedJson::error_handler_t::replace) << "\n";
}

void PrintSimulationCsv(const SimulationReport& report, std::ostream& out) {
  out << "lead,life,cycle,what,baseline_route,baseline_queue,baseline_rep,baseline_waited_seconds,"
         "candidate_route,candidate_queue,candidate_rep,candidate_waited_seconds\n";
  for (const Difference& difference : report.comparison.differences) {
    std::vector<std::string> fields = {difference.lead.str(), absl::StrCat(difference.life),
                                       absl::StrCat(difference.cycle), difference.kind()};
    AppendSide(difference.baseline, fields);
    AppendSide(difference.candidate, fields);
    out << CsvLine(fields);
  }
}

}  // namespace baton::batonctl
