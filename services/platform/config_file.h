// A YAML file of settings as a flat list. Internal to platform/config.
#ifndef BATON_PLATFORM_CONFIG_FILE_H_
#define BATON_PLATFORM_CONFIG_FILE_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace baton::platform {

struct FileEntry {
  std::string key;                                         // "redis.url"
  std::string value;                                       // of a scalar
  std::vector<std::pair<std::string, std::string>> pairs;  // of a key for which holds_pairs is true
  int line = 0;
};

// Reads mappings of scalars, nested as the dotted keys say. Adds to `errors` what cannot be read,
// "FILE:LINE: what".
std::vector<FileEntry> ReadConfigFile(const std::string& path,
                                      const std::function<bool(const std::string&)>& holds_pairs,
                                      std::vector<std::string>& errors);

}  // namespace baton::platform

#endif  // BATON_PLATFORM_CONFIG_FILE_H_
