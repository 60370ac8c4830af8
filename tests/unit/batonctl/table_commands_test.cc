// batonctl table, and policies whose tables stand beside them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "baton/v1/policy_service.pb.h"
#include "baton/v1/table_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"
#include "core/lookup_table.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;

constexpr char kCsv[] = "country,segment\nDE,dach\n";

std::string CsvHash() {
  return core::LookupTable::Parse(kCsv).table->sha256();
}

v1::Table TableOf(const std::string& name, const std::string& sha256, int64_t second) {
  v1::Table table;
  table.set_name("workspaces/demo/tables/" + name + "@" + sha256);
  table.set_sha256(sha256);
  table.mutable_create_time()->set_seconds(second);
  return table;
}

class TableCommandsTest : public ::testing::Test {
 protected:
  TableCommandsTest() {
    world_.server.On<v1::CreateTableRequest, v1::CreateTableResponse>(
        [](const v1::CreateTableRequest& request, v1::CreateTableResponse& response) {
          *response.mutable_table() = TableOf(request.table_id(), CsvHash(), 9);
          response.mutable_table()->set_row_count(1);
          return absl::OkStatus();
        });
    world_.server.On<v1::ListTablesRequest, v1::ListTablesResponse>(
        [](const v1::ListTablesRequest&, v1::ListTablesResponse& response) {
          *response.add_tables() = TableOf("codes", std::string(64, 'c'), 9);
          *response.add_tables() = TableOf("segments", "ab" + std::string(62, '1'), 1);
          *response.add_tables() = TableOf("segments", "ac" + std::string(62, '2'), 3);
          return absl::OkStatus();
        });
    world_.server.On<v1::GetTableRequest, v1::GetTableResponse>(
        [](const v1::GetTableRequest& request, v1::GetTableResponse& response) {
          response.mutable_table()->set_name(request.name());
          response.mutable_table()->set_csv(kCsv);
          return absl::OkStatus();
        });
    world_.server.On<v1::DeleteTableRequest, v1::DeleteTableResponse>(
        [](const v1::DeleteTableRequest&, v1::DeleteTableResponse&) { return absl::OkStatus(); });
  }
  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo"});
    return world_.Run(arguments);
  }
  std::string Gotten(const std::string& name) {
    const RunResult run = Run({"table", "get", name, "-o", "name"});
    return run.code == kExitOk ? run.out.substr(run.out.find('@') + 1, 2) : run.err;
  }

  World world_;
};

TEST_F(TableCommandsTest, ApplySendsTheDocumentAndSaysHowPoliciesNameIt) {
  const TemporaryFile file(kCsv);
  const RunResult run = Run({"table", "apply", "segments", "-f", file.path()});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  const auto& request = world_.server.At<v1::CreateTableRequest>(0);
  EXPECT_EQ(request.parent(), "workspaces/demo");
  EXPECT_EQ(request.table_id(), "segments");
  EXPECT_EQ(request.table().csv(), kCsv);
  EXPECT_FALSE(request.validate_only());
  EXPECT_THAT(run.out, HasSubstr("segments@" + CsvHash().substr(0, 12)));
  EXPECT_THAT(run.err, HasSubstr("tables: {segments: {sha256: " + CsvHash() + "}}"));
}

TEST_F(TableCommandsTest, AFileThatIsNoTableIsNotSent) {
  const TemporaryFile file("country,segment\nDE\n,x\n");
  const RunResult run = Run({"table", "apply", "segments", "-f", file.path()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":2: the row has 1 cells, the header 2\n"));
  EXPECT_THAT(run.err, HasSubstr(file.path() + ":3: the key is empty\n"));
  EXPECT_EQ(world_.address, "");
}

TEST_F(TableCommandsTest, ATableIsNamedByAsMuchAsTellsItApart) {
  EXPECT_EQ(Gotten("segments"), "ac") << "the newest";
  EXPECT_EQ(Gotten("segments@ab"), "ab");
  EXPECT_EQ(Gotten("segments@" + std::string(64, '7')), "77") << "whole, so nothing is listed";
  EXPECT_THAT(Gotten("segments@a"), HasSubstr("may be one of 2 tables"));
  EXPECT_THAT(Gotten("segment"), HasSubstr("there is no table 'segment'"));
  EXPECT_EQ(Run({"table", "get", "segments"}).out, kCsv);
  EXPECT_THAT(Run({"table", "list"}).out, HasSubstr("segments@ab1111111111"));
}

