#include "dispatch/wire_status.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "platform/grpc/status.h"

namespace baton::dispatch {
namespace {

using platform::rpc::DetailsOf;
using platform::rpc::FieldViolation;

TEST(WireStatusTest, ErrorInfoIsAlwaysThere) {
  const auto named = DetailsOf(ToGrpcStatus(core::Error(
      absl::StatusCode::kAborted, "STALE_GENERATION", "over", {{"current_generation", "2"}})));
  EXPECT_EQ(named.reason, "STALE_GENERATION");
  EXPECT_EQ(named.domain, "baton.dev");
  EXPECT_EQ(named.metadata.at("current_generation"), "2");
  EXPECT_EQ(DetailsOf(ToGrpcStatus(absl::InternalError("x"))).reason, "INTERNAL");
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(WireStatusTest, FieldErrorIsAViolation) {
  const auto details = DetailsOf(ToGrpcStatus(core::FieldError("name", "must be one")));
  EXPECT_EQ(details.violations, (std::vector<FieldViolation>{{"name", "must be one"}}));
}

TEST(WireStatusTest, RetryInfoComesWithUnavailableAndResourceExhausted) {
  EXPECT_EQ(DetailsOf(ToGrpcStatus(absl::UnavailableError("x"))).retry_delay, absl::Seconds(1));
  EXPECT_EQ(DetailsOf(ToGrpcStatus(core::WithRetryAfter(absl::ResourceExhaustedError("x"),
                                                        absl::Milliseconds(250))))
                .retry_delay,
            absl::Milliseconds(250));
  EXPECT_EQ(DetailsOf(ToGrpcStatus(absl::NotFoundError("x"))).retry_delay, absl::ZeroDuration());
}

TEST(WireStatusTest, ViolationsKeepTheirOrder) {
  Violations violations;
  EXPECT_TRUE(violations.status().ok());
  for (int i = 0; i < 12; ++i) violations.Add("f" + std::to_string(i), "wrong");
  violations.Add(core::FieldError("last", "also wrong"));
  const auto all = DetailsOf(ToGrpcStatus(violations.status())).violations;
  ASSERT_EQ(all.size(), 13u);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(all[i].field, "f" + std::to_string(i));
  EXPECT_EQ(all[12], (FieldViolation{"last", "also wrong"}));
}

}  // namespace
}  // namespace baton::dispatch
