// The alignment report: the one page that marketing and sales read together. What it says, apart
// from how it looks: as HTML (page_html.h), as text (batonctl).
#ifndef BATON_REPORT_PAGE_PAGE_H_
#define BATON_REPORT_PAGE_PAGE_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "baton/v1/report_service.pb.h"

namespace baton::report_page {

enum class Tone { kPlain, kGood, kBad };

struct Cell {
  std::string text;
  std::string definition;  // what the number counts; empty: this is no number
  std::string command;     // lists its leads
  Tone tone = Tone::kPlain;
};

struct Column {
  std::string name;
  std::string definition;
  bool is_name = false;  // of a source, to be copied as it is
};

struct Grid {
  std::string title;  // empty: that of the block
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
  std::string more;  // what was left out and which command shows it; empty: nothing was
};

// Bars whose parts add up. Colours are the places of the legend.
struct StackedChart {
  struct Bar {
    std::string label;
    std::vector<int64_t> parts;  // as many as the legend
  };
  std::string title;
  std::vector<std::string> legend;
  std::vector<Bar> bars;
};

// Percentiles of times on a logarithmic axis.
struct RangeChart {
  struct Bar {
    std::string label;
    v1::ReportDistribution distribution;  // in milliseconds
  };
  std::string title;
  std::vector<Bar> bars;
};

// Numbers on both sides of the one that is even: 1 for lifts, 0 for deviations.
struct DivergingChart {
  struct Bar {
    std::string label;
    double value = 0;
  };
  std::string title;
  double even = 0;
  std::vector<Bar> bars;
};

using Chart = std::variant<StackedChart, RangeChart, DivergingChart>;

struct Block {
  std::string id;  // "funnel"
  std::string title;
  std::string about;  // a sentence under the title
  std::vector<Chart> charts;
  std::vector<Grid> grids;
};

struct Page {
  std::string title;               // "Alignment report: demo"
  std::string period;              // "2026-11-21T00:00:00Z to ..."
  std::vector<std::string> notes;  // how to read it, what is not counted yet
  std::vector<Block> blocks;
};

// What a page is made of: four answers of ReportService.
struct PageInput {
  v1::Report now;          // all sections
  v1::Report before;       // the same for the period before, of equal length
  v1::Report by_source;    // the same as now
  v1::Report by_campaign;  // the same as now
};

Page MakePage(const PageInput& input);

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_PAGE_H_
