#include "platform/config.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "platform/config_file.h"

namespace baton::platform {
namespace {

constexpr char kConfigFlag[] = "--config";
constexpr char kPrintFlag[] = "--print-config";

}  // namespace

// What was given on the command line, by flag.
struct Settings::CommandLine {
  std::map<std::string, std::vector<std::string>> values;
  std::string help;  // not empty: asked for
};

Settings::Settings(std::string program, std::string about, std::string environment_prefix)
    : program_(std::move(program)),
      about_(std::move(about)),
      prefix_(std::move(environment_prefix)) {}

Settings::Setting& Settings::Add(Kind kind, const std::string& key, const std::string& help) {
  Setting setting;
  setting.kind = kind;
  setting.key = key;
  setting.help = help;
  setting.flag = absl::StrCat("--", absl::StrReplaceAll(key, {{".", "-"}, {"_", "-"}}));
  setting.variable =
      absl::StrCat(prefix_, absl::AsciiStrToUpper(absl::StrReplaceAll(key, {{".", "_"}})));
  return settings_.emplace_back(std::move(setting));
}

Settings::Setting* Settings::Find(const std::string& key) {
  auto found = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& setting) {
    return setting.key == key && setting.kind != Kind::kRole;
  });
  return found == settings_.end() ? nullptr : &*found;
}

void Settings::Assign(Setting& setting, const std::string& value, const std::string& source,
                      std::vector<std::string>& errors) {
  const std::string wrong = setting.set(value);
  if (!wrong.empty()) {
    // The value is not quoted: it may be a secret.
    errors.push_back(absl::StrCat(source, ": ", setting.key, " ", wrong));
    return;
  }
  if (setting.kind != Kind::kPairs || setting.source == "default") {
    setting.source = source;
  } else if (!absl::EndsWith(setting.source, source)) {
    absl::StrAppend(&setting.source, ", ", source);
  }
}

Settings::Loaded Settings::Load(const std::vector<std::string>& arguments,
                                const Environment& environment) {
  Loaded loaded;
  const CommandLine line = ParseCommandLine(arguments, loaded.errors);
  if (!line.help.empty()) {
    loaded.errors.clear();
    loaded.print = line.help;
    return loaded;
  }
  std::string path;
  if (auto variable = environment.find(prefix_ + "CONFIG"); variable != environment.end()) {
    path = variable->second;
  }
  if (auto flag = line.values.find(kConfigFlag); flag != line.values.end()) {
    path = flag->second.back();
  }
  if (!path.empty()) LoadFile(path, loaded.errors);
  LoadEnvironment(environment, loaded.errors);
  LoadFlags(line, loaded.errors);
  if (line.values.contains(kPrintFlag)) loaded.print = Print();
  return loaded;
}

// The arguments without flags that no setting has, each of which is an error, and without their
// values, which would be taken for the role, and shown. What is left is then read as if they had
// not been given.
std::vector<std::string> Settings::KnownArguments(const std::vector<std::string>& arguments,
                                                  std::vector<std::string>& errors) const {
  const auto known = [this](const std::string& flag) {
    return flag == "--help" || flag == kConfigFlag || flag == kPrintFlag ||
           std::any_of(settings_.begin(), settings_.end(),
                       [&](const Setting& setting) { return setting.flag == flag; });
  };
  std::vector<std::string> rest;
  bool value_follows = false;  // perhaps: of a flag that is left out
  for (const std::string& argument : arguments) {
    const bool is_flag = absl::StartsWith(argument, "--");
    const bool is_role = std::find(roles_.begin(), roles_.end(), argument) != roles_.end();
    const std::string flag = argument.substr(0, argument.find('='));
    if (is_flag && !known(flag)) {
      errors.push_back(
          absl::StrCat("command line: unknown argument ", flag, "; see ", program_, " --help"));
    } else if (is_flag || is_role || !value_follows) {
      rest.push_back(argument);
    }
    value_follows = is_flag && !known(flag) && flag == argument;
  }
  return rest;
}

