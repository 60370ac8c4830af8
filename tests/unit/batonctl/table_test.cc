#include "batonctl/table.h"

#include <gtest/gtest.h>

namespace baton::batonctl {
namespace {

TEST(TableTest, AlignsColumnsByCharacters) {
  Table table({"REP", "NAME", "OPEN"});
  table.AddRow({"eve", "\xC3\x88ve", "3"});
  table.AddRow({"hugo-lind", "Hugo", "12"});
  EXPECT_EQ(table.Render({}),
            "REP        NAME  OPEN\n"
            "eve        \xC3\x88ve   3\n"
            "hugo-lind  Hugo  12\n");
}

TEST(TableTest, LeavesNoBlanksAtTheEnd) {
  Table table({"A", "B"});
  table.AddRow({"x", ""});
  EXPECT_EQ(table.Render({}), "A  B\nx\n");
}

TEST(TableTest, MakesHeadersBoldOnATerminalOnly) {
  Table table({"A"});
  EXPECT_EQ(table.Render({.colour = true}), "\x1b[1mA\x1b[0m\n");
  EXPECT_EQ(table.Render({}), "A\n");
}

TEST(TableTest, ShowsOnlyRowsWithoutHeaders) {
  Table table({"", ""});
  table.AddRow({"stage", "OFFERED"});
  EXPECT_EQ(table.Render({.colour = true}), "stage  OFFERED\n");
}

TEST(TableTest, ShowsFurtherColumnsOnlyWhenAskedAndHeadersUnlessNot) {
  Table table({"A"}, {"ETAG"});
  table.AddRow({"x", "7"});
  EXPECT_EQ(table.Render({}), "A\nx\n");
  EXPECT_EQ(table.Render({.wide = true}), "A  ETAG\nx  7\n");
  EXPECT_EQ(table.Render({.headers = false}), "x\n");
}

TEST(TableTest, NeutralisesWhatWouldCommandTheTerminal) {
  Table table({"A"});
  table.AddRow({"\x1b]0;owned\x07\nx"});
  EXPECT_EQ(table.Render({}), "A\n?]0;owned??x\n");
}

TEST(TableTest, RendersGrowingTables) {
  EXPECT_EQ(Table::RenderRow({"a", "b", "c"}, {4, 2}), "a     b   c\n");
  EXPECT_EQ(Table::RenderRow({"longer", "b"}, {4, 2}), "longer  b\n");
}

}  // namespace
}  // namespace baton::batonctl
