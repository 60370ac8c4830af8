#include "core/errors.h"

#include <gtest/gtest.h>

namespace baton::core {
namespace {

TEST(ErrorTest, CarriesReasonMessageAndVariables) {
  const absl::Status status = Error(absl::StatusCode::kAborted, "STALE_GENERATION", "too late",
                                    {{"current_generation", "3"}, {"given_generation", "2"}});
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(std::string(status.message()), "too late");
  EXPECT_EQ(ErrorReason(status), "STALE_GENERATION");
  EXPECT_EQ(ErrorVariables(status),
            (ErrorMetadata{{"current_generation", "3"}, {"given_generation", "2"}}));
}

TEST(ErrorTest, PlainStatusHasNoReasonVariablesOrRetryTime) {
  const absl::Status plain = absl::NotFoundError("no");
  EXPECT_EQ(ErrorReason(plain), "");
  EXPECT_TRUE(ErrorVariables(plain).empty());
  EXPECT_EQ(RetryAfter(plain), absl::ZeroDuration());
  EXPECT_EQ(ErrorReason(absl::OkStatus()), "");
}

TEST(FieldErrorTest, NamesTheField) {
  const absl::Status status = FieldError("page_size", "must not be negative");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(std::string(status.message()), "page_size: must not be negative");
  EXPECT_EQ(ErrorReason(status), "INVALID_FIELD");
  EXPECT_EQ(ErrorVariables(status), (ErrorMetadata{{"field", "page_size"}}));
}

TEST(RetryAfterTest, KeepsTheDelayBesideReasonAndVariables) {
  const absl::Status status =
      WithRetryAfter(Error(absl::StatusCode::kUnavailable, "STORE_DOWN", "later", {{"a", "b"}}),
                     absl::Milliseconds(1500));
  EXPECT_EQ(RetryAfter(status), absl::Milliseconds(1500));
  EXPECT_EQ(ErrorReason(status), "STORE_DOWN");
  EXPECT_EQ(ErrorVariables(status), (ErrorMetadata{{"a", "b"}}));
}

TEST(RetryAfterTest, OkStaysOk) {
  EXPECT_TRUE(WithRetryAfter(absl::OkStatus(), absl::Seconds(1)).ok());
}

TEST(ErrorHintTest, KnowsTheCatalogueOnly) {
  EXPECT_FALSE(ErrorHint("WRONG_STAGE").empty());
  EXPECT_TRUE(ErrorHint("NO_SUCH_REASON").empty());
  EXPECT_TRUE(ErrorHint("").empty());
}

}  // namespace
}  // namespace baton::core
