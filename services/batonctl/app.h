// The command line of Baton: options, commands, exit codes.
#ifndef BATON_BATONCTL_APP_H_
#define BATON_BATONCTL_APP_H_

#include <string>
#include <vector>

#include "batonctl/session.h"

namespace baton::batonctl {

// Runs the command that `arguments` (without the program's name) ask for. Answers the exit code
// (exit_codes.h). Never throws.
int Run(const std::vector<std::string>& arguments, Surroundings surroundings);

// The names of a kind (the first of `words`) for completion, one a line: of the server that the
// other words, a command line being typed, name. Asks for a second at most, says nothing of errors.
int PrintNames(const std::vector<std::string>& words, const Surroundings& surroundings);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_APP_H_
