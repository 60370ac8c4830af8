// The parts of the alignment report (page.h); each is made of figures alone.
#ifndef BATON_REPORT_PAGE_BLOCKS_H_
#define BATON_REPORT_PAGE_BLOCKS_H_

#include <string>
#include <vector>

#include "report_page/figures.h"
#include "report_page/page.h"

namespace baton::report_page {

inline constexpr size_t kRowsMax = 12;    // of a grid whose items the workspace chooses
inline constexpr size_t kSourcesMax = 5;  // told apart in one table

// What people call a name that is not known.
std::string NameText(const std::string& name);
Cell NameCell(const std::string& name);
// The value of a figure with its definition and the command that lists its leads; an empty cell if
// the report does not have the figure.
Cell FigureCell(const Figures& figures, const std::string& section, const std::string& figure,
                const std::string& item = "", const std::string& group = "");
Column FigureColumn(const std::string& name, const std::string& section, const std::string& figure);
// A row for each of `items`: its name, then these figures of it.
Grid ItemGrid(const Figures& figures, const std::string& section, const std::string& item_name,
              const std::vector<std::string>& items,
              const std::vector<std::pair<std::string, std::string>>& names_and_figures);
// Leaves the first `most` of `names` and says in `grid.more` what shows the others.
void CutTo(size_t most, const v1::Report& report, const std::string& section,
           std::vector<std::string>& names, Grid& grid);

Block HeadlineBlock(const Figures& now, const Figures& before);
Block FunnelBlock(const Figures& now);
Block SlaBlock(const Figures& now);
Block SpeedBlock(const Figures& now);
Block ReasonsBlock(const Figures& now, const Figures& by_source);
Block MarketingBlock(const Figures& now);
Block SalesBlock(const Figures& now);
Block WorkloadBlock(const Figures& now);
Block FairnessBlock(const Figures& now);
Block OriginsBlock(const Figures& by_source, const Figures& by_campaign);

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_BLOCKS_H_
