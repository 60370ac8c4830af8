#include "demo/summary.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace baton::demo {
namespace {

int64_t Count(const AuditCounts& audit, const std::string& change) {
  const auto found = audit.changes.find(change);
  return found == audit.changes.end() ? 0 : found->second;
}

}  // namespace

double Quantile(std::vector<double>& values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const auto index = static_cast<size_t>(q * static_cast<double>(values.size() - 1) + 0.5);
  return values[index];
}

std::string ToTable(const Summary& s) {
  const AuditCounts& audit = s.audit;
  std::string table;
  const auto row = [&table](const char* what, int64_t number, const std::string& note) {
    absl::StrAppendFormat(&table, "  %-34s %9d  %s\n", what, number, note);
  };
  table += "From marketing\n";
  row("records published", s.published,
      "several events per lead, some twice, some broken, some late");
  row("  applied", s.applied, "");
  row("  duplicates, no effect", s.duplicate, "");
  row("  dead letters, each with its reason", s.dead_lettered, "");
  row("leads", s.leads, "");
  table += "Handed to sales\n";
  row("met the definition (MQL)", audit.qualified_leads, "");
  row("got a rep", audit.assigned_leads, "");
  row("still waiting for one", audit.waiting_leads, "");
  row("assignments", Count(audit, "assigned"), "more than leads: declined or silent offers go on");
  table += "What the reps did\n";
  row("accepted", Count(audit, "accepted"), "");
  row("declined", Count(audit, "declined"), "");
  row("stayed silent, offer taken back", Count(audit, "offer_expired"), "");
  row("touched", Count(audit, "touched"), "");
  row("service levels met / broken", Count(audit, "sla_met") + Count(audit, "sla_breached"),
      absl::StrCat(Count(audit, "sla_met"), " / ", Count(audit, "sla_breached")));
  row("rejected / recycled", Count(audit, "rejected") + Count(audit, "recycled"),
      absl::StrCat(Count(audit, "rejected"), " / ", Count(audit, "recycled")));
  row("won / lost", Count(audit, "won") + Count(audit, "lost"),
      absl::StrCat(Count(audit, "won"), " / ", Count(audit, "lost")));
  table += "Back to marketing\n";
  row("feedback events, each once", audit.published, "");
  absl::StrAppendFormat(&table, "  %-34s p50 %.1f ms, p99 %.1f ms  (%d leads that did not wait)\n",
                        "event in Kafka to the rep's screen", s.latency_p50_ms, s.latency_p99_ms,
                        s.latency_samples);
  absl::StrAppendFormat(&table,
                        "\n  input %d = applied %d + duplicate %d + dead-lettered %d   %s\n",
                        s.input, s.applied, s.duplicate, s.dead_lettered,
                        s.input == s.applied + s.duplicate + s.dead_lettered ? "holds" : "BROKEN");
  absl::StrAppendFormat(&table, "  violations: %d   (%.1f s)\n", audit.violation_count, s.seconds);
  for (size_t i = 0; i < audit.violations.size() && i < 10; ++i) {
    absl::StrAppend(&table, "    ", audit.violations[i], "\n");
  }
  return table;
}

std::string ToJson(const Summary& s) {
  const AuditCounts& audit = s.audit;
  const nlohmann::ordered_json json = {
      {"input", s.input},
      {"applied", s.applied},
      {"duplicate", s.duplicate},
      {"dead_lettered", s.dead_lettered},
      {"leads", s.leads},
      {"qualified", audit.qualified_leads},
      {"assigned", audit.assigned_leads},
      {"offers", Count(audit, "assigned")},
      {"accepted", Count(audit, "accepted")},
      {"declined", Count(audit, "declined")},
      {"timed_out", Count(audit, "offer_expired")},
      {"waiting", audit.waiting_leads},
      {"feedback_published", audit.published},
      {"violations", audit.violation_count},
      {"latency_ms", {{"p50", s.latency_p50_ms}, {"p99", s.latency_p99_ms}}},
      {"seconds", s.seconds}};
  return json.dump(2) + "\n";
}

}  // namespace baton::demo
