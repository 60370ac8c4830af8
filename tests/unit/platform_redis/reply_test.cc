#include "platform/redis/reply.h"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <memory>
#include <string>

namespace baton::platform::redis {
namespace {

// What the client library makes of bytes from the wire.
Reply Parse(const std::string& bytes) {
  const std::unique_ptr<redisReader, void (*)(redisReader*)> reader(redisReaderCreate(),
                                                                    redisReaderFree);
  ReadIntoReplies(*reader);
  redisReaderFeed(reader.get(), bytes.data(), bytes.size());
  void* raw = nullptr;
  EXPECT_EQ(redisReaderGetReply(reader.get(), &raw), REDIS_OK);
  return *TakeReply(raw);
}

TEST(RedisReplyTest, ReadsEveryTypeOfRespTwo) {
  EXPECT_EQ(Parse("+OK\r\n").text, "OK");
  EXPECT_EQ(Parse(":-42\r\n").integer, -42);
  EXPECT_EQ(Parse(std::string("$3\r\na\0b\r\n", 9)).text, std::string("a\0b", 3));
  EXPECT_TRUE(Parse("$-1\r\n").is_nil());
  const Reply array = Parse("*3\r\n:1\r\n$-1\r\n*1\r\n+x\r\n");
  ASSERT_TRUE(array.is_array());
  ASSERT_EQ(array.elements.size(), 3u);
  EXPECT_TRUE(array.elements[1].is_nil());
  EXPECT_EQ(array.elements[2].elements[0].text, "x");
}

TEST(RedisReplyTest, WaitsForTheRestOfAnArray) {
  const std::unique_ptr<redisReader, void (*)(redisReader*)> reader(redisReaderCreate(),
                                                                    redisReaderFree);
  ReadIntoReplies(*reader);
  void* raw = nullptr;
  const std::string begin = "*2\r\n*2\r\n$1\r\na\r\n$1\r\nb\r\n$5\r\nhel";
  redisReaderFeed(reader.get(), begin.data(), begin.size());
  ASSERT_EQ(redisReaderGetReply(reader.get(), &raw), REDIS_OK);
  EXPECT_EQ(TakeReply(raw), nullptr);
  redisReaderFeed(reader.get(), "lo\r\n", 4);
  ASSERT_EQ(redisReaderGetReply(reader.get(), &raw), REDIS_OK);
  const std::unique_ptr<Reply> array = TakeReply(raw);
  ASSERT_NE(array, nullptr);
  EXPECT_EQ(array->elements[0].elements[1].text, "b");
  EXPECT_EQ(array->elements[1].text, "hello");
}

TEST(RedisReplyTest, TellsErrorsByTheirFirstWord) {
  const Reply error = Parse("-READONLY You can't write\r\n");
  EXPECT_TRUE(error.is_error());
  EXPECT_TRUE(error.IsError("READONLY"));
  EXPECT_FALSE(error.IsError("READ"));
  EXPECT_FALSE(Parse("+READONLY\r\n").IsError("READONLY"));
  EXPECT_TRUE(Parse("-LOADING\r\n").IsError("LOADING"));
}

}  // namespace
}  // namespace baton::platform::redis
