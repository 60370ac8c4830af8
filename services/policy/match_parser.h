// Conditions: `match: {employees: ">= 200, < 5000", country: [DE, AT, CH], email: present}`.
#ifndef BATON_POLICY_MATCH_PARSER_H_
#define BATON_POLICY_MATCH_PARSER_H_

#include <map>
#include <string>

#include "core/policy.h"
#include "policy/map_reader.h"

namespace baton::policy {

using AttributeTypes = std::map<std::string, core::AttributeType>;

// Reads conditions over declared attributes, `consent`, and with `with_scores` also fit and intent.
// Refers to `attributes` and `errors`, which must outlive it.
class MatchParser {
 public:
  MatchParser(const AttributeTypes& attributes, bool with_scores, ErrorList& errors);

  // `path` is how messages name the match: "routing[1].match". At least one condition is required.
  core::Match Parse(const YamlNode& node, const std::string& path) const;

 private:
  AttributeTypes subjects_;
  bool with_scores_;
  ErrorList& errors_;
};

// "int", "list(string)" ...
std::string AttributeTypeName(core::AttributeType type);

}  // namespace baton::policy

#endif  // BATON_POLICY_MATCH_PARSER_H_
