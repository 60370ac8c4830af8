#include "platform/log.h"

#include <algorithm>
#include <string>

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
  EXPECT_THAT(GetCapturedStderr(), HasSubstr("\"name\":\"\\ufffd"));
}

TEST(LogTest, NoTerminalFindsAnEscapeSequenceInALine) {
  CaptureStderr();
  LogWarning("x.y", {{"name",
                      "\x1b[31mred\x1b]0;title\x07\r\x7f\xC2\x9B"
                      "2J\xE2\x80\xA8"}});
  const std::string written = GetCapturedStderr();
  EXPECT_TRUE(std::all_of(written.begin(), written.end() - 1, [](unsigned char character) {
    return character >= 0x20 && character < 0x7f;
  })) << written;
  EXPECT_EQ(written.back(), '\n');
  EXPECT_THAT(written, HasSubstr("\\u001b[31mred"));
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
