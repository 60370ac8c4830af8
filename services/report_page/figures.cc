#include "report_page/figures.h"

#include <algorithm>
#include <set>
#include <utility>

namespace baton::report_page {
namespace {

// In the order in which they came, each once.
class Names {
 public:
  void Add(const std::string& name) {
    if (seen_.insert(name).second) names_.push_back(name);
  }
  std::vector<std::string> Take() && { return std::move(names_); }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> names_;
};

}  // namespace

Figures::Figures(const v1::Report& report) : report_(report) {
  for (const v1::ReportSection& section : report.sections()) {
    for (const v1::ReportFigure& figure : section.figures()) {
      figures_.emplace(Key(section.id(), figure.id(), figure.item(), figure.group()), &figure);
    }
  }
}

const v1::ReportFigure* Figures::Find(const std::string& section, const std::string& figure,
                                      const std::string& item, const std::string& group) const {
  const auto found = figures_.find(Key(section, figure, item, group));
  return found == figures_.end() ? nullptr : found->second;
}

int64_t Figures::Count(const std::string& section, const std::string& figure,
                       const std::string& item, const std::string& group) const {
  const v1::ReportFigure* found = Find(section, figure, item, group);
  return found == nullptr ? 0 : found->count();
}

v1::ReportRatio Figures::Ratio(const std::string& section, const std::string& figure,
                               const std::string& item, const std::string& group) const {
  const v1::ReportFigure* found = Find(section, figure, item, group);
  return found == nullptr ? v1::ReportRatio() : found->ratio();
}

v1::ReportDistribution Figures::Distribution(const std::string& section,
                                             const std::string& figure) const {
  const v1::ReportFigure* found = Find(section, figure);
  return found == nullptr ? v1::ReportDistribution() : found->distribution();
}

std::vector<std::string> Figures::Items(const std::string& section,
                                        const std::vector<std::string>& figures) const {
  Names items;
  for (const v1::ReportSection& each : report_.sections()) {
    if (each.id() != section) continue;
    for (const v1::ReportFigure& figure : each.figures()) {
      const bool wanted = std::find(figures.begin(), figures.end(), figure.id()) != figures.end();
      if (wanted && !figure.item().empty()) items.Add(figure.item());
    }
  }
  return std::move(items).Take();
}

std::vector<std::string> Figures::Groups() const {
  Names groups;
  for (const v1::ReportSection& section : report_.sections()) {
    for (const v1::ReportFigure& figure : section.figures()) groups.Add(figure.group());
  }
  return std::move(groups).Take();
}

}  // namespace baton::report_page
