// A manager takes leads from a rep: one, all, or for good.
#include <gmock/gmock.h>

#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using AssignmentStub = v1::AssignmentService::Stub;
using RosterStub = v1::RosterService::Stub;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

const char kAda[] = "workspaces/acme/reps/ada";

class ReassignApiTest : public ApiTest {
 protected:
  Outcome<v1::ReassignLeadResponse> Reassign(const std::string& assignment,
                                             const std::string& request_id = "",
                                             const std::string& queue = "") {
    v1::ReassignLeadRequest request;
    request.set_name(assignment);
    request.set_queue(queue);
    request.set_request_id(request_id);
    return Call(*api_.assignments, &AssignmentStub::ReassignLead, request);
  }

  Outcome<v1::OffboardRepResponse> Offboard(bool preview, int max_leads = 0) {
    v1::OffboardRepRequest request;
    request.set_name(kAda);
    request.set_validate_only(preview);
    request.set_max_leads(max_leads);
    return Call(*api_.roster, &RosterStub::OffboardRep, request);
  }

  void Work(const std::string& lead) {
    ASSERT_TRUE(Accept(AssignmentOf(lead)).ok());
    v1::LogTouchRequest touch;
    touch.set_name(AssignmentOf(lead));
    touch.set_channel("call");
    ASSERT_TRUE(Call(*api_.assignments, &AssignmentStub::LogTouch, touch).ok());
  }
};

TEST_F(ReassignApiTest, ALeadThatIsWorkedOnGoesToAnother) {
  AddRep("ada");
  AddLead("l1");
  Work("l1");
  AddRep("bob");
  const std::string before = AssignmentOf("l1");
  const auto reassigned = Reassign(before);
  ASSERT_TRUE(reassigned.ok()) << reassigned.status.error_message();
  EXPECT_EQ(reassigned.response.lead().rep(), "workspaces/acme/reps/bob");
  EXPECT_EQ(reassigned.response.lead().stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(Reassign(before).code(), ::grpc::StatusCode::ABORTED);
}

TEST_F(ReassignApiTest, ARepetitionIsAnsweredAsBefore) {
  AddRep("ada");
  AddLead("l1");
  AddRep("bob");
  const std::string before = AssignmentOf("l1");
  ASSERT_TRUE(Reassign(before, "r1").ok());
  EXPECT_TRUE(Reassign(before, "r1").ok());
  EXPECT_EQ(Reassign(before, "r1", "workspaces/acme/queues/triage").reason(), "REQUEST_ID_REUSED");
}

TEST_F(ReassignApiTest, ItMayGoToAnotherQueue) {
  AddRep("ada");
  AddLead("l1");
  AddRep("bob");
  const auto moved = Reassign(AssignmentOf("l1"), "", "workspaces/acme/queues/triage");
  ASSERT_TRUE(moved.ok()) << moved.status.error_message();
  EXPECT_EQ(moved.response.lead().queue(), "workspaces/acme/queues/triage");
  EXPECT_EQ(Reassign(AssignmentOf("l1"), "", "workspaces/acme/queues/none").reason(),
            "UNKNOWN_QUEUE");
}

TEST_F(ReassignApiTest, ALeadGoesToTheRepWhoIsNamed) {
  AddRep("ada");
  AddLead("l1");
  AddRep("bob");
  AddRep("cyd");
  v1::ReassignLeadRequest request;
  request.set_name(AssignmentOf("l1"));
  request.set_rep("workspaces/acme/reps/cyd");
  const auto moved = Call(*api_.assignments, &AssignmentStub::ReassignLead, request);
  ASSERT_TRUE(moved.ok()) << moved.status.error_message();
  EXPECT_EQ(moved.response.lead().rep(), "workspaces/acme/reps/cyd");
  for (const char* wrong : {"cyd", "nobody"}) {  // the owner, and one who is not there
    request.set_name(AssignmentOf("l1"));
    request.set_rep(std::string("workspaces/acme/reps/") + wrong);
    EXPECT_EQ(Call(*api_.assignments, &AssignmentStub::ReassignLead, request).reason(),
              "INVALID_FIELD")
        << wrong;
  }
}

TEST_F(ReassignApiTest, WhatTheSuccessorCannotTakeGoesToOthers) {
  AddRep("ada");
  for (int i = 0; i < 3; ++i) AddLead("l" + std::to_string(i));
  AddRep("bob");
  AddRep("zoe", 1);
  v1::OffboardRepRequest request;
  request.set_name(kAda);
  request.set_successor("workspaces/acme/reps/zoe");
  const auto done = Call(*api_.roster, &RosterStub::OffboardRep, request);
  ASSERT_TRUE(done.ok()) << done.status.error_message();
  EXPECT_EQ(GetLead("l0").rep(), "workspaces/acme/reps/zoe");
  EXPECT_EQ(GetLead("l1").rep(), "workspaces/acme/reps/bob");
  EXPECT_EQ(GetLead("l2").rep(), "workspaces/acme/reps/bob");
  request.set_successor(kAda);
  EXPECT_EQ(Call(*api_.roster, &RosterStub::OffboardRep, request).reason(), "INVALID_FIELD");
}

TEST_F(ReassignApiTest, APreviewChangesNothing) {
  AddRep("ada");
  AddLead("l1");
  AddLead("l2");
  Work("l2");
  const auto preview = Offboard(/*preview=*/true);
  ASSERT_TRUE(preview.ok()) << preview.status.error_message();
  const v1::Reassignment& would = preview.response.reassignment();
  EXPECT_THAT(would.leads(), ElementsAre("workspaces/acme/leads/l1", "workspaces/acme/leads/l2"));
  EXPECT_THAT(would.stages(), UnorderedElementsAre(Pair("OFFERED", 1), Pair("WORKING", 1)));
  EXPECT_EQ(would.remaining_leads(), 2);
  EXPECT_EQ(preview.response.rep().presence(), v1::PRESENCE_ONLINE);
  EXPECT_EQ(GetLead("l1").rep(), kAda);
}

TEST_F(ReassignApiTest, ARepWhoLeavesIsOfflineAndCanThenBeDeleted) {
  AddRep("ada");
  for (int i = 0; i < 5; ++i) AddLead("l" + std::to_string(i));
  AddRep("bob", 10);
  const auto first = Offboard(/*preview=*/false, /*max_leads=*/2);
  ASSERT_TRUE(first.ok()) << first.status.error_message();
  EXPECT_EQ(first.response.reassignment().leads_size(), 2);
  EXPECT_EQ(first.response.reassignment().remaining_leads(), 3);
  EXPECT_EQ(first.response.rep().presence(), v1::PRESENCE_OFFLINE);
  const auto rest = Offboard(/*preview=*/false);
  ASSERT_TRUE(rest.ok()) << rest.status.error_message();
  EXPECT_EQ(rest.response.reassignment().leads_size(), 3);
  EXPECT_EQ(rest.response.reassignment().remaining_leads(), 0);
  EXPECT_EQ(rest.response.rep().open_leads(), 0);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(GetLead("l" + std::to_string(i)).rep(), "workspaces/acme/reps/bob");
  }
  v1::DeleteRepRequest remove;
  remove.set_name(kAda);
  EXPECT_TRUE(Call(*api_.roster, &RosterStub::DeleteRep, remove).ok());
}

