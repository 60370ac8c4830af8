// Lookup tables: what a key stands for, such as the territory of a postcode or the owner of a
// domain. A table is a CSV document (csv.h) with a header: the first column has the keys, the
// others the values. All cells are texts, compared byte by byte.
//
// A table is named by its content: sha256() is that of the bytes of the document, so whoever names
// it knows what it says (ADR 18).
#ifndef BATON_CORE_LOOKUP_TABLE_H_
#define BATON_CORE_LOOKUP_TABLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace baton::core {

inline constexpr size_t kTableRowsMax = 100'000;
inline constexpr size_t kTableBytesMax = 4'000'000;  // of the document
inline constexpr size_t kTableColumnsMax = 16;       // the keys' included
inline constexpr size_t kTableCellBytesMax = 1'024;
inline constexpr size_t kColumnNameBytesMax = 64;
inline constexpr size_t kTableProblemsMax = 20;  // told of one document; more are only counted

struct TableProblem {
  int64_t line = 0;  // from 1
  std::string message;
};

// Immutable, thread-safe. A look takes the same time however many rows there are.
class LookupTable {
 public:
  struct Parsed {
    std::shared_ptr<const LookupTable> table;  // nullptr: there are problems
    std::vector<TableProblem> problems;
  };
  // A document over a cap, with a key that stands twice, is empty or begins or ends with a space,
  // a row of another length than the header, or text that is not UTF-8 is no table.
  static Parsed Parse(std::string_view csv);

  const std::string& sha256() const { return sha256_; }  // 64 lower-case hexadecimal digits
  const std::vector<std::string>& columns() const { return columns_; }  // the keys' first
  size_t rows() const { return index_.size(); }
  size_t document_bytes() const { return document_bytes_; }

  bool Has(std::string_view key) const { return index_.contains(key); }
  // nullopt: no such key. `column` is an index into columns().
  std::optional<std::string_view> Find(std::string_view key, size_t column) const;

 private:
  class Reader;

  LookupTable() = default;
  std::string_view Cell(size_t number) const;

  std::string sha256_;
  std::vector<std::string> columns_;
  size_t document_bytes_ = 0;
  std::string cells_;                                      // row by row, one behind the other
  std::vector<uint32_t> ends_;                             // of each cell
  absl::flat_hash_map<std::string_view, uint32_t> index_;  // key -> number of its first cell
};

// By the names that a policy gives them.
using Tables = std::map<std::string, std::shared_ptr<const LookupTable>, std::less<>>;

// Whether `text` is a SHA-256 as sha256() gives it.
bool IsTableHash(std::string_view text);

}  // namespace baton::core

#endif  // BATON_CORE_LOOKUP_TABLE_H_
