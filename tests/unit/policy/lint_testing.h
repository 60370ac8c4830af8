// Findings of documents, as lines.
#ifndef BATON_TESTS_UNIT_POLICY_LINT_TESTING_H_
#define BATON_TESTS_UNIT_POLICY_LINT_TESTING_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "policy/lint.h"
#include "policy_testing.h"

namespace baton::policy {

// A policy without findings on few lines, for tests that change one of them.
inline constexpr char kCleanPolicy[] = R"(apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {workspace: acme, name: inbound}
spec:
  attributes: {country: string, employees: int, budget: double, vip: bool, tags: list(string)}
  scoring:
    fit:
      - {name: size, when: lead.employees >= 200, points: 30}
    intent:
      - {name: demo, activity: demo_request, points: 60, max: 60}
  definition:
    mql: fit >= 30 && intent >= 40
    disqualify:
      - {name: tiny, when: lead.budget < 10.0, reason: NOT_ICP_SIZE}
  routing:
    - {name: DACH, when: 'lead.country in ["DE", "AT"]', to: {queue: dach}}
    - {name: key, when: 'lead.vip || "key" in lead.tags', to: {queue: triage}}
    - {default: true, to: {queue: triage}}
  queues:
    dach: {mode: offer}
    triage: {mode: direct}
  tests:
    - name: DACH
      given: {lead: {country: DE, employees: 300}, events: [demo_request]}
      expect: {queue: dach}
    - name: key
      given: {lead: {vip: true, employees: 300}, events: [demo_request]}
      expect: {rule: key}
    - name: other
      given: {lead: {employees: 300}, events: [demo_request]}
      expect: {rule: default}
)";

inline std::string ChangedClean(const std::string& from, const std::string& to) {
  std::string text = kCleanPolicy;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

inline std::vector<Finding> FindingsOf(const std::string& yaml, Severity from = Severity::kWarning,
                                       std::optional<std::vector<LintRep>> reps = std::nullopt,
                                       const GivenTables& tables = {}) {
  const ParsedPolicy parsed = ParsePolicy(yaml, "policy.yaml", tables);
  for (const DocumentError& error : parsed.errors) ADD_FAILURE() << ToString(error);
  if (!parsed.ok()) return {};
  ErrorList errors("policy.yaml");
  const YamlNode root = *ParseYaml(yaml, errors);
  std::vector<Finding> findings = Lint({root, parsed, std::move(reps)});
  std::erase_if(findings, [&](const Finding& finding) { return finding.severity < from; });
  return findings;
}

// "unreachable-rule 17:7: rule 'key' ..."
inline std::vector<std::string> Lines(const std::vector<Finding>& findings) {
  std::vector<std::string> lines;
  for (const Finding& finding : findings) {
    lines.push_back(finding.code + " " + std::to_string(finding.line) + ":" +
                    std::to_string(finding.column) + ": " + finding.message);
    EXPECT_FALSE(finding.advice.empty());
  }
  return lines;
}

// The warnings after one change of kCleanPolicy.
inline std::vector<std::string> Warnings(const std::string& from, const std::string& to) {
  return Lines(FindingsOf(ChangedClean(from, to)));
}

}  // namespace baton::policy

#endif  // BATON_TESTS_UNIT_POLICY_LINT_TESTING_H_
