#include "connect/error_json.h"

#include <nlohmann/json.hpp>

#include "connect/refusal.h"
#include "platform/grpc/status.h"

namespace baton::connect {
namespace {

using nlohmann::json;

TEST(ErrorJsonTest, CodesHaveTheNamesAndStatusesOfTheProtocol) {
  EXPECT_EQ(CodeName(::grpc::StatusCode::CANCELLED), "canceled");
  EXPECT_EQ(HttpStatusOf(::grpc::StatusCode::CANCELLED), 499);
  EXPECT_EQ(CodeName(::grpc::StatusCode::UNAUTHENTICATED), "unauthenticated");
  EXPECT_EQ(HttpStatusOf(::grpc::StatusCode::UNAUTHENTICATED), 401);
  EXPECT_EQ(HttpStatusOf(::grpc::StatusCode::ABORTED), 409);
  EXPECT_EQ(HttpStatusOf(::grpc::StatusCode::RESOURCE_EXHAUSTED), 429);
  EXPECT_EQ(CodeName(static_cast<::grpc::StatusCode>(99)), "unknown");
}

TEST(ErrorJsonTest, DetailsAreShownAsBytesAndAsJson) {
  platform::rpc::ErrorDetails details;
  details.reason = "LEAD_NOT_FOUND";
  details.domain = "baton.dev";
  const json error = json::parse(
      ErrorJson(platform::rpc::MakeStatus(absl::NotFoundError("no such lead"), details)));
  EXPECT_EQ(error["code"], "not_found");
  EXPECT_EQ(error["message"], "no such lead");
  EXPECT_EQ(error["details"][0]["type"], "google.rpc.ErrorInfo");
  EXPECT_EQ(error["details"][0]["debug"]["reason"], "LEAD_NOT_FOUND");
  EXPECT_EQ(error["details"][0]["value"].get<std::string>().find('='), std::string::npos);
}

TEST(ErrorJsonTest, AMessageThatIsNoTextIsStillJson) {
  const json error = json::parse(ErrorJson(::grpc::Status(::grpc::StatusCode::INTERNAL, "\xff\"")));
  EXPECT_EQ(error["code"], "internal");
}

TEST(ErrorJsonTest, AStreamEndsWithItsErrorAndTrailers) {
  EXPECT_EQ(EndOfStreamJson(::grpc::Status::OK, {}), "{}");
  const json end = json::parse(EndOfStreamJson(
      ::grpc::Status(::grpc::StatusCode::UNAVAILABLE, "later"), {{"a", "1"}, {"a", "2"}}));
  EXPECT_EQ(end["error"]["code"], "unavailable");
  EXPECT_EQ(end["metadata"]["a"], json({"1", "2"}));
}

TEST(ErrorJsonTest, RetryInfoIsATime) {
  EXPECT_EQ(RetryAfterOf(WithDetails(Stopping())), absl::Milliseconds(100));
  EXPECT_EQ(RetryAfterOf(WithDetails(MessageTooLarge(1))), std::nullopt);
}

}  // namespace
}  // namespace baton::connect
