// The explanation of a lead in sentences (lead_view.h).
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "batonctl/account_view.h"
#include "batonctl/decision_text.h"
#include "batonctl/format.h"
#include "batonctl/lead_view.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

std::string WhereItIs(const v1::Lead& lead) {
  std::string text = absl::StrCat("Lead ", ShortName(lead.name()), " is ", StageText(lead.stage()));
  if (!lead.rep().empty()) absl::StrAppend(&text, " with rep ", ShortName(lead.rep()));
  if (!lead.queue().empty()) absl::StrAppend(&text, " in queue ", ShortName(lead.queue()));
  if (lead.cycle() > 0) absl::StrAppend(&text, ", handoff cycle ", lead.cycle());
  if (!lead.reason().empty()) absl::StrAppend(&text, ", reason ", lead.reason());
  return text + ".\n";
}

// "fit 50 = 30 mid-market + 20 target industry"; "(3x)" behind a rule that counted 3 by event.
std::string Sum(const v1::ExplainLeadResponse& explanation, const std::string& kind,
                int32_t score) {
  std::string text = absl::StrCat("  ", kind, " ", score, " =");
  int terms = 0;
  for (const v1::Factor& factor : explanation.factors()) {
    if (factor.kind() != kind) continue;
    const char* sign = factor.points() < 0 ? " - " : " + ";
    absl::StrAppend(&text, terms == 0 ? (factor.points() < 0 ? " -" : " ") : sign,
                    factor.points() < 0 ? -int64_t{factor.points()} : int64_t{factor.points()}, " ",
                    factor.rule());
    if (factor.occurrences() > 0) absl::StrAppend(&text, " (", factor.occurrences(), "x)");
    ++terms;
  }
  return text + (terms == 0 ? " no rule gave points\n" : "\n");
}

std::string ConditionText(const v1::ConditionResult& condition) {
  std::string text =
      absl::StrCat(condition.held() ? "held" : "failed", ": ", condition.condition());
  if (!condition.found().empty()) absl::StrAppend(&text, " (found ", condition.found(), ")");
  if (!condition.error().empty()) absl::StrAppend(&text, ": ", condition.error());
  return text;
}

// Rules that could have mattered, had they been decided.
std::string WhatErred(const v1::ExplainLeadResponse& explanation) {
  if (explanation.condition_errors().empty()) return "";
  std::string text = "These conditions could not be decided, so they did not match:\n";
  for (const v1::ConditionError& error : explanation.condition_errors()) {
    const std::string rule =
        error.rule().empty() ? "" : absl::StrCat(" rule \"", error.rule(), "\"");
    absl::StrAppend(&text, "  ", error.section(), rule, ": ", error.error(), "\n");
  }
  return text;
}

std::string WhyQualified(const v1::ExplainLeadResponse& explanation) {
  v1::QualificationRecord scores = explanation.qualification();
  if (!explanation.has_qualification()) {
    scores.set_policy_revision(explanation.lead().policy_revision());
    scores.set_fit(explanation.lead().fit());
    scores.set_intent(explanation.lead().intent());
  }
  if (!explanation.has_judge_time() && explanation.definition().empty()) {
    return "It was not judged yet: the workspace has no policy.\n";
  }
  const bool qualified = explanation.qualified();
  std::string text = absl::StrFormat(
      "It is %sa qualified lead (MQL) by policy revision %d%s.\n", qualified ? "" : "not ",
      scores.policy_revision(),
      explanation.has_judge_time() ? ", judged " + FormatTime(explanation.judge_time()) : "");
  absl::StrAppend(&text, Sum(explanation, "fit", scores.fit()),
                  Sum(explanation, "intent", scores.intent()));
  for (const v1::ConditionResult& condition : explanation.definition()) {
    absl::StrAppend(&text, "  ", ConditionText(condition), "\n");
  }
  if (!explanation.disqualified_by().empty()) {
    absl::StrAppend(&text, "  It is disqualified by rule \"", explanation.disqualified_by(),
                    "\", reason ", explanation.disqualified_reason(), ".\n");
  }
  return text;
}

