// TableService over the wire, and policies that name tables.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "api_fixture.h"
#include "core/lookup_table.h"

namespace baton::dispatch {
namespace {

using TableStub = v1::TableService::Stub;
using PolicyServiceStub = v1::PolicyService::Stub;
using ::grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

const Identity kUnnamed;
const Identity kTableAdmin = {"root@acme.example", "admin"};
constexpr char kSegmentsCsv[] = "country,segment\nDE,dach\nAT,dach\nUS,rest\n";

std::string TableHashOf(const std::string& csv) {
  return core::LookupTable::Parse(csv).table->sha256();
}

class TableApiTest : public ApiTest {
 protected:
  Outcome<v1::CreateTableResponse> Create(const std::string& id, const std::string& csv,
                                          const Identity& as = kMia, bool validate_only = false,
                                          const std::string& parent = "workspaces/acme") {
    v1::CreateTableRequest request;
    request.set_parent(parent);
    request.set_table_id(id);
    request.mutable_table()->set_csv(csv);
    request.set_validate_only(validate_only);
    return CallAs(as, *api_.tables, &TableStub::CreateTable, request);
  }
  Outcome<v1::GetTableResponse> Get(const std::string& table) {
    v1::GetTableRequest request;
    request.set_name("workspaces/acme/tables/" + table);
    return Call(*api_.tables, &TableStub::GetTable, request);
  }
  Outcome<v1::ListTablesResponse> List(int page_size = 0, const std::string& token = "") {
    v1::ListTablesRequest request;
    request.set_parent("workspaces/acme");
    request.set_page_size(page_size);
    request.set_page_token(token);
    return Call(*api_.tables, &TableStub::ListTables, request);
  }
  Outcome<v1::DeleteTableResponse> Delete(const std::string& table,
                                          const Identity& as = kTableAdmin) {
    v1::DeleteTableRequest request;
    request.set_name("workspaces/acme/tables/" + table);
    return CallAs(as, *api_.tables, &TableStub::DeleteTable, request);
  }
  Outcome<v1::CreatePolicyRevisionResponse> Draft(const std::string& yaml) {
    v1::CreatePolicyRevisionRequest request;
    request.set_parent("workspaces/acme");
    request.set_yaml(yaml);
    return CallAs(kMia, *api_.policies, &PolicyServiceStub::CreatePolicyRevision, request);
  }
};

// kPolicy whose first route asks the table of that content.
std::string PolicyWithTable(const std::string& sha256) {
  std::string yaml = kPolicy;
  const std::string match = "match: {country: DE}";
  const size_t at = yaml.find(match);
  EXPECT_NE(at, std::string::npos) << yaml;
  yaml.replace(at, match.size(), "when: 'lookup(\"segments\", lead.country) == \"dach\"'");
  return yaml + absl::StrCat("  tables: {segments: {sha256: ", sha256, "}}\n");
}

TEST_F(TableApiTest, ATableIsKeptAndGivenBack) {
  const auto made = Create("segments", kSegmentsCsv);
  ASSERT_TRUE(made.ok()) << made.status.error_message();
  const v1::Table& table = made.response.table();
  EXPECT_EQ(table.name(), "workspaces/acme/tables/segments@" + TableHashOf(kSegmentsCsv));
  EXPECT_EQ(table.row_count(), 3);
  EXPECT_EQ(table.size_bytes(), static_cast<int>(sizeof(kSegmentsCsv) - 1));
  EXPECT_THAT(table.columns(), ElementsAre("country", "segment"));
  EXPECT_EQ(table.creator(), kMia.principal);
  EXPECT_EQ(table.csv(), "");
  EXPECT_EQ(Create("segments", kSegmentsCsv, kSam).response.table().creator(), kMia.principal);
  EXPECT_EQ(Get("segments@" + TableHashOf(kSegmentsCsv)).response.table().csv(), kSegmentsCsv);
}

TEST_F(TableApiTest, WhatIsNoTableIsRefusedWithItsLines) {
  const auto refused = Create("segments", "country,segment\nDE\nDE,dach\nDE,rest\n");
  EXPECT_EQ(refused.code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(refused.reason(), "INVALID_TABLE");
  const auto violations = DetailsOf(refused.status).violations;
  ASSERT_EQ(violations.size(), 2u);
  EXPECT_EQ(violations[0].field, "table.csv");
  EXPECT_EQ(violations[0].description, "line 2: the row has 1 cells, the header 2");
  EXPECT_EQ(violations[1].description, "line 4: the key 'DE' stands in line 3 already");
  const auto large = Create("segments", std::string(4'000'001, 'x'));
  EXPECT_EQ(large.reason(), "INVALID_TABLE");
  EXPECT_THAT(large.status.error_message(), HasSubstr("a table at most 4000000"));
  EXPECT_EQ(Create("seg ments", kSegmentsCsv).reason(), "INVALID_FIELD");
  EXPECT_EQ(Create("segments", kSegmentsCsv, kUnnamed).code(), StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(Create("segments", kSegmentsCsv, kMia, false, "workspaces/none").reason(),
            "WORKSPACE_NOT_FOUND");
  EXPECT_TRUE(Create("segments", kSegmentsCsv, kUnnamed, /*validate_only=*/true).ok());
  EXPECT_EQ(List().response.tables_size(), 0);
  EXPECT_EQ(Get("segments@" + TableHashOf(kSegmentsCsv)).reason(), "TABLE_NOT_FOUND");
  EXPECT_EQ(Get("segments").reason(), "INVALID_FIELD");
}

TEST_F(TableApiTest, ListsComeInPages) {
  for (const char* id : {"c", "a", "b"}) ASSERT_TRUE(Create(id, kSegmentsCsv).ok());
  const auto first = List(2);
  ASSERT_EQ(first.response.tables_size(), 2);
  EXPECT_THAT(first.response.tables(0).name(), HasSubstr("/tables/a@"));
  const auto second = List(2, first.response.next_page_token());
  ASSERT_EQ(second.response.tables_size(), 1);
  EXPECT_THAT(second.response.tables(0).name(), HasSubstr("/tables/c@"));
  EXPECT_EQ(second.response.next_page_token(), "");
  EXPECT_EQ(List(-1).code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(TableApiTest, APolicyWhoseTableIsNotThereBecomesNoRevision) {
  const auto refused = Draft(PolicyWithTable(TableHashOf(kSegmentsCsv)));
  EXPECT_EQ(refused.reason(), "INVALID_POLICY");
  EXPECT_THAT(refused.status.error_message(),
              HasSubstr("give it one: batonctl table apply segments --file FILE"));
  ASSERT_TRUE(Create("segments", kSegmentsCsv).ok());
  EXPECT_TRUE(Draft(PolicyWithTable(TableHashOf(kSegmentsCsv))).ok());
}

TEST_F(TableApiTest, LeadsAreRoutedByTheTableAndTheirDecisionsComputedAgain) {
  ASSERT_TRUE(Create("segments", kSegmentsCsv).ok());
  MakeActive(api_, PolicyWithTable(TableHashOf(kSegmentsCsv)));
  // Another content of that name changes nothing of what is active.
  ASSERT_TRUE(Create("segments", "country,segment\nDE,rest\n").ok());
  AddRep("ada");
  AddLead("lead-1");
  EXPECT_THAT(GetLead("lead-1").queue(), HasSubstr("/queues/dach"));
  v1::RecomputeDecisionRequest request;
  request.set_name("workspaces/acme/leads/lead-1");
  const auto again = Call(*api_.leads, &v1::LeadService::Stub::RecomputeDecision, request);
  ASSERT_TRUE(again.ok()) << again.status.error_message();
  EXPECT_TRUE(again.response.same());
  EXPECT_EQ(again.response.winner(), "workspaces/acme/reps/ada");
}

TEST_F(TableApiTest, ATableThatARevisionNamesIsNotDeleted) {
  const std::string name = "segments@" + TableHashOf(kSegmentsCsv);
  ASSERT_TRUE(Create("segments", kSegmentsCsv).ok());
  ASSERT_TRUE(Draft(PolicyWithTable(TableHashOf(kSegmentsCsv))).ok());
  EXPECT_EQ(Delete(name, kMia).reason(), "ROLE_MISSING");
  const auto refused = Delete(name);
  EXPECT_EQ(refused.code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.reason(), "TABLE_IN_USE");
  ASSERT_TRUE(Create("other", kSegmentsCsv).ok());
  EXPECT_TRUE(Delete("other@" + TableHashOf(kSegmentsCsv)).ok());
  EXPECT_EQ(Delete("other@" + TableHashOf(kSegmentsCsv)).reason(), "TABLE_NOT_FOUND");
}

}  // namespace
}  // namespace baton::dispatch
