#include "policy/document_head.h"

#include <array>

#include "policy/map_reader.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr KeyRule kPlainHead[] = {{"apiVersion", KeyStatus::kRequired},
                                  {"kind", KeyStatus::kRequired},
                                  {"spec", KeyStatus::kRequired}};
constexpr KeyRule kWorkspaceHead[] = {{"apiVersion", KeyStatus::kRequired},
                                      {"kind", KeyStatus::kRequired},
                                      {"metadata", KeyStatus::kRequired},
                                      {"spec", KeyStatus::kRequired}};
constexpr KeyRule kHeadMetadata[] = {{"workspace", KeyStatus::kRequired}};
constexpr KeyTable kPlainHeadKeys = {"document", kPlainHead};
constexpr KeyTable kWorkspaceHeadKeys = {"document", kWorkspaceHead};
constexpr KeyTable kHeadMetadataKeys = {"metadata", kHeadMetadata};

void CheckWord(const MapReader& document, std::string_view key, std::string_view expected) {
  const std::array<std::string_view, 1> words = {expected};
  if (const YamlNode* node = document.Find(key); node != nullptr) {
    ReadWord(*node, std::string(key), words, document.errors());
  }
}

}  // namespace

DocumentHead ReadDocumentHead(const YamlNode& root, std::string_view kind, bool with_workspace,
                              ErrorList& errors) {
  DocumentHead head;
  const MapReader document(root, "", with_workspace ? kWorkspaceHeadKeys : kPlainHeadKeys, errors);
  CheckWord(document, "apiVersion", "baton.dev/v1");
  CheckWord(document, "kind", kind);
  const YamlNode* metadata = with_workspace ? document.Find("metadata") : nullptr;
  if (metadata != nullptr) {
    const MapReader map(*metadata, "metadata", kHeadMetadataKeys, errors);
    if (const YamlNode* workspace = map.Find("workspace"); workspace != nullptr) {
      head.workspace = ReadId(*workspace, "metadata.workspace", errors).value_or("");
    }
  }
  head.spec = document.Find("spec");
  return head;
}

}  // namespace baton::policy