TEST_F(ReassignApiTest, LeadsKeepTheirPlaceInTheQueue) {
  AddRep("ada", 1);
  AddLead("l1");
  AddLead("l2");  // waits
  ASSERT_EQ(GetLead("l2").stage(), v1::STAGE_QUEUED);
  ASSERT_TRUE(Offboard(/*preview=*/false).ok());
  AddRep("bob", 1);
  EXPECT_TRUE(Becomes("l1", v1::STAGE_OFFERED));  // it was there before l2
  EXPECT_EQ(GetLead("l2").stage(), v1::STAGE_QUEUED);
}

TEST_F(ReassignApiTest, WrongWishesAreRefusedBeforeAnythingIsChanged) {
  AddRep("ada");
  AddLead("l1");
  EXPECT_EQ(Offboard(false, -1).code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Offboard(false, 501).code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  v1::ReassignLeadsRequest request;
  request.set_name(kAda);
  request.set_reason("NO_NEED");
  EXPECT_EQ(Call(*api_.roster, &RosterStub::ReassignLeads, request).reason(), "UNKNOWN_REASON");
  request.set_name("workspaces/acme/reps/nobody");
  EXPECT_EQ(Call(*api_.roster, &RosterStub::ReassignLeads, request).reason(), "REP_NOT_FOUND");
  EXPECT_EQ(GetLead("l1").rep(), kAda);
}

}  // namespace
}  // namespace baton::dispatch
