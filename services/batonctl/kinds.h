// The kinds of resources, and the verbs that take any of them: `get leads` is `lead list`.
#ifndef BATON_BATONCTL_KINDS_H_
#define BATON_BATONCTL_KINDS_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace baton::batonctl {

struct Kind {
  const char* name;     // "lead"
  const char* plural;   // "leads"
  const char* group;    // the commands of this kind
  const char* list;     // of them, that which lists
  const char* get;      // that which shows one; "": none
  const char* message;  // of the API; "": none
  bool watched = false;
};

// In the order of help.
const std::vector<Kind>& Kinds();
// By name or plural; a usage error lists them.
absl::StatusOr<Kind> FindKind(const std::string& word);

// The command line with `get`, `list` and `watch` KIND [NAME] replaced by the command of the kind,
// which takes the same options. Others stay as they are.
absl::StatusOr<std::vector<std::string>> ExpandVerb(const CLI::App& app,
                                                    std::vector<std::string> words);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_KINDS_H_
