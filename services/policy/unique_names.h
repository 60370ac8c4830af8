// Names of the items of one section, each once: explanations and reports tell items by them.
#ifndef BATON_POLICY_UNIQUE_NAMES_H_
#define BATON_POLICY_UNIQUE_NAMES_H_

#include <set>
#include <string>
#include <string_view>

#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::policy {

inline constexpr size_t kNameBytesMax = 128;

// Not thread-safe.
class UniqueNames {
 public:
  // `what` an item is, for messages: "rule", "test".
  explicit UniqueNames(std::string_view what) : what_(what) {}

  // The name at `node`; "" if there is none (nullptr, reported as missing elsewhere) or it is
  // wrong.
  std::string Read(const YamlNode* node, const std::string& path, ErrorList& errors);

 private:
  std::string what_;
  std::set<std::string> seen_;
};

}  // namespace baton::policy

#endif  // BATON_POLICY_UNIQUE_NAMES_H_
