// What a valid policy probably does not mean: rules that can never match, conditions that always
// hold, queues that nobody serves or that nothing is routed to, declarations without use.
//
// What is said of conditions is proven (condition_space.h): a finding is no guess, and where
// nothing can be proven nothing is said. Pure, thread-safe; at most kDocumentBytesMax of document
// bounds it.
#ifndef BATON_POLICY_LINT_H_
#define BATON_POLICY_LINT_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/parse_policy.h"
#include "policy/yaml_tree.h"

namespace baton::policy {

enum class Severity { kNote, kWarning };  // ascending

struct Finding {
  std::string code;  // "unreachable-rule"; part of the interface, scripts rely on them
  Severity severity = Severity::kWarning;
  int line = 1;
  int column = 1;
  std::string message;  // one sentence
  std::string advice;   // what to do, one sentence
  bool operator==(const Finding&) const = default;
};

// A rep as far as queues are concerned.
struct LintRep {
  std::string id;
  std::vector<std::string> queues;
  std::vector<std::string> skills;
  std::string calendar;  // empty: none of its own
  std::map<std::string, core::AttributeValue> attributes;
};

struct LintInput {
  const YamlNode& root;                      // the document ...
  const ParsedPolicy& parsed;                // ... and what it says; ok()
  std::optional<std::vector<LintRep>> reps;  // nullopt: not known, nothing is said of them
};

// In the order of the text.
std::vector<Finding> Lint(const LintInput& input);

std::string_view SeverityName(Severity severity);  // "note", "warning"

}  // namespace baton::policy

#endif  // BATON_POLICY_LINT_H_
