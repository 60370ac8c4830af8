#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/roster_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl/roster_file.h"
#include "batonctl_testing.h"
#include "support/source_tree.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kSampleRoster[] = "deploy/local/sample/roster.yaml";

std::string Roster(const std::string& spec) {
  return "apiVersion: baton.dev/v1\nkind: Roster\nmetadata: {workspace: demo}\nspec: " + spec +
         "\n";
}

std::string ErrorOf(const std::string& spec) {
  return std::string(ParseRoster(Roster(spec), "roster.yaml").status().message());
}

TEST(RosterFileTest, ReadsTheSample) {
  const std::string text = support::SourceText(kSampleRoster);
  const absl::StatusOr<RosterFile> roster = ParseRoster(text, "roster.yaml");
  ASSERT_TRUE(roster.ok()) << roster.status();
  EXPECT_EQ(roster->workspace, "demo");
  ASSERT_EQ(roster->reps.size(), 8u);
  EXPECT_EQ(roster->reps[0].rep.weight(), 3);
  EXPECT_EQ(roster->reps[0].rep.capacity(), 20);
  EXPECT_THAT(roster->reps[2].rep.skills(), ElementsAre("french", "german"));
  EXPECT_THAT(roster->reps[2].rep.queues(), ElementsAre("dach-mid", "emea"));
  EXPECT_EQ(roster->reps[0].rep.presence(), v1::PRESENCE_ONLINE);
  EXPECT_TRUE(roster->reps[0].sets_presence);
}

TEST(RosterFileTest, HasDefaults) {
  const auto roster = ParseRoster(Roster("{reps: [{id: ada, queues: []}]}"), "f");
  ASSERT_TRUE(roster.ok()) << roster.status();
  EXPECT_EQ(roster->reps[0].rep.weight(), 1);
  EXPECT_EQ(roster->reps[0].rep.capacity(), 5);
  EXPECT_FALSE(roster->reps[0].sets_presence);
}

TEST(RosterFileTest, NamesPlaceAndNearestKey) {
  EXPECT_THAT(
      ErrorOf("{reps: [{id: ada, queues: [q], wieght: 3}]}"),
      HasSubstr("roster.yaml:4:38: unknown key 'wieght' in reps[0]; did you mean 'weight'?"));
  EXPECT_THAT(ErrorOf("{reps: [{id: ada, queues: [q], weight: 0}]}"), HasSubstr("from 1 to 1000"));
  EXPECT_THAT(ErrorOf("{reps: [{id: ada, queues: [q], presence: onlin}]}"),
              HasSubstr("did you mean 'online'?"));
  EXPECT_THAT(ErrorOf("{reps: [{id: ada, queues: [q]}, {id: ada, queues: [q]}]}"),
              HasSubstr("'ada' appears twice"));
  EXPECT_THAT(ErrorOf("{reps: [{queues: [q]}]}"), HasSubstr("'id' is missing in reps[0]"));
  EXPECT_THAT(ErrorOf("{reps: [{id: a b, queues: q}]}"),
              AllOf(HasSubstr("reps[0].id must be"), HasSubstr("reps[0].queues must be a list")));
  EXPECT_THAT(std::string(ParseRoster("kind: Rooster", "f").status().message()),
              HasSubstr("did you mean 'Roster'?"));
}

class RosterCommandsTest : public ::testing::Test {
 protected:
  RosterCommandsTest() {
    world_.server.On<v1::UpdateRepRequest, v1::UpdateRepResponse>(
        [this](const v1::UpdateRepRequest& request, v1::UpdateRepResponse& response) {
          *response.mutable_rep() = request.rep();
          return request.rep().name().ends_with("/cora") ? of_cora_ : absl::OkStatus();
        });
    world_.server.On<v1::UpdateQueueRequest, v1::UpdateQueueResponse>(
        [](const v1::UpdateQueueRequest& request, v1::UpdateQueueResponse& response) {
          *response.mutable_queue() = request.queue();
          return absl::OkStatus();
        });
  }

  World world_;
  absl::Status of_cora_;
};

TEST_F(RosterCommandsTest, AppliesAFile) {
  const RunResult run = world_.Run({"rep", "apply", "--file", support::SourcePath(kSampleRoster)});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  ASSERT_EQ(world_.server.requests.size(), 8u);
  const auto& ada = world_.server.At<v1::UpdateRepRequest>(0);
  EXPECT_EQ(ada.rep().name(), "workspaces/demo/reps/ada");
  EXPECT_THAT(ada.rep().queues(), ElementsAre("workspaces/demo/queues/dach-mid"));
  EXPECT_TRUE(ada.allow_missing());
  EXPECT_THAT(ada.update_mask().paths(),
              ElementsAre("display_name", "queues", "weight", "capacity", "skills", "presence"));
  EXPECT_THAT(run.out, HasSubstr("hugo  Hugo Lind"));
}

TEST_F(RosterCommandsTest, RefusesAFileOfAnotherWorkspace) {
  const RunResult run =
      world_.Run({"-w", "acme", "rep", "apply", "--file", support::SourcePath(kSampleRoster)});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("is for workspace demo, not acme"));
}

TEST_F(RosterCommandsTest, SaysHowFarItCame) {
  of_cora_ = absl::FailedPreconditionError("no such queue");
  const RunResult run = world_.Run({"rep", "apply", "--file", support::SourcePath(kSampleRoster)});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err,
              AllOf(HasSubstr("rep cora: no such queue"), HasSubstr("2 of 8 were applied before")));
}

