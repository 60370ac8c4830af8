#include "dispatch/wire_status.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "platform/grpc/status.h"

namespace baton::dispatch {
namespace {

using platform::rpc::DetailsOf;
using platform::rpc::FieldViolation;
using platform::rpc::QuotaViolation;

TEST(WireStatusTest, ErrorInfoIsAlwaysThere) {
  const auto named = DetailsOf(ToGrpcStatus(core::Error(
      absl::StatusCode::kAborted, "STALE_GENERATION", "over", {{"current_generation", "2"}})));
  EXPECT_EQ(named.reason, "STALE_GENERATION");
  EXPECT_EQ(named.domain, "baton.dev");
  EXPECT_EQ(named.metadata.at("current_generation"), "2");
  EXPECT_EQ(DetailsOf(ToGrpcStatus(absl::InternalError("x"))).reason, "INTERNAL");
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
}

TEST(WireStatusTest, WhatAdaptersSayOfHostsAndFilesStaysInside) {
  for (const absl::Status& status :
       {absl::UnavailableError("Redis at 10.0.0.7:6379: no answer"),
        absl::InternalError("commit.lua:12: {b07}:lead"),
        absl::PermissionDeniedError("Redis at 10.0.0.7:6379: WRONGPASS")}) {
    const ::grpc::Status told = ToGrpcStatus(status);
    EXPECT_EQ(static_cast<int>(told.error_code()), static_cast<int>(status.code()));
    EXPECT_EQ(told.error_message().find("10.0.0.7"), std::string::npos);
    EXPECT_EQ(told.error_message().find("lua"), std::string::npos);
    EXPECT_EQ(told.error_details().find("10.0.0.7"), std::string::npos);
  }
  EXPECT_EQ(DetailsOf(ToGrpcStatus(core::WithRetryAfter(absl::UnavailableError("x"),
                                                        absl::Milliseconds(250))))
                .retry_delay,
            absl::Milliseconds(250));
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

TEST(WireStatusTest, AQuotaIsAQuotaFailureOfItsSubject) {
  const ::grpc::Status told = ToGrpcStatus(core::QuotaError(
      "TOO_MANY_REPS", "workspaces/acme", {"reps", 7, 5, "limits.reps_per_workspace_max"}));
  const auto details = DetailsOf(told);
  EXPECT_EQ(told.error_code(), ::grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(details.quota, (QuotaViolation{"workspaces/acme", told.error_message()}));
  EXPECT_EQ(told.error_message(),
            "workspaces/acme has 7 reps: limits.reps_per_workspace_max allows 5");
  EXPECT_EQ(details.retry_delay, absl::Seconds(1));
  EXPECT_EQ(DetailsOf(ToGrpcStatus(Overloaded("actions"))).quota, QuotaViolation());
  const std::map<std::string, std::string> variables = {
      {"cap", "5"},
      {"count", "7"},
      {"setting", "limits.reps_per_workspace_max"},
      {"subject", "workspaces/acme"}};
  EXPECT_EQ(details.metadata, variables);
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
