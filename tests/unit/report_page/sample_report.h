// Reports as a server would answer them.
#ifndef BATON_TESTS_UNIT_REPORT_PAGE_SAMPLE_REPORT_H_
#define BATON_TESTS_UNIT_REPORT_PAGE_SAMPLE_REPORT_H_

#include <cstdint>
#include <string>

#include "baton/v1/report_service.pb.h"

namespace baton::report_page {

// 2026-11-21T00:00:00Z and seven days later.
inline constexpr int64_t kSampleBegin = 1'795'219'200;
inline constexpr int64_t kSampleEnd = kSampleBegin + 7 * 86'400;

inline v1::ReportRatio Ratio(int64_t numerator, int64_t denominator, int64_t pending = 0,
                             int64_t excluded = 0) {
  v1::ReportRatio ratio;
  ratio.set_numerator(numerator);
  ratio.set_denominator(denominator);
  ratio.set_pending(pending);
  ratio.set_excluded(excluded);
  return ratio;
}

// Of milliseconds.
inline v1::ReportDistribution Times(int64_t count, int64_t p50, int64_t p90, int64_t p95,
                                    int64_t censored = 0, int32_t bounds_from = 0) {
  v1::ReportDistribution times;
  times.set_unit("ms");
  times.set_count(count);
  times.set_p50(p50);
  times.set_p90(p90);
  times.set_p95(p95);
  times.set_censored(censored);
  times.set_bounds_from(bounds_from);
  return times;
}

class ReportBuilder {
 public:
  ReportBuilder() {
    report_.set_parent("workspaces/demo");
    report_.mutable_read_time()->set_seconds(kSampleEnd);
    report_.mutable_scope()->mutable_start_time()->set_seconds(kSampleBegin);
    report_.mutable_scope()->mutable_end_time()->set_seconds(kSampleEnd);
    report_.mutable_scope()->set_view(v1::REPORT_VIEW_COHORT);
  }

  // The figures that follow belong to this section; `item_kind` may be empty.
  ReportBuilder& Section(const std::string& id, const std::string& title,
                         const std::string& item_kind = "") {
    v1::ReportSection& section = *report_.add_sections();
    section.set_id(id);
    section.set_title(title);
    section.set_item_kind(item_kind);
    return *this;
  }
  ReportBuilder& GroupBy(v1::ReportDimension dimension) {
    report_.set_group_by(dimension);
    return *this;
  }
  ReportBuilder& Add(const std::string& id, int64_t count, const std::string& item = "",
                     const std::string& group = "") {
    Figure(id, item, group).set_count(count);
    return *this;
  }
  ReportBuilder& Add(const std::string& id, const v1::ReportRatio& ratio,
                     const std::string& item = "", const std::string& group = "") {
    *Figure(id, item, group).mutable_ratio() = ratio;
    return *this;
  }
  ReportBuilder& Add(const std::string& id, const v1::ReportDistribution& distribution) {
    *Figure(id, "", "").mutable_distribution() = distribution;
    return *this;
  }
  ReportBuilder& AddNumber(const std::string& id, double number, const std::string& item) {
    Figure(id, item, "").set_number(number);
    return *this;
  }
  ReportBuilder& AddAmount(const std::string& id, int64_t amount_minor,
                           const std::string& currency) {
    Figure(id, currency, "").set_amount_minor(amount_minor);
    return *this;
  }

  v1::Report& report() { return report_; }

 private:
  v1::ReportFigure& Figure(const std::string& id, const std::string& item,
                           const std::string& group) {
    v1::ReportFigure& figure =
        *report_.mutable_sections(report_.sections_size() - 1)->add_figures();
    figure.set_id(id);
    figure.set_item(item);
    figure.set_group(group);
    return figure;
  }

  v1::Report report_;
};

// A rule whose name is an attack on the page.
inline constexpr char kEvil[] = "<script>alert('x')</script>\"&";

// All sections of a small team.
inline v1::Report SampleReport() {
  ReportBuilder builder;
  builder.Section("funnel", "Funnel", "stage")
      .Add("reached", 20, "mql")
      .Add("went_on", 19, "mql")
      .Add("open", 1, "mql")
      .Add("reached", 19, "delivered")
      .Add("went_on", 12, "delivered")
      .Add("rejected", 5, "delivered")
      .Add("open", 2, "delivered")
      .Add("reached", 3, "won")
      .Add("open", 3, "won")
      .Add("conversion", Ratio(3, 17, 3), "mql>won")
      .Section("acceptance", "Acceptance")
      .Add("delivered", 19)
      .Add("acceptance", Ratio(12, 16, 2, 1))
      .Add("no_response", Ratio(0, 19))
      .Section("sla", "Service levels", "sla")
      .Add("compliance", Ratio(8, 12, 1), "first touch")
      .Add("met", 8, "first touch")
      .Add("met_late", 1, "first touch")
      .Add("broken", 3, "first touch")
      .Section("speed", "Speed")
      .Add("speed_to_lead", Times(19, 250'000, 7'200'000, 90'000'000, 4, 90))
      .Section("dispositions", "Why sales said no", "reason")
      .Add("rejected", 4, "NO_NEED")
      .Add("recycled", 2, "BAD_TIMING")
      .Add("marketing_fault", Ratio(4, 19))
      .Section("leakage", "Leakage")
      .Add("leakage", Ratio(1, 19))
      .Section("workload", "Workload", "rep")
      .Add("offers", 11, "ada")
      .Add("accepted", 9, "ada")
      .Add("expired", 1, "ada")
      .Section("fairness", "Fairness", "queue/rep")
      .Add("charged", 11, "inbound/ada")
      .AddNumber("deviation", -0.25, "inbound/ada")
      .AddNumber("jain", 0.98, "inbound")
      .Section("calibration", "Calibration", "rule")
      .Add("acceptance_with", Ratio(3, 8), kEvil)
      .Add("acceptance_without", Ratio(9, 8), kEvil)
      .AddNumber("acceptance_lift", 0.5, kEvil)
      .Section("value", "Value", "currency")
      .AddAmount("won", 1'250'000, "EUR");
  return builder.report();
}

// Funnel, acceptance and dispositions by source.
inline v1::Report SampleBySource() {
  ReportBuilder builder;
  builder.GroupBy(v1::REPORT_DIMENSION_SOURCE)
      .Section("funnel", "Funnel", "stage")
      .Add("reached", 5, "mql", "")
      .Add("reached", 15, "mql", "//google.example")
      .Section("acceptance", "Acceptance")
      .Add("acceptance", Ratio(10, 12), "", "//google.example")
      .Section("dispositions", "Why sales said no", "reason")
      .Add("rejected", 3, "NO_NEED", "//google.example")
      .Add("rejected", 1, "NO_NEED", "");
  return builder.report();
}

}  // namespace baton::report_page

#endif  // BATON_TESTS_UNIT_REPORT_PAGE_SAMPLE_REPORT_H_
