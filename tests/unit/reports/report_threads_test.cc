// A table so large that several threads count it.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "reports/report.h"
#include "reports/totals.h"
#include "story.h"

namespace baton::reports {
namespace {

TEST(ReportThreadsTest, WhatSeveralCountAddsUp) {
  constexpr int kLeads = 2 * kRowsPerThreadMin;
  Story story;
  for (int i = 0; i < kLeads; ++i) {
    const std::string lead = absl::StrCat("lead-", i);
    story.Nurtured(lead, 0);
    if (i % 4 == 0) story.Qualified(lead, 5);
  }
  CycleTable table;
  story.FoldInto(table);
  ReportQuery query;
  query.scope.from_ms = kMonday;
  query.scope.to_ms = kMonday + core::kDayMs;
  query.scope.now_ms = kMonday + core::kHourMs;
  for (const SectionInfo& section : Sections()) query.sections.push_back(&section);

  std::map<std::string, int64_t> reached;
  for (const SectionReport& section : MakeReport(table, query, {})) {
    for (const Figure& figure : section.figures) {
      if (section.info->id != "funnel" || figure.id != "reached") continue;
      reached[figure.item] = std::get<Count>(figure.value).value;
    }
  }
  EXPECT_EQ(reached.at("captured"), kLeads);
  EXPECT_EQ(reached.at("mql"), kLeads / 4);
}

}  // namespace
}  // namespace baton::reports
