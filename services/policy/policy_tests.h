// The tests inside a policy: a lead and what the agreement is expected to say of it. They are part
// of the document that marketing and sales sign, so a document with a test that fails is wrong as
// one with a misspelt key is: it never becomes a revision.
//
// A test folds its events and judges the facts as production does (core/facts.h,
// core/qualification.h), at an instant of its own: the same document gives the same results at any
// time and on any machine. Pure, thread-safe.
#ifndef BATON_POLICY_POLICY_TESTS_H_
#define BATON_POLICY_POLICY_TESTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/account_match.h"
#include "core/event.h"
#include "core/policy.h"
#include "core/qualification.h"
#include "policy/document_error.h"

namespace baton::policy {

inline constexpr size_t kTestsMax = 200;
inline constexpr size_t kTestEventsMax = 60;  // per test
// The instant of a test that names none: Monday, 5 January 2026, 00:00 UTC.
inline constexpr core::TimeMs kTestNowMs = 1'767'571'200'000;

// A value that the document expects, and where it says so.
template <typename T>
struct Expected {
  T value{};
  int line = 1;
  int column = 1;
};

struct PolicyTest {
  std::string name;
  int line = 1;
  int column = 1;
  core::TimeMs now_ms = kTestNowMs;
  std::vector<core::LeadEvent> events;  // ids and sources differ, none after now
  // Of the lead; without domain: it matched by the registered domain of the lead.
  std::optional<core::AccountView> account;
  core::RepId last_owner;  // who had accepted the lead before; empty: nobody

  std::optional<Expected<bool>> mql;
  std::optional<Expected<std::string>> queue;
  std::optional<Expected<std::string>> rule;   // of routing
  std::optional<Expected<std::string>> owner;  // who is asked first; "": nobody before others
  // What the queue requires of reps for the lead, as explanations show it; "": nothing.
  std::optional<Expected<std::string>> requirement;
  std::optional<Expected<int32_t>> priority;
  std::optional<Expected<int32_t>> fit, intent;
  std::optional<Expected<std::string>> disqualified;  // reason code; "": nothing disqualifies
};

// One expectation that was not met.
struct TestMismatch {
  int line = 1;
  int column = 1;
  std::string what;      // "queue", "score.fit"
  std::string expected;  // "dach-mid"
  std::string found;     // "triage"
  std::vector<std::string>
      because;  // what decided: "rule 'DACH' does not match: country: DE is FR"
};

struct TestResult {
  std::vector<TestMismatch> mismatches;  // in the order of PolicyTest's expectations
  bool passed() const { return mismatches.empty(); }
};

// What the policy says of the test's lead.
core::Judgment JudgeTest(const core::Policy& policy, const PolicyTest& test);

TestResult RunTest(const core::Policy& policy, const PolicyTest& test);

// One result for each test.
std::vector<TestResult> RunTests(const core::Policy& policy, absl::Span<const PolicyTest> tests);

// "test 'A Berlin retailer' expects queue dach-mid, found triage; rule 'DACH' does not match: ..."
std::string ToString(const PolicyTest& test, const TestMismatch& mismatch);

// Adds each mismatch as an error of the document.
void AddMismatches(absl::Span<const PolicyTest> tests, absl::Span<const TestResult> results,
                   ErrorList& errors);

}  // namespace baton::policy

#endif  // BATON_POLICY_POLICY_TESTS_H_