std::string WhyQueue(const v1::ExplainLeadResponse& explanation) {
  if (explanation.route_path().empty()) return "";
  std::string text =
      absl::StrCat("It goes to queue ", ShortName(explanation.lead().queue()), ":\n");
  if (explanation.route_left_out() > 0) {
    absl::StrAppend(&text, "  ", explanation.route_left_out(),
                    " rules before these did not match\n");
  }
  for (const v1::RuleStep& step : explanation.route_path()) {
    absl::StrAppend(&text, "  rule \"", step.rule(), "\" ",
                    step.matched() ? "matched" : "did not match");
    const auto failed =
        std::find_if(step.conditions().begin(), step.conditions().end(),
                     [](const v1::ConditionResult& condition) { return !condition.held(); });
    if (!step.matched() && failed != step.conditions().end()) {
      absl::StrAppend(&text, ", ", ConditionText(*failed));
    }
    text += "\n";
  }
  if (!explanation.skills().empty()) {
    absl::StrAppend(
        &text, "  A rep needs these skills: ", absl::StrJoin(explanation.skills(), ", "), "\n");
  }
  if (!explanation.requirement().empty()) {
    absl::StrAppend(&text, "  The queue requires of the rep: ", explanation.requirement(), "\n");
  }
  return text;
}

std::string WhoseItIs(const v1::ExplainLeadResponse& explanation) {
  if (!explanation.has_account()) return "";
  const v1::AccountFinding& finding = explanation.account();
  std::string text = "No account has a domain of the lead.\n";
  if (!finding.account().empty()) {
    text = absl::StrCat("Its domain ", finding.domain(), " is that of account ",
                        ShortName(finding.account()), " (etag ", finding.account_etag(),
                        finding.owners().empty() ? "), which nobody owns.\n" : "):\n");
  }
  for (const v1::Owner& owner : finding.owners()) {
    absl::StrAppend(&text, "  it belongs to ", OwnerText(owner), "\n");
  }
  return text;
}

std::string CandidateText(const v1::Candidate& candidate) {
  const std::string rep = ShortName(candidate.rep());
  const std::string& reason = candidate.reason();
  std::string account = absl::StrFormat(
      "owed %.2f leads before, share of this one %.2f, %d of %d leads open", candidate.owed(),
      candidate.share(), candidate.open_leads(), candidate.capacity());
  if (candidate.weight() > 0) {
    absl::StrAppendFormat(&account, ", weight %g, owed %.2f after", candidate.weight(),
                          candidate.owed_after());
  }
  if (reason == "chosen") return absl::StrCat(rep, " was chosen: owed most (", account, ")");
  if (reason == "fairness")
    return absl::StrCat(rep, " was not: another was owed more (", account, ")");
  if (reason == "at_capacity") {
    return absl::StrFormat("%s was not: at capacity, %d of %d leads open", rep,
                           candidate.open_leads(), candidate.capacity());
  }
  if (reason == "away" || reason == "offline") return absl::StrCat(rep, " was not: ", reason);
  if (reason == "missing_skill") return absl::StrCat(rep, " was not: lacks a skill that is needed");
  if (reason == "passed") {
    return absl::StrCat(rep, " was not: passed on this lead before (declined, silent or rerouted)");
  }
  return absl::StrCat(rep, " was not: ", reason);
}

std::string WhyRep(const v1::ExplainLeadResponse& explanation) {
  if (explanation.candidates().empty()) {
    return explanation.lead().queue().empty() ? "" : "No rep is a member of the queue.\n";
  }
  std::string text = "Of the reps of the queue:\n";
  // The chosen one first; the others in the server's order.
  for (const bool chosen : {true, false}) {
    for (const v1::Candidate& candidate : explanation.candidates()) {
      if ((candidate.reason() == "chosen") != chosen) continue;
      absl::StrAppend(&text, "  ", CandidateText(candidate), "\n");
    }
  }
  return text;
}

std::string WhyWaits(const v1::ExplainLeadResponse& explanation) {
  if (explanation.waiting_for().empty()) return "";
  std::string text = absl::StrCat("It waits: ", explanation.waiting_for(), "\n");
  if (explanation.has_retry_time()) {
    absl::StrAppend(&text, "  It is offered again at ", FormatTime(explanation.retry_time()),
                    " at the latest.\n");
  }
  return text;
}

}  // namespace

std::string PrintableLines(const std::string& text) {
  std::string printable;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    absl::StrAppend(&printable, policy::Printable(text.substr(begin, end - begin)), "\n");
    begin = end == std::string::npos ? text.size() : end + 1;
  }
  return printable;
}

std::string ExplainText(const v1::ExplainLeadResponse& explanation) {
  const std::string text =
      absl::StrCat(WhereItIs(explanation.lead()), WhyQualified(explanation), WhatErred(explanation),
                   WhyQueue(explanation), WhoseItIs(explanation), WhyRep(explanation),
                   WhyWaits(explanation), RecordText(explanation));
  return PrintableLines(text);
}

}  // namespace baton::batonctl
