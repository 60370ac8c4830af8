// batonctl __names KIND WORDS...: names for completion, of the server that the words so far name.
#include <sstream>

#include "absl/strings/str_split.h"
#include "batonctl/app.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/kinds.h"
#include "batonctl/settings.h"

namespace baton::batonctl {
namespace {

constexpr char kNamesPatience[] = "1s";  // somebody has pressed Tab
constexpr char kNamesMax[] = "200";

// Those words that say whom to ask, and as whom.
std::vector<std::string> SettingsIn(const std::vector<std::string>& words) {
  CLI::App app;
  GlobalOptions options;
  Settings settings;
  settings.AddTo(app, options);
  std::vector<std::string> found;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string name = words[i].substr(0, words[i].find('='));
    if (!name.starts_with('-') || app.get_option_no_throw(name) == nullptr) continue;
    found.push_back(words[i]);
    if (name == words[i] && i + 1 < words.size()) found.push_back(words[++i]);
  }
  return found;
}

}  // namespace

int PrintNames(const std::vector<std::string>& words, const Surroundings& surroundings) {
  const absl::StatusOr<Kind> kind = FindKind(words.empty() ? "" : words.front());
  if (!kind.ok()) return kExitUsage;
  std::vector<std::string> command = SettingsIn({words.begin() + 1, words.end()});
  command.insert(command.end(), {kind->group, kind->list, "-o", "name"});
  const std::string which = kind->name;
  if (which != "context") {
    command.insert(command.end(), {"--timeout", kNamesPatience, "--limit", kNamesMax});
  }
  std::ostringstream out, err;
  Surroundings quiet{out,
                     err,
                     false,
                     surroundings.connect,
                     surroundings.list_topics,
                     surroundings.create_topic,
                     surroundings.new_id,
                     surroundings.now,
                     surroundings.sleep,
                     surroundings.verify,
                     surroundings.catch_interrupts,
                     surroundings.interrupted,
                     surroundings.ask,
                     surroundings.make_producer,
                     surroundings.topic_spans,
                     surroundings.read_topic};
  const int code = Run(command, std::move(quiet));
  const std::vector<std::string> names = absl::StrSplit(out.str(), '\n', absl::SkipEmpty());
  for (const std::string& name : names) {
    surroundings.out << (which == "letter" ? name : ShortName(name)) << "\n";
  }
  surroundings.out.flush();
  return code;
}

}  // namespace baton::batonctl
