// What figures count, on stories small enough to be counted by hand.
#include "reports/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "story.h"

namespace baton::reports {
namespace {

using core::ChangeType;
using core::Stage;
using testing::ElementsAre;
using testing::IsEmpty;

class ReportTest : public testing::Test {
 protected:
  ReportTest() {
    query_.scope.from_ms = kMonday;
    query_.scope.to_ms = kMonday + 30 * core::kDayMs;
    query_.scope.now_ms = kMonday + 120 * core::kMinuteMs;
    for (const SectionInfo& section : Sections()) query_.sections.push_back(&section);
  }

  void Make() {
    table_ = std::make_unique<CycleTable>();
    story_.FoldInto(*table_);
    figures_.clear();
    for (const SectionReport& section : MakeReport(*table_, query_, {})) {
      for (const Figure& figure : section.figures) {
        figures_[absl::StrCat(core::ToAbsl(section.info->id), "/", core::ToAbsl(figure.id),
                              figure.item.empty() ? "" : "/", figure.item,
                              figure.group.empty() ? "" : "@", figure.group)] = figure.value;
      }
    }
  }
  int64_t CountOf(const std::string& name) {
    const auto found = figures_.find(name);
    return found == figures_.end() ? -1 : std::get<Count>(found->second).value;
  }
  // "2 of 3, 1 excluded, 0 pending"
  std::string RatioOf(const std::string& name) {
    const auto found = figures_.find(name);
    if (found == figures_.end()) return "none";
    const Ratio& ratio = std::get<Ratio>(found->second);
    return absl::StrCat(ratio.numerator, " of ", ratio.denominator, ", ", ratio.excluded,
                        " excluded, ", ratio.pending, " pending");
  }
  // In minutes.
  std::string TimesOf(const std::string& name) {
    const Distribution& all = std::get<Distribution>(figures_.at(name));
    return absl::StrCat(all.count, " (", all.censored, " censored, ", all.excluded,
                        " excluded): ", all.p50 / 60000, " ", all.p90 / 60000, " ", all.p95 / 60000,
                        " bounds from ", all.bounds_from);
  }
  std::vector<std::string> LeadsBehind(const Cell& cell) {
    const auto behind = CyclesBehind(*table_, query_.scope, query_.dimension, cell);
    EXPECT_TRUE(behind.ok()) << behind.status();
    std::vector<std::string> leads;
    for (const Behind& each : *behind) leads.emplace_back(table_->LeadOf(*each.row));
    return leads;
  }

