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

Table::Table(std::vector<std::string> headers, const std::vector<std::string>& wide_headers)
    : headers_(std::move(headers)), narrow_(headers_.size()) {
  headers_.insert(headers_.end(), wide_headers.begin(), wide_headers.end());
}

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

std::vector<size_t> Table::Widths(bool wide) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < Columns(wide); ++i) {
    widths.push_back(Width(headers_[i]));
    for (const std::vector<std::string>& row : rows_) {
      widths[i] = std::max(widths[i], Width(row[i]));
    }
  }
  return widths;
}

std::string Table::RenderHead(const TableStyle& style, const std::vector<size_t>& widths) const {
  const auto end = headers_.begin() + static_cast<std::ptrdiff_t>(Columns(style.wide));
  const bool named =
      std::any_of(headers_.begin(), end, [](const std::string& header) { return !header.empty(); });
  if (!named || !style.headers) return "";
  const std::string head = RenderRow({headers_.begin(), end}, widths);
  return style.colour ? absl::StrCat(kBold, head.substr(0, head.size() - 1), kPlain, "\n") : head;
}

std::string Table::RenderRow(size_t row, bool wide, const std::vector<size_t>& widths) const {
  const auto begin = rows_[row].begin();
  return RenderRow({begin, begin + static_cast<std::ptrdiff_t>(Columns(wide))}, widths);
}

std::string Table::Render(const TableStyle& style) const {
  const std::vector<size_t> widths = Widths(style.wide);
  std::string text = RenderHead(style, widths);
  for (size_t row = 0; row < rows_.size(); ++row) text += RenderRow(row, style.wide, widths);
  return text;
}

}  // namespace baton::batonctl
