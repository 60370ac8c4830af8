// What differs between two policy documents in what they say, not in how they are written: the
// order of keys, the layout, comments, and values that are written out although they are the
// default make no difference.
//
// Rules, tests and reasons are told by their names, queues, attributes and the like by their keys.
// Where the first match wins (routing, definition.disqualify) the order is part of what is said, so
// a rule that stands elsewhere has moved. Pure, thread-safe.
#ifndef BATON_POLICY_POLICY_DIFF_H_
#define BATON_POLICY_POLICY_DIFF_H_

#include <string>
#include <string_view>
#include <vector>

#include "policy/yaml_tree.h"

namespace baton::policy {

enum class ChangeKind { kAdded, kRemoved, kChanged, kMoved, kRenamed };

struct PolicyChange {
  ChangeKind kind = ChangeKind::kChanged;
  std::string section;  // "routing", "scoring.fit", "metadata"
  std::string item;     // "DACH"; empty where the section has none
  std::string field;    // "match.country"; empty: the item itself
  std::string before;   // in YAML's flow style; empty: was not there. kMoved: "2 of 5"
  std::string after;    // likewise; kRenamed: the new name
  int before_line = 0;  // 0: was not there
  int after_line = 0;
  bool operator==(const PolicyChange&) const = default;
};

// The changes that make `after` of `before`: in the order of `before`'s sections, then those that
// are new. Documents that are not valid are compared as far as they go.
std::vector<PolicyChange> DiffPolicies(const YamlNode& before, const YamlNode& after);

std::string_view ChangeKindName(ChangeKind kind);  // "added" ...

}  // namespace baton::policy

#endif  // BATON_POLICY_POLICY_DIFF_H_
