#include "batonctl/kinds.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/command_words.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

constexpr char kNoKind[] = "batonctl get KIND [NAME]; kinds are ";

std::string KindWords() {
  std::vector<std::string> words;
  for (const Kind& kind : Kinds()) words.emplace_back(kind.plural);
  return absl::StrJoin(words, ", ");
}

// Only for its help: ExpandVerb has replaced it otherwise.
void AddVerb(CLI::App& app, Session& session, const std::string& name, const std::string& about,
             bool names_one) {
  CLI::App& verb = *app.add_subcommand(name, about);
  verb.add_option("KIND")->description(absl::StrCat("one of ", KindWords()));
  if (names_one) verb.add_option("NAME")->description("one of them; without: all");
  verb.footer(absl::StrCat("Takes the options of the kind's own command: batonctl ", name,
                           " leads --help."));
  OnRun(verb, session, [] { return UsageError(absl::StrCat(kNoKind, KindWords())); });
}

}  // namespace

const std::vector<Kind>& Kinds() {
  static const std::vector<Kind>* const kinds = new std::vector<Kind>{
      {"lead", "leads", "lead", "list", "get", "Lead", true},
      {"assignment", "assignments", "assignment", "list", "get", "Assignment", true},
      {"queue", "queues", "queue", "list", "get", "Queue", true},
      {"rep", "reps", "rep", "list", "get", "Rep", true},
      {"policy", "policies", "policy", "list", "get", "Policy"},
      {"account", "accounts", "account", "list", "get", "Account"},
      {"table", "tables", "table", "list", "get", "Table"},
      {"webhook", "webhooks", "webhook", "list", "get", "Webhook"},
      {"workspace", "workspaces", "workspace", "list", "get", "Workspace"},
      {"letter", "letters", "dlq", "list", "show", ""},
      {"context", "contexts", "config", "get-contexts", "", ""},
  };
  return *kinds;
}

absl::StatusOr<Kind> FindKind(const std::string& word) {
  const std::string lower = absl::AsciiStrToLower(word);
  std::vector<std::string> known;
  for (const Kind& kind : Kinds()) {
    if (lower == kind.name || lower == kind.plural) return kind;
    known.insert(known.end(), {kind.name, kind.plural});
  }
  return UsageError(absl::StrCat("there is no kind ", policy::Quoted(word),
                                 policy::DidYouMean(lower, known), "; kinds are ", KindWords()));
}

absl::StatusOr<std::vector<std::string>> ExpandVerb(const CLI::App& app,
                                                    std::vector<std::string> words) {
  const CommandWords read = ReadWords(app, words);
  if (read.positionals.size() < 2) return words;
  const size_t verb_at = read.positionals[0], kind_at = read.positionals[1];
  const std::string verb = words[verb_at];
  if (verb != "get" && verb != "list" && verb != "watch") return words;
  const absl::StatusOr<Kind> kind = FindKind(words[kind_at]);
  if (!kind.ok()) return kind.status();
  // A name stands right behind the kind: what comes later may be the value of an option.
  const bool named = kind_at + 1 < words.size() && !words[kind_at + 1].starts_with('-');
  if (verb == "watch" && !kind->watched) {
    return UsageError(absl::StrCat(kind->plural, " cannot be watched; leads, assignments, queues ",
                                   "and reps can"));
  }
  if (named && (verb != "get" || *kind->get == '\0')) {
    return UsageError(absl::StrCat(verb, " ", kind->plural, " takes no name, this is ",
                                   policy::Quoted(words[kind_at + 1])));
  }
  words[verb_at] = kind->group;
  words[kind_at] = named ? kind->get : kind->list;
  if (verb == "watch") words.emplace_back("--watch");
  return words;
}

void AddVerbs(CLI::App& app, Session& session) {
  AddVerb(app, session, "get", "Lists the resources of a kind, or shows one", true);
  AddVerb(app, session, "list", "Lists the resources of a kind", false);
  AddVerb(app, session, "watch", "Lists them, then what is new or changed, until Ctrl-C", false);
}

}  // namespace baton::batonctl
