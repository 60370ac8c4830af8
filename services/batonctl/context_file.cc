#include "batonctl/context_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "batonctl/document_status.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/yaml_text.h"
#include "core/text.h"
#include "policy/document_head.h"
#include "policy/map_reader.h"
#include "policy/values.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using policy::ErrorList;
using policy::KeyRule;
using policy::KeyStatus;
using policy::KeyTable;
using policy::MapReader;
using policy::YamlNode;

constexpr size_t kContextValueBytesMax = 4096;  // a path
constexpr KeyRule kContextsSpec[] = {{"current-context"}, {"contexts"}};
constexpr KeyRule kContext[] = {{"name", KeyStatus::kRequired},
                                {"server"},
                                {"workspace"},
                                {"principal"},
                                {"roles"},
                                {"token-file"},
                                {"tls-ca"},
                                {"tls-cert"},
                                {"tls-key"}};
constexpr KeyTable kContextsSpecKeys = {"spec", kContextsSpec};
constexpr KeyTable kContextKeyTable = {"context", kContext};

Context ReadContext(const MapReader& map, std::set<std::string>& seen) {
  Context context;
  if (const YamlNode* name = map.Find("name"); name != nullptr) {
    context.name = policy::ReadId(*name, map.PathOf("name"), map.errors()).value_or("");
    if (!context.name.empty() && !seen.insert(context.name).second) {
      policy::AddError(*name, absl::StrCat("'", context.name, "' appears twice"), map.errors());
    }
  }
  for (const std::string_view key : kContextKeys) {
    const YamlNode* node = map.Find(key);
    if (node == nullptr) continue;
    const std::string word(key);
    const auto text =
        policy::ReadText(*node, map.PathOf(word), kContextValueBytesMax, map.errors());
    if (text.has_value()) context.values.emplace(word, *text);
  }
  return context;
}

ContextFile ReadContextsSpec(const MapReader& spec) {
  ContextFile file;
  if (const YamlNode* current = spec.Find("current-context"); current != nullptr) {
    file.current =
        policy::ReadId(*current, spec.PathOf("current-context"), spec.errors()).value_or("");
  }
  const YamlNode* list = spec.Find("contexts");
  if (list == nullptr) return file;
  std::set<std::string> seen;
  const absl::Span<const YamlNode> items = policy::ReadList(*list, "contexts", spec.errors());
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], policy::ItemPath("contexts", i), kContextKeyTable, spec.errors());
    file.contexts.push_back(ReadContext(map, seen));
  }
  return file;
}

absl::Status CannotWrite(const std::string& path, const std::string& why) {
  return FileError(absl::StrCat("cannot write ", path, ": ", why));
}

// Into a new file beside `path`, flushed to the disk; then it takes its place.
absl::Status ReplaceFile(const std::string& path, const std::string& text) {
  const std::string beside = absl::StrCat(path, ".", getpid(), ".new");
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return CannotWrite(path, std::strerror(errno));
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       fsync(file) == 0;
  const std::string why = std::strerror(errno);
  close(file);
  if (written && std::rename(beside.c_str(), path.c_str()) == 0) return absl::OkStatus();
  unlink(beside.c_str());
  return CannotWrite(path, why);
}

}  // namespace

bool IsPathKey(std::string_view key) {
  return key == "token-file" || key.starts_with("tls-");
}

const Context* ContextFile::Find(const std::string& name) const {
  const auto found = std::find_if(contexts.begin(), contexts.end(),
                                  [&](const Context& context) { return context.name == name; });
  return found == contexts.end() ? nullptr : &*found;
}

std::vector<std::string> ContextFile::Names() const {
  std::vector<std::string> names;
  for (const Context& context : contexts) names.push_back(context.name);
  return names;
}

std::string ContextPath() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (std::string path = variable("BATONCTL_CONFIG"); !path.empty()) return path;
  if (const std::string folder = variable("XDG_CONFIG_HOME"); absl::StartsWith(folder, "/")) {
    return folder + "/batonctl/config.yaml";
  }
  const std::string home = variable("HOME");
  return home.empty() ? "" : home + "/.config/batonctl/config.yaml";
}

absl::StatusOr<ContextFile> ReadContexts(const std::string& path) {
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(path, error)) return ContextFile();
  const absl::StatusOr<std::string> yaml = ReadFile(path, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  ContextFile file;
  ErrorList errors(path);
  if (const std::optional<YamlNode> root = policy::ParseYaml(*yaml, errors); root.has_value()) {
    const policy::DocumentHead head =
        policy::ReadDocumentHead(*root, "Contexts", /*with_workspace=*/false, errors);
    if (head.spec != nullptr) {
      file = ReadContextsSpec(MapReader(*head.spec, "spec", kContextsSpecKeys, errors));
    }
  }
  if (!errors.empty()) return DocumentStatus(path, std::move(errors));
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  for (Context& context : file.contexts) {
    for (auto& [key, value] : context.values) {
      if (IsPathKey(key)) value = (folder / value).string();
    }
  }
  return file;
}

absl::Status WriteContexts(const std::string& path, const ContextFile& file) {
  if (path.empty()) return FileError("there is no home folder: name a file in BATONCTL_CONFIG");
  nlohmann::ordered_json spec = nlohmann::ordered_json::object();
  if (!file.current.empty()) spec["current-context"] = file.current;
  spec["contexts"] = nlohmann::ordered_json::array();
  for (const Context& context : file.contexts) {
    nlohmann::ordered_json entry = {{"name", context.name}};
    for (const std::string_view key : kContextKeys) {
      const auto value = context.values.find(std::string(key));
      if (value != context.values.end()) entry[std::string(key)] = value->second;
    }
    spec["contexts"].push_back(std::move(entry));
  }
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (error) return CannotWrite(path, error.message());
  return ReplaceFile(
      path, ToYaml({{"apiVersion", "baton.dev/v1"}, {"kind", "Contexts"}, {"spec", spec}}));
}

}  // namespace baton::batonctl
