// The account that a test of a policy gives its lead (tests_parser.h).
#ifndef BATON_POLICY_TEST_ACCOUNT_PARSER_H_
#define BATON_POLICY_TEST_ACCOUNT_PARSER_H_

#include <string>
#include <string_view>

#include "core/account_match.h"
#include "core/ids.h"
#include "policy/map_reader.h"

namespace baton::policy {

// The account as a store would have it; without domain if the test names none.
core::AccountView ReadTestAccount(const YamlNode& node, const std::string& path, ErrorList& errors);

// The id of a rep; empty if there is no such key, or after an error.
core::RepId ReadRep(const MapReader& map, std::string_view key);

}  // namespace baton::policy

#endif  // BATON_POLICY_TEST_ACCOUNT_PARSER_H_
