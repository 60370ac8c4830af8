#include "connect/http_text.h"

namespace baton::connect {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(HttpTextTest, AWholeAnswerSaysHowLongItIs) {
  const std::string text = WholeText({404, {{"x-a", "1"}}, "body"}, {.keep_alive = false});
  EXPECT_THAT(text, StartsWith("HTTP/1.1 404 Not Found\r\ndate: "));
  EXPECT_THAT(text, HasSubstr("\r\nconnection: close\r\nx-a: 1\r\ncontent-length: 4\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n\r\nbody"));
}

TEST(HttpTextTest, WithoutABodyThereIsNone) {
  EXPECT_THAT(WholeText({204, {}, ""}, {}), Not(HasSubstr("content-length")));
  const std::string head = WholeText({405, {}, "body"}, {.head_only = true});
  EXPECT_THAT(head, HasSubstr("content-length: 4"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST(HttpTextTest, PiecesAreChunksWhereTheyAreKnown) {
  EXPECT_THAT(HeadText({}, {}), HasSubstr("transfer-encoding: chunked"));
  EXPECT_EQ(PieceText(std::string(26, 'x'), {}), "1a\r\n" + std::string(26, 'x') + "\r\n");
  EXPECT_EQ(EndText({}), "0\r\n\r\n");
  EXPECT_EQ(PieceText("x", {.chunked = false}), "x");
  EXPECT_EQ(EndText({.chunked = false}), "");
}

}  // namespace
}  // namespace baton::connect
