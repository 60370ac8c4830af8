// A file of settings (--config).
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "fuzz/fuzz.h"
#include "platform/config_file.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("config-fuzz-" + std::to_string(getpid())))
          .string();
  std::ofstream(path, std::ios::binary) << baton::fuzz::Text(data, size);
  std::vector<std::string> errors;
  const auto entries = baton::platform::ReadConfigFile(
      path, [](const std::string& key) { return key == "kafka.properties"; }, errors);
  for (const auto& entry : entries) {
    baton::fuzz::Require(entry.line > 0, "an entry knows its line");
    baton::fuzz::Require(!entry.key.empty(), "an entry has a key");
  }
  std::filesystem::remove(path);
  return 0;
}
