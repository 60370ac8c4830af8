#include "core/csv.h"

namespace baton::core {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    rest_.remove_prefix(kByteOrderMark.size());
  }
}

bool CsvReader::Next(std::vector<std::string>& cells) {
  do {
    cells.assign(1, "");
    line_ = next_line_;
    if (rest_.empty() || !problem_.empty()) return false;
    ReadRow(cells);
    if (!problem_.empty()) return false;
  } while (cells.size() == 1 && cells[0].empty());
  return true;
}

void CsvReader::ReadRow(std::vector<std::string>& cells) {
  const size_t begin = rest_.size();
  while (!rest_.empty() && problem_.empty()) {
    if (begin - rest_.size() > kCsvRowBytesMax) {
      problem_ = "a row has at most 64 KiB; is a quote missing?";
      return;
    }
    const char character = rest_.front();
    rest_.remove_prefix(1);
    if (character == '\n') {
      ++next_line_;
      return;
    }
    if (character == '"' && cells.back().empty()) {
      ReadQuoted(cells.back());
    } else if (character == ',') {
      cells.emplace_back();
    } else if (character != '\r') {
      cells.back() += character;
    }
  }
}

void CsvReader::ReadQuoted(std::string& cell) {
  while (!rest_.empty()) {
    const char character = rest_.front();
    rest_.remove_prefix(1);
    if (character == '\n') ++next_line_;
    if (character == '"') {
      if (rest_.empty() || rest_.front() != '"') return;
      rest_.remove_prefix(1);
    }
    cell += character;
    if (cell.size() > kCsvRowBytesMax) {
      problem_ = "a row has at most 64 KiB; is a quote missing?";
      return;
    }
  }
  problem_ = "the file ends within quotes";
}

}  // namespace baton::core
