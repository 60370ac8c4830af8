// Aligned tables for people.
#ifndef BATON_BATONCTL_TABLE_H_
#define BATON_BATONCTL_TABLE_H_

#include <string>
#include <vector>

namespace baton::batonctl {

struct TableStyle {
  bool colour = false;
  bool headers = true;
  bool wide = false;  // with the columns that only `-o wide` shows
};

// Rows of cells under headers, each column as wide as its widest cell, two spaces between columns.
// Cells are made printable: what a stranger put into an attribute cannot command the terminal.
class Table {
 public:
  // Without headers (all empty) only the rows are shown, as for the fields of one resource.
  // `wide_headers` are those of further columns, behind the others.
  explicit Table(std::vector<std::string> headers,
                 const std::vector<std::string>& wide_headers = {});

  // As many cells as headers, those of the further columns last.
  void AddRow(std::vector<std::string> cells);

  size_t rows() const { return rows_.size(); }
  std::string Render(const TableStyle& style) const;
  // The same in parts, for tables that grow: what the columns need so far, the headers, one row.
  std::vector<size_t> Widths(bool wide) const;
  std::string RenderHead(const TableStyle& style, const std::vector<size_t>& widths) const;
  std::string RenderRow(size_t row, bool wide, const std::vector<size_t>& widths) const;

  // For tables that grow line by line: columns of at least `widths`.
  static std::string RenderRow(const std::vector<std::string>& cells,
                               const std::vector<size_t>& widths);

 private:
  size_t Columns(bool wide) const { return wide ? headers_.size() : narrow_; }

  std::vector<std::string> headers_;
  size_t narrow_;  // so many of them without the further ones
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_TABLE_H_
