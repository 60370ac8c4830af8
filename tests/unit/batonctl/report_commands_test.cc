#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "baton/v1/report_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr int64_t kNow = 1'800'000'000;  // of World: 2027-01-15T08:00:00Z
constexpr int64_t kDay = 86'400;

v1::ReportSection AcceptanceSection(const std::string& group) {
  v1::ReportSection section;
  section.set_id("acceptance");
  section.set_title("Acceptance");
  v1::ReportFigure& figure = *section.add_figures();
  figure.set_id("acceptance");
  figure.set_title("Acceptance");
  figure.set_group(group);
  figure.mutable_ratio()->set_numerator(12);
  figure.mutable_ratio()->set_denominator(19);
  figure.mutable_ratio()->set_pending(2);
  return section;
}

v1::ReportSection FunnelSection() {
  v1::ReportSection section;
  section.set_id("funnel");
  section.set_item_kind("stage");
  for (const auto& [id, item, count] :
       {std::tuple("reached", "mql", 20), {"went_on", "mql", 19}, {"reached", "won", 3}}) {
    v1::ReportFigure& figure = *section.add_figures();
    figure.set_id(id);
    figure.set_item(item);
    figure.set_count(count);
  }
  v1::ReportFigure& conversion = *section.add_figures();
  conversion.set_id("conversion");
  conversion.set_item("mql>won");
  conversion.mutable_ratio()->set_denominator(0);
  conversion.mutable_ratio()->set_pending(20);
  return section;
}

class ReportCommandsTest : public ::testing::Test {
 protected:
  ReportCommandsTest() {
    world_.server.On<v1::GetReportRequest, v1::GetReportResponse>(
        [](const v1::GetReportRequest& request, v1::GetReportResponse& response) {
          v1::Report& report = *response.mutable_report();
          report.set_parent(request.parent());
          report.mutable_read_time()->set_seconds(kNow);
          *report.mutable_scope() = request.scope();
          report.set_group_by(request.group_by());
          *report.add_sections() = FunnelSection();
          const bool grouped = request.group_by() != v1::REPORT_DIMENSION_UNSPECIFIED;
          *report.add_sections() = AcceptanceSection(grouped ? "//google, ads" : "");
          return absl::OkStatus();
        });
    world_.server.On<v1::ListReportLeadsRequest, v1::ListReportLeadsResponse>(
        [](const v1::ListReportLeadsRequest&, v1::ListReportLeadsResponse& response) {
          v1::ReportLead& lead = *response.add_leads();
          lead.set_name("workspaces/demo/leads/eve");
          lead.set_cycle(2);
          lead.set_stage(v1::STAGE_REJECTED);
          lead.set_counted(1);
          lead.set_reason("NO_NEED");
          lead.set_rep("ada");
          lead.mutable_start_time()->set_seconds(kNow - kDay);
          response.set_total_size(1);
          return absl::OkStatus();
        });
  }

  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo", "report"});
    return world_.Run(arguments);
  }

  const v1::GetReportRequest& Asked(size_t number = 0) {
    return world_.server.At<v1::GetReportRequest>(number);
  }

  World world_;
};