TEST_F(RosterCommandsTest, ChangesOnlyWhatIsGiven) {
  const RunResult run = world_.Run({"-w", "demo", "rep", "apply", "--queue", "us", "--queue",
                                    "emea", "--weight", "2", "ada", "--presence", "away"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  const auto& request = world_.server.At<v1::UpdateRepRequest>(0);
  EXPECT_EQ(request.rep().name(), "workspaces/demo/reps/ada");
  EXPECT_EQ(request.rep().queues_size(), 2);
  EXPECT_EQ(request.rep().presence(), v1::PRESENCE_AWAY);
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("presence", "queues", "weight"));
}

TEST_F(RosterCommandsTest, RefusesToApplyNothing) {
  for (const std::vector<std::string>& tail : {std::vector<std::string>{"rep", "apply"},
                                               {"rep", "apply", "ada"},
                                               {"rep", "apply", "ada", "--weight", "0"},
                                               {"rep", "apply", "ada", "--presence", "busy"},
                                               {"queue", "apply"},
                                               {"queue", "apply", "us"},
                                               {"rep", "apply", "--file", "/no/such/file"}}) {
    std::vector<std::string> arguments = {"-w", "demo"};
    arguments.insert(arguments.end(), tail.begin(), tail.end());
    EXPECT_EQ(world_.Run(arguments).code, kExitUsage) << tail.back();
  }
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(RosterCommandsTest, SetsPresenceAndDeletes) {
  world_.server.On<v1::SetRepPresenceRequest, v1::SetRepPresenceResponse>(
      [](const v1::SetRepPresenceRequest& request, v1::SetRepPresenceResponse& response) {
        response.mutable_rep()->set_name(request.name());
        response.mutable_rep()->set_presence(request.presence());
        return absl::OkStatus();
      });
  world_.server.On<v1::DeleteRepRequest, v1::DeleteRepResponse>(
      [](const v1::DeleteRepRequest&, v1::DeleteRepResponse&) { return absl::OkStatus(); });
  EXPECT_THAT(world_.Run({"-w", "demo", "rep", "set-presence", "ada", "offline"}).out,
              HasSubstr("offline"));
  const RunResult deleted = world_.Run({"-w", "demo", "rep", "delete", "ada"});
  EXPECT_EQ(deleted.out, "");
  EXPECT_THAT(deleted.err, HasSubstr("Rep ada is deleted."));
}

TEST_F(RosterCommandsTest, AQueueIsShownWithWhatThePolicySaysOfIt) {
  world_.server.On<v1::GetQueueRequest, v1::GetQueueResponse>(
      [](const v1::GetQueueRequest& request, v1::GetQueueResponse& response) {
        response.mutable_queue()->set_name(request.name());
        v1::QueueRules& rules = *response.mutable_queue()->mutable_rules();
        rules.set_strategy("least_loaded");
        rules.mutable_accept_within()->set_seconds(7200);
        rules.mutable_max_wait()->set_seconds(14400);
        rules.set_escalate_to("workspaces/demo/queues/triage");
        v1::Widening& widening = *rules.add_widen();
        widening.mutable_after()->set_seconds(1800);
        widening.set_to("workspaces/demo/queues/emea");
        rules.mutable_age()->mutable_every()->set_seconds(3600);
        rules.mutable_age()->set_by(5);
        rules.mutable_age()->set_max(80);
        return absl::OkStatus();
      });
  const std::string out = world_.Run({"-w", "demo", "queue", "get", "us"}).out;
  for (const char* text : {"least_loaded", "2h", "after 30m", "waits on in emea", "after 4h",
                           "goes to triage", "by 5 every 1h, below 80"}) {
    EXPECT_THAT(out, HasSubstr(text));
  }
}

TEST_F(RosterCommandsTest, PausesAndResumesQueues) {
  EXPECT_THAT(world_.Run({"-w", "demo", "queue", "pause", "us"}).out, HasSubstr("paused"));
  EXPECT_THAT(world_.Run({"-w", "demo", "queue", "resume", "us"}).out, HasSubstr("open"));
  EXPECT_TRUE(world_.server.At<v1::UpdateQueueRequest>(0).queue().paused());
  EXPECT_FALSE(world_.server.At<v1::UpdateQueueRequest>(1).queue().paused());
  EXPECT_THAT(world_.server.At<v1::UpdateQueueRequest>(1).update_mask().paths(),
              ElementsAre("paused"));
}

TEST_F(RosterCommandsTest, AppliesQueueSettings) {
  const TemporaryFile file(
      Roster("{queues: [{id: us, display_name: North America, paused: false}]}"));
  EXPECT_EQ(world_.Run({"queue", "apply", "--file", file.path()}).code, kExitOk);
  EXPECT_EQ(world_.server.At<v1::UpdateQueueRequest>(0).queue().display_name(), "North America");
  EXPECT_EQ(world_.Run({"-w", "demo", "queue", "apply", "us", "--no-paused"}).code, kExitOk);
  EXPECT_THAT(world_.server.At<v1::UpdateQueueRequest>(1).update_mask().paths(),
              ElementsAre("paused"));
}

}  // namespace
}  // namespace baton::batonctl