  Story story_;
  ReportQuery query_;
  std::unique_ptr<CycleTable> table_;
  std::map<std::string, decltype(Figure::value)> figures_;
};

TEST_F(ReportTest, WithoutCyclesAllIsZero) {
  Make();
  EXPECT_EQ(CountOf("funnel/reached/captured"), 0);
  EXPECT_EQ(RatioOf("acceptance/acceptance"), "0 of 0, 0 excluded, 0 pending");
  EXPECT_EQ(TimesOf("speed/speed_to_lead"), "0 (0 censored, 0 excluded): 0 0 0 bounds from 0");
}

TEST_F(ReportTest, TheFunnelAddsUp) {
  story_.Nurtured("n1", 0);
  story_.Nurtured("n2", 0, "COMPETITOR");
  story_.Nurtured("n3", 0);
  story_.Qualified("n3", 5);
  story_.Qualified("r1", 6);
  story_.Assigned("r1", 7);
  story_.Rejected("r1", 8, "VENDOR");
  story_.Qualified("w1", 6);
  story_.Assigned("w1", 7);
  story_.Accepted("w1", 8);
  story_.Touched("w1", 9);
  story_.Add("w1", 10, ChangeType::kSqlConfirmed, Stage::kSql);
  story_.Add("w1", 11, ChangeType::kSqoOpened, Stage::kSqo);
  story_.Add("w1", 12, ChangeType::kWon, Stage::kWon);
  Make();
  EXPECT_EQ(CountOf("funnel/reached/captured"), 5);
  EXPECT_EQ(CountOf("funnel/went_on/captured"), 3);
  EXPECT_EQ(CountOf("funnel/rejected/captured"), 1);
  EXPECT_EQ(CountOf("funnel/open/captured"), 1);
  EXPECT_EQ(CountOf("funnel/reached/mql"), 3);
  EXPECT_EQ(CountOf("funnel/open/mql"), 1);
  EXPECT_EQ(CountOf("funnel/rejected/delivered"), 1);
  EXPECT_EQ(CountOf("funnel/open/won"), 1);
  EXPECT_EQ(RatioOf("funnel/conversion/mql>won"), "1 of 2, 0 excluded, 1 pending");
  EXPECT_THAT(LeadsBehind({"funnel", "rejected", "captured", "", ""}), ElementsAre("n2"));
  EXPECT_THAT(LeadsBehind({"funnel", "conversion", "mql>won", "", "pending"}), ElementsAre("n3"));
}

TEST_F(ReportTest, AcceptanceLeavesOutWhatDoesNotCountAndWaitsForTheRest) {
  const auto offered = [&](const std::string& lead) {
    story_.Qualified(lead, 50);
    story_.Assigned(lead, 61);  // until 121, behind now
  };
  offered("accepted");
  story_.Accepted("accepted", 70);
  offered("rejected");
  story_.Rejected("rejected", 70, "VENDOR");
  offered("duplicate");
  story_.Rejected("duplicate", 70, "DUPLICATE", "data").change.details["counts"] = "false";
  offered("pending");
  offered("silent");
  story_.Add("silent", 70, ChangeType::kOfferExpired, Stage::kQueued);
  story_.Qualified("undelivered", 50);
  Make();
  EXPECT_EQ(RatioOf("acceptance/acceptance"), "1 of 3, 1 excluded, 1 pending");
  EXPECT_EQ(RatioOf("acceptance/decided"), "1 of 3, 0 excluded, 2 pending");
  EXPECT_EQ(RatioOf("acceptance/no_response"), "1 of 5, 0 excluded, 0 pending");
  EXPECT_EQ(RatioOf("dispositions/marketing_fault"), "2 of 5, 0 excluded, 0 pending");
  EXPECT_THAT(LeadsBehind({"acceptance", "acceptance", "", "", "excluded"}),
              ElementsAre("duplicate"));
  query_.scope.now_ms += core::kHourMs;  // the deadline of "pending" is over
  Make();
  EXPECT_EQ(RatioOf("acceptance/acceptance"), "1 of 4, 1 excluded, 0 pending");
}

TEST_F(ReportTest, WhoWaitsIsInThePercentilesWithItsWaitSoFar) {
  for (int i = 1; i <= 3; ++i) {
    const std::string lead = absl::StrCat("l", i);
    story_.Qualified(lead, 0);
    story_.Assigned(lead, 1);
    story_.Accepted(lead, 2);
    story_.Touched(lead, 10 * i);
  }
  story_.Qualified("waits", 100);
  story_.Assigned("waits", 101);
  story_.Qualified("gone", 0);
  story_.Assigned("gone", 1);
  story_.Rejected("gone", 2, "VENDOR");
  Make();
  // 11, 21, 31 of the touched; 21 so far of the one who waits since minute 99.
  EXPECT_EQ(TimesOf("speed/speed_to_lead"), "4 (1 censored, 1 excluded): 21 31 31 bounds from 50");
  // 9, 19, 29 and 19 so far.
  EXPECT_EQ(TimesOf("speed/time_to_first_touch"),
            "4 (1 censored, 1 excluded): 19 29 29 bounds from 50");
  EXPECT_EQ(TimesOf("speed/time_to_accept"), "4 (1 censored, 1 excluded): 1 19 19 bounds from 90");
  EXPECT_THAT(LeadsBehind({"speed", "speed_to_lead", "", "", "censored"}), ElementsAre("waits"));
}

TEST_F(ReportTest, ClocksCountByTheirLevel) {
  story_.Qualified("l1", 0);
  story_.Sla("l1", 5, ChangeType::kSlaMet, 1);
  story_.Qualified("l2", 0);
  story_.Sla("l2", 4, ChangeType::kSlaWarned, 1);
  story_.Sla("l2", 5, ChangeType::kSlaBreached, 1);
  story_.Sla("l2", 6, ChangeType::kSlaMet, 1, true);
  story_.Qualified("l3", 0);
  story_.Sla("l3", 5, ChangeType::kSlaBreached, 1);
  story_.Qualified("l4", 0);
  story_.Sla("l4", 4, ChangeType::kSlaWarned, 1);
  Make();
  EXPECT_EQ(RatioOf("sla/compliance/touch"), "1 of 3, 0 excluded, 1 pending");
  EXPECT_EQ(CountOf("sla/met_late/touch"), 1);
  EXPECT_EQ(CountOf("sla/broken/touch"), 1);
  EXPECT_EQ(CountOf("sla/warned/touch"), 2);
  EXPECT_THAT(LeadsBehind({"sla", "broken", "touch", "", ""}), ElementsAre("l3"));
}

TEST_F(ReportTest, WorkloadAndFairnessAreOfEachOffer) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1, "ada");
  story_.Add("l1", 2, ChangeType::kDeclined, Stage::kQueued, "AWAY", {{"charged", "false"}});
  story_.Assigned("l1", 3, "bob");
  story_.Accepted("l1", 4);
  story_.Touched("l1", 5);
  story_.Touched("l1", 6);
  Make();
  EXPECT_EQ(CountOf("workload/declined/ada"), 1);
  EXPECT_EQ(CountOf("workload/accepted/bob"), 1);
  EXPECT_EQ(CountOf("workload/touches/bob"), 2);
  EXPECT_EQ(CountOf("workload/open/bob"), 1);
  EXPECT_EQ(CountOf("fairness/charged/inbound/ada"), -1);
  EXPECT_EQ(CountOf("fairness/charged/inbound/bob"), 1);
  EXPECT_EQ(CountOf("dispositions/declined/AWAY"), 1);
  EXPECT_EQ(RatioOf("recycling/reassigned"), "1 of 1, 0 excluded, 0 pending");
  query_.scope.rep = "ada";
  Make();
  EXPECT_EQ(CountOf("workload/offers/ada"), 1);
  EXPECT_EQ(CountOf("workload/offers/bob"), -1);
  EXPECT_EQ(CountOf("funnel/reached/mql"), 0) << "the cycle is bob's now";
}

