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

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_APP_H_
