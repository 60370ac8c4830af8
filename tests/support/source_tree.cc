#include "support/source_tree.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace baton::support {

std::string SourcePath(const std::string& path) {
  return absl::StrCat(BATON_SOURCE_DIR "/", path);
}

std::string SourceText(const std::string& path) {
  std::ifstream file(SourcePath(path), std::ios::binary);
  if (!file) throw std::runtime_error(absl::StrCat("cannot read ", path));
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace baton::support