TEST_F(ReportTest, ALeadThatComesBackIsAnotherCycle) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  story_.Add("l1", 2, ChangeType::kRecycled, Stage::kRecycled, "BAD_TIMING");
  Make();
  EXPECT_EQ(RatioOf("recycling/requalified"), "0 of 0, 0 excluded, 1 pending");
  story_.Add("l1", 60, ChangeType::kNurtured, Stage::kNurture);
  Make();
  EXPECT_EQ(RatioOf("recycling/requalified"), "0 of 1, 0 excluded, 0 pending");
  story_.Qualified("l1", 61);
  Make();
  EXPECT_EQ(RatioOf("recycling/requalified"), "1 of 1, 0 excluded, 0 pending");
  EXPECT_EQ(CountOf("funnel/reached/mql"), 2);
  EXPECT_EQ(CountOf("funnel/again/mql"), 1);
  EXPECT_EQ(CountOf("funnel/reached/captured"), 1);
}

TEST_F(ReportTest, ALeadThatBelongsToNobodyForLongLeaks) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  story_.Add("l1", 61, ChangeType::kOfferExpired, Stage::kQueued);
  Make();
  EXPECT_EQ(RatioOf("leakage/leakage"), "0 of 1, 0 excluded, 0 pending");
  query_.scope.now_ms = kMonday + 122 * core::kMinuteMs;
  Make();
  EXPECT_EQ(RatioOf("leakage/leakage"), "1 of 1, 0 excluded, 0 pending");
}

TEST_F(ReportTest, ARuleIsMeasuredAgainstTheLeadsWithoutIt) {
  for (int i = 0; i < 4; ++i) {
    const std::string lead = absl::StrCat("with", i);
    story_.Qualified(lead, 0);
    story_.Assigned(lead, 1);
    i < 3 ? story_.Accepted(lead, 2) : story_.Rejected(lead, 2, "VENDOR");
  }
  for (int i = 0; i < 2; ++i) {
    const std::string lead = absl::StrCat("without", i);
    story_.Qualified(lead, 0).factors.pop_back();
    story_.Assigned(lead, 1);
    i < 1 ? story_.Accepted(lead, 2) : story_.Rejected(lead, 2, "VENDOR");
  }
  Make();
  EXPECT_EQ(RatioOf("calibration/acceptance_with/intent/demo"), "3 of 4, 0 excluded, 0 pending");
  EXPECT_EQ(RatioOf("calibration/acceptance_without/intent/demo"), "1 of 2, 0 excluded, 0 pending");
  EXPECT_DOUBLE_EQ(std::get<double>(figures_.at("calibration/acceptance_lift/intent/demo")), 1.5);
  EXPECT_EQ(figures_.count("calibration/acceptance_lift/fit/size"), 0U) << "all have it";
  EXPECT_THAT(LeadsBehind({"calibration", "acceptance_without", "intent/demo", "", ""}),
              ElementsAre("without0"));
}

