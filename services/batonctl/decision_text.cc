#include "batonctl/decision_text.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

using AttributeMap = google::protobuf::Map<std::string, v1::AttributeValue>;

// Adds "<prefix>NAME VALUE" of each, by name.
void AddValues(const AttributeMap& values, const std::string& prefix,
               std::vector<std::string>& parts) {
  const std::map<std::string, v1::AttributeValue> sorted(values.begin(), values.end());
  for (const auto& [name, value] : sorted) {
    parts.push_back(absl::StrCat(prefix, name, " ", AttributeText(value)));
  }
}

std::string InputsText(const v1::JudgmentInputs& inputs) {
  std::vector<std::string> parts;
  AddValues(inputs.attributes(), "", parts);
  AddValues(inputs.account(), "account.", parts);
  parts.push_back(absl::StrCat("consent ", ConsentText(inputs.consent())));
  for (const v1::ActivityDay& activity : inputs.activities()) {
    parts.push_back(
        absl::StrCat(activity.activity(), " ", activity.count(), "x on ", activity.date()));
  }
  for (const v1::ActivityOccasion& occasion : inputs.occasions()) {
    std::vector<std::string> properties;
    AddValues(occasion.properties(), "", properties);
    parts.push_back(absl::StrCat(occasion.activity(), " (", absl::StrJoin(properties, ", "), ") ",
                                 occasion.count(), "x on ", occasion.date()));
  }
  return absl::StrCat("  judged from: ", absl::StrJoin(parts, ", "),
                      "\n  inputs' SHA-256: ", inputs.hash(), "\n");
}

std::string MadeText(const v1::ChoiceRecord& choice) {
  return absl::StrCat("  choice of cycle ", choice.cycle(), ", generation ", choice.generation(),
                      ", made ", FormatTime(choice.choose_time()), " under policy revision ",
                      choice.policy_revision(), "; basis: ", choice.basis(),
                      ", between equals: ", choice.tie_break(), "\n");
}

// How many there were with each reason, where not all are listed.
std::string CountsText(const v1::ExplainLeadResponse& explanation) {
  int members = 0;
  std::vector<std::string> parts;
  for (const v1::ReasonCount& count : explanation.choice().reasons()) {
    members += count.count();
    parts.push_back(absl::StrCat(count.count(), " ", count.reason()));
  }
  if (members == explanation.candidates_size()) return "";
  return absl::StrCat("  of ", Counted(members, "rep"), " ", absl::StrJoin(parts, ", "), "; the ",
                      explanation.candidates_size(), " nearest are listed\n");
}

}  // namespace

std::string RecordText(const v1::ExplainLeadResponse& explanation) {
  std::string text;
  if (explanation.qualification().has_inputs()) {
    absl::StrAppend(&text, InputsText(explanation.qualification().inputs()));
  }
  if (explanation.has_choice()) {
    absl::StrAppend(&text, MadeText(explanation.choice()), CountsText(explanation));
  }
  if (explanation.generations_size() > 1) {
    absl::StrAppend(&text, "  decisions kept of generations ",
                    absl::StrJoin(explanation.generations(), ", "), "\n");
  }
  return text.empty() ? text : absl::StrCat("The record:\n", text);
}

std::string RecomputedText(const std::string& lead,
                           const v1::RecomputeDecisionResponse& recomputed) {
  if (recomputed.generation() == 0 && recomputed.policy_revision() == 0) {
    return absl::StrCat("Lead ", lead, ": nothing was decided yet, so nothing was made again.\n");
  }
  const auto name = [](const std::string& rep) { return rep.empty() ? "nobody" : ShortName(rep); };
  std::string text = absl::StrCat("Lead ", lead, ", cycle ", recomputed.cycle(), ", generation ",
                                  recomputed.generation(), ": ");
  if (recomputed.same()) {
    absl::StrAppend(&text, "made again, the decision is the same: ", name(recomputed.winner()),
                    ".\n");
  } else {
    absl::StrAppend(&text,
                    "made again, the decision is not the one recorded: ", name(recomputed.winner()),
                    ", recorded ", name(recomputed.recorded_winner()), ".\n");
  }
  for (const std::string& difference : recomputed.differences()) {
    absl::StrAppend(&text, "  ", difference, "\n");
  }
  if (recomputed.policy_revision() == 0) {
    absl::StrAppend(&text, "  Its judgment is no longer kept; the choice alone was made again.\n");
  }
  return text;
}

}  // namespace baton::batonctl
