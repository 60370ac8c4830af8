#include "batonctl/document_head.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "policy/map_reader.h"
#include "policy/values.h"

namespace baton::batonctl {
namespace {

using policy::KeyRule;
using policy::KeyStatus;
using policy::KeyTable;
using policy::MapReader;
using policy::YamlNode;

constexpr KeyRule kPlainHead[] = {{"apiVersion", KeyStatus::kRequired},
                                  {"kind", KeyStatus::kRequired},
                                  {"spec", KeyStatus::kRequired}};
constexpr KeyRule kWorkspaceHead[] = {{"apiVersion", KeyStatus::kRequired},
                                      {"kind", KeyStatus::kRequired},
                                      {"metadata", KeyStatus::kRequired},
                                      {"spec", KeyStatus::kRequired}};
constexpr KeyRule kMetadata[] = {{"workspace", KeyStatus::kRequired}};
constexpr KeyTable kPlainHeadKeys = {"document", kPlainHead};
constexpr KeyTable kWorkspaceHeadKeys = {"document", kWorkspaceHead};
constexpr KeyTable kMetadataKeys = {"metadata", kMetadata};

void CheckWord(const MapReader& document, std::string_view key, std::string_view expected) {
  const std::array<std::string_view, 1> words = {expected};
  if (const YamlNode* node = document.Find(key); node != nullptr) {
    policy::ReadWord(*node, std::string(key), words, document.errors());
  }
}

}  // namespace

DocumentHead ReadDocumentHead(const YamlNode& root, std::string_view kind, bool with_workspace,
                              policy::ErrorList& errors) {
  DocumentHead head;
  const MapReader document(root, "", with_workspace ? kWorkspaceHeadKeys : kPlainHeadKeys, errors);
  CheckWord(document, "apiVersion", "baton.dev/v1");
  CheckWord(document, "kind", kind);
  const YamlNode* metadata = with_workspace ? document.Find("metadata") : nullptr;
  if (metadata != nullptr) {
    const MapReader map(*metadata, "metadata", kMetadataKeys, errors);
    if (const YamlNode* workspace = map.Find("workspace"); workspace != nullptr) {
      head.workspace = policy::ReadId(*workspace, "metadata.workspace", errors).value_or("");
    }
  }
  head.spec = document.Find("spec");
  return head;
}

absl::Status DocumentStatus(const std::string& file_name, policy::ErrorList errors) {
  std::string message = absl::StrCat(file_name, " is not valid");
  for (const policy::DocumentError& error : std::move(errors).Take()) {
    absl::StrAppend(&message, "\n", policy::ToString(error));
  }
  return FileError(message);
}

}  // namespace baton::batonctl
