// Aligned tables for people.
#ifndef BATON_BATONCTL_TABLE_H_
#define BATON_BATONCTL_TABLE_H_

#include <string>
#include <vector>

namespace baton::batonctl {

// Rows of cells under headers, each column as wide as its widest cell, two spaces between columns.
// Cells are made printable: what a stranger put into an attribute cannot command the terminal.
class Table {
 public:
  // Without headers (all empty) only the rows are shown, as for the fields of one resource.
  explicit Table(std::vector<std::string> headers);

  // As many cells as headers.
  void AddRow(std::vector<std::string> cells);

  std::string Render(bool colour) const;

  // For tables that grow line by line: columns of at least `widths`.
  static std::string RenderRow(const std::vector<std::string>& cells,
                               const std::vector<size_t>& widths);

 private:
  std::vector<std::string> headers_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_TABLE_H_
