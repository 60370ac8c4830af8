// ReportService over the wire.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "api_fixture.h"
#include "reports/cycle_counter.h"

namespace baton::dispatch {
namespace {

using ReportStub = v1::ReportService::Stub;
using ::grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const core::WorkspaceId kAcme = core::WorkspaceId::Trusted("acme");

class ReportApiTest : public ApiTest {
 protected:
  // As the relay does.
  void CountAll() {
    const int shard = store_.ShardOf(kAcme);
    reports::CycleCounter counter(store_, store_);
    EXPECT_EQ(counter.CatchUp(shard, store_.Bounds(shard)->last_sequence), absl::OkStatus());
  }
  static v1::GetReportRequest Request(const std::vector<std::string>& sections = {}) {
    v1::GetReportRequest request;
    request.set_parent("workspaces/acme");
    for (const std::string& section : sections) request.add_sections(section);
    return request;
  }
  Outcome<v1::GetReportResponse> Get(const v1::GetReportRequest& request) {
    return Call(*api_.reports, &ReportStub::GetReport, request);
  }
  static v1::ListReportLeadsRequest Behind(const std::string& section, const std::string& figure,
                                           const std::string& item = "") {
    v1::ListReportLeadsRequest request;
    request.set_parent("workspaces/acme");
    request.mutable_cell()->set_section(section);
    request.mutable_cell()->set_figure(figure);
    request.mutable_cell()->set_item(item);
    return request;
  }
  Outcome<v1::ListReportLeadsResponse> List(const v1::ListReportLeadsRequest& request) {
    return Call(*api_.reports, &ReportStub::ListReportLeads, request);
  }
  static const v1::ReportFigure* Find(const v1::Report& report, const std::string& id,
                                      const std::string& item = "") {
    for (const v1::ReportSection& section : report.sections()) {
      for (const v1::ReportFigure& figure : section.figures()) {
        if (figure.id() == id && figure.item() == item) return &figure;
      }
    }
    return nullptr;
  }
  // Three leads for ada: one accepted, one rejected, one offered.
  void HandOver() {
    AddRep("ada");
    for (const char* lead : {"l1", "l2", "l3"}) AddLead(lead);
    ASSERT_TRUE(Accept(AssignmentOf("l1")).ok());
    v1::RejectLeadRequest reject;
    reject.set_name(AssignmentOf("l2"));
    reject.set_reason("WRONG_PERSONA");
    ASSERT_TRUE(Call(*api_.assignments, &v1::AssignmentService::Stub::RejectLead, reject).ok());
    CountAll();
  }
};

TEST_F(ReportApiTest, ReportsWhatBecameOfLeads) {
  HandOver();
  const auto got = Get(Request());
  ASSERT_TRUE(got.ok()) << got.status.error_message();
  const v1::Report& report = got.response.report();
  EXPECT_THAT(report.sections(), SizeIs(12));
  EXPECT_EQ(report.uncounted_changes(), 0);
  EXPECT_EQ(report.scope().view(), v1::REPORT_VIEW_COHORT);
  EXPECT_EQ(report.scope().feedback_after().seconds(), 7 * 24 * 3600);
  EXPECT_EQ(Find(report, "reached", "mql")->count(), 3);
  EXPECT_EQ(Find(report, "acceptance")->ratio().numerator(), 1);
  EXPECT_EQ(Find(report, "acceptance")->ratio().denominator(), 2);
  EXPECT_EQ(Find(report, "acceptance")->ratio().pending(), 1);
  EXPECT_EQ(Find(report, "time_to_accept")->distribution().count(), 2);
  EXPECT_EQ(Find(report, "time_to_accept")->distribution().censored(), 1);
  EXPECT_EQ(Find(report, "rejected", "WRONG_PERSONA")->count(), 1);
  EXPECT_NE(Find(report, "jain", "dach"), nullptr);
}

TEST_F(ReportApiTest, SaysWhatIsNotCountedYet) {
  HandOver();
  AddLead("l4");
  const auto got = Get(Request({"funnel"}));
  ASSERT_TRUE(got.ok());
  EXPECT_GT(got.response.report().uncounted_changes(), 0);
  EXPECT_THAT(got.response.report().sections(), SizeIs(1));
  EXPECT_EQ(Find(got.response.report(), "reached", "mql")->count(), 3);
}

TEST_F(ReportApiTest, EachNumberLeadsToItsLeadsPageByPage) {
  HandOver();
  auto request = Behind("funnel", "reached", "delivered");
  request.set_page_size(2);
  const auto first = List(request);
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  EXPECT_EQ(first.response.total_size(), 3);
  ASSERT_THAT(first.response.leads(), SizeIs(2));
  EXPECT_EQ(first.response.leads(0).name(), "workspaces/acme/leads/l1");
  EXPECT_EQ(first.response.leads(0).stage(), v1::STAGE_ACCEPTED);
  EXPECT_EQ(first.response.leads(0).rep(), "ada");
  EXPECT_EQ(first.response.leads(1).reason(), "WRONG_PERSONA");
  request.set_page_token(first.response.next_page_token());
  const auto second = List(request);
  ASSERT_TRUE(second.ok()) << second.status.error_message();
  ASSERT_THAT(second.response.leads(), SizeIs(1));
  EXPECT_EQ(second.response.leads(0).name(), "workspaces/acme/leads/l3");
  EXPECT_THAT(second.response.next_page_token(), IsEmpty());
  request.mutable_cell()->set_item("mql");
  EXPECT_EQ(List(request).code(), StatusCode::INVALID_ARGUMENT) << "the token of another number";
}

TEST_F(ReportApiTest, WhatCannotBeMeantIsRefusedWithWhatIsValid) {
  auto request = Request({"funel"});
  EXPECT_THAT(Get(request).status.error_message(), HasSubstr("valid: funnel, acceptance, sla"));
  request = Request();
  request.mutable_scope()->mutable_start_time()->set_seconds(2'000'000'000);
  EXPECT_EQ(Get(request).code(), StatusCode::INVALID_ARGUMENT);
  request = Request();
  request.mutable_scope()->set_view(v1::REPORT_VIEW_PERIOD);
  request.set_group_by(v1::REPORT_DIMENSION_WEEK);
  EXPECT_EQ(Get(request).code(), StatusCode::INVALID_ARGUMENT);
  request = Request();
  request.mutable_scope()->mutable_leak_after()->set_seconds(-1);
  EXPECT_EQ(Get(request).code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(List(Behind("funnel", "reached", "moon")).code(), StatusCode::INVALID_ARGUMENT);
  auto unknown = Request();
  unknown.set_parent("workspaces/nobody");
  EXPECT_EQ(Get(unknown).reason(), "WORKSPACE_NOT_FOUND");
}

}  // namespace
}  // namespace baton::dispatch
