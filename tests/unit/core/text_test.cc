#include "core/text.h"

#include <gtest/gtest.h>

namespace baton::core {
namespace {

TEST(ShortenedTest, LeavesTextUpToTheLimitAlone) {
  EXPECT_EQ(Shortened("", 5), "");
  EXPECT_EQ(Shortened("abcde", 5), "abcde");
}

TEST(ShortenedTest, CutsLongerTextToTheLimit) {
  EXPECT_EQ(Shortened("abcdef", 5), "ab...");
}

TEST(ShortenedTest, NeverCutsAUtf8CharacterInTwo) {
  EXPECT_EQ(Shortened("a\xC3\xA4"
                      "bcdef",
                      5),
            "a...");
  EXPECT_EQ(Shortened("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 6), "...");
}

TEST(ToAbslTest, KeepsEmbeddedZeros) {
  EXPECT_EQ(ToAbsl(std::string_view("a\0b", 3)).size(), 3u);
}

}  // namespace
}  // namespace baton::core
