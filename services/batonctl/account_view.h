// Accounts as tables for people.
#ifndef BATON_BATONCTL_ACCOUNT_VIEW_H_
#define BATON_BATONCTL_ACCOUNT_VIEW_H_

#include <string>
#include <vector>

#include "baton/v1/account_service.pb.h"
#include "batonctl/table.h"

namespace baton::batonctl {

Table AccountsTable(const std::vector<v1::Account>& accounts);
Table LookupTable(const v1::LookupAccountResponse& found);

// "ada (open opportunity of globex)", "ada (last owner)".
std::string OwnerText(const v1::Owner& owner);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_ACCOUNT_VIEW_H_
