#include "platform/config_file.h"

#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "yaml-cpp/yaml.h"

namespace baton::platform {
namespace {

constexpr size_t kFileBytesMax = 1 << 20;
constexpr int kDepthMax = 4;

// Walks the nodes; yaml-cpp throws for what is not there, so every access is checked before.
class Reader {
 public:
  Reader(const std::string& path, const std::function<bool(const std::string&)>& holds_pairs,
         std::vector<std::string>& errors)
      : path_(path), holds_pairs_(holds_pairs), errors_(errors) {}

  void Walk(const YAML::Node& node, const std::string& prefix, int depth) {
    if (depth > kDepthMax) return Fault(node, absl::StrCat(prefix, " is nested too deeply"));
    std::set<std::string> seen;
    for (const auto& child : node) {
      if (!child.first.IsScalar() || child.first.Scalar().empty()) {
        return Fault(child.first, "a key must be a word");
      }
      const std::string name = child.first.Scalar();
      const std::string key = prefix.empty() ? name : absl::StrCat(prefix, ".", name);
      if (!seen.insert(name).second) {
        Fault(child.first, absl::StrCat(key, " is given twice"));
      } else {
        Read(key, child.first, child.second, depth);
      }
    }
  }

  std::vector<FileEntry> entries;

 private:
  void Read(const std::string& key, const YAML::Node& name, const YAML::Node& value, int depth) {
    FileEntry entry;
    entry.key = key;
    entry.line = name.Mark().line + 1;
    if (value.IsMap() && !holds_pairs_(key)) return Walk(value, key, depth + 1);
    if (value.IsMap()) {
      for (const auto& pair : value) {
        if (!pair.first.IsScalar() || !pair.second.IsScalar()) {
          return Fault(pair.first, absl::StrCat(key, " takes names with plain values"));
        }
        entry.pairs.emplace_back(pair.first.Scalar(), pair.second.Scalar());
      }
    } else if (value.IsScalar()) {
      entry.value = value.Scalar();
    } else if (value.IsNull()) {
      return;  // "redis:" with nothing below it
    } else {
      return Fault(name, absl::StrCat(key, " takes one value, not a list"));
    }
    entries.push_back(std::move(entry));
  }

  void Fault(const YAML::Node& node, const std::string& what) {
    errors_.push_back(absl::StrCat(path_, ":", node.Mark().line + 1, ": ", what));
  }

  const std::string& path_;
  const std::function<bool(const std::string&)>& holds_pairs_;
  std::vector<std::string>& errors_;
};

}  // namespace

std::vector<FileEntry> ReadConfigFile(const std::string& path,
                                      const std::function<bool(const std::string&)>& holds_pairs,
                                      std::vector<std::string>& errors) {
  std::ifstream file(path);
  std::string text(kFileBytesMax + 1, '\0');
  if (!file.good() ||
      !(file.read(text.data(), static_cast<std::streamsize>(text.size())) || file.eof())) {
    errors.push_back(absl::StrCat(path, ": cannot be read"));
    return {};
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kFileBytesMax) {
    errors.push_back(absl::StrCat(path, ": is larger than ", kFileBytesMax, " bytes"));
    return {};
  }
  try {
    const YAML::Node root = YAML::Load(text);
    Reader reader(path, holds_pairs, errors);
    if (root.IsMap()) {
      reader.Walk(root, "", 1);
    } else if (!root.IsNull()) {
      errors.push_back(absl::StrCat(path, ": must be a mapping of settings"));
    }
    return std::move(reader.entries);
  } catch (const YAML::Exception& error) {
    errors.push_back(absl::StrCat(path, ":", error.mark.line + 1, ": ", error.msg));
    return {};
  }
}

}  // namespace baton::platform
