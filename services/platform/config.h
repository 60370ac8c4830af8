// A table of typed settings: each has one key, and from the key follow its flag, its environment
// variable and its place in the file. "redis.min_replica_acks" is --redis-min-replica-acks,
// <PREFIX>REDIS_MIN_REPLICA_ACKS, and "min_replica_acks:" below "redis:" in the YAML file that
// --config (or <PREFIX>CONFIG) names.
//
// A flag wins over the environment, the environment over the file, the file over the default (the
// target's value when it is added). Unknown flags, variables that begin with the prefix, and keys
// are errors. Load finds all errors, not only the first. Not thread-safe.
#ifndef BATON_PLATFORM_CONFIG_H_
#define BATON_PLATFORM_CONFIG_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace baton::platform {

// What --print-config shows of a value.
enum class Secrecy {
  kOpen,
  kUrlPassword,  // "redis://:******@host"
  kMasked,       // "******"
};

class Settings {
 public:
  using Environment = std::map<std::string, std::string>;
  // Says what is wrong with a text, or nothing.
  using TextCheck = std::function<std::string(std::string_view)>;

  // `about` is the first paragraph of --help.
  Settings(std::string program, std::string about, std::string environment_prefix);

  // Targets outlive the table. `help` is one phrase that says what the setting is for.
  void AddText(const std::string& key, const std::string& help, std::string* target,
               TextCheck check = {}, Secrecy secrecy = Secrecy::kOpen);
  void AddChoice(const std::string& key, const std::string& help, std::string* target,
                 std::vector<std::string> choices);
  void AddNumber(const std::string& key, const std::string& help, int* target, int min, int max);
  void AddNumber(const std::string& key, const std::string& help, int64_t* target, int64_t min,
                 int64_t max);
  void AddSwitch(const std::string& key, const std::string& help, bool* target);
  // "100ms", "10s", "2m30s".
  void AddDuration(const std::string& key, const std::string& help, absl::Duration* target,
                   absl::Duration min, absl::Duration max);
  // A mapping in the file, `flag` name=value (repeated), "name=value;name=value" in the
  // environment. Sources are merged name by name. Values of names that look like secrets are
  // masked.
  void AddPairs(const std::string& key, const std::string& flag, const std::string& help,
                std::map<std::string, std::string>* target);
  // The word after the program's name.
  void AddRole(const std::string& help, std::string* target, std::vector<std::string> choices);

  struct Loaded {
    std::vector<std::string>
        errors;         // each names the flag, variable or file and line, and the mend
    std::string print;  // not empty: --help or --print-config was asked for; print it and end
  };
  // Sets the targets. `arguments` without the program's name; `environment` as the process has it.
  Loaded Load(const std::vector<std::string>& arguments, const Environment& environment);

 private:
  enum class Kind { kValue, kSwitch, kPairs, kRole };

  struct Setting {
    Kind kind = Kind::kValue;
    std::string key;
    std::string flag;                                    // "--redis-url"
    std::string variable;                                // "BATON_REDIS_URL"
    std::string help;                                    // with range and default
    std::function<std::string(const std::string&)> set;  // returns what is wrong, or nothing
    std::function<std::string()> show;                   // for --print-config
    std::string source = "default";
  };

  struct CommandLine;

  Setting& Add(Kind kind, const std::string& key, const std::string& help);
  Setting* Find(const std::string& key);
  void Assign(Setting& setting, const std::string& value, const std::string& source,
              std::vector<std::string>& errors);
  std::vector<std::string> KnownArguments(const std::vector<std::string>& arguments,
                                          std::vector<std::string>& errors) const;
  CommandLine ParseCommandLine(const std::vector<std::string>& arguments,
                               std::vector<std::string>& errors) const;
  void LoadFile(const std::string& path, std::vector<std::string>& errors);
  void LoadEnvironment(const Environment& environment, std::vector<std::string>& errors);
  void LoadFlags(const CommandLine& line, std::vector<std::string>& errors);
  std::string Print() const;

  const std::string program_;
  const std::string about_;
  const std::string prefix_;
  std::vector<Setting> settings_;
  std::vector<std::string> roles_;  // that AddRole allows
};

// For AddText.
std::string CheckNotEmpty(std::string_view text);
// "host:port", "[::1]:port", ":port".
std::string CheckAddress(std::string_view text);

// The variables of this process.
Settings::Environment ProcessEnvironment();

}  // namespace baton::platform

#endif  // BATON_PLATFORM_CONFIG_H_
