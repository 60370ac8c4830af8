// Figures that follow from the marks of a cycle (scope.h), by section.
#ifndef BATON_REPORTS_MARKED_FIGURES_H_
#define BATON_REPORTS_MARKED_FIGURES_H_

#include <vector>

#include "reports/sections.h"

namespace baton::reports {

std::vector<MarkFigure> FunnelFigures();
std::vector<MarkFigure> AcceptanceFigures();
std::vector<MarkFigure> DispositionFigures();
std::vector<MarkFigure> FeedbackFigures();
std::vector<MarkFigure> RecyclingFigures();
std::vector<MarkFigure> LeakageFigures();

// Parts of `acceptance` and of "won of delivered".
unsigned Acceptance(Marks marks, int index = 0);
unsigned WonOfDelivered(Marks marks, int index = 0);

}  // namespace baton::reports

#endif  // BATON_REPORTS_MARKED_FIGURES_H_
