#include "batonctl/table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "batonctl/colours.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

// Characters, not bytes.
size_t Width(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

}  // namespace

Table::Table(std::vector<std::string> headers) : headers_(std::move(headers)) {}

void Table::AddRow(std::vector<std::string> cells) {
  for (std::string& cell : cells) cell = policy::Printable(std::move(cell));
  cells.resize(headers_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::RenderRow(const std::vector<std::string>& cells,
                             const std::vector<size_t>& widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = policy::Printable(cells[i]);
    absl::StrAppend(&line, cell);
    if (i + 1 == cells.size()) break;
    const size_t width = Width(cell);
    const size_t column = i < widths.size() ? widths[i] : 0;
    line.append(column > width ? column - width + 2 : 2, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string Table::Render(bool colour) const {
  std::vector<size_t> widths;
  for (const std::string& header : headers_) widths.push_back(Width(header));
  for (const std::vector<std::string>& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string text;
  if (std::any_of(headers_.begin(), headers_.end(),
                  [](const std::string& header) { return !header.empty(); })) {
    const std::string head = RenderRow(headers_, widths);
    text = colour ? absl::StrCat(kBold, head.substr(0, head.size() - 1), kPlain, "\n") : head;
  }
  for (const std::vector<std::string>& row : rows_) text += RenderRow(row, widths);
  return text;
}

}  // namespace baton::batonctl
