#include "events/rfc3339.h"

#include <gtest/gtest.h>

namespace baton::events {
namespace {

std::string Text(core::TimeMs at_ms) {
  std::string out;
  AppendRfc3339(out, at_ms);
  return out;
}

TEST(Rfc3339Test, ReadsOffsetsFractionsAndLowerCase) {
  constexpr core::TimeMs kNoon = 1'772'366'400'000;
  EXPECT_EQ(ParseRfc3339("2026-03-01T12:00:00Z"), kNoon);
  EXPECT_EQ(ParseRfc3339("2026-03-01t13:30:00+01:30"), kNoon);
  EXPECT_EQ(ParseRfc3339("2026-03-01T12:00:00.25Z"), kNoon + 250);
  EXPECT_EQ(ParseRfc3339("2026-03-01T12:00:00.1239999z"), kNoon + 123);
}

TEST(Rfc3339Test, RefusesWhatIsNoTimestamp) {
  for (const char* text :
       {"", "now", "infinite-future", "infinite-past", "2026-03-01", "2026-03-01T12:00:00",
        "2026-03-01 12:00:00Z", " 2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z ",
        "2026-3-1T12:00:00Z", "2026-02-30T12:00:00Z", "2026-03-01T25:00:00Z",
        "2026-03-01T12:00:00+01:30x", "12026-03-01T12:00:00Z", "1772366400000"}) {
    EXPECT_EQ(ParseRfc3339(text), std::nullopt) << text;
  }
}

TEST(Rfc3339Test, HoldsTheRangeOfTimestamps) {
  EXPECT_EQ(ParseRfc3339("0001-01-01T00:00:00Z"), core::kTimeMsMin);
  EXPECT_EQ(ParseRfc3339("9999-12-31T23:59:59.999Z"), core::kTimeMsMax);
  EXPECT_EQ(ParseRfc3339("0001-01-01T00:00:00+00:01"), std::nullopt);
  EXPECT_EQ(ParseRfc3339("9999-12-31T23:59:59-00:01"), std::nullopt);
  EXPECT_EQ(ParseRfc3339("0000-06-01T00:00:00Z"), std::nullopt);
}

TEST(Rfc3339Test, WritesWhatItReads) {
  for (const core::TimeMs at_ms :
       {core::kTimeMsMin, core::TimeMs{-1}, core::TimeMs{0}, core::TimeMs{1},
        core::TimeMs{951'782'400'042}, core::TimeMs{1'772'366'400'999}, core::kTimeMsMax}) {
    EXPECT_EQ(ParseRfc3339(Text(at_ms)), at_ms) << Text(at_ms);
  }
  EXPECT_EQ(Text(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(Text(951'782'400'042), "2000-02-29T00:00:00.042Z");
}

}  // namespace
}  // namespace baton::events
