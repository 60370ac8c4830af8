// What YAML documents other than policies have in common: apiVersion, kind, metadata, spec.
#ifndef BATON_POLICY_DOCUMENT_HEAD_H_
#define BATON_POLICY_DOCUMENT_HEAD_H_

#include <string>
#include <string_view>

#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::policy {

struct DocumentHead {
  std::string workspace;           // metadata.workspace, if the kind has one
  const YamlNode* spec = nullptr;  // in `root`; nullptr: missing (reported)
};

// Checks the head of a document of `kind`.
DocumentHead ReadDocumentHead(const YamlNode& root, std::string_view kind, bool with_workspace,
                              ErrorList& errors);

}  // namespace baton::policy

#endif  // BATON_POLICY_DOCUMENT_HEAD_H_
