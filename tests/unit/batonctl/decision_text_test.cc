#include "batonctl/decision_text.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "batonctl_testing.h"

namespace baton::batonctl {
namespace {

using testing::HasSubstr;

template <typename Response>
Response ReadText(const std::string& text) {
  Response response;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &response));
  return response;
}

TEST(DecisionTextTest, TellsByWhatAndFromWhatItWasDecided) {
  auto response = ReadText<v1::ExplainLeadResponse>(R"(
      qualification { cycle: 1 policy_revision: 3 fit: 30 inputs {
        consent: CONSENT_GRANTED
        activities { activity: "demo_request" date: "2026-03-01" count: 2 }
        occasions { activity: "demo_request" date: "2026-03-01" count: 1 }
        hash: "00ff" } }
      choice { cycle: 1 generation: 2 policy_revision: 4 choose_time { seconds: 1800000000 }
               basis: "weighted_fair" tie_break: "id"
               reasons { reason: "chosen" count: 1 } reasons { reason: "away" count: 129 } }
      candidates { rep: "workspaces/demo/reps/ada" reason: "chosen" }
      generations: 1 generations: 2)");
  // Not as text: the distribution's Protobuf reads maps by reflection, which TSan builds cannot.
  auto& attributes = *response.mutable_qualification()->mutable_inputs()->mutable_attributes();
  attributes["employees"].set_int_value(300);
  attributes["country"].set_string_value("DE");
  auto& account = *response.mutable_qualification()->mutable_inputs()->mutable_account();
  account["owner"].set_string_value("ada");
  auto& properties = *response.mutable_qualification()
                          ->mutable_inputs()
                          ->mutable_occasions(0)
                          ->mutable_properties();
  properties["form"].set_string_value("f1");
  EXPECT_EQ(RecordText(response),
            "The record:\n"
            "  judged from: country DE, employees 300, account.owner ada, consent granted, "
            "demo_request 2x on 2026-03-01, demo_request (form f1) 1x on 2026-03-01\n"
            "  inputs' SHA-256: 00ff\n"
            "  choice of cycle 1, generation 2, made 2027-01-15T08:00:00Z under policy revision 4; "
            "basis: weighted_fair, between equals: id\n"
            "  of 130 reps 1 chosen, 129 away; the 1 nearest are listed\n"
            "  decisions kept of generations 1, 2\n");
  EXPECT_EQ(RecordText({}), "");
}

class RecomputeTest : public testing::Test {
 protected:
  RunResult Run(const std::string& answer, const std::vector<std::string>& more = {}) {
    world_.server.On<v1::RecomputeDecisionRequest, v1::RecomputeDecisionResponse>(
        [answer](const v1::RecomputeDecisionRequest&, v1::RecomputeDecisionResponse& response) {
          response = ReadText<v1::RecomputeDecisionResponse>(answer);
          return absl::OkStatus();
        });
    std::vector<std::string> arguments = {"-w", "demo", "lead", "recompute", "l1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Run(arguments);
  }
  World world_;
};

TEST_F(RecomputeTest, SaysThatTheDecisionIsTheSame) {
  const RunResult run = Run(R"(same: true winner: "workspaces/demo/reps/ada" generation: 2 cycle: 1
      recorded_winner: "workspaces/demo/reps/ada" policy_revision: 3)",
                            {"--generation", "2"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out,
            "Lead l1, cycle 1, generation 2: made again, the decision is the same: ada.\n");
  EXPECT_EQ(world_.server.At<v1::RecomputeDecisionRequest>(0).generation(), 2);
}

TEST_F(RecomputeTest, SaysWhatIsDifferentAndExitsWith1) {
  const RunResult run = Run(R"(winner: "workspaces/demo/reps/ben" generation: 1 cycle: 1
      differences: "winner: recorded nobody, recomputed ben")");
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.out, HasSubstr("is not the one recorded: ben, recorded nobody.\n"));
  EXPECT_THAT(run.out, HasSubstr("  winner: recorded nobody, recomputed ben\n"));
  EXPECT_THAT(run.out, HasSubstr("Its judgment is no longer kept"));
  EXPECT_THAT(run.err, HasSubstr("not the one recorded"));
}

TEST_F(RecomputeTest, SaysThatNothingWasDecidedYet) {
  const RunResult run = Run("same: true");
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out, "Lead l1: nothing was decided yet, so nothing was made again.\n");
}

TEST_F(RecomputeTest, RefusesAGenerationThatIsNone) {
  EXPECT_EQ(Run("same: true", {"--generation", "-1"}).code, 2);
}

}  // namespace
}  // namespace baton::batonctl
