// Revisions of a policy as people read them.
#ifndef BATON_BATONCTL_POLICY_VIEW_H_
#define BATON_BATONCTL_POLICY_VIEW_H_

#include <string>
#include <vector>

#include "baton/v1/policy_service.pb.h"
#include "batonctl/session.h"
#include "batonctl/table.h"

namespace baton::batonctl {

// A row for each: revision, state, whose approval is missing.
Table RevisionTable(const std::vector<v1::Policy>& policies);
// Who did what and when: made, approved, activated, withdrawn; the newest revision first.
Table HistoryTable(const std::vector<v1::Policy>& policies);

// "marketing and sales"; "" if nobody's approval is missing.
std::string MissingText(const v1::Policy& policy);
// On stderr: what a draft still needs before it is active, as commands.
void NoteNextStep(const Session& session, const v1::Policy& policy);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_POLICY_VIEW_H_
