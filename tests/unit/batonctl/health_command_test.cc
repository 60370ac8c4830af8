// batonctl health: what it asks, prints and answers with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"
#include "grpc/health/v1/health.pb.h"

namespace baton::batonctl {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;

class HealthCommandTest : public ::testing::Test {
 protected:
  void Answer(HealthCheckResponse::ServingStatus state) {
    world_.server.On<HealthCheckRequest, HealthCheckResponse>(
        [state](const HealthCheckRequest&, HealthCheckResponse& response) {
          response.set_status(state);
          return absl::OkStatus();
        });
  }

  World world_;
};

TEST_F(HealthCommandTest, AServerThatServesIsExitCodeNought) {
  Answer(HealthCheckResponse::SERVING);
  const RunResult run = world_.Run({"health"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("SERVING"));
  EXPECT_EQ(world_.server.At<HealthCheckRequest>(0).service(), "");
}

TEST_F(HealthCommandTest, AsksForTheServiceNamed) {
  Answer(HealthCheckResponse::NOT_SERVING);
  const RunResult run = world_.Run({"health", "--service", "baton.v1.LeadService"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("baton.v1.LeadService is NOT_SERVING"));
  EXPECT_EQ(world_.server.At<HealthCheckRequest>(0).service(), "baton.v1.LeadService");
}

TEST_F(HealthCommandTest, NobodyThereIsUnreachable) {
  world_.server.On<HealthCheckRequest, HealthCheckResponse>(
      [](const HealthCheckRequest&, HealthCheckResponse&) {
        return core::Error(absl::StatusCode::kUnavailable, "UNREACHABLE", "no answer");
      });
  EXPECT_EQ(world_.Run({"health"}).code, kExitUnreachable);
}

}  // namespace
}  // namespace baton::batonctl
