#include "core/lookup_table.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/csv.h"
#include "core/text.h"
#include "expression/utf8.h"

namespace baton::core {
namespace {

constexpr size_t kQuotedBytesMax = 60;

std::string QuotedCell(std::string_view text) {
  return absl::StrCat("'", absl::Utf8SafeCEscape(ToAbsl(Shortened(text, kQuotedBytesMax))), "'");
}

bool IsUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t length = expression::CharacterLength(text, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

bool HasOuterSpace(std::string_view text) {
  return absl::StripAsciiWhitespace(ToAbsl(text)).size() != text.size();
}

std::string HashOf(std::string_view bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

}  // namespace

// Fills a table in.
class LookupTable::Reader {
 public:
  Reader(std::string_view csv, LookupTable& table) : csv_(csv), rows_(csv), table_(table) {}

  std::vector<TableProblem> Read() && {
    if (csv_.size() > kTableBytesMax) {
      Complain(1, absl::StrCat("the document has ", csv_.size(), " bytes, a table at most ",
                               kTableBytesMax));
      return std::move(problems_);
    }
    // No cell moves while the index refers to it.
    table_.cells_.reserve(csv_.size());
    std::vector<std::string> cells;
    if (!rows_.Next(cells)) {
      Complain(1, "the document is empty; its first row names the columns");
    } else {
      ReadHeader(std::move(cells));
      ReadRows();
    }
    if (!rows_.problem().empty()) Complain(rows_.line(), rows_.problem());
    if (left_out_ > 0) {
      problems_.push_back({rows_.line(), absl::StrCat(left_out_, " more problems")});
    }
    table_.sha256_ = HashOf(csv_);
    table_.document_bytes_ = csv_.size();
    return std::move(problems_);
  }

 private:
  void Complain(int64_t line, std::string message) {
    if (problems_.size() < kTableProblemsMax) {
      problems_.push_back({line, std::move(message)});
    } else {
      ++left_out_;
    }
  }

  void ReadHeader(std::vector<std::string> names) {
    if (names.size() == 1 && names[0].find(';') != std::string::npos) {
      Complain(rows_.line(), "cells are separated by commas, this has semicolons");
    }
    if (names.size() > kTableColumnsMax) {
      Complain(rows_.line(), absl::StrCat("the table has ", names.size(), " columns, at most ",
                                          kTableColumnsMax, " are allowed"));
    }
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string& name = names[i];
      if (name.empty() || name.size() > kColumnNameBytesMax || HasOuterSpace(name) ||
          !IsUtf8(name)) {
        Complain(rows_.line(),
                 absl::StrCat("the name of column ", i + 1, " must be 1 to ", kColumnNameBytesMax,
                              " bytes without spaces around them"));
      }
      const auto end = names.begin() + static_cast<ptrdiff_t>(i);
      if (std::find(names.begin(), end, name) != end) {
        Complain(rows_.line(), absl::StrCat("column ", QuotedCell(name), " stands twice"));
      }
    }
    table_.columns_ = std::move(names);
  }

  void ReadRows() {
    std::vector<std::string> cells;
    std::vector<int64_t> lines;
    while (rows_.Next(cells)) {
      if (table_.rows() == kTableRowsMax) {
        Complain(rows_.line(), absl::StrCat("a table has at most ", kTableRowsMax, " rows"));
        return;
      }
      if (CheckRow(cells)) AddRow(cells, lines);
    }
    const bool is_empty = table_.rows() == 0 && problems_.empty() && rows_.problem().empty();
    if (is_empty) Complain(rows_.line(), "the table has no rows");
  }

  bool CheckRow(const std::vector<std::string>& cells) {
    if (cells.size() != table_.columns_.size()) {
      Complain(rows_.line(), absl::StrCat("the row has ", cells.size(), " cells, the header ",
                                          table_.columns_.size()));
      return false;
    }
    for (const std::string& cell : cells) {
      if (cell.size() > kTableCellBytesMax) {
        Complain(rows_.line(), absl::StrCat("a cell has ", cell.size(), " bytes, at most ",
                                            kTableCellBytesMax, " are allowed"));
        return false;
      }
      if (!IsUtf8(cell)) {
        Complain(rows_.line(), "not UTF-8 text; save the document as \"CSV UTF-8\"");
        return false;
      }
    }
    if (cells[0].empty() || HasOuterSpace(cells[0])) {
      Complain(rows_.line(), cells[0].empty() ? std::string("the key is empty")
                                              : absl::StrCat("the key ", QuotedCell(cells[0]),
                                                             " has spaces around it"));
      return false;
    }
    return true;
  }

  // `lines`: of the rows so far.
  void AddRow(const std::vector<std::string>& cells, std::vector<int64_t>& lines) {
    const size_t columns = table_.columns_.size();
    if (const auto known = table_.index_.find(cells[0]); known != table_.index_.end()) {
      Complain(rows_.line(), absl::StrCat("the key ", QuotedCell(cells[0]), " stands in line ",
                                          lines[known->second / columns], " already"));
      return;
    }
    const auto first = static_cast<uint32_t>(table_.ends_.size());
    for (const std::string& cell : cells) {
      table_.cells_ += cell;
      table_.ends_.push_back(static_cast<uint32_t>(table_.cells_.size()));
    }
    table_.index_.emplace(table_.Cell(first), first);
    lines.push_back(rows_.line());
  }

  const std::string_view csv_;
  CsvReader rows_;
  LookupTable& table_;
  std::vector<TableProblem> problems_;
  size_t left_out_ = 0;
};

LookupTable::Parsed LookupTable::Parse(std::string_view csv) {
  const std::shared_ptr<LookupTable> table(new LookupTable());
  Parsed parsed{nullptr, Reader(csv, *table).Read()};
  if (parsed.problems.empty()) parsed.table = table;
  return parsed;
}

std::string_view LookupTable::Cell(size_t number) const {
  const uint32_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view(cells_).substr(begin, ends_[number] - begin);
}

std::optional<std::string_view> LookupTable::Find(std::string_view key, size_t column) const {
  const auto found = index_.find(key);
  if (found == index_.end()) return std::nullopt;
  return Cell(found->second + column);
}

bool IsTableHash(std::string_view text) {
  return text.size() == size_t{2} * SHA256_DIGEST_LENGTH &&
         text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace baton::core