TEST_F(TableCommandsTest, DeleteWantsOneContent) {
  EXPECT_EQ(Run({"table", "delete", "segments"}).code, kExitUsage);
  EXPECT_EQ(Run({"table", "delete", "segments@ac"}).code, kExitOk);
  EXPECT_THAT(world_.server.At<v1::DeleteTableRequest>(1).name(), HasSubstr("/segments@ac22"));
}

// A policy that asks the table, in a folder of its own.
class PolicyFolder {
 public:
  explicit PolicyFolder(const std::string& sha256)
      : folder_(std::filesystem::temp_directory_path() /
                absl::StrCat("batonctl-tables-", getpid(), "-", sha256.substr(0, 8))) {
    std::filesystem::create_directories(folder_);
    std::ofstream(policy()) << Text(sha256);
  }
  ~PolicyFolder() { std::filesystem::remove_all(folder_); }

  static std::string Text(const std::string& sha256) {
    return absl::StrCat(
        "apiVersion: baton.dev/v1\n"
        "kind: HandoffPolicy\n"
        "metadata: {workspace: demo, name: inbound}\n"
        "spec:\n"
        "  attributes: {country: string}\n"
        "  tables: {segments: {sha256: ",
        sha256,
        "}}\n"
        "  definition: {mql: has(lead.country)}\n"
        "  routing:\n"
        "    - {name: DACH, when: 'lookup(\"segments\", lead.country) == \"dach\"', "
        "to: {queue: dach}}\n"
        "    - {default: true, to: {queue: dach}}\n"
        "  queues: {dach: {mode: direct}}\n"
        "  tests:\n"
        "    - {name: Berlin, given: {lead: {country: DE}}, expect: {rule: DACH}}\n");
  }
  std::string policy() const { return (folder_ / "policy.yaml").string(); }
  std::string table() const { return (folder_ / "segments.csv").string(); }

 private:
  const std::filesystem::path folder_;
};

TEST_F(TableCommandsTest, PoliciesAreTestedWithTheTablesBesideThem) {
  const PolicyFolder folder(CsvHash());
  RunResult run = Run({"policy", "test", "-f", folder.policy()});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr(":6:31: table 'segments': cannot read " + folder.table()));
  EXPECT_THAT(run.err, HasSubstr("batonctl table get segments prints one"));
  std::ofstream(folder.table()) << kCsv;
  run = Run({"policy", "test", "-f", folder.policy()});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(Run({"policy", "validate", "-f", folder.policy()}).code, kExitOk);
  EXPECT_EQ(world_.address, "") << "no server is asked";
  std::ofstream(folder.table()) << kCsv << "AT,dach\n";
  run = Run({"policy", "test", "-f", folder.policy()});
  EXPECT_THAT(run.err, HasSubstr("what is at hand has sha256 "));
  std::ofstream(folder.table()) << "country;segment\n";
  EXPECT_THAT(Run({"policy", "test", "-f", folder.policy()}).err,
              HasSubstr("segments.csv:1: cells are separated by commas"));
}

TEST_F(TableCommandsTest, ARefusedPolicyIsExplainedWithTheTablesOfTheServer) {
  const PolicyFolder folder(CsvHash());
  std::string yaml = PolicyFolder::Text(CsvHash());
  yaml.replace(yaml.find("rule: DACH}}"), 12, "rule: none}}");
  std::ofstream(folder.policy()) << yaml;
  world_.server.On<v1::CreatePolicyRevisionRequest, v1::CreatePolicyRevisionResponse>(
      [](const v1::CreatePolicyRevisionRequest&, v1::CreatePolicyRevisionResponse&) {
        return core::Error(absl::StatusCode::kInvalidArgument, "INVALID_POLICY", "a test fails");
      });
  const RunResult run = Run({"policy", "apply", "-f", folder.policy()});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("is refused: 1 error"));
  EXPECT_THAT(world_.server.At<v1::GetTableRequest>(1).name(),
              HasSubstr("tables/segments@" + CsvHash()));
}

}  // namespace
}  // namespace baton::batonctl
