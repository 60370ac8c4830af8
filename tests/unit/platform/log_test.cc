#include "platform/log.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::platform {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

TEST(LogTest, LineIsOneJsonObject) {
  CaptureStderr();
  LogInfo("intake.started", {{"topic", "baton.lead-events.v1"}});
  EXPECT_THAT(GetCapturedStderr(),
              MatchesRegex("\\{\"time\":\"20[0-9T:.-]*Z\",\"level\":\"info\","
                           "\"event\":\"intake.started\",\"topic\":\"baton.lead-events.v1\"\\}\n"));
}

TEST(LogTest, ValueCannotForgeALine) {
  CaptureStderr();
  LogWarning("x.y", {{"name", "Eve\"}\n{\"event\":\"forged\"}"}});
  const std::string written = GetCapturedStderr();
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1);
  EXPECT_THAT(written, HasSubstr("Eve\\\"}\\n{"));
}

TEST(LogTest, BytesThatAreNoTextAreReplaced) {
  CaptureStderr();
  LogError("x.y", {{"name", "\xff\xfe"}});
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("\"name\":\"\xEF\xBF\xBD"));
}

TEST(LogTest, LongValueIsCut) {
  CaptureStderr();
  LogError("x.y", {{"name", std::string(100'000, 'a')}});
  EXPECT_LT(GetCapturedStderr().size(), 5000u);
}

TEST(LogTest, LinesBelowTheLevelAreNotWritten) {
  CaptureStderr();
  SetLogLevel(LogLevel::kWarning);
  LogInfo("quiet", {});
  LogWarning("loud", {});
  SetLogLevel(LogLevel::kInfo);
  const std::string written = GetCapturedStderr();
  EXPECT_THAT(written, HasSubstr("loud"));
  EXPECT_THAT(written, testing::Not(HasSubstr("quiet")));
}

}  // namespace
}  // namespace baton::platform
