// The settings that an option, a variable of the environment or a context can give: which of them
// does, and what that makes of the session's options.
#ifndef BATON_BATONCTL_SETTINGS_H_
#define BATON_BATONCTL_SETTINGS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "batonctl/context_file.h"
#include "batonctl/session.h"

namespace baton::batonctl {

// Not thread-safe.
class Settings {
 public:
  struct Resolved {
    std::string key, value;
    std::string from;  // "--server", "BATONCTL_SERVER", "context prod", "default"
  };

  // Adds the options to `app`; their values go into `options`. Both must outlive this.
  void AddTo(CLI::App& app, GlobalOptions& options);

  // After parsing: takes from the environment what no option says, and from the context what
  // neither does. The error says what is wrong with the file of contexts or with the name of the
  // context.
  absl::Status Resolve();

  const std::vector<Resolved>& resolved() const { return resolved_; }
  // The context in use; empty: none.
  const std::string& context() const { return context_; }
  // What options on the command line say, also if the environment says the same.
  struct Flag {
    std::string key, value;
  };
  std::vector<Flag> Flags() const;

 private:
  struct Setting {
    std::string key, variable;
    CLI::Option* option = nullptr;
    std::string* value = nullptr;
  };
  // Sets the value and answers where it comes from. Without `context` there is none.
  static std::string Take(const Setting& setting, const Context* context);

  std::vector<Setting> settings_;
  std::string context_;
  std::vector<Resolved> resolved_;
};

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_SETTINGS_H_
