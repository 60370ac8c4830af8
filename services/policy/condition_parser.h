// Conditions of rules: `when:` in CEL, or `match:`, which is short for CEL (match_parser.h).
#ifndef BATON_POLICY_CONDITION_PARSER_H_
#define BATON_POLICY_CONDITION_PARSER_H_

#include <string>

#include "core/policy.h"
#include "policy/map_reader.h"
#include "policy/match_parser.h"

namespace baton::policy {

// Reads conditions over what `policy.vocabulary` names; fit and intent only with kScores or kRep,
// event only with kEvent, rep only with kRep, which leaves out what a queue cannot require
// (core/requirement.h). Refers to its arguments, which must outlive it.
class ConditionParser {
 public:
  ConditionParser(const core::Policy& policy, Names names, ErrorList& errors);

  // The rule's `when` or `match`; both, or neither, is an error.
  core::Condition OfRule(const MapReader& rule) const;
  // Of a text in CEL. `path` is how messages name it: "routing[1].when".
  core::Condition OfText(const YamlNode& node, const std::string& path) const;
  // Of a mapping of attributes to what they must be.
  core::Condition OfMatch(const YamlNode& node, const std::string& path) const;

 private:
  void RefuseMisplaced(const YamlNode& node, const std::string& path) const;

  const core::Policy& policy_;
  Names names_;
  ErrorList& errors_;
};

}  // namespace baton::policy

#endif  // BATON_POLICY_CONDITION_PARSER_H_
