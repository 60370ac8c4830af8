// What the YAML documents of batonctl have in common: apiVersion, kind, metadata, spec.
#ifndef BATON_BATONCTL_DOCUMENT_HEAD_H_
#define BATON_BATONCTL_DOCUMENT_HEAD_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "policy/document_error.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {

struct DocumentHead {
  std::string workspace;                   // metadata.workspace, if the kind has one
  const policy::YamlNode* spec = nullptr;  // in `root`; nullptr: missing (reported)
};

// Checks the head of a document of `kind`.
DocumentHead ReadDocumentHead(const policy::YamlNode& root, std::string_view kind,
                              bool with_workspace, policy::ErrorList& errors);

// All errors of a document as one error of a file, a line each.
absl::Status DocumentStatus(const std::string& file_name, policy::ErrorList errors);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_DOCUMENT_HEAD_H_
