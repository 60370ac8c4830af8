// Which format a command makes, and -o of those that make others than all commands do, such as CSV.
#ifndef BATON_BATONCTL_OUTPUT_CHOICE_H_
#define BATON_BATONCTL_OUTPUT_CHOICE_H_

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "batonctl/session.h"

namespace baton::batonctl {

// What all commands make that say nothing else.
inline constexpr std::pair<const char*, OutputFormat> kOutputFormats[] = {
    {"table", OutputFormat::kTable}, {"wide", OutputFormat::kWide}, {"json", OutputFormat::kJson},
    {"yaml", OutputFormat::kYaml},   {"name", OutputFormat::kName},
};

// Not thread-safe.
class OutputChoice {
 public:
  // `formats`: all that the command can make.
  explicit OutputChoice(std::vector<std::string> formats) : formats_(std::move(formats)) {}

  // Adds the option; this must outlive the parsing.
  void AddTo(CLI::App& command);

  // What to make, by the command's own option, else by the global one: "" where it is now
  // session.options.format that says it, else a word such as "csv". A usage error says what the
  // command can make instead.
  absl::StatusOr<std::string> Take(Session& session) const;

 private:
  std::vector<std::string> formats_;
  std::string own_;  // empty: not given
};

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_OUTPUT_CHOICE_H_
