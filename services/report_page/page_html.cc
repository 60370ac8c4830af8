#include "report_page/page_html.h"

#include "absl/strings/str_cat.h"
#include "report_page/chart.h"
#include "report_page/definitions.h"
#include "report_page/html.h"
#include "report_page/page_style.h"

namespace baton::report_page {
namespace {

// What the browser itself holds the page to: it loads and runs nothing.
constexpr char kContentPolicy[] =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'";

std::string ToneClass(Tone tone) {
  return tone == Tone::kGood ? "good" : tone == Tone::kBad ? "bad" : "";
}

std::string CellHtml(const Cell& cell) {
  const char* between = cell.definition.empty() || cell.command.empty() ? "" : "\n";
  return Element("td",
                 {{"class", ToneClass(cell.tone)},
                  {"title", absl::StrCat(cell.definition, between, cell.command)}},
                 Isolated(cell.text));
}

std::string GridHtml(const Grid& grid) {
  std::string html = grid.title.empty() ? "" : Element("h3", {}, Escaped(grid.title));
  if (grid.rows.empty()) return absl::StrCat(html, Element("p", {}, "Nothing in this period."));
  std::string head;
  for (const Column& column : grid.columns) {
    head += Element("th", {{"scope", "col"}, {"title", column.definition}}, Isolated(column.name));
  }
  std::string rows;
  for (const std::vector<Cell>& row : grid.rows) {
    std::string cells;
    for (const Cell& cell : row) cells += CellHtml(cell);
    absl::StrAppend(&rows, Element("tr", {}, cells), "\n");
  }
  absl::StrAppend(&html, Element("table", {},
                                 absl::StrCat(Element("thead", {}, Element("tr", {}, head)), "\n",
                                              Element("tbody", {}, rows))));
  if (!grid.more.empty()) {
    absl::StrAppend(&html, Element("p", {}, Element("code", {}, Escaped(grid.more))));
  }
  return html;
}

// With its title, which also is what a reader hears who does not see it.
std::string ChartHtml(const Chart& chart) {
  const std::string svg = ChartSvg(chart);
  if (svg.empty()) return "";
  const std::string title = std::visit([](const auto& each) { return each.title; }, chart);
  return absl::StrCat(Element("h3", {}, Escaped(title)), svg);
}

std::string BlockHtml(const Block& block) {
  std::string html = absl::StrCat(Element("h2", {}, Escaped(block.title)),
                                  Element("p", {}, Escaped(block.about)), "\n");
  for (const Chart& chart : block.charts) absl::StrAppend(&html, ChartHtml(chart), "\n");
  for (const Grid& grid : block.grids) absl::StrAppend(&html, GridHtml(grid), "\n");
  return Element("section", {{"id", block.id}}, html);
}

std::string LegendHtml() {
  std::string entries;
  for (const Definition& each : Definitions()) {
    absl::StrAppend(
        &entries,
        Element(
            "div", {},
            absl::StrCat(Element("dt", {}, Escaped(absl::StrCat(each.section, "/", each.figure))),
                         Element("dd", {}, Escaped(each.text)))),
        "\n");
  }
  const std::string how = absl::StrCat(
      "The leads behind a number: ",
      Element("code", {}, "batonctl report leads SECTION/FIGURE[/ITEM] --since ... --until ..."),
      ". Point at a number for its own command.");
  return Element("section", {{"id", "legend"}},
                 absl::StrCat(Element("h2", {}, "What each number counts"), Element("p", {}, how),
                              "\n", Element("dl", {}, entries)));
}

}  // namespace

std::string PageHtml(const Page& page) {
  const std::string head = absl::StrCat(
      "<meta charset=\"utf-8\">\n",
      OpenTag("meta", {{"http-equiv", "Content-Security-Policy"}, {"content", kContentPolicy}}),
      "\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
      "<link rel=\"icon\" href=\"data:,\">\n", Element("title", {}, Escaped(page.title)), "\n",
      Element("style", {}, kPageStyle), "\n");
  std::string body = Element("h1", {}, Isolated(page.title));
  absl::StrAppend(&body, "\n", Element("p", {}, Escaped(page.period)), "\n");
  for (const std::string& note : page.notes) {
    absl::StrAppend(&body, Element("p", {}, Isolated(note)), "\n");
  }
  std::string blocks;
  for (const Block& block : page.blocks) absl::StrAppend(&blocks, BlockHtml(block), "\n");
  absl::StrAppend(&body, Element("main", {}, absl::StrCat(blocks, LegendHtml())), "\n");
  return absl::StrCat("<!DOCTYPE html>\n", OpenTag("html", {{"lang", "en"}}), "\n",
                      Element("head", {}, head), "\n", Element("body", {}, body), "\n</html>\n");
}

}  // namespace baton::report_page
