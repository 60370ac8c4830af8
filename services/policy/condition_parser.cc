#include "policy/condition_parser.h"

#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/requirement.h"
#include "core/text.h"
#include "expression/problem.h"
#include "expression/program.h"
#include "policy/source_place.h"

namespace baton::policy {
namespace {

using expression::Problem;

// A match may name a long list; what it costs is counted like everything else.
constexpr expression::Limits kMatchLimits = {.bytes_max = kDocumentBytesMax * 4};

}  // namespace

ConditionParser::ConditionParser(const core::Policy& policy, Names names, ErrorList& errors)
    : policy_(policy), names_(names), errors_(errors) {}

core::Condition ConditionParser::OfRule(const MapReader& rule) const {
  const YamlNode* when = rule.Find("when");
  const YamlNode* match = rule.Find("match");
  if (when != nullptr && match != nullptr) {
    AddError(*match, absl::StrCat(rule.path(), " has 'when' and 'match'; keep one of them"),
             errors_);
  } else if (when != nullptr) {
    return OfText(*when, rule.PathOf("when"));
  } else if (match != nullptr) {
    return OfMatch(*match, rule.PathOf("match"));
  } else if (rule.node().kind == YamlNode::Kind::kMap) {
    AddError(rule.node(), absl::StrCat("'when' or 'match' is missing in ", rule.path()), errors_);
  }
  return {};
}

core::Condition ConditionParser::OfText(const YamlNode& node, const std::string& path) const {
  if (node.kind != YamlNode::Kind::kScalar) {
    AddError(node,
             absl::StrCat(path, " must be a condition such as 'lead.employees >= 200', this is ",
                          Describe(node)),
             errors_);
    return {};
  }
  auto compiled = core::Condition::Compile(node.text, *policy_.vocabulary);
  if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
    AddProblems(node, path, *problems, errors_);
    return {};
  }
  RefuseMisplaced(node, path);
  return std::get<core::Condition>(std::move(compiled));
}

void ConditionParser::RefuseMisplaced(const YamlNode& node, const std::string& path) const {
  const auto compiled = expression::Program::Compile(node.text, policy_.vocabulary->environment());
  const auto& program = std::get<expression::Program>(compiled);
  if (names_ == Names::kRep) {
    std::vector<Problem> problems = core::RequirementProblems(program, *policy_.vocabulary);
    if (program.cost() > core::kRequirementStepsMax) {
      problems.push_back(
          {0, absl::StrCat("takes up to ", program.cost(), " steps for one rep, at most ",
                           core::kRequirementStepsMax, " are allowed")});
    }
    AddProblems(node, path, problems, errors_);
    return;
  }
  for (const auto& use : program.Variables()) {
    const bool is_score =
        use.slot == core::Vocabulary::kFit || use.slot == core::Vocabulary::kIntent;
    const char* where = "";
    if (is_score && names_ != Names::kScores) where = kPlaceOfScores;
    if (policy_.vocabulary->IsOfEvent(use.slot) && names_ != Names::kEvent) where = kPlaceOfEvents;
    if (policy_.vocabulary->IsOfRep(use.slot)) where = kPlaceOfReps;
    if (*where == '\0') continue;
    const std::string& name = policy_.vocabulary->environment().NameOf(use.slot);
    AddProblems(node, path, {{use.offset, absl::StrCat("'", name, "' is ", where, ", not here")}},
                errors_);
  }
}

core::Condition ConditionParser::OfMatch(const YamlNode& node, const std::string& path) const {
  core::Condition condition;
  for (const MatchField& field : MatchParser(policy_, names_, errors_).Parse(node, path)) {
    for (const Problem& problem : condition.AddTest(field.cel, *policy_.vocabulary, kMatchLimits)) {
      AddError(field.at, absl::StrCat(path, ": ", Printable(problem.message)), errors_);
    }
  }
  return condition;
}

}  // namespace baton::policy
