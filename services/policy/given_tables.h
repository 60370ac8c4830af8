// How a policy gets its lookup tables. The document names each by the SHA-256 of its content, so
// its text alone says what it means, for ever (ADR 18); whoever reads a document finds the tables
// first:
//
//   const auto pins = TablePinsOf(yaml);    // what to look for
//   const auto parsed = ParsePolicy(yaml, name, found);
#ifndef BATON_POLICY_GIVEN_TABLES_H_
#define BATON_POLICY_GIVEN_TABLES_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/lookup_table.h"

namespace baton::policy {

// A table that a document names.
struct TablePin {
  std::string name;
  std::string sha256;
  bool operator==(const TablePin&) const = default;
};

// The tables at hand, by name.
struct GivenTables {
  core::Tables tables;
  // Of one that could not be had: why, and what to do, in one sentence.
  std::map<std::string, std::string, std::less<>> missing;
};

// What spec.tables names, as far as it can be read; what is wrong with it ParsePolicy says. By
// name, at most kTablesMax.
std::vector<TablePin> TablePinsOf(std::string_view yaml);

}  // namespace baton::policy

#endif  // BATON_POLICY_GIVEN_TABLES_H_
