// batonctl policy test
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/policy_file.h"
#include "policy/policy_tests.h"

namespace baton::batonctl {
namespace {

using Json = nlohmann::ordered_json;
using policy::PolicyTest;
using policy::TestMismatch;
using policy::TestResult;

constexpr char kTestAbout[] = "Runs the tests inside a policy document, without a server";
constexpr char kTestFooter[] =
    "Each test folds its events and judges the lead as production does. What differs from the\n"
    "expectations goes to standard error, with its place and the conditions that decided.\n"
    "Exit codes: 0 all tests pass; 1 a test failed; 2 the document or the command line is wrong.";

struct TestRun {
  std::string file;
  std::vector<PolicyTest> tests;
  std::vector<TestResult> results;

  size_t Failed() const {
    size_t failed = 0;
    for (const TestResult& result : results) failed += result.passed() ? 0 : 1;
    return failed;
  }
};

Table TableOf(const TestRun& run) {
  Table table({"TEST", "LINE", "RESULT", "EXPECTED", "FOUND"});
  for (size_t i = 0; i < run.tests.size(); ++i) {
    const PolicyTest& test = run.tests[i];
    if (run.results[i].passed()) {
      table.AddRow({test.name, absl::StrCat(test.line), "ok", "", ""});
    }
    for (const TestMismatch& mismatch : run.results[i].mismatches) {
      table.AddRow({test.name, absl::StrCat(mismatch.line), "FAILED",
                    absl::StrCat(mismatch.what, " ", mismatch.expected), mismatch.found});
    }
  }
  return table;
}

Json JsonOf(const TestRun& run) {
  Json tests = Json::array();
  for (size_t i = 0; i < run.tests.size(); ++i) {
    Json mismatches = Json::array();
    for (const TestMismatch& mismatch : run.results[i].mismatches) {
      mismatches.push_back({{"line", mismatch.line},
                            {"column", mismatch.column},
                            {"what", mismatch.what},
                            {"expected", mismatch.expected},
                            {"found", mismatch.found},
                            {"because", mismatch.because}});
    }
    tests.push_back({{"name", run.tests[i].name},
                     {"line", run.tests[i].line},
                     {"column", run.tests[i].column},
                     {"passed", run.results[i].passed()},
                     {"mismatches", mismatches}});
  }
  return {{"file", run.file},
          {"passed", run.tests.size() - run.Failed()},
          {"failed", run.Failed()},
          {"tests", tests}};
}

absl::Status RunFile(const Session& session, const std::string& path) {
  absl::StatusOr<PolicyFile> file = ReadPolicyFile(session, path, DocumentTests::kAreNotRun);
  if (!file.ok()) return file.status();
  TestRun run{path, std::move(file->parsed.tests), {}};
  run.results = policy::RunTests(file->parsed.policy, run.tests);
  policy::ErrorList mismatches(path);
  policy::AddMismatches(run.tests, run.results, mismatches);
  NoteErrors(session, std::move(mismatches).Take());

  std::vector<std::string> failed;
  for (size_t i = 0; i < run.tests.size(); ++i) {
    if (!run.results[i].passed()) failed.push_back(run.tests[i].name);
  }
  if (absl::Status printed = session.Print(JsonOf(run), TableOf(run), failed); !printed.ok()) {
    return printed;
  }
  if (!failed.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(failed.size(), " of ", Counted(run.tests.size(), "test"), " failed"));
  }
  session.Note(run.tests.empty()
                   ? absl::StrCat(path, " has no tests.")
                   : absl::StrCat("All pass: ", Counted(run.tests.size(), "test"), "."));
  return absl::OkStatus();
}

}  // namespace

void AddPolicyTest(CLI::App& policies, Session& session) {
  CLI::App& test = *policies.add_subcommand("test", kTestAbout)->footer(kTestFooter);
  auto path = std::make_shared<std::string>();
  test.add_option("--file,-f", *path, "the document; - is standard input")->required();
  OnRun(test, session, [&session, path] { return RunFile(session, *path); });
}

}  // namespace baton::batonctl
