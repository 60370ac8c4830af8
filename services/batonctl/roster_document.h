// The roster and the accounts of a server as documents that `apply` reads (roster_file.h,
// account_file.h).
#ifndef BATON_BATONCTL_ROSTER_DOCUMENT_H_
#define BATON_BATONCTL_ROSTER_DOCUMENT_H_

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "baton/v1/account_service.pb.h"
#include "baton/v1/roster_service.pb.h"

namespace baton::batonctl {

// One entry each: what a document says of it, defaults left out.
nlohmann::ordered_json RepEntryJson(const v1::Rep& rep);
nlohmann::ordered_json QueueEntryJson(const v1::Queue& queue);
nlohmann::ordered_json AccountEntryJson(const v1::Account& account);

// The document of the workspace that the resources are of; `workspace` if there are none.
std::string RosterYaml(const std::string& workspace, const std::vector<v1::Rep>& reps,
                       const std::vector<v1::Queue>& queues);
std::string AccountsYaml(const std::string& workspace, const std::vector<v1::Account>& accounts);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ROSTER_DOCUMENT_H_
