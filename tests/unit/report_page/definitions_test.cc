#include "report_page/definitions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "support/source_tree.h"

namespace baton::report_page {
namespace {

// "funnel/reached" ... of the table of services/reports/KPIS.md.
std::set<std::string> FiguresOfKpis() {
  std::istringstream file(support::SourceText("services/reports/KPIS.md"));
  std::set<std::string> figures;
  std::string line, section;
  bool is_table = false;
  while (std::getline(file, line)) {
    if (line.starts_with("| section ")) is_table = true;
    if (!is_table || !line.starts_with("| ") || line.starts_with("| section ")) continue;
    const std::vector<std::string> cells = absl::StrSplit(line, '|');
    const std::string own(absl::StripAsciiWhitespace(cells[1]));
    if (!own.empty()) section = own;
    static const std::regex code("`([a-z_]+)`");
    for (std::sregex_iterator each(cells[3].begin(), cells[3].end(), code), end; each != end;
         ++each) {
      figures.insert(absl::StrCat(section, "/", (*each)[1].str()));
    }
  }
  return figures;
}

TEST(DefinitionsTest, EveryFigureOfTheKpisHasOneAndNoOtherHas) {
  std::set<std::string> defined;
  for (const Definition& each : Definitions()) {
    EXPECT_TRUE(defined.insert(absl::StrCat(each.section, "/", each.figure)).second);
  }
  EXPECT_FALSE(defined.empty());
  EXPECT_EQ(defined, FiguresOfKpis());
}

TEST(DefinitionsTest, AFigureOfANewerServerHasNone) {
  EXPECT_EQ(DefinitionOf("funnel", "magic"), "");
  EXPECT_NE(DefinitionOf("value", "won"), DefinitionOf("workload", "won"));
}

}  // namespace
}  // namespace baton::report_page
