#include "core/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace baton::core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Cells = std::vector<std::string>;

// Every row, and the problem in the end.
struct Rows {
  explicit Rows(std::string_view text) {
    CsvReader reader(text);
    for (Cells cells; reader.Next(cells);) {
      rows.push_back(cells);
      lines.push_back(reader.line());
    }
    problem = reader.problem();
  }
  std::vector<Cells> rows;
  std::vector<int64_t> lines;
  std::string problem;
};

TEST(CsvReaderTest, ReadsQuotesEmptyLinesAndBothLineEnds) {
  const Rows read("\xEF\xBB\xBFkey,value\r\n\r\na,\"x, \"\"y\"\"\nz\"\n\nb,\nc,\"\"");
  EXPECT_THAT(read.rows, ElementsAre(Cells{"key", "value"}, Cells{"a", "x, \"y\"\nz"},
                                     Cells{"b", ""}, Cells{"c", ""}));
  EXPECT_THAT(read.lines, ElementsAre(1, 3, 6, 7));
  EXPECT_EQ(read.problem, "");
  EXPECT_THAT(Rows("").rows, ElementsAre());
}

TEST(CsvReaderTest, EndsAtWhatIsNoCsv) {
  const Rows open("a\n\"b\n");
  EXPECT_THAT(open.rows, ElementsAre(Cells{"a"}));
  EXPECT_EQ(open.problem, "the file ends within quotes");
  EXPECT_THAT(Rows("\"" + std::string(70'000, 'x') + "\"").problem, HasSubstr("64 KiB"));
  EXPECT_THAT(Rows(std::string(70'000, ',')).problem, HasSubstr("64 KiB"));
}

}  // namespace
}  // namespace baton::core