TEST_F(ReportTest, APeriodTakesMilestonesByTheirOwnTime) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  story_.Accepted("l1", 70);
  query_.scope.from_ms = kMonday + core::kHourMs;
  Make();
  EXPECT_EQ(CountOf("funnel/reached/accepted"), 0) << "the cohort began before";
  query_.scope.view = View::kPeriod;
  Make();
  EXPECT_EQ(CountOf("funnel/reached/mql"), 0);
  EXPECT_EQ(CountOf("funnel/reached/accepted"), 1);
  EXPECT_EQ(CountOf("funnel/went_on/accepted"), -1) << "of cohorts only";
  EXPECT_EQ(TimesOf("speed/time_to_accept"), "1 (0 censored, 0 excluded): 69 69 69 bounds from 0");
}

TEST_F(ReportTest, WhoWasAcceptedBeforeThePeriodIsNotCountedAsNotAccepted) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  story_.Accepted("l1", 2);
  story_.Rejected("l1", 70, "NO_NEED");
  query_.scope.view = View::kPeriod;
  query_.scope.from_ms = kMonday + core::kHourMs;
  Make();
  EXPECT_EQ(RatioOf("acceptance/acceptance"), "0 of 0, 0 excluded, 0 pending");
  EXPECT_EQ(RatioOf("acceptance/decided"), "0 of 0, 0 excluded, 0 pending");
  EXPECT_EQ(CountOf("dispositions/rejected/NO_NEED"), 1);
}

TEST_F(ReportTest, WhoWaitsSinceBeforeThePeriodStillWaitsInIt) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  query_.scope.view = View::kPeriod;
  query_.scope.from_ms = kMonday + core::kHourMs;
  Make();
  EXPECT_EQ(TimesOf("speed/time_to_accept"),
            "1 (1 censored, 0 excluded): 119 119 119 bounds from 50");
  EXPECT_EQ(CountOf("acceptance/delivered"), 0);
}

TEST_F(ReportTest, AClockThatEndedWithItsCycleDoesNotRunOn) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  story_.Sla("l1", 5, ChangeType::kSlaWarned, 1);
  Make();
  EXPECT_EQ(RatioOf("sla/compliance/touch"), "0 of 0, 0 excluded, 1 pending");
  story_.Rejected("l1", 6, "NO_NEED");
  Make();
  EXPECT_EQ(RatioOf("sla/compliance/touch"), "none");
  EXPECT_EQ(CountOf("sla/warned/touch"), 1);
}

TEST_F(ReportTest, WhoGotWhatWasDueDeviatesByNothing) {
  story_.Qualified("l1", 0);
  story_.Assigned("l1", 1);
  Make();
  EXPECT_EQ(std::get<double>(figures_.at("fairness/deviation/inbound/ada")), 0);
}

TEST_F(ReportTest, FiguresAreToldApartByGroups) {
  story_.Qualified("l1", 0);
  story_.Qualified("l2", 0).attribution = {{"campaign", "autumn"}};
  story_.Qualified("l3", 7 * 24 * 60).attribution.clear();
  query_.scope.now_ms = query_.scope.to_ms;
  query_.dimension = Dimension::kCampaign;
  Make();
  EXPECT_EQ(CountOf("funnel/reached/mql@spring"), 1);
  EXPECT_EQ(CountOf("funnel/reached/mql@autumn"), 1);
  EXPECT_EQ(CountOf("funnel/reached/mql"), 1) << "without a campaign";
  EXPECT_THAT(LeadsBehind({"funnel", "reached", "mql", "autumn", ""}), ElementsAre("l2"));
  query_.dimension = Dimension::kWeek;
  Make();
  EXPECT_EQ(CountOf("funnel/reached/mql@2026-03-02"), 2);
  EXPECT_EQ(CountOf("funnel/reached/mql@2026-03-09"), 1);
}

TEST_F(ReportTest, ACellThatNoReportHasIsRefused) {
  Make();
  for (const Cell& cell :
       {Cell{"funnels", "reached", "mql", "", ""}, Cell{"funnel", "reach", "mql", "", ""},
        Cell{"funnel", "reached", "moon", "", ""}, Cell{"acceptance", "acceptance", "", "", "half"},
        Cell{"funnel", "reached", "mql", "", "pending"}}) {
    const auto behind = CyclesBehind(*table_, query_.scope, query_.dimension, cell);
    EXPECT_EQ(behind.status().code(), absl::StatusCode::kInvalidArgument) << cell.figure;
  }
  EXPECT_THAT(LeadsBehind({"dispositions", "rejected", "NEVER_GIVEN", "", ""}), IsEmpty());
}

}  // namespace
}  // namespace baton::reports
