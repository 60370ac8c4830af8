// CSV files of strangers: rows, and the lookup tables made of them.
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include "core/csv.h"
#include "core/lookup_table.h"
#include "fuzz/fuzz.h"

namespace baton::fuzz {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// All rows up to the first problem; `sound`: there was none.
Rows Read(std::string_view text, bool& sound) {
  core::CsvReader reader(text);
  Rows rows;
  std::vector<std::string> cells;
  int64_t line = 0;
  while (reader.Next(cells)) {
    Require(reader.line() > line, "lines are counted upwards");
    line = reader.line();
    rows.push_back(cells);
  }
  sound = reader.problem().empty();
  return rows;
}

std::string Write(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      text += i == 0 ? "\"" : ",\"";
      text += absl::StrReplaceAll(row[i], {{"\"", "\"\""}});
      text += '"';
    }
    text += '\n';
  }
  return text;
}

void CheckTable(std::string_view text, const Rows& rows) {
  const core::LookupTable::Parsed parsed = core::LookupTable::Parse(text);
  Require((parsed.table == nullptr) == !parsed.problems.empty(), "a table or what is wrong");
  Require(parsed.problems.size() <= core::kTableProblemsMax + 1, "problems have a cap");
  if (parsed.table == nullptr) return;
  const core::LookupTable& table = *parsed.table;
  Require(core::IsTableHash(table.sha256()), "a table has its hash");
  Require(rows.size() == table.rows() + 1 && rows[0] == table.columns(), "every row is in it");
  for (size_t row = 1; row < rows.size(); ++row) {
    for (size_t column = 0; column < rows[row].size(); ++column) {
      Require(table.Find(rows[row][0], column) == rows[row][column], "a cell is what stood there");
    }
  }
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton::fuzz;  // NOLINT: all of it
  const std::string_view text = Text(data, size);
  bool sound = false;
  const Rows rows = Read(text, sound);
  bool again = false;
  Require(Read(Write(rows), again) == rows && again, "rows that are written are read as they were");
  if (sound) CheckTable(text, rows);
  return 0;
}
