#include "batonctl/shadow_report.h"

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/format.h"
#include "batonctl/session.h"

namespace baton::batonctl {
namespace {

std::string ShadowStateText(v1::ShadowState state) {
  switch (state) {
    case v1::SHADOW_STATE_RUNNING:
      return "running";
    case v1::SHADOW_STATE_STOPPED:
      return "stopped";
    case v1::SHADOW_STATE_ACTIVATED:
      return "ended, because it became active";
    case v1::SHADOW_STATE_WITHDRAWN:
      return "ended, because it was withdrawn";
    default:
      return "unknown";
  }
}

std::string StandingText(v1::ShadowStanding standing) {
  switch (standing) {
    case v1::SHADOW_STANDING_GAINED:
      return "gained";
    case v1::SHADOW_STANDING_LOST:
      return "lost";
    case v1::SHADOW_STANDING_MOVED:
      return "moved";
    default:
      return "unknown";
  }
}

std::string NamesOf(const google::protobuf::RepeatedPtrField<std::string>& names,
                    const char* separator) {
  return absl::StrJoin(names, separator, [](std::string* out, const std::string& name) {
    out->append(ShortName(name));
  });
}

// "rule > queue, priority 5, skills de, owners ada", or why the lead is no MQL.
std::string VerdictText(const v1::ShadowVerdict& verdict) {
  const std::string scores = absl::StrCat("fit ", verdict.fit(), ", intent ", verdict.intent());
  if (!verdict.mql()) {
    const std::string& reason = verdict.disqualified_reason();
    return absl::StrCat("no MQL: ", reason.empty() ? scores : reason);
  }
  std::string text = absl::StrCat(verdict.rule(), " > ", ShortName(verdict.queue()));
  if (verdict.priority() != 0) absl::StrAppend(&text, ", priority ", verdict.priority());
  if (!verdict.skills().empty()) {
    absl::StrAppend(&text, ", skills ", absl::StrJoin(verdict.skills(), " "));
  }
  if (!verdict.requirement().empty()) {
    absl::StrAppend(&text, ", requires ", verdict.requirement());
  }
  if (!verdict.owners().empty()) {
    absl::StrAppend(&text, ", owners ", NamesOf(verdict.owners(), " "));
  }
  return text;
}

std::string HeadText(const v1::Shadow& shadow) {
  std::string text =
      absl::StrCat(ShortName(shadow.policy()), " in the shadow of revision ",
                   shadow.active_revision(), ": ", ShadowStateText(shadow.state()), "\n  started ",
                   FormatTime(shadow.start_time()), " by ", shadow.starter());
  if (shadow.has_end_time()) {
    absl::StrAppend(&text, ", ended ", FormatTime(shadow.end_time()), " by ", shadow.stopper());
  }
  return text + "\n";
}

std::string CountsText(const v1::ShadowCounts& counts) {
  return absl::StrCat(
      "  leads: ", counts.leads(), " judged, ", counts.same(), " the same, ", counts.gained(),
      " gained, ", counts.lost(), " lost, ", counts.moved(), " moved\n  MQLs: ", counts.mqls(),
      " by the active policy, ", counts.would_be_mqls(), " by the draft; ", counts.earlier(),
      " of both earlier by the draft\n  judgments of the draft: ", counts.judgments(), ", ",
      counts.condition_errors(), " with condition errors, ", counts.failures(), " failed\n");
}

void AppendVerdict(const v1::ShadowVerdict& verdict, std::vector<std::string>& fields) {
  fields.push_back(absl::StrCat(verdict.policy_revision()));
  fields.push_back(FormatTime(verdict.judge_time()));
  fields.push_back(absl::StrCat(verdict.fit()));
  fields.push_back(absl::StrCat(verdict.intent()));
  fields.push_back(verdict.mql() ? "true" : "false");
  fields.push_back(verdict.disqualified_reason());
  fields.push_back(verdict.rule());
  fields.push_back(verdict.queue().empty() ? "" : ShortName(verdict.queue()));
  fields.push_back(absl::StrCat(verdict.priority()));
  fields.push_back(absl::StrJoin(verdict.skills(), " "));
  fields.push_back(NamesOf(verdict.owners(), " "));
  fields.push_back(verdict.requirement());
}

}  // namespace

Table ShadowTable(const v1::Shadow& shadow) {
  const v1::ShadowCounts& counts = shadow.counts();
  Table table({"POLICY", "RUN", "STATE", "LEADS", "SAME", "GAINED", "LOST", "MOVED"});
  table.AddRow({ShortName(shadow.policy()), absl::StrCat(shadow.run()),
                ShadowStateText(shadow.state()), absl::StrCat(counts.leads()),
                absl::StrCat(counts.same()), absl::StrCat(counts.gained()),
                absl::StrCat(counts.lost()), absl::StrCat(counts.moved())});
  return table;
}

void PrintShadowTable(const ShadowReport& report, const TableStyle& style, std::ostream& out) {
  out << HeadText(report.shadow) << CountsText(report.shadow.counts()) << "\n";
  Table queues({"QUEUE", "MQLS", "WOULD-BE MQLS"});
  for (const v1::ShadowQueue& queue : report.shadow.queues()) {
    queues.AddRow({queue.queue().empty() ? "(others)" : ShortName(queue.queue()),
                   absl::StrCat(queue.mqls()), absl::StrCat(queue.would_be_mqls())});
  }
  if (!report.shadow.queues().empty()) out << queues.Render(style) << "\n";
  if (report.differences.empty()) {
    out << "No lead differs.\n";
    return;
  }
  Table table({"LEAD", "CYCLE", "SINCE", "WHAT", "ACTIVE", "DRAFT"});
  for (size_t i = 0; i < report.differences.size() && i < kDifferencesShown; ++i) {
    const v1::ShadowDifference& each = report.differences[i];
    table.AddRow({ShortName(each.lead()), absl::StrCat(each.cycle()), FormatTime(each.time()),
                  StandingText(each.standing()), VerdictText(each.active()),
                  VerdictText(each.draft())});
  }
  out << table.Render(style);
  if (report.differences.size() > kDifferencesShown) {
    out << absl::StrCat("and ", report.differences.size() - kDifferencesShown,
                        " more: -o csv or -o json has them all\n");
  }
}

void PrintShadowJson(const ShadowReport& report, std::ostream& out) {
  using OrderedJson = nlohmann::ordered_json;
  OrderedJson json;
  json["shadow"] = OrderedJson::parse(ToJson(report.shadow, true));
  json["differences"] = OrderedJson::array();
  for (const v1::ShadowDifference& each : report.differences) {
    json["differences"].push_back(OrderedJson::parse(ToJson(each, true)));
  }
  out << json.dump(1) << "\n";
}

void PrintShadowCsv(const ShadowReport& report, std::ostream& out) {
  std::vector<std::string> headers = {"lead", "cycle", "since", "what"};
  for (const char* side : {"active", "draft"}) {
    for (const char* field :
         {"revision", "judged_at", "fit", "intent", "mql", "disqualified_reason", "rule", "queue",
          "priority", "skills", "owners", "requirement"}) {
      headers.push_back(absl::StrCat(side, "_", field));
    }
  }
  out << CsvLine(headers);
  for (const v1::ShadowDifference& each : report.differences) {
    std::vector<std::string> fields = {ShortName(each.lead()), absl::StrCat(each.cycle()),
                                       FormatTime(each.time()), StandingText(each.standing())};
    AppendVerdict(each.active(), fields);
    AppendVerdict(each.draft(), fields);
    out << CsvLine(fields);
  }
}

}  // namespace baton::batonctl
