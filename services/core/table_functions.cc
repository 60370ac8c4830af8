#include "core/table_functions.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/lead_functions.h"
#include "core/text.h"
#include "expression/problem.h"

namespace baton::core {
namespace {

using expression::Function;
using expression::Kind;
using expression::Scratch;
using expression::Value;
using SharedTables = std::shared_ptr<const Tables>;

constexpr int64_t kTableSteps = 5;

// What is wrong with the table that a call names, or "".
std::string CheckTable(const Value& name, const Tables& tables) {
  if (name.kind() != Kind::kString) {
    return "which table is meant must be written out, as in lookup(\"postcodes\", lead.postcode)";
  }
  if (tables.find(name.text()) != tables.end()) return "";
  std::vector<std::string_view> known;
  for (const auto& [known_name, table] : tables) known.push_back(known_name);
  return absl::StrCat("there is no table '", ToAbsl(name.text()), "' among spec.tables",
                      expression::DidYouMean(name.text(), known));
}

// A table that a checked call names; nullptr: its content is not known.
const LookupTable* TableNamed(const Value& name, const Tables& tables) {
  const auto found = tables.find(name.text());
  return found == tables.end() ? nullptr : found->second.get();
}

std::vector<std::string_view> ValueColumns(const LookupTable& table) {
  return {table.columns().begin() + 1, table.columns().end()};
}

std::string JoinedColumns(const LookupTable& table) {
  std::string joined;
  for (const std::string_view column : ValueColumns(table)) {
    absl::StrAppend(&joined, joined.empty() ? "" : ", ", ToAbsl(column));
  }
  return joined;
}

// The same of a call without column, and of one with.
std::string CheckOnlyColumn(const std::vector<Value>& literals, const Tables& tables) {
  std::string problem = CheckTable(literals[0], tables);
  const LookupTable* table = problem.empty() ? TableNamed(literals[0], tables) : nullptr;
  if (table == nullptr || table->columns().size() == 2) return problem;
  const std::string name(literals[0].text());
  if (table->columns().size() == 1) {
    return absl::StrCat("table '", name, "' has keys and no values: ask in_table(\"", name,
                        "\", ...)");
  }
  return absl::StrCat("table '", name, "' has several columns of values; name one as the third ",
                      "argument: ", JoinedColumns(*table));
}

std::string CheckColumn(const std::vector<Value>& literals, const Tables& tables) {
  std::string problem = CheckTable(literals[0], tables);
  const LookupTable* table = problem.empty() ? TableNamed(literals[0], tables) : nullptr;
  if (table == nullptr) return problem;
  if (literals[2].kind() != Kind::kString) {
    return absl::StrCat("which column is meant must be written out: ", JoinedColumns(*table));
  }
  const std::vector<std::string_view> columns = ValueColumns(*table);
  if (std::find(columns.begin(), columns.end(), literals[2].text()) != columns.end()) return "";
  return absl::StrCat("table '", ToAbsl(literals[0].text()), "' has no column '",
                      ToAbsl(literals[2].text()), "' of values",
                      expression::DidYouMean(literals[2].text(), columns));
}

Value NotAtHand(Scratch& scratch, const Value& name) {
  return scratch.Error(absl::StrCat("table ", ToAbsl(name.text()), " is not at hand"));
}

// The cell in `column`; no such key is an error, as it is of a map.
Value CellOf(Scratch& scratch, const LookupTable& table, const Value* args, size_t column) {
  const std::optional<std::string_view> cell = table.Find(args[1].text(), column);
  if (!cell.has_value()) {
    return scratch.Error(absl::StrCat("no such key in table ", ToAbsl(args[0].text()), ": ",
                                      expression::DebugString(args[1])));
  }
  return Said(scratch, "lookup", {args[0].text(), args[1].text()}, Value::String(*cell));
}

Function Lookup(const SharedTables& tables) {
  Function function{"lookup",      false, {Kind::kString, Kind::kString},
                    Kind::kString, {},    kTableSteps};
  function.call = [tables](Scratch& scratch, const Value* args) {
    const LookupTable* table = TableNamed(args[0], *tables);
    return table == nullptr ? NotAtHand(scratch, args[0]) : CellOf(scratch, *table, args, 1);
  };
  function.check = [tables](const std::vector<Value>& literals) {
    return CheckOnlyColumn(literals, *tables);
  };
  return function;
}

Function LookupColumn(const SharedTables& tables) {
  Function function{"lookup",      false, {Kind::kString, Kind::kString, Kind::kString},
                    Kind::kString, {},    kTableSteps};
  function.call = [tables](Scratch& scratch, const Value* args) {
    const LookupTable* table = TableNamed(args[0], *tables);
    if (table == nullptr) return NotAtHand(scratch, args[0]);
    const auto& columns = table->columns();
    const auto column = std::find(columns.begin(), columns.end(), args[2].text());
    return CellOf(scratch, *table, args, static_cast<size_t>(column - columns.begin()));
  };
  function.check = [tables](const std::vector<Value>& literals) {
    return CheckColumn(literals, *tables);
  };
  return function;
}

Function InTable(const SharedTables& tables) {
  Function function{"in_table",  false, {Kind::kString, Kind::kString},
                    Kind::kBool, {},    kTableSteps};
  function.call = [tables](Scratch& scratch, const Value* args) {
    const LookupTable* table = TableNamed(args[0], *tables);
    if (table == nullptr) return NotAtHand(scratch, args[0]);
    return Said(scratch, "in_table", {args[0].text(), args[1].text()},
                Value::Bool(table->Has(args[1].text())));
  };
  function.check = [tables](const std::vector<Value>& literals) {
    return CheckTable(literals[0], *tables);
  };
  return function;
}

}  // namespace

void AddTableFunctions(const Tables& tables, expression::Environment& environment) {
  const auto own = std::make_shared<const Tables>(tables);
  environment.AddFunction(Lookup(own));
  environment.AddFunction(LookupColumn(own));
  environment.AddFunction(InTable(own));
}

}  // namespace baton::core
