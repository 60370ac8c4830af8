#include "core/lookup_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"

namespace baton::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The first problem as "line: message".
std::string ProblemOf(std::string_view csv) {
  const LookupTable::Parsed parsed = LookupTable::Parse(csv);
  EXPECT_EQ(parsed.table == nullptr, !parsed.problems.empty());
  if (parsed.problems.empty()) return "";
  return absl::StrCat(parsed.problems[0].line, ": ", parsed.problems[0].message);
}

TEST(LookupTableTest, FindsTheCellsOfAKey) {
  const auto table = LookupTable::Parse("postcode,territory,rep\n80331,south,ada\n01067,east,\n");
  ASSERT_TRUE(table.table != nullptr) << table.problems[0].message;
  EXPECT_THAT(table.table->columns(), ElementsAre("postcode", "territory", "rep"));
  EXPECT_EQ(table.table->rows(), 2u);
  EXPECT_EQ(table.table->Find("80331", 1), "south");
  EXPECT_EQ(table.table->Find("80331", 2), "ada");
  EXPECT_EQ(table.table->Find("01067", 0), "01067");
  EXPECT_EQ(table.table->Find("01067", 2), "");
  EXPECT_EQ(table.table->Find("1067", 1), std::nullopt) << "keys are texts";
  EXPECT_TRUE(table.table->Has("01067"));
  EXPECT_FALSE(table.table->Has(""));
}

TEST(LookupTableTest, IsNamedByItsBytes) {
  const auto one = LookupTable::Parse("k\na\n").table;
  EXPECT_EQ(one->sha256(), "53e500c1e7e9668aa052bc5ad8bc141653a823195a9851a51d1fa5562f31bb55");
  EXPECT_NE(LookupTable::Parse("k\r\na\r\n").table->sha256(), one->sha256());
  EXPECT_TRUE(IsTableHash(one->sha256()));
  EXPECT_FALSE(IsTableHash(one->sha256().substr(1)));
  EXPECT_FALSE(IsTableHash(std::string(64, 'A')));
}

TEST(LookupTableTest, ProblemsNameTheirLine) {
  EXPECT_THAT(ProblemOf(""), HasSubstr("1: the document is empty"));
  EXPECT_EQ(ProblemOf("key,value\n"), "2: the table has no rows");
  EXPECT_THAT(ProblemOf("key;value\na;b\n"), HasSubstr("1: cells are separated by commas"));
  EXPECT_EQ(ProblemOf("key,key\na,b\n"), "1: column 'key' stands twice");
  EXPECT_THAT(ProblemOf("key, value\na,b\n"), HasSubstr("1: the name of column 2 must be"));
  EXPECT_EQ(ProblemOf("key,value\na,b\n\nc\n"), "4: the row has 1 cells, the header 2");
  EXPECT_EQ(ProblemOf("key\na\nb\na\n"), "4: the key 'a' stands in line 2 already");
  EXPECT_EQ(ProblemOf("key,value\n,b\n"), "2: the key is empty");
  EXPECT_EQ(ProblemOf("key,value\na ,b\n"), "2: the key 'a ' has spaces around it");
  EXPECT_THAT(ProblemOf("key,value\na,b\xFC\n"), HasSubstr("2: not UTF-8 text"));
  EXPECT_EQ(ProblemOf("key,value\na,\"b\n"), "2: the file ends within quotes");
}

TEST(LookupTableTest, CapsAreNamed) {
  EXPECT_EQ(ProblemOf(std::string(4'000'001, 'a')),
            "1: the document has 4000001 bytes, a table at most 4000000");
  EXPECT_THAT(ProblemOf("k" + std::string(16, ',') + "\n"), HasSubstr("17 columns, at most 16"));
  EXPECT_EQ(ProblemOf("k,v\na," + std::string(1'025, 'x') + "\n"),
            "2: a cell has 1025 bytes, at most 1024 are allowed");
  std::string rows = "key,value\n";
  for (int i = 0; i < 100'000; ++i) absl::StrAppend(&rows, i, ",t", i % 50, "\n");
  const auto full = LookupTable::Parse(rows);
  ASSERT_TRUE(full.table != nullptr);
  EXPECT_EQ(full.table->Find("99999", 1), "t49");
  EXPECT_EQ(ProblemOf(rows + "x,y\n"), "100002: a table has at most 100000 rows");
}

TEST(LookupTableTest, OfManyProblemsTheFirstAreTold) {
  std::string csv = "key\n";
  for (int i = 0; i < 30; ++i) csv += "a,b\n";
  const auto parsed = LookupTable::Parse(csv);
  ASSERT_EQ(parsed.problems.size(), kTableProblemsMax + 1);
  EXPECT_EQ(parsed.problems.back().message, "10 more problems");
}

TEST(LookupTableTest, WhateverIsReadIsATableOrSaysWhyNot) {
  constexpr std::string_view kBytes = "ab,,\n\n\"\r \xC3\xBC;";
  std::mt19937 random(20261128);
  int tables = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string csv = "a,b\n";
    for (uint32_t i = random() % 30; i > 0; --i) csv += kBytes[random() % kBytes.size()];
    const LookupTable::Parsed parsed = LookupTable::Parse(csv);
    ASSERT_EQ(parsed.table == nullptr, !parsed.problems.empty()) << csv;
    if (parsed.table == nullptr) continue;
    ++tables;
    EXPECT_GT(parsed.table->rows(), 0u);
    EXPECT_EQ(parsed.table->columns().size(), 2u);
  }
  EXPECT_GT(tables, 100);
}

}  // namespace
}  // namespace baton::core