Settings::CommandLine Settings::ParseCommandLine(const std::vector<std::string>& arguments,
                                                 std::vector<std::string>& errors) const {
  CLI::App app(about_, program_);
  app.allow_extras();
  CommandLine line;
  std::map<std::string, std::vector<std::string>> values;
  bool print = false;
  app.add_option(kConfigFlag, values[kConfigFlag],
                 absl::StrCat("YAML file of settings [", prefix_, "CONFIG]"));
  app.add_flag(kPrintFlag, print, "Show every setting with its source, and end");
  std::map<std::string, std::string> switches;
  for (const Setting& setting : settings_) {
    const std::string help = absl::StrCat(setting.help, " [", setting.variable, "]");
    if (setting.kind == Kind::kRole) {
      app.add_option(setting.key, values[setting.flag], setting.help)->expected(1);
    } else if (setting.kind == Kind::kSwitch) {
      app.add_flag(setting.flag, switches[setting.flag], help);
    } else {
      app.add_option(setting.flag, values[setting.flag], help)->take_all()->expected(1);
    }
  }
  const std::vector<std::string> read = KnownArguments(arguments, errors);
  try {
    // CLI11 takes them from the back.
    app.parse(std::vector<std::string>(read.rbegin(), read.rend()));
  } catch (const CLI::CallForHelp&) {
    line.help = app.help();
  } catch (const CLI::ParseError& error) {
    errors.push_back(absl::StrCat("command line: ", error.what()));
  }
  for (const std::string& extra : app.remaining()) {
    errors.push_back(
        absl::StrCat("command line: unknown argument ", extra, "; see ", program_, " --help"));
  }
  for (auto& [flag, given] : values) {
    if (!given.empty()) line.values[flag] = std::move(given);
  }
  for (auto& [flag, given] : switches) {
    if (!given.empty()) line.values[flag] = {std::move(given)};
  }
  if (print) line.values[kPrintFlag] = {"true"};
  return line;
}

void Settings::LoadFile(const std::string& path, std::vector<std::string>& errors) {
  const auto holds_pairs = [this](const std::string& key) {
    const Setting* setting = Find(key);
    return setting != nullptr && setting->kind == Kind::kPairs;
  };
  for (const FileEntry& entry : ReadConfigFile(path, holds_pairs, errors)) {
    const std::string source = absl::StrCat(path, ":", entry.line);
    Setting* setting = Find(entry.key);
    if (setting == nullptr) {
      errors.push_back(
          absl::StrCat(source, ": unknown key ", entry.key, "; see ", program_, " --help"));
    } else if (setting->kind == Kind::kPairs) {
      for (const auto& [name, value] : entry.pairs) {
        Assign(*setting, absl::StrCat(name, "=", value), source, errors);
      }
    } else {
      Assign(*setting, entry.value, source, errors);
    }
  }
}

void Settings::LoadEnvironment(const Environment& environment, std::vector<std::string>& errors) {
  for (const auto& variable : environment) {
    const std::string& name = variable.first;
    const std::string& value = variable.second;
    if (!absl::StartsWith(name, prefix_) || name == prefix_ + "CONFIG") continue;
    auto setting = std::find_if(settings_.begin(), settings_.end(), [&](const Setting& candidate) {
      return candidate.variable == name && candidate.kind != Kind::kRole;
    });
    if (setting == settings_.end()) {
      errors.push_back(
          absl::StrCat("environment: unknown variable ", name, "; see ", program_, " --help"));
      continue;
    }
    std::vector<std::string> values = {value};
    if (setting->kind == Kind::kPairs) values = absl::StrSplit(value, ';', absl::SkipWhitespace());
    for (const std::string& one : values) {
      Assign(*setting, one, absl::StrCat("environment ", name), errors);
    }
  }
}

void Settings::LoadFlags(const CommandLine& line, std::vector<std::string>& errors) {
  for (Setting& setting : settings_) {
    auto given = line.values.find(setting.flag);
    const bool is_role = setting.kind == Kind::kRole;
    if (given == line.values.end()) {
      if (is_role && !line.values.contains(kPrintFlag))
        errors.push_back(absl::StrCat("command line: missing ", setting.help));
      continue;
    }
    for (const std::string& value : given->second) {
      Assign(setting, value, is_role ? "command line" : absl::StrCat("flag ", setting.flag),
             errors);
    }
  }
}

std::string Settings::Print() const {
  std::string text;
  for (const Setting& setting : settings_) {
    absl::StrAppend(&text, setting.key, " = ", setting.show(), "  # ", setting.source, "\n");
  }
  return text;
}

Settings::Environment ProcessEnvironment() {
  Settings::Environment environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const size_t equals = text.find('=');
    if (equals != std::string::npos) environment[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return environment;
}

}  // namespace baton::platform
