// The section tests of a policy (policy_tests.h), typed against what the rest of it declares.
#ifndef BATON_POLICY_TESTS_PARSER_H_
#define BATON_POLICY_TESTS_PARSER_H_

#include <vector>

#include "core/policy.h"
#include "policy/document_error.h"
#include "policy/policy_tests.h"
#include "policy/yaml_tree.h"

namespace baton::policy {

// Needs the attributes, reasons, queues and routing of `policy`.
std::vector<PolicyTest> ParseTests(const YamlNode& node, const core::Policy& policy,
                                   ErrorList& errors);

}  // namespace baton::policy

#endif  // BATON_POLICY_TESTS_PARSER_H_
