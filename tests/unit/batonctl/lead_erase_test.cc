#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/lead_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class LeadEraseTest : public ::testing::Test {
 protected:
  LeadEraseTest() {
    world_.server.On<v1::EraseLeadRequest, v1::EraseLeadResponse>(
        [this](const v1::EraseLeadRequest& request, v1::EraseLeadResponse& response) {
          v1::ErasedLead& lead = *response.add_leads();
          lead.set_name("workspaces/demo/leads/ann");
          lead.set_stage(v1::STAGE_OFFERED);
          lead.set_rep("workspaces/demo/reps/ada");
          lead.set_attribute_count(7);
          if (!request.validate_only()) lead.mutable_erase_time()->set_seconds(1'800'000'000);
          response.set_more(more_-- > 0);
          return absl::OkStatus();
        });
  }

  World world_;

  RunResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"-w", "demo", "lead", "erase"});
    return world_.Run(arguments);
  }
  int more_ = 0;
};

TEST_F(LeadEraseTest, ErasesOnlyWhenToldSo) {
  const RunResult result = Run({"ann"});
  EXPECT_EQ(result.code, kExitUsage);
  EXPECT_THAT(result.err, AllOf(HasSubstr("nothing was erased"), HasSubstr("--yes")));
  EXPECT_TRUE(world_.server.requests.empty());
}

TEST_F(LeadEraseTest, WantsOneOfLeadAndEmail) {
  EXPECT_EQ(Run({"--yes"}).code, kExitUsage);
  EXPECT_EQ(Run({"ann", "--email", "ann@acme.example", "--yes"}).code, kExitUsage);
}

TEST_F(LeadEraseTest, ADryRunShowsWhatWouldGo) {
  const RunResult result = Run({"ann", "--dry-run"});
  EXPECT_EQ(result.code, kExitOk) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("would be"), HasSubstr("OFFERED"), HasSubstr("ada")));
  EXPECT_THAT(result.err, HasSubstr("Nothing was erased."));
  EXPECT_TRUE(world_.server.At<v1::EraseLeadRequest>(0).validate_only());
}

TEST_F(LeadEraseTest, TheRequestIdMayStandBeforeTheCommand) {
  const std::vector<std::string> erase = {"-w",   "demo",  "--request-id", "t7",
                                          "lead", "erase", "ann",          "--yes"};
  EXPECT_EQ(world_.Run(erase).code, kExitOk);
  EXPECT_EQ(world_.server.At<v1::EraseLeadRequest>(0).request_id(), "t7");
  std::vector<std::string> other = erase;
  other.insert(other.end(), {"--request-id", "t8"});
  EXPECT_EQ(world_.Run(other).code, kExitUsage);
  EXPECT_EQ(world_.server.requests.size(), 1u);
}

TEST_F(LeadEraseTest, AnAddressIsAskedForUntilNoLeadHasIt) {
  more_ = 2;
  const RunResult result = Run({"--email", "ann@acme.example", "--request-id", "t7", "--yes"});
  EXPECT_EQ(result.code, kExitOk) << result.err;
  ASSERT_EQ(world_.server.requests.size(), 3u);
  const auto& request = world_.server.At<v1::EraseLeadRequest>(2);
  EXPECT_EQ(request.name(), "workspaces/demo");
  EXPECT_EQ(request.email(), "ann@acme.example");
  EXPECT_EQ(request.request_id(), "t7");
  EXPECT_THAT(result.out, HasSubstr("2027-01-15"));
}

}  // namespace
}  // namespace baton::batonctl
