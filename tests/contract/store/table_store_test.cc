// TableStore: lookup tables, and that a policy's tables stay as long as it does.
#include "contract/store/store_fixture.h"
#include "core/errors.h"
#include "core/lookup_table.h"
#include "support/make_active.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::ErrorVariables;
using core::WorkspaceId;
using store::TableInfo;
using support::kMarketer;
using testing::ElementsAre;
using testing::IsEmpty;

class TableStoreTest : public StoreTest {
 protected:
  // `csv` as a table of that name.
  static TableInfo InfoOf(const std::string& name, const std::string& csv) {
    const auto table = core::LookupTable::Parse(csv).table;
    return {name, table->sha256(),  static_cast<int64_t>(table->rows()),
            0,    table->columns(), kMarketer,
            0};
  }
  TableInfo Put(const std::string& name, const std::string& csv) {
    const auto stored = store().PutTable(acme_, InfoOf(name, csv), csv);
    EXPECT_TRUE(stored.ok()) << stored.status();
    return stored.value_or(TableInfo());
  }
  std::vector<std::string> Listed() {
    std::vector<std::string> ids;
    const auto tables = store().ListTables(acme_);
    for (const TableInfo& each : *tables) {
      ids.push_back(each.name + "@" + each.sha256.substr(0, 4));
    }
    return ids;
  }
  static std::string Id(const TableInfo& info) {
    return info.name + "@" + info.sha256.substr(0, 4);
  }
  // A draft that names a table.
  absl::StatusOr<store::PolicyRevision> Draft(const std::string& yaml, const std::string& name,
                                              const std::string& csv) {
    core::Policy policy = MakePolicy();
    policy.tables.emplace(name, core::LookupTable::Parse(csv).table);
    return store().CreateRevision(policy, yaml, kMarketer);
  }
};

constexpr char kSouth[] = "post code,\"territory, of|us\"\n80331,south\n";
constexpr char kNorth[] = "postcode,territory\n80331,north\n";

TEST_P(TableStoreTest, ATableIsKnownByNameAndContent) {
  clock_.Advance(5);
  const TableInfo south = Put("postcodes", kSouth);
  EXPECT_EQ(south.rows, 1);
  EXPECT_EQ(south.bytes, static_cast<int64_t>(sizeof(kSouth) - 1));
  EXPECT_THAT(south.columns, ElementsAre("post code", "territory, of|us"));
  EXPECT_EQ(south.creator, kMarketer);
  EXPECT_EQ(south.created_at_ms, kStart + 5);
  clock_.Advance(5);
  EXPECT_EQ(Put("postcodes", kSouth).created_at_ms, kStart + 5) << "a repetition changes nothing";
  const TableInfo north = Put("postcodes", kNorth);
  const TableInfo other = Put("others", kNorth);
  const bool north_first = north.sha256 < south.sha256;
  EXPECT_THAT(Listed(), ElementsAre(Id(other), Id(north_first ? north : south),
                                    Id(north_first ? south : north)));
  EXPECT_EQ(*store().ReadTable({acme_, "postcodes", south.sha256}), kSouth);
  EXPECT_EQ(*store().ReadTable({acme_, "postcodes", north.sha256}), kNorth);
  EXPECT_EQ(store().GetTable({acme_, "postcodes", south.sha256})->columns, south.columns);
}

TEST_P(TableStoreTest, ATableThatIsNotThereIsNotFound) {
  const TableInfo south = Put("postcodes", kSouth);
  for (const store::TableKey& key :
       {store::TableKey{acme_, "others", south.sha256},
        store::TableKey{acme_, "postcodes", std::string(64, 'a')},
        store::TableKey{WorkspaceId::Trusted("none"), "postcodes", south.sha256}}) {
    EXPECT_EQ(ErrorReason(store().GetTable(key).status()), "TABLE_NOT_FOUND");
    EXPECT_EQ(ErrorReason(store().ReadTable(key).status()), "TABLE_NOT_FOUND");
  }
  EXPECT_EQ(ErrorReason(store().DeleteTable({acme_, "others", south.sha256})), "TABLE_NOT_FOUND");
  const WorkspaceId none = WorkspaceId::Trusted("none");
  EXPECT_EQ(ErrorReason(store().PutTable(none, InfoOf("t", kSouth), kSouth).status()),
            "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().ListTables(none).status()), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().DeleteTable({none, "t", south.sha256})), "WORKSPACE_NOT_FOUND");
}

TEST_P(TableStoreTest, WhatARevisionNamesStaysAsLongAsTheRevisionDoes) {
  const TableInfo south = Put("postcodes", kSouth), north = Put("postcodes", kNorth);
  const auto draft = Draft("second", "postcodes", kSouth);
  ASSERT_TRUE(draft.ok()) << draft.status();
  const store::TableKey key{acme_, "postcodes", south.sha256};
  const absl::Status refused = store().DeleteTable(key);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(refused), "TABLE_IN_USE");
  EXPECT_EQ(ErrorVariables(refused).at("revision"), "2");
  EXPECT_TRUE(store().DeleteTable({acme_, "postcodes", north.sha256}).ok());
  ASSERT_TRUE(store().WithdrawRevision({acme_, 2}, kMarketer).ok());
  EXPECT_EQ(ErrorReason(store().DeleteTable(key)), "TABLE_IN_USE");
  ASSERT_TRUE(store().DeleteRevision({acme_, 2}).ok());
  EXPECT_TRUE(store().DeleteTable(key).ok());
  EXPECT_EQ(ErrorReason(store().ReadTable(key).status()), "TABLE_NOT_FOUND");
  EXPECT_THAT(Listed(), IsEmpty());
}

TEST_P(TableStoreTest, APolicyWhoseTableIsNotThereIsNoRevision) {
  const TableInfo south = Put("postcodes", kSouth);
  const auto refused = Draft("second", "postcodes", kNorth);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(refused.status()), "TABLE_MISSING");
  EXPECT_EQ(ErrorVariables(refused.status()).at("table"), "postcodes");
  EXPECT_EQ(ErrorReason(Draft("second", "others", kSouth).status()), "TABLE_MISSING");
  EXPECT_EQ(Draft("second", "postcodes", kSouth)->revision, 2);
}

TEST_P(TableStoreTest, AtTheCapsTheErrorNamesThem) {
  std::string large = "key,value\n";
  for (int i = 0; large.size() < 3'900'000; ++i) {
    large += std::to_string(i) + "," + std::string(1000, 'x') + "\n";
  }
  for (int i = 0; i < 16; ++i) Put("large" + std::to_string(i), large);
  const absl::Status bytes = store().PutTable(acme_, InfoOf("large16", large), large).status();
  EXPECT_EQ(QuotaOf(bytes),
            absl::StrCat("TOO_MANY_TABLES workspaces/acme ", 16 * large.size(), "/64000000 fixed"));
  for (int i = 16; i < 200; ++i) Put("t" + std::to_string(i), kSouth);
  const absl::Status tables = store().PutTable(acme_, InfoOf("t200", kSouth), kSouth).status();
  EXPECT_EQ(QuotaOf(tables), "TOO_MANY_TABLES workspaces/acme 200/200 fixed");
  EXPECT_EQ(*store().ReadTable({acme_, "large0", InfoOf("large0", large).sha256}), large);
}

INSTANTIATE_CONTRACT(TableStoreTest);

}  // namespace
}  // namespace baton::contract
