// Data as YAML for people and programs.
#ifndef BATON_BATONCTL_YAML_TEXT_H_
#define BATON_BATONCTL_YAML_TEXT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace baton::batonctl {

// A block-style document whose reading gives the same data again: whatever could be taken for
// something else than text stands in quotes.
std::string ToYaml(const nlohmann::ordered_json& data);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_YAML_TEXT_H_
