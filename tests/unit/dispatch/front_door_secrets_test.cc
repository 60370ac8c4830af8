// What the front door gives away to those whom it does not let in, and what it writes down of those
// whom it does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "core/errors.h"
#include "dispatch/call_runner.h"
#include "secured_api.h"

namespace baton::dispatch {
namespace {

using testing::Contains;

v1::GetLeadRequest LeadRequest(const std::string& lead) {
  v1::GetLeadRequest request;
  request.set_name("workspaces/acme/leads/" + lead);
  return request;
}

class FrontDoorSecretsTest : public SecuredApiTest {
 protected:
  absl::Status Get(const std::string& token, const std::string& lead) {
    v1::GetLeadResponse response;
    return Connect(token)->Call(LeadRequest(lead), response);
  }
  absl::Status Accept(const std::string& token, const std::string& lead) {
    v1::AcceptAssignmentRequest request;
    v1::AcceptAssignmentResponse response;
    request.set_name("workspaces/acme/assignments/" + lead + ".1");
    return Connect(token)->Call(request, response);
  }
  // Calls of the store that `ask` costs. Others run beside it, so the least of many tries counts.
  template <typename Ask>
  int WorkOf(Ask ask) {
    int least = 1'000'000;
    for (int i = 0; i < 60 && least > 0; ++i) {
      const int before = store_calls_;
      ask();
      least = std::min(least, store_calls_ - before);
    }
    return least;
  }
  // Who did what happened to the lead, in order.
  std::vector<std::string> ActorsOf(const std::string& lead) {
    v1::GetLeadJourneyRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    const auto journey = Call(*api_.leads, &v1::LeadService::Stub::GetLeadJourney, request);
    EXPECT_TRUE(journey.ok()) << journey.status.error_message();
    std::vector<std::string> actors;
    for (const auto& entry : journey.response.entries()) actors.push_back(entry.actor());
    return actors;
  }
};

TEST_F(FrontDoorSecretsTest, AnothersLeadCostsTheSameWorkAsNone) {
  AddLead("hers");
  const std::string bob = Token({"rep"}, "acme", "bob");
  EXPECT_EQ(WorkOf([&] { (void)Get(bob, "hers"); }), WorkOf([&] { (void)Get(bob, "ghost"); }));
  EXPECT_EQ(WorkOf([&] { (void)Accept(bob, "hers"); }),
            WorkOf([&] { (void)Accept(bob, "ghost"); }));
}

TEST_F(FrontDoorSecretsTest, ARepHearsWhatIsNotFoundAtTheEndOfAStep) {
  AddLead("hers");
  const std::string bob = Token({"rep"}, "acme", "bob");
  const auto quickest = [&](const std::string& lead) {
    absl::Duration least = absl::InfiniteDuration();
    for (int i = 0; i < 20; ++i) {
      const absl::Time begun = absl::Now();
      EXPECT_EQ(core::ErrorReason(Get(bob, lead)), "LEAD_NOT_FOUND");
      least = std::min(least, absl::Now() - begun);
    }
    return least;
  };
  EXPECT_GE(quickest("hers"), kSilenceStep);
  EXPECT_GE(quickest("ghost"), kSilenceStep);
}

TEST_F(FrontDoorSecretsTest, AnotherWorkspaceCostsNoWorkAtAll) {
  const std::string stranger = Token(AllRoles(), "other");
  AddLead("hers");
  EXPECT_EQ(WorkOf([&] { (void)Get(stranger, "hers"); }), 0);
  EXPECT_EQ(WorkOf([&] { (void)Accept(stranger, "hers"); }), 0);
}

TEST_F(FrontDoorSecretsTest, ALeadThatCannotBeReadIsNoneForARep) {
  AddLead("broken");
  const auto key =
      core::LeadKey{core::WorkspaceId::Trusted("acme"), core::LeadId::Trusted("broken")};
  watched_.SpoilRecord(key);
  const std::string bob = Token({"rep"}, "acme", "bob");
  EXPECT_EQ(core::ErrorReason(Get(bob, "broken")), "LEAD_NOT_FOUND");
  EXPECT_EQ(core::ErrorReason(Accept(bob, "broken")), "LEAD_NOT_FOUND");
  const std::string admin = Token({"admin"}, "acme");
  EXPECT_EQ(core::ErrorReason(Get(admin, "broken")), "STATE_UNREADABLE") << "who can mend it";
}

TEST_F(FrontDoorSecretsTest, ChangesNameWhoActed) {
  AddLead("l1");
  ASSERT_TRUE(Accept(Token({"rep"}, "acme", "ada"), "l1").ok());
  EXPECT_EQ(ActorsOf("l1").back(), "rep/ada");
  v1::ReassignLeadRequest request;
  v1::ReassignLeadResponse response;
  request.set_name("workspaces/acme/assignments/l1.1");
  request.set_reason("OWNER_LEFT");
  const absl::Status moved = Connect(Token({"admin"}, "acme"))->Call(request, response);
  ASSERT_TRUE(moved.ok()) << moved;
  EXPECT_THAT(ActorsOf("l1"), Contains("principal/caller@acme.example"));
}

TEST_F(FrontDoorSecretsTest, RequestsWithoutADocumentAreSmall) {
  v1::LogTouchRequest request;
  v1::LogTouchResponse response;
  request.set_name("workspaces/acme/assignments/l1.1");
  request.set_note(std::string(300 * 1024, 'x'));
  const absl::Status refused = Connect(Token({"rep"}, "acme", "ada"))->Call(request, response);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(core::ErrorReason(refused), "MESSAGE_TOO_LARGE");
  v1::CreatePolicyRevisionRequest document;
  v1::CreatePolicyRevisionResponse taken;
  document.set_parent("workspaces/acme");
  document.set_yaml(std::string(300 * 1024, 'x'));
  const absl::Status wrong = Connect(Token({"marketing"}, "acme"))->Call(document, taken);
  EXPECT_EQ(wrong.code(), absl::StatusCode::kInvalidArgument) << wrong;
}

}  // namespace
}  // namespace baton::dispatch
