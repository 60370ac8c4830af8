// Looks up the figures of a report.
#ifndef BATON_REPORT_PAGE_FIGURES_H_
#define BATON_REPORT_PAGE_FIGURES_H_

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "baton/v1/report_service.pb.h"

namespace baton::report_page {

// Not thread-safe. `report` must outlive it.
class Figures {
 public:
  explicit Figures(const v1::Report& report);

  const v1::Report& report() const { return report_; }

  // nullptr: the report does not have it.
  const v1::ReportFigure* Find(const std::string& section, const std::string& figure,
                               const std::string& item = "", const std::string& group = "") const;

  // Zero or empty if the report does not have it.
  int64_t Count(const std::string& section, const std::string& figure, const std::string& item = "",
                const std::string& group = "") const;
  v1::ReportRatio Ratio(const std::string& section, const std::string& figure,
                        const std::string& item = "", const std::string& group = "") const;
  v1::ReportDistribution Distribution(const std::string& section, const std::string& figure) const;

  // The items of any of these figures, in the order of the report, each once.
  std::vector<std::string> Items(const std::string& section,
                                 const std::vector<std::string>& figures) const;
  // The groups of the whole report, in its order, each once.
  std::vector<std::string> Groups() const;

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;

  const v1::Report& report_;
  std::map<Key, const v1::ReportFigure*> figures_;  // by section, figure, item, group
};

}  // namespace baton::report_page

#endif  // BATON_REPORT_PAGE_FIGURES_H_
