// YAML as a plain tree with the place of each node. Every document that people write for Baton
// (policy, roster, topics) is read through it, so that all refuse the same things and name the
// place.
//
// Refused: more than one document, tags (!!binary ...), keys that are no scalars, repeated keys,
// control characters, text that is no UTF-8. Anchors and aliases work, within the caps below.
#ifndef BATON_POLICY_YAML_TREE_H_
#define BATON_POLICY_YAML_TREE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document_error.h"

namespace baton::policy {

inline constexpr size_t kDocumentBytesMax = 256 * 1024;
inline constexpr int kDocumentDepthMax = 16;
inline constexpr size_t kDocumentNodesMax = 100'000;  // after aliases are followed

struct YamlEntry;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 1;
  int column = 1;
  std::string text;                // kScalar
  bool quoted = false;             // kScalar: written in quotes or as a block
  std::string_view source;         // kScalar: the document from where it begins
  std::vector<YamlNode> items;     // kList
  std::vector<YamlEntry> entries;  // kMap: keys are scalars, each once
};

struct YamlEntry {
  YamlNode key, value;
};

// The document's root, whose `source`s are parts of `text`, or nullopt if it cannot be read at all.
// Errors are added either way: repeated keys, for instance, do not keep the rest from being
// checked. Never throws.
std::optional<YamlNode> ParseYaml(std::string_view text, ErrorList& errors);

// "a mapping", "a list", "text", "nothing": what the node is, for messages.
std::string Describe(const YamlNode& node);

// The node in YAML's flow style, on one line: {country: [DE, AT], employees: ">= 200"}.
std::string FlowText(const YamlNode& node);

}  // namespace baton::policy

#endif  // BATON_POLICY_YAML_TREE_H_
