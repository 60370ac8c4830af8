#include "batonctl/completion.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

namespace baton::batonctl {
namespace {

using Word = CompletionLevel::Word;

// In single quotes of a POSIX shell.
std::string ShellQuoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// In single quotes of fish, which has escapes there.
std::string FishQuoted(const std::string& text) {
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

std::vector<std::string> Texts(const CompletionLevel& level) {
  std::vector<std::string> texts;
  for (const Word& word : level.words) texts.push_back(word.text);
  return texts;
}

// All options of all levels whose value is known or can be asked for; "-o|--output) ...".
std::vector<const Word*> OptionsWithValues(const std::vector<CompletionLevel>& levels) {
  std::map<std::string, const Word*> options;
  for (const CompletionLevel& level : levels) {
    for (const Word& word : level.words) {
      if (!word.values.empty() || !word.names_of.empty()) options.emplace(word.text, &word);
    }
  }
  std::vector<const Word*> list;
  for (const auto& [text, word] : options) list.push_back(word);
  return list;
}

// Asks batonctl for the names of a kind, with what stands on the line so far: whom to ask, and of
// which workspace.
std::string BashNames(const std::string& kind) {
  return absl::StrCat("$(\"${COMP_WORDS[0]}\" __names ", kind,
                      " \"${COMP_WORDS[@]:1:COMP_CWORD-1}\" 2>/dev/null)");
}
std::string ZshNames(const std::string& kind) {
  return absl::StrCat("$(${words[1]} __names ", kind, " ${words[2,CURRENT-1]} 2>/dev/null)");
}
std::string FishNames(const std::string& kind) {
  return absl::StrCat("(batonctl __names ", kind, " (commandline -opc)[2..-1] 2>/dev/null)");
}

// The pattern of a case statement for every level: "batonctl lead|batonctl lead get|...".
std::string PathPattern(const std::vector<CompletionLevel>& levels) {
  std::vector<std::string> quoted;
  for (const CompletionLevel& level : levels) quoted.push_back(ShellQuoted(level.path));
  return absl::StrJoin(quoted, "|");
}

// Names do not begin with a dash.
std::string NamesUnlessOption(const std::string& kind) {
  return absl::StrCat("; [[ $cur == -* ]] || words+=\" ", BashNames(kind), "\"");
}

// The words before the cursor that are commands make up the path; the rest are options and values.
std::string BashScript(const std::vector<CompletionLevel>& levels) {
  std::string script = absl::StrCat(
      "# bash completion for batonctl; load it: source <(batonctl completion bash)\n"
      "_batonctl() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=batonctl i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n"
      "      ",
      PathPattern(levels),
      ") path=\"$path ${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$prev\" in\n");
  for (const Word* option : OptionsWithValues(levels)) {
    const std::string words = option->names_of.empty()
                                  ? ShellQuoted(absl::StrJoin(option->values, " "))
                                  : absl::StrCat("\"", BashNames(option->names_of), "\"");
    absl::StrAppend(&script, "    ", option->text, ") mapfile -t COMPREPLY < <(compgen -W ", words,
                    " -- \"$cur\"); return ;;\n");
  }
  absl::StrAppend(&script,
                  "    -f|--file) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
                  "  esac\n  local words=\n  case \"$path\" in\n");
  for (const CompletionLevel& level : levels) {
    absl::StrAppend(&script, "    ", ShellQuoted(level.path),
                    ") words=", ShellQuoted(absl::StrJoin(Texts(level), " ")),
                    level.names_of.empty() ? "" : NamesUnlessOption(level.names_of), " ;;\n");
  }
  return script +
         "  esac\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
         "}\n"
         "complete -F _batonctl batonctl\n";
}

std::string ZshScript(const std::vector<CompletionLevel>& levels) {
  std::string script = absl::StrCat(
      "#compdef batonctl\n"
      "# zsh completion for batonctl; load it: source <(batonctl completion zsh)\n"
      "_batonctl() {\n"
      "  local path_=batonctl i prev=${words[CURRENT-1]}\n"
      "  local -a items\n"
      "  for ((i = 2; i < CURRENT; i++)); do\n"
      "    case \"$path_ ${words[i]}\" in\n"
      "      ",
      PathPattern(levels),
      ") path_=\"$path_ ${words[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  case \"$prev\" in\n");
  for (const Word* option : OptionsWithValues(levels)) {
    absl::StrAppend(
        &script, "    ", option->text, ") compadd -- ",
        option->names_of.empty() ? absl::StrJoin(option->values, " ") : ZshNames(option->names_of),
        "; return ;;\n");
  }
  absl::StrAppend(&script, "    -f|--file) _files; return ;;\n  esac\n  case \"$path_\" in\n");
  for (const CompletionLevel& level : levels) {
    absl::StrAppend(&script, "    ", ShellQuoted(level.path), ") items=(\n");
    for (const Word& word : level.words) {
      const std::string about = absl::StrReplaceAll(word.about, {{":", "\\:"}});
      absl::StrAppend(&script, "      ", ShellQuoted(absl::StrCat(word.text, ":", about)), "\n");
    }
    absl::StrAppend(&script, "      )");
    if (!level.names_of.empty()) {
      absl::StrAppend(&script, "; [[ $words[CURRENT] == -* ]] || compadd -- ",
                      ZshNames(level.names_of));
    }
    absl::StrAppend(&script, " ;;\n");
  }
  return script +
         "  esac\n"
         "  _describe 'batonctl' items\n"
         "}\n"
         "compdef _batonctl batonctl\n";
}

std::string FishLine(const std::string& path, const Word& word) {
  std::string line = absl::StrCat("complete -c batonctl -n ",
                                  FishQuoted(absl::StrCat("__batonctl_at ", FishQuoted(path))));
  if (!word.is_option) {
    absl::StrAppend(&line, " -a ", FishQuoted(word.text));
  } else if (word.text.starts_with("--")) {
    absl::StrAppend(&line, " -l ", FishQuoted(word.text.substr(2)));
  } else {
    absl::StrAppend(&line, " -s ", FishQuoted(word.text.substr(1)));
  }
  if (word.takes_value) {
    const bool is_file = word.text == "-f" || word.text == "--file";
    absl::StrAppend(&line, is_file ? " -r -F" : " -x");
  }
  if (!word.values.empty()) {
    absl::StrAppend(&line, " -a ", FishQuoted(absl::StrJoin(word.values, " ")));
  }
  if (!word.names_of.empty()) absl::StrAppend(&line, " -a ", FishQuoted(FishNames(word.names_of)));
  return absl::StrCat(line, " -d ", FishQuoted(word.about), "\n");
}

std::string FishScript(const std::vector<CompletionLevel>& levels) {
  std::vector<std::string> paths;
  for (const CompletionLevel& level : levels) paths.push_back(FishQuoted(level.path));
  std::string script = absl::StrCat(
      "# fish completion for batonctl; load it: batonctl completion fish | source\n"
      "function __batonctl_at\n"
      "  set -l path batonctl\n"
      "  for word in (commandline -opc)[2..-1]\n"
      "    contains -- \"$path $word\" ",
      absl::StrJoin(paths, " "),
      "\n"
      "    and set path \"$path $word\"\n"
      "  end\n"
      "  test \"$path\" = \"$argv[1]\"\n"
      "end\n"
      "complete -c batonctl -f\n");
  for (const CompletionLevel& level : levels) {
    for (const Word& word : level.words) absl::StrAppend(&script, FishLine(level.path, word));
    if (level.names_of.empty()) continue;
    absl::StrAppend(&script, "complete -c batonctl -n ",
                    FishQuoted(absl::StrCat("__batonctl_at ", FishQuoted(level.path))), " -a ",
                    FishQuoted(FishNames(level.names_of)), "\n");
  }
  return script;
}

}  // namespace

std::string CompletionScript(const std::string& shell, const std::vector<CompletionLevel>& levels) {
  if (shell == "bash") return BashScript(levels);
  if (shell == "zsh") return ZshScript(levels);
  if (shell == "fish") return FishScript(levels);
  return "";
}

}  // namespace baton::batonctl
