#include "dispatch/call_limits.h"

#include <gtest/gtest.h>

#include <string>

#include "core/errors.h"
#include "dispatch/stream_guard.h"

namespace baton::dispatch {
namespace {

constexpr absl::Time kNow = absl::UnixEpoch();

TEST(RateLimiterTest, AsManyAtOnceAsInASecondThenOneByOne) {
  RateLimiter limiter(10);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(limiter.Take("ada", kNow), absl::ZeroDuration());
  EXPECT_EQ(limiter.Take("ada", kNow), absl::Milliseconds(100));
  EXPECT_EQ(limiter.Take("ada", kNow + absl::Milliseconds(50)), absl::Milliseconds(50));
  EXPECT_EQ(limiter.Take("ada", kNow + absl::Milliseconds(100)), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("ada", kNow + absl::Milliseconds(100)), absl::ZeroDuration());
}

TEST(RateLimiterTest, OthersAreNotConcerned) {
  RateLimiter limiter(1);
  EXPECT_EQ(limiter.Take("ada", kNow), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("ada", kNow), absl::ZeroDuration());
  EXPECT_EQ(limiter.Take("bob", kNow), absl::ZeroDuration());
}

TEST(RateLimiterTest, APauseGivesNoMoreThanASecondsCalls) {
  RateLimiter limiter(2);
  EXPECT_EQ(limiter.Take("ada", kNow), absl::ZeroDuration());
  const absl::Time later = kNow + absl::Hours(1);
  EXPECT_EQ(limiter.Take("ada", later), absl::ZeroDuration());
  EXPECT_EQ(limiter.Take("ada", later), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("ada", later), absl::ZeroDuration());
}

TEST(RateLimiterTest, AClockThatGoesBackGivesNothing) {
  RateLimiter limiter(1);
  EXPECT_EQ(limiter.Take("ada", kNow), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("ada", kNow - absl::Hours(1)), absl::ZeroDuration());
  EXPECT_GT(limiter.Take("ada", kNow), absl::ZeroDuration());
}

TEST(RateLimiterTest, TooManyKeysAreForgottenAndNoneIsRefused) {
  RateLimiter limiter(1);
  for (size_t i = 0; i < RateLimiter::kKeysMax + 10; ++i) {
    ASSERT_EQ(limiter.Take(std::to_string(i), kNow), absl::ZeroDuration()) << i;
  }
}

TEST(StreamGuardTest, EndsWhatWouldNotBeLetInAnyMore) {
  StreamGuard guard(5, 5);
  absl::Status admitted;
  absl::Status ended;
  const int stream = 0;
  ASSERT_TRUE(guard
                  .Enter(&stream, {"ada", "acme", [&] { return admitted; }},
                         [&](const absl::Status& status) {
                           ended = status;
                           guard.Leave(&stream);
                         })
                  .ok());
  guard.LookAtAll();
  EXPECT_TRUE(ended.ok());
  admitted = absl::UnauthenticatedError("expired");
  guard.LookAtAll();
  EXPECT_EQ(ended, admitted);
}

TEST(StreamGuardTest, APrincipalHasACapOthersHaveTheirOwn) {
  StreamGuard guard(2, 9);
  const auto enter = [&guard](const int& stream, const char* principal) {
    return core::ErrorReason(guard.Enter(
        &stream, {principal, "acme", [] { return absl::OkStatus(); }}, [](const absl::Status&) {}));
  };
  const int streams[6] = {};
  EXPECT_EQ(enter(streams[0], "ada"), "");
  EXPECT_EQ(enter(streams[1], "ada"), "");
  EXPECT_EQ(enter(streams[2], "ada"), "TOO_MANY_STREAMS");
  guard.Leave(&streams[2]);  // it had not entered: nothing is freed
  EXPECT_EQ(enter(streams[2], "ada"), "TOO_MANY_STREAMS");
  EXPECT_EQ(enter(streams[3], "bob"), "");
  guard.Leave(&streams[0]);
  EXPECT_EQ(enter(streams[2], "ada"), "");
  for (int i = 4; i < 6; ++i) EXPECT_EQ(enter(streams[i], ""), "");  // believed: not counted
}

TEST(StreamGuardTest, AWorkspaceHasACapWhoeverItsCallersAre) {
  StreamGuard guard(9, 2);
  const auto enter = [&guard](const int& stream, const char* principal, const char* workspace) {
    return guard.Enter(&stream, {principal, workspace, [] { return absl::OkStatus(); }},
                       [](const absl::Status&) {});
  };
  const int streams[5] = {};
  EXPECT_TRUE(enter(streams[0], "ada", "acme").ok());
  EXPECT_TRUE(enter(streams[1], "bob", "acme").ok());
  const absl::Status refused = enter(streams[2], "eve", "acme");
  EXPECT_EQ(core::ErrorReason(refused), "TOO_MANY_STREAMS");
  EXPECT_EQ(refused.message(),
            "workspaces/acme has 2 streams open: limits.workspace_streams_max allows 2");
  EXPECT_TRUE(enter(streams[3], "eve", "beta").ok()) << "others are unaffected";
  guard.Leave(&streams[1]);
  EXPECT_TRUE(enter(streams[2], "eve", "acme").ok());
  EXPECT_FALSE(enter(streams[4], "ada", "acme").ok());
}

}  // namespace
}  // namespace baton::dispatch
