#include "store/redis/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ids.h"

namespace baton::store::redis {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RedisTextTest, EscapedWordsHoldNoSeparatorAndComeBack) {
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  for (const std::string& word : {every_byte, std::string("de"), std::string("a|b,c;d%e\n"),
                                  std::string(), std::string("100%"), std::string("Zürich")}) {
    const std::string escaped = Escape(word);
    EXPECT_EQ(escaped.find_first_of("|,;\n\r \0", 0, 7), std::string::npos) << escaped;
    const absl::StatusOr<std::string> back = Unescape(escaped);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, word);
  }
}

TEST(RedisTextTest, OrdinaryWordsStayReadable) {
  EXPECT_EQ(Escape("enterprise-de"), "enterprise-de");
}

TEST(RedisTextTest, ABrokenEscapeIsAnError) {
  for (const char* text : {"%", "%4", "%G1", "a%2", "%-1"}) {
    EXPECT_TRUE(absl::IsInternal(Unescape(text).status())) << text;
  }
}

TEST(RedisTextTest, ListsComeBack) {
  const std::vector<std::string> words = {"de", "a,b", "x|y"};
  const auto back = SplitEscaped(JoinEscaped(words));
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, words);
  EXPECT_THAT(*SplitEscaped(""), IsEmpty());
  const std::vector<core::RepId> reps = {core::RepId::Trusted("ada"), core::RepId::Trusted("bo")};
  EXPECT_EQ(SplitIds<core::RepId>(JoinIds(reps)), reps);
  EXPECT_THAT(SplitIds<core::RepId>(""), IsEmpty());
}

TEST(RedisTextTest, ItemsAreReadInTheirOrder) {
  Items items("one|-2|a%7Cb|x,y|left over", "a test");
  EXPECT_EQ(items.Word(), "one");
  EXPECT_EQ(items.Number(), -2);
  EXPECT_EQ(items.Unescaped(), "a|b");
  EXPECT_THAT(items.List(), ElementsAre("x", "y"));
  EXPECT_TRUE(items.status().ok());  // what a later release appends is no error
}

TEST(RedisTextTest, AMissingOrWrongItemIsToldAtTheEnd) {
  Items missing("1", "a test");
  EXPECT_EQ(missing.Number(), 1);
  EXPECT_EQ(missing.Number(), 0);
  EXPECT_TRUE(absl::IsInternal(missing.status()));
  Items wrong("x|2", "a test");
  EXPECT_EQ(wrong.Number(), 0);
  EXPECT_EQ(wrong.Number(), 0);  // and nothing after it is believed
  EXPECT_THAT(std::string(wrong.status().message()), testing::HasSubstr("a test"));
}

}  // namespace
}  // namespace baton::store::redis
