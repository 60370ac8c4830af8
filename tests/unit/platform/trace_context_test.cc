#include "platform/trace_context.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/log.h"

namespace baton::platform {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::internal::CaptureStderr;
using testing::internal::GetCapturedStderr;

constexpr char kTraceId[] = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

TEST(TraceContextTest, SaysItsPartsAndComesBackAsItWas) {
  const auto context = ParseTraceparent(kTraceparent);
  ASSERT_TRUE(context.has_value());
  EXPECT_EQ(context->trace_id, kTraceId);
  EXPECT_EQ(context->span_id, "00f067aa0ba902b7");
  EXPECT_TRUE(context->sampled);
  EXPECT_EQ(FormatTraceparent(*context), kTraceparent);
}

TEST(TraceContextTest, SampledIsTheLowestBitOfTheFlags) {
  std::string text = kTraceparent;
  for (const auto& [flags, sampled] :
       {std::pair{"00", false}, {"01", true}, {"02", false}, {"ff", true}, {"0e", false}}) {
    text.replace(text.size() - 2, 2, flags);
    EXPECT_EQ(ParseTraceparent(text)->sampled, sampled) << flags;
  }
}

TEST(TraceContextTest, WhatIsNoTraceparentIsNone) {
  for (const char* text : {"", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
                           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n",
                           "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}) {
    EXPECT_FALSE(ParseTraceparent(text).has_value()) << text;
  }
}

TEST(TraceContextTest, LinesOfAThreadSayTheTraceOfTheirScopeOnly) {
  CaptureStderr();
  {
    const TraceScope outer(kTraceparent);
    LogInfo("in.outer");
    {
      const TraceScope none("no trace");
      LogInfo("in.none");
    }
    LogInfo("in.outer");
    std::thread([] { LogInfo("in.another_thread"); }).join();
  }
  LogInfo("behind");
  const std::string written = GetCapturedStderr();
  const std::string with = std::string("\"in.outer\",\"trace_id\":\"") + kTraceId + "\"}\n";
  EXPECT_EQ(written.find(with) != written.rfind(with), true) << written;
  EXPECT_THAT(written, HasSubstr("\"in.none\"}\n"));
  EXPECT_THAT(written, HasSubstr("\"in.another_thread\"}\n"));
  EXPECT_THAT(written, HasSubstr("\"behind\"}\n"));
}

}  // namespace
}  // namespace baton::platform
