// Revisions as people name them, and the roles in which they act.
#ifndef BATON_BATONCTL_POLICY_NAMES_H_
#define BATON_BATONCTL_POLICY_NAMES_H_

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "batonctl/session.h"

namespace baton::batonctl {

// "workspaces/demo/policies/NAME@REVISION"; "-" for a name that is left out.
absl::StatusOr<std::string> RevisionName(const Session& session, const std::string& text);

// The caller acts in this role, whatever else it has; empty: in those it has.
void ActAs(Session& session, const std::string& role);

// `--as ROLE`.
CLI::Option* AddAs(CLI::App& command, std::string& role, const std::vector<std::string>& roles);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_POLICY_NAMES_H_
