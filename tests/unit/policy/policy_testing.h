// Documents for the policy's tests.
#ifndef BATON_TESTS_UNIT_POLICY_POLICY_TESTING_H_
#define BATON_TESTS_UNIT_POLICY_POLICY_TESTING_H_

#include <string>
#include <vector>

#include "policy/parse_policy.h"
#include "support/source_tree.h"

namespace baton::policy {

inline std::string SamplePolicy() {
  return support::SourceText("deploy/local/sample/policy.yaml");
}

// A valid policy on few lines, for tests that change one of them.
inline constexpr char kSmallPolicy[] = R"(apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {workspace: acme, name: inbound}
spec:
  attributes: {country: string, employees: int, vip: bool, tags: list(string), email: string}
  scoring:
    fit:
      - {name: size, match: {employees: ">= 200"}, points: 30}
    intent:
      - {name: demo, activity: demo_request, points: 60}
  definition:
    mql: {match: {fit: ">= 30"}}
  routing:
    - {name: DACH, match: {country: DE}, to: {queue: dach}}
    - {default: true, to: {queue: triage}}
  queues:
    dach: {mode: offer}
    triage: {mode: direct}
)";

// kSmallPolicy with the first occurrence of `from` replaced.
inline std::string Changed(const std::string& from, const std::string& to) {
  std::string text = kSmallPolicy;
  const size_t at = text.find(from);
  return at == std::string::npos ? "kSmallPolicy has no " + from
                                 : text.replace(at, from.size(), to);
}

inline std::vector<std::string> ErrorsOf(const std::string& yaml) {
  std::vector<std::string> lines;
  for (const DocumentError& error : ParsePolicy(yaml, "policy.yaml").errors) {
    lines.push_back(ToString(error));
  }
  return lines;
}

}  // namespace baton::policy

#endif  // BATON_TESTS_UNIT_POLICY_POLICY_TESTING_H_
