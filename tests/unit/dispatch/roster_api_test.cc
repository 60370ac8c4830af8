// RosterService over the wire.
#include "api_fixture.h"

namespace baton::dispatch {
namespace {

using RosterStub = v1::RosterService::Stub;

class RosterApiTest : public ApiTest {
 protected:
  template <typename Request, typename Response>
  Outcome<Response> Do(::grpc::Status (RosterStub::*method)(::grpc::ClientContext*, const Request&,
                                                            Response*),
                       const Request& request) {
    return Call(*api_.roster, method, request);
  }
  v1::Rep GetRep(const std::string& id) {
    v1::GetRepRequest request;
    request.set_name("workspaces/acme/reps/" + id);
    return Do(&RosterStub::GetRep, request).response.rep();
  }
  Outcome<v1::SetRepPresenceResponse> SetPresence(const std::string& id, v1::Presence presence) {
    v1::SetRepPresenceRequest request;
    request.set_name("workspaces/acme/reps/" + id);
    request.set_presence(presence);
    return Do(&RosterStub::SetRepPresence, request);
  }
  Outcome<v1::UpdateQueueResponse> Pause(bool paused, const std::string& etag = "") {
    v1::UpdateQueueRequest request;
    request.mutable_queue()->set_name("workspaces/acme/queues/dach");
    request.mutable_queue()->set_paused(paused);
    request.mutable_queue()->set_etag(etag);
    request.mutable_update_mask()->add_paths("paused");
    return Do(&RosterStub::UpdateQueue, request);
  }
};

TEST_F(RosterApiTest, CreatedRepIsReadBack) {
  AddRep("ada", 7);
  const v1::Rep rep = GetRep("ada");
  EXPECT_EQ(rep.name(), "workspaces/acme/reps/ada");
  EXPECT_EQ(rep.capacity(), 7);
  EXPECT_EQ(rep.weight(), 1);
  EXPECT_EQ(rep.queues_size(), 2);
  EXPECT_EQ(rep.presence(), v1::PRESENCE_ONLINE);
  EXPECT_NE(rep.etag(), "");
  v1::CreateRepRequest again;
  again.set_parent("workspaces/acme");
  again.set_rep_id("ada");
  EXPECT_EQ(Do(&RosterStub::CreateRep, again).code(), ::grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(Do(&RosterStub::CreateRep, again).reason(), "REP_EXISTS");
}

TEST_F(RosterApiTest, EveryWrongFieldIsNamed) {
  v1::CreateRepRequest request;
  request.set_parent("workspaces/acme");
  request.set_rep_id("ada");
  v1::Rep& rep = *request.mutable_rep();
  rep.set_weight(1001);
  rep.set_capacity(-1);
  rep.set_display_name(std::string(129, 'x'));
  rep.add_queues("workspaces/other/queues/dach");
  rep.add_queues("dach");
  rep.add_skills("no spaces");
  const auto refused = Do(&RosterStub::CreateRep, request);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailsOf(refused.status).violations.size(), 6u);
  request.mutable_rep()->Clear();
  request.set_rep_id("not ok");
  EXPECT_EQ(Do(&RosterStub::CreateRep, request).reason(), "INVALID_FIELD");
  request.set_rep_id("ada");
  request.set_parent("workspaces/nowhere");
  EXPECT_EQ(Do(&RosterStub::CreateRep, request).reason(), "WORKSPACE_NOT_FOUND");
}

TEST_F(RosterApiTest, MaskLimitsWhatAnUpdateChanges) {
  AddRep("ada", 7);
  v1::UpdateRepRequest request;
  request.mutable_rep()->set_name("workspaces/acme/reps/ada");
  request.mutable_rep()->set_weight(3);
  request.mutable_update_mask()->add_paths("weight");
  const auto updated = Do(&RosterStub::UpdateRep, request);
  ASSERT_TRUE(updated.ok()) << updated.status.error_message();
  EXPECT_EQ(updated.response.rep().weight(), 3);
  EXPECT_EQ(updated.response.rep().capacity(), 7);
  request.mutable_update_mask()->add_paths("open_leads");
  EXPECT_EQ(Do(&RosterStub::UpdateRep, request).reason(), "INVALID_FIELD");
  request.clear_update_mask();
  EXPECT_EQ(Do(&RosterStub::UpdateRep, request).response.rep().capacity(), 0);
  EXPECT_EQ(GetRep("ada").presence(), v1::PRESENCE_ONLINE);
}

TEST_F(RosterApiTest, EtagGuardsAnUpdate) {
  AddRep("ada");
  v1::UpdateRepRequest request;
  *request.mutable_rep() = GetRep("ada");
  ASSERT_TRUE(Do(&RosterStub::UpdateRep, request).ok());
  const auto refused = Do(&RosterStub::UpdateRep, request);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::ABORTED);
  EXPECT_EQ(refused.reason(), "ETAG_MISMATCH");
  request.mutable_rep()->set_etag("soon");
  EXPECT_EQ(Do(&RosterStub::UpdateRep, request).reason(), "INVALID_FIELD");
}

TEST_F(RosterApiTest, AllowMissingCreates) {
  v1::UpdateRepRequest request;
  request.mutable_rep()->set_name("workspaces/acme/reps/eve");
  request.mutable_rep()->set_capacity(2);
  EXPECT_EQ(Do(&RosterStub::UpdateRep, request).reason(), "REP_NOT_FOUND");
  request.set_allow_missing(true);
  ASSERT_TRUE(Do(&RosterStub::UpdateRep, request).ok());
  EXPECT_EQ(GetRep("eve").capacity(), 2);
}

TEST_F(RosterApiTest, RepWithLeadsCannotBeDeleted) {
  AddRep("ada");
  AddLead("l1");
  v1::DeleteRepRequest request;
  request.set_name("workspaces/acme/reps/ada");
  const auto refused = Do(&RosterStub::DeleteRep, request);
  EXPECT_EQ(refused.code(), ::grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(refused.reason(), "REP_OWNS_LEADS");
  EXPECT_EQ(GetRep("ada").open_leads(), 1);
  AddRep("bob");
  request.set_name("workspaces/acme/reps/bob");
  EXPECT_TRUE(Do(&RosterStub::DeleteRep, request).ok());
  EXPECT_EQ(Do(&RosterStub::DeleteRep, request).reason(), "REP_NOT_FOUND");
}

TEST_F(RosterApiTest, ComingOnlineDrainsOldestFirst) {
  AddRep("ada", 1);
  ASSERT_TRUE(SetPresence("ada", v1::PRESENCE_AWAY).ok());
  AddLead("first");
  AddLead("second");
  EXPECT_EQ(GetLead("first").stage(), v1::STAGE_QUEUED);
  ASSERT_TRUE(SetPresence("ada", v1::PRESENCE_ONLINE).ok());
  EXPECT_TRUE(Becomes("first", v1::STAGE_OFFERED));
  EXPECT_EQ(GetLead("second").stage(), v1::STAGE_QUEUED);
  EXPECT_EQ(SetPresence("ada", v1::PRESENCE_UNSPECIFIED).reason(), "INVALID_FIELD");
  EXPECT_EQ(SetPresence("nobody", v1::PRESENCE_AWAY).reason(), "REP_NOT_FOUND");
}

TEST_F(RosterApiTest, PausedQueueWaitsUntilResumed) {
  AddRep("ada");
  const auto paused = Pause(true);
  ASSERT_TRUE(paused.ok()) << paused.status.error_message();
  AddLead("l1");
  EXPECT_EQ(GetLead("l1").stage(), v1::STAGE_QUEUED);
  EXPECT_EQ(Pause(false, "77").reason(), "ETAG_MISMATCH");
  ASSERT_TRUE(Pause(false, paused.response.queue().etag()).ok());
  EXPECT_TRUE(Becomes("l1", v1::STAGE_OFFERED));
}

TEST_F(RosterApiTest, QueuesShowWhoWaitsAndWhoIsOwed) {
  AddRep("ada", 1);
  AddRep("bob", 1);
  for (const char* lead : {"l1", "l2", "l3"}) AddLead(lead);
  v1::GetQueueRequest request;
  request.set_name("workspaces/acme/queues/dach");
  const auto found = Do(&RosterStub::GetQueue, request);
  ASSERT_TRUE(found.ok()) << found.status.error_message();
  EXPECT_EQ(found.response.queue().mode(), "offer");
  EXPECT_EQ(found.response.queue().waiting_leads(), 1);
  EXPECT_TRUE(found.response.queue().has_oldest_wait_time());
  ASSERT_EQ(found.response.queue().members_size(), 2);
  EXPECT_NEAR(found.response.queue().members(0).owed() + found.response.queue().members(1).owed(),
              0, 1e-6);
  request.set_name("workspaces/acme/queues/nowhere");
  EXPECT_EQ(Do(&RosterStub::GetQueue, request).reason(), "QUEUE_NOT_FOUND");
}

TEST_F(RosterApiTest, QueuesShowWhatThePolicySaysOfThem) {
  v1::GetQueueRequest request;
  request.set_name("workspaces/acme/queues/dach");
  const v1::QueueRules rules = Do(&RosterStub::GetQueue, request).response.queue().rules();
  EXPECT_EQ(rules.strategy(), "weighted_fair");
  EXPECT_EQ(rules.accept_within().seconds(), 60 * 60);
  EXPECT_EQ(rules.retry_after().seconds(), 5 * 60);
  EXPECT_TRUE(rules.count_owned());
  EXPECT_FALSE(rules.has_max_wait());
  EXPECT_FALSE(rules.has_age());
}

TEST_F(RosterApiTest, ListsInPages) {
  for (const char* rep : {"a", "b", "c"}) AddRep(rep);
  v1::ListRepsRequest request;
  request.set_parent("workspaces/acme");
  request.set_page_size(2);
  auto page = Do(&RosterStub::ListReps, request);
  EXPECT_EQ(page.response.reps_size(), 2);
  request.set_page_token(page.response.next_page_token());
  page = Do(&RosterStub::ListReps, request);
  ASSERT_EQ(page.response.reps_size(), 1);
  EXPECT_EQ(page.response.reps(0).name(), "workspaces/acme/reps/c");
  EXPECT_EQ(page.response.next_page_token(), "");
  request.set_page_token("nonsense");
  EXPECT_EQ(Do(&RosterStub::ListReps, request).reason(), "INVALID_FIELD");

  v1::ListQueuesRequest queues;
  queues.set_parent("workspaces/acme");
  EXPECT_EQ(Do(&RosterStub::ListQueues, queues).response.queues_size(), 2);
  queues.set_parent("workspaces/nowhere");
  EXPECT_EQ(Do(&RosterStub::ListQueues, queues).reason(), "WORKSPACE_NOT_FOUND");
}

}  // namespace
}  // namespace baton::dispatch
