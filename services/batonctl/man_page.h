// The manual page, made from the commands and their help. Pure functions.
#ifndef BATON_BATONCTL_MAN_PAGE_H_
#define BATON_BATONCTL_MAN_PAGE_H_

#include <CLI/CLI.hpp>
#include <string>

namespace baton::batonctl {

// batonctl(1) in roff: what `--help` of `app` and of every command below it says, but for what is
// for scripts only.
std::string ManPage(const CLI::App& app, const std::string& version);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_MAN_PAGE_H_
