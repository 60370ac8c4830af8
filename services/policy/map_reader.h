// Reads mappings whose keys are known: unknown keys and missing ones are errors, each with its
// place and the nearest known name.
#ifndef BATON_POLICY_MAP_READER_H_
#define BATON_POLICY_MAP_READER_H_

#include <string>
#include <string_view>

#include "absl/types/span.h"
#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::policy {

enum class KeyStatus { kRequired, kOptional };

struct KeyRule {
  std::string_view key;
  KeyStatus status = KeyStatus::kOptional;
};

// The keys of one kind of mapping; the JSON Schema has a definition of the same name.
struct KeyTable {
  std::string_view name;
  absl::Span<const KeyRule> keys;
};

// One mapping of a document. Refers to the node and table given, which must outlive it.
class MapReader {
 public:
  // Reports everything that is wrong with the keys. `path` is how messages name the mapping:
  // "routing[1].to".
  MapReader(const YamlNode& node, std::string path, const KeyTable& table, ErrorList& errors);

  // The value of `key`, or nullptr if the document does not have it (reported already if required).
  const YamlNode* Find(std::string_view key) const;

  const YamlNode& node() const { return node_; }
  const std::string& path() const { return path_; }
  std::string PathOf(const std::string& key) const;  // "routing[1].to.queue"
  ErrorList& errors() const { return errors_; }

 private:
  void CheckKey(const YamlNode& key, const KeyTable& table) const;

  const YamlNode& node_;
  std::string path_;
  ErrorList& errors_;
};

// Adds an error at `node`.
void AddError(const YamlNode& node, std::string_view message, ErrorList& errors);

}  // namespace baton::policy

#endif  // BATON_POLICY_MAP_READER_H_
