// Whether two parts of policy documents say the same, however they are written.
#ifndef BATON_POLICY_SAME_MEANING_H_
#define BATON_POLICY_SAME_MEANING_H_

#include <string>

#include "policy/yaml_tree.h"

namespace baton::policy {

// `key`: under which both stand; it tells what durations and conditions are. The order of a
// mapping's keys and of a list of plain values does not matter, nor does the space in a condition,
// nor the unit of a duration.
bool SameMeaning(const std::string& key, const YamlNode& one, const YamlNode& other);

// Of two items of a list, but for how they are called (name, code).
bool SameButName(const YamlNode& one, const YamlNode& other);

// The key by which an entry of the mapping at `parent` is understood: attributes of a match or a
// lead may be called anything, so theirs mean nothing.
std::string KeyWithin(const std::string& parent, const std::string& key);

// The document without what is meant anyway: values that are the default of their key.
YamlNode WithoutDefaults(YamlNode document);

}  // namespace baton::policy

#endif  // BATON_POLICY_SAME_MEANING_H_
