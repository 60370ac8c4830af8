// Conditions for people who write no code, short for CEL. A lead that lacks an attribute does not
// match, unless the condition is "absent" or only "!=":
//   employees: ">= 200, < 5000"   has(lead.employees) && lead.employees >= 200 && ... < 5000
//   country: [DE, AT]             has(lead.country) && lead.country in ["DE", "AT"]
//   country: "!= DE"              !has(lead.country) || lead.country != "DE"
//   email: "*.edu"                has(lead.email) && lead.email.endsWith(".edu")
//   tags: saas                    has(lead.tags) && "saas" in lead.tags
//   email: present, absent        has(lead.email), !has(lead.email)
//   fit: ">= 30"                  fit >= 30
//   event.path: /pricing          has(event.path) && event.path == "/pricing"
#ifndef BATON_POLICY_MATCH_PARSER_H_
#define BATON_POLICY_MATCH_PARSER_H_

#include <string>
#include <vector>

#include "core/policy.h"
#include "policy/map_reader.h"

namespace baton::policy {

// What a condition may name besides what every one may.
enum class Names { kNoMore, kScores, kEvent, kRep };

// Where what not every condition may name can stand, to follow "'intent' is ".
inline constexpr char kPlaceOfScores[] =
    "what scoring computes; it can stand in definition, routing and sla";
inline constexpr char kPlaceOfEvents[] =
    "a property of one activity; it can stand in rules of scoring.intent, which count activities";
inline constexpr char kPlaceOfReps[] = "an attribute of reps; it can stand in what queues require";

struct MatchField {
  std::string cel;
  const YamlNode& at;  // what it was written as
};

// Reads conditions over declared attributes, `consent`, and as `names` says also fit and intent or
// the declared properties of activities. Refers to `errors`, which must outlive it.
class MatchParser {
 public:
  MatchParser(const core::Policy& policy, Names names, ErrorList& errors);

  // One for each field that is sound. `path` is how messages name the match: "routing[1].match". At
  // least one field is required.
  std::vector<MatchField> Parse(const YamlNode& node, const std::string& path) const;

 private:
  void RefuseName(const YamlNode& key, const std::string& path) const;

  core::AttributeTypes subjects_;
  Names names_;
  ErrorList& errors_;
};

}  // namespace baton::policy

#endif  // BATON_POLICY_MATCH_PARSER_H_
