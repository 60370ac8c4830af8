// Files for tests.
#ifndef BATON_TESTS_UNIT_BATONCTL_TEMPORARY_FILE_H_
#define BATON_TESTS_UNIT_BATONCTL_TEMPORARY_FILE_H_

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace baton::batonctl {

// A file that lives as long as this.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / "batonctl-test-XXXXXX").string()) {
    const int file = mkstemp(path_.data());
    if (file >= 0) close(file);
    std::ofstream(path_) << text;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

  static std::string Read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

 private:
  std::string path_;
};

}  // namespace baton::batonctl

#endif  // BATON_TESTS_UNIT_BATONCTL_TEMPORARY_FILE_H_
