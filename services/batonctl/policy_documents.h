// What the generic commands do with policy documents.
#ifndef BATON_BATONCTL_POLICY_DOCUMENTS_H_
#define BATON_BATONCTL_POLICY_DOCUMENTS_H_

#include <string>

#include "batonctl/session.h"

namespace baton::batonctl {

// `policy apply --file PATH`.
absl::Status ApplyPolicyFile(Session& session, const std::string& path, bool dry_run);
// `policy diff --file PATH`: against the active revision.
absl::Status DiffPolicyFile(Session& session, const std::string& path);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_POLICY_DOCUMENTS_H_
