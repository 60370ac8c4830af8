#include "report_page/drill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_report.h"

namespace baton::report_page {
namespace {

using ::testing::HasSubstr;

v1::ReportFigure Figure(const std::string& id, const std::string& item = "") {
  v1::ReportFigure figure;
  figure.set_id(id);
  figure.set_item(item);
  return figure;
}

TEST(DrillTest, TheCommandListsTheVeryCyclesThatWereCounted) {
  v1::Report report = SampleReport();
  EXPECT_EQ(LeadsCommand(report, "acceptance", Figure("acceptance")),
            "batonctl -w demo report leads acceptance/acceptance --since 2026-11-21T00:00:00.000Z "
            "--until 2026-11-28T00:00:00.000Z --at 2026-11-28T00:00:00.000Z");
  report.mutable_scope()->set_view(v1::REPORT_VIEW_PERIOD);
  report.mutable_scope()->set_queue("inbound");
  report.mutable_scope()->set_policy_revision(7);
  report.mutable_scope()->mutable_leak_after()->set_seconds(3600);
  EXPECT_THAT(LeadsCommand(report, "speed", Figure("speed_to_lead"), "censored"),
              HasSubstr("speed/speed_to_lead --part censored --since 2026-11-21T00:00:00.000Z "
                        "--until 2026-11-28T00:00:00.000Z --view period --queue=inbound "
                        "--revision 7 --leak-after 1h --at"));
}

TEST(DrillTest, AGroupIsNamedEvenIfItIsNotKnown) {
  const v1::Report report = SampleBySource();
  v1::ReportFigure figure = Figure("reached", "mql");
  EXPECT_THAT(LeadsCommand(report, "funnel", figure), HasSubstr("--by source --group= --at"));
  figure.set_group("//google.example");
  EXPECT_THAT(LeadsCommand(report, "funnel", figure), HasSubstr("--group=//google.example --at"));
}

TEST(DrillTest, WhatAShellWouldReadOtherwiseStandsInQuotes) {
  v1::Report report = SampleReport();
  report.mutable_scope()->set_source("a; rm -rf $HOME 'b'");
  const std::string command = LeadsCommand(report, "sla", Figure("met", "first touch"));
  EXPECT_THAT(command, HasSubstr("leads 'sla/met/first touch' "));
  EXPECT_THAT(command, HasSubstr("--source='a; rm -rf $HOME '\\''b'\\''' "));
}

TEST(DrillTest, ASectionHasItsCommandToo) {
  EXPECT_EQ(SectionCommand(SampleBySource(), "funnel"),
            "batonctl -w demo report funnel --since 2026-11-21T00:00:00.000Z --until "
            "2026-11-28T00:00:00.000Z --by source");
}

}  // namespace
}  // namespace baton::report_page
