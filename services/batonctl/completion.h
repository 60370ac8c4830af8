// Completion scripts for shells, made from the commands themselves.
#ifndef BATON_BATONCTL_COMPLETION_H_
#define BATON_BATONCTL_COMPLETION_H_

#include <string>
#include <vector>

namespace baton::batonctl {

// What can follow on one level of the command line.
struct CompletionLevel {
  std::string path;  // "batonctl lead"
  struct Word {
    std::string text;   // "explain" or "--limit"
    std::string about;  // one line
    bool is_option = false;
    bool takes_value = false;         // an option whose next word is its value
    std::vector<std::string> values;  // of which it is one, if known
    std::string names_of;             // or the kind whose names it takes
  };
  std::vector<Word> words;
  std::string names_of;  // a name of this kind may follow; the server is asked for them
};

// "bash", "zsh" or "fish"; the script, to be sourced. Empty for another shell.
std::string CompletionScript(const std::string& shell, const std::vector<CompletionLevel>& levels);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_COMPLETION_H_
