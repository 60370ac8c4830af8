#include "batonctl/completion.h"

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

// All options of all levels whose value is one of a few; "-o|--output) ...".
std::vector<const Word*> OptionsWithValues(const std::vector<CompletionLevel>& levels) {
  std::vector<const Word*> options;
  for (const CompletionLevel& level : levels) {
    for (const Word& word : level.words) {
      if (!word.values.empty()) options.push_back(&word);
    }
  }
  return options;
}

// The pattern of a case statement for every level: "batonctl lead|batonctl lead get|...".
std::string PathPattern(const std::vector<CompletionLevel>& levels) {
  std::vector<std::string> quoted;
  for (const CompletionLevel& level : levels) quoted.push_back(ShellQuoted(level.path));
  return absl::StrJoin(quoted, "|");
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
    absl::StrAppend(&script, "    ", option->text, ") mapfile -t COMPREPLY < <(compgen -W ",
                    ShellQuoted(absl::StrJoin(option->values, " ")), " -- \"$cur\"); return ;;\n");
  }
  absl::StrAppend(&script,
                  "    -f|--file) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
                  "  esac\n  local words=\n  case \"$path\" in\n");
  for (const CompletionLevel& level : levels) {
    absl::StrAppend(&script, "    ", ShellQuoted(level.path),
                    ") words=", ShellQuoted(absl::StrJoin(Texts(level), " ")), " ;;\n");
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
    absl::StrAppend(&script, "    ", option->text, ") compadd -- ",
                    absl::StrJoin(option->values, " "), "; return ;;\n");
  }
  absl::StrAppend(&script, "    -f|--file) _files; return ;;\n  esac\n  case \"$path_\" in\n");
  for (const CompletionLevel& level : levels) {
    absl::StrAppend(&script, "    ", ShellQuoted(level.path), ") items=(\n");
    for (const Word& word : level.words) {
      const std::string about = absl::StrReplaceAll(word.about, {{":", "\\:"}});
      absl::StrAppend(&script, "      ", ShellQuoted(absl::StrCat(word.text, ":", about)), "\n");
    }
    absl::StrAppend(&script, "      ) ;;\n");
  }
  return script +
         "  esac\n"
         "  _describe -o 'batonctl' items\n"
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
