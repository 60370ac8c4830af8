#include "platform/grpc/status.h"

#include <gtest/gtest.h>

namespace baton::platform::rpc {
namespace {

TEST(StatusTest, DetailsComeBack) {
  ErrorDetails details;
  details.reason = "TOO_LATE";
  details.domain = "example.dev";
  details.metadata = {{"by", "5"}};
  details.violations = {{"a", "wrong"}, {"b", "also"}};
  details.retry_delay = absl::Milliseconds(1500);
  const auto status = MakeStatus(absl::FailedPreconditionError("too late"), details);
  EXPECT_EQ(status.error_code(), ::grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(status.error_message(), "too late");
  const ErrorDetails back = DetailsOf(status);
  EXPECT_EQ(back.reason, details.reason);
  EXPECT_EQ(back.domain, details.domain);
  EXPECT_EQ(back.metadata, details.metadata);
  EXPECT_EQ(back.violations, details.violations);
  EXPECT_EQ(back.retry_delay, details.retry_delay);
}

TEST(StatusTest, StatusWithoutDetailsHasNone) {
  const ErrorDetails none = DetailsOf(::grpc::Status(::grpc::StatusCode::INTERNAL, "x"));
  EXPECT_EQ(none.reason, "");
  EXPECT_TRUE(none.violations.empty());
}

TEST(StatusTest, WhateverIsSaidFitsATrailer) {
  ErrorDetails details;
  details.reason = "R";
  for (int i = 0; i < 1000; ++i) {
    details.violations.push_back({"field" + std::to_string(i), std::string(5000, 'x')});
    details.metadata["key" + std::to_string(i)] = std::string(5000, 'y');
  }
  const auto status = MakeStatus(absl::InvalidArgumentError(std::string(100'000, 'm')), details);
  // In base64, and with the message beside it.
  EXPECT_LT(status.error_details().size() * 4 / 3 + status.error_message().size(), 8000u);
  const ErrorDetails back = DetailsOf(status);
  EXPECT_EQ(back.violations.back().description,
            "and " + std::to_string(1001 - back.violations.size()) + " more");
}

TEST(StatusTest, LongTextIsCutBetweenCharacters) {
  std::string text = "x";
  while (text.size() < 3000) text += "\xc3\xa4";
  const std::string sent = MakeStatus(absl::InternalError(text), {}).error_message();
  ASSERT_GE(sent.size(), 5u);
  EXPECT_EQ(sent.substr(sent.size() - 5), "\xc3\xa4...");
}

}  // namespace
}  // namespace baton::platform::rpc
