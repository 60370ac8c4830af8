#include "report_page/html.h"

#include <gtest/gtest.h>

namespace baton::report_page {
namespace {

TEST(HtmlTest, WhatStrangersWroteIsTextAndNothingElse) {
  EXPECT_EQ(Escaped("<script>alert(\"x\")</script>"),
            "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
  EXPECT_EQ(Escaped("a & b's"), "a &amp; b&#39;s");
  EXPECT_EQ(OpenTag("td", {{"title", "\" onload=\"evil()"}}),
            "<td title=\"&quot; onload=&quot;evil()\">");
}

TEST(HtmlTest, WhatIsNoTextIsReplaced) {
  EXPECT_EQ(Escaped(std::string("a\0b\x1b[1m", 7)),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD[1m");
  EXPECT_EQ(Escaped("\xff"), "\xEF\xBF\xBD");
  EXPECT_EQ(Escaped("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  EXPECT_EQ(Escaped("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  EXPECT_EQ(Escaped("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // cut off
}

TEST(HtmlTest, OtherLettersStay) {
  EXPECT_EQ(Escaped("Jos\xC3\xA9 \xE6\x97\xA5 \xF0\x9F\x98\x80"),
            "Jos\xC3\xA9 \xE6\x97\xA5 \xF0\x9F\x98\x80");
}

TEST(HtmlTest, NamesAreIsolatedAgainstOtherWritingDirections) {
  EXPECT_EQ(Isolated("\xD7\x90<"), "<bdi>\xD7\x90&lt;</bdi>");
}

TEST(HtmlTest, EmptyAttributesAreLeftOut) {
  EXPECT_EQ(Element("td", {{"class", ""}, {"id", "a"}}, "x"), "<td id=\"a\">x</td>");
}

}  // namespace
}  // namespace baton::report_page