TEST_F(ReportCommandsTest, AsksForTheSectionAndThePeriod) {
  const RunResult run = Run({"funnel", "--since", "7d", "--view", "period", "--source", "//ads",
                             "--revision", "3", "--horizon", "30d", "--by", "week"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(Asked().parent(), "workspaces/demo");
  EXPECT_EQ(Asked().sections(0), "funnel");
  EXPECT_EQ(Asked().group_by(), v1::REPORT_DIMENSION_WEEK);
  const v1::ReportScope& scope = Asked().scope();
  EXPECT_EQ(scope.start_time().seconds(), kNow - 7 * kDay);
  EXPECT_FALSE(scope.has_end_time());
  EXPECT_EQ(scope.view(), v1::REPORT_VIEW_PERIOD);
  EXPECT_EQ(scope.source(), "//ads");
  EXPECT_EQ(scope.policy_revision(), 3);
  EXPECT_EQ(scope.conversion_horizon().seconds(), 30 * kDay);
  EXPECT_FALSE(scope.has_leak_after());
}

TEST_F(ReportCommandsTest, APeriodCountsBackFromItsEnd) {
  ASSERT_EQ(Run({"all", "--since", "24h", "--until", "2026-12-24"}).code, kExitOk);
  EXPECT_EQ(Asked().sections_size(), 0);
  EXPECT_EQ(Asked().scope().end_time().seconds(), 1'798'070'400);
  EXPECT_EQ(Asked().scope().start_time().seconds(), 1'798'070'400 - kDay);
}

TEST_F(ReportCommandsTest, TablesHaveAColumnForEachFigure) {
  const RunResult run = Run({"all"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("funnel\n"
                                 "STAGE  REACHED  WENT ON\n"
                                 "mql    20       19\n"
                                 "won    3\n"
                                 "FROM > TO  CONVERSION\n"
                                 "mql>won    - (0 of 0, 20 pending)\n"));
  EXPECT_THAT(run.out, HasSubstr("Acceptance\n"
                                 "FIGURE      VALUE\n"
                                 "Acceptance  63.2% (12 of 19, 2 pending)\n"));
}

TEST_F(ReportCommandsTest, CsvHasALineForEachFigure) {
  const RunResult run = Run({"all", "-o", "csv", "--by", "source"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, StartsWith("section,figure,item,group,kind,value,numerator,denominator,"
                                  "excluded,pending,unit,count,censored,p50,p90,p95,bounds_from\n"
                                  "funnel,reached,mql,,count,20,,,,,,,,,,,\n"));
  EXPECT_THAT(run.out, HasSubstr("\nfunnel,conversion,mql>won,,ratio,,0,0,0,20,,,,,,,\n"));
  EXPECT_THAT(run.out, HasSubstr("\nacceptance,acceptance,,\"//google, ads\",ratio,0.631579,12,19,"
                                 "0,2,,,,,,,\n"));
}

TEST_F(ReportCommandsTest, JsonIsTheMessageOfTheApi) {
  const RunResult run = Run({"acceptance", "-o", "json"});
  EXPECT_EQ(nlohmann::json::parse(run.out)["sections"][1]["figures"][0]["ratio"]["numerator"],
            "12");
  EXPECT_EQ(world_.Run({"-w", "demo", "-o", "json", "report", "acceptance"}).out, run.out);
}

TEST_F(ReportCommandsTest, ItsFormatsMayStandBeforeItAndBehind) {
  const std::map<std::string, std::vector<std::string>> formats = {
      {"funnel", {"json", "yaml", "wide", "table", "csv"}},
      {"alignment", {"json", "yaml", "wide", "table", "text", "csv", "html"}}};
  for (const auto& [command, all] : formats) {
    for (const std::string& format : all) {
      const RunResult behind = Run({command, "-o", format});
      EXPECT_EQ(behind.code, kExitOk) << command << " " << format << behind.err;
      EXPECT_EQ(world_.Run({"-w", "demo", "-o", format, "report", command}).out, behind.out)
          << command << " " << format;
    }
    EXPECT_THAT(Run({command, "-o", "yaml"}).out, HasSubstr("groupBy: "));
    EXPECT_EQ(Run({command, "-o", "wide"}).out, Run({command}).out);
  }
  EXPECT_EQ(Run({"leads", "sla/met", "-o", "yaml"}).code, kExitOk);
  EXPECT_THAT(world_.Run({"-w", "demo", "-o", "json", "report", "funnel", "-o", "csv"}).out,
              StartsWith("section,"))
      << "its own counts";
}

TEST_F(ReportCommandsTest, WhatAReportCannotBeIsRefused) {
  for (const std::string command : {"funnel", "alignment"}) {
    const RunResult before = world_.Run({"-w", "demo", "-o", "name", "report", command});
    EXPECT_EQ(before.code, kExitUsage) << command;
    EXPECT_THAT(before.err, HasSubstr("cannot make 'name' (-o); it makes t")) << command;
    const RunResult behind = Run({command, "-o", "name"});
    EXPECT_EQ(behind.code, kExitUsage) << command;
    EXPECT_EQ(behind.err, before.err) << command;
  }
  EXPECT_THAT(world_.Run({"-w", "demo", "-o", "html", "report", "funnel"}).err,
              HasSubstr("cannot make 'html' (-o); it makes table, wide, json, yaml, csv"));
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(ReportCommandsTest, TablesMayBeWithoutTheirFirstLine) {
  EXPECT_THAT(Run({"all", "--no-headers"}).out, HasSubstr("funnel\nmql    20       19\nwon    3\n"
                                                          "mql>won    - (0 of 0, 20 pending)\n"));
  const RunResult page = Run({"alignment", "--no-headers"});
  EXPECT_THAT(page.out, HasSubstr("Leads that qualified  "));
  const std::string whole = Run({"alignment"}).out;
  EXPECT_LT(std::count(page.out.begin(), page.out.end(), '\n'),
            std::count(whole.begin(), whole.end(), '\n'));
}

TEST_F(ReportCommandsTest, ListsTheLeadsBehindANumber) {
  const RunResult run = Run({"leads", "calibration/won_with/fit/size > 10", "--part", "denominator",
                             "--by", "source", "--group=//ads", "--at", "2027-01-15T07:00:00.5Z"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  const auto& asked = world_.server.At<v1::ListReportLeadsRequest>(0);
  EXPECT_EQ(asked.cell().section(), "calibration");
  EXPECT_EQ(asked.cell().figure(), "won_with");
  EXPECT_EQ(asked.cell().item(), "fit/size > 10");
  EXPECT_EQ(asked.cell().part(), "denominator");
  EXPECT_EQ(asked.cell().group(), "//ads");
  EXPECT_EQ(asked.read_time().seconds(), kNow - 3600);
  EXPECT_EQ(asked.read_time().nanos(), 500'000'000);
  EXPECT_EQ(run.out,
            "LEAD  CYCLE  STAGE     REASON   REP  SINCE\n"
            "eve   2      REJECTED  NO_NEED  ada  2027-01-14T08:00:00Z\n");
  EXPECT_EQ(Run({"leads", "sla/met", "-o", "name"}).out, "workspaces/demo/leads/eve\n");
  EXPECT_THAT(Run({"leads", "sla/met", "-o", "csv"}).out,
              HasSubstr("eve,2,REJECTED,NO_NEED,ada,2027-01-14T08:00:00.000Z,1,0\n"));
}

TEST_F(ReportCommandsTest, TheAlignmentReportComparesWithThePeriodBefore) {
  const RunResult run = Run({"alignment", "--until", "2026-12-24"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(Asked(0).scope().start_time().seconds(), 1'798'070'400 - 7 * kDay);
  EXPECT_EQ(Asked(1).scope().end_time().seconds(), 1'798'070'400 - 7 * kDay);
  EXPECT_EQ(Asked(1).scope().start_time().seconds(), 1'798'070'400 - 14 * kDay);
  EXPECT_EQ(Asked(2).group_by(), v1::REPORT_DIMENSION_SOURCE);
  EXPECT_EQ(Asked(3).group_by(), v1::REPORT_DIMENSION_CAMPAIGN);
  EXPECT_THAT(run.out, StartsWith("Alignment report: demo\n2026-12-17 00:00 UTC to "));
  EXPECT_THAT(run.out, HasSubstr("What was agreed, and what was kept\n"));
  EXPECT_THAT(run.out, HasSubstr("Leads that qualified          20  "));
}

TEST_F(ReportCommandsTest, TheAlignmentReportHasAllNumbersForPrograms) {
  const RunResult csv = Run({"alignment", "-o", "csv"});
  EXPECT_THAT(csv.out, StartsWith("report,section,figure,"));
  EXPECT_THAT(csv.out, HasSubstr("\nbefore,funnel,reached,mql,,count,20,"));
  const auto json = nlohmann::json::parse(Run({"alignment", "-o", "json"}).out);
  EXPECT_EQ(json["now"]["sections"][0]["id"], "funnel");
  EXPECT_EQ(json["bySource"]["groupBy"], "REPORT_DIMENSION_SOURCE");
}

TEST_F(ReportCommandsTest, HtmlGoesToAFile) {
  const TemporaryFile file("old");
  const RunResult run = Run({"alignment", "-o", "html", "--out", file.path()});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("Written to "));
  EXPECT_THAT(TemporaryFile::Read(file.path()), StartsWith("<!DOCTYPE html>\n"));
  EXPECT_THAT(Run({"alignment", "-o", "html"}).out, StartsWith("<!DOCTYPE html>\n"));
}

TEST_F(ReportCommandsTest, WrongCommandLinesSendNothing) {
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"funnel", "--since", "soon"},
                                             {"funnel", "--since", "2030-01-01"},
                                             {"funnel", "--by", "moon"},
                                             {"funnel", "--view", "all"},
                                             {"funnel", "--leak-after", "x"},
                                             {"funnel", "-o", "html"},
                                             {"leads", "funnel"},
                                             {"leads", "funnel/reached", "--at", "now"},
                                             {"alignment", "-o", "name"},
                                             {"magic"}}) {
    EXPECT_EQ(Run(wrong).code, kExitUsage) << wrong.back();
  }
  EXPECT_EQ(Run({"alignment", "--out", "/nowhere/a.html"}).code, kExitUsage);
  EXPECT_EQ(world_.Run({"report", "funnel"}).code, kExitUsage);  // no workspace
}

TEST_F(ReportCommandsTest, AServerThatStillLoadsIsAskedAgainLater) {
  world_.server.On<v1::GetReportRequest, v1::GetReportResponse>(
      [](const v1::GetReportRequest&, v1::GetReportResponse&) {
        return core::Error(absl::StatusCode::kUnavailable, "REPORTS_LOADING", "loads");
      });
  EXPECT_EQ(Run({"funnel"}).code, kExitUnreachable);
  EXPECT_EQ(Run({"alignment"}).code, kExitUnreachable);
}

}  // namespace
}  // namespace baton::batonctl
