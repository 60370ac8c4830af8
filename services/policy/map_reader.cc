#include "policy/map_reader.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace baton::policy {
namespace {

std::string Where(const std::string& path) {
  return path.empty() ? "the document" : path;
}

}  // namespace

void AddError(const YamlNode& node, std::string_view message, ErrorList& errors) {
  errors.Add(node.line, node.column, message);
}

MapReader::MapReader(const YamlNode& node, std::string path, const KeyTable& table,
                     ErrorList& errors)
    : node_(node), path_(std::move(path)), errors_(errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, absl::StrCat(Where(path_), " must be a mapping, this is ", Describe(node)),
             errors);
    return;
  }
  for (const auto& [key, value] : node.entries) CheckKey(key, table);
  for (const KeyRule& rule : table.keys) {
    if (rule.status != KeyStatus::kRequired || Find(rule.key) != nullptr) continue;
    AddError(node, absl::StrCat("'", core::ToAbsl(rule.key), "' is missing in ", Where(path_)),
             errors);
  }
}

void MapReader::CheckKey(const YamlNode& key, const KeyTable& table) const {
  const auto rule = std::find_if(table.keys.begin(), table.keys.end(),
                                 [&](const KeyRule& known) { return known.key == key.text; });
  if (rule != table.keys.end()) return;
  std::vector<std::string> known;
  for (const KeyRule& candidate : table.keys) known.emplace_back(candidate.key);
  AddError(key,
           absl::StrCat("unknown key ", Quoted(key.text), " in ", Where(path_),
                        DidYouMean(key.text, known)),
           errors_);
}

const YamlNode* MapReader::Find(std::string_view key) const {
  for (const auto& [name, value] : node_.entries) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

std::string MapReader::PathOf(const std::string& key) const {
  return path_.empty() ? key : absl::StrCat(path_, ".", key);
}

}  // namespace baton::policy
