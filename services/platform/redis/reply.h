// What Redis answered to one command (RESP2). Value type.
#ifndef BATON_PLATFORM_REDIS_REPLY_H_
#define BATON_PLATFORM_REDIS_REPLY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

struct redisReader;  // hiredis

namespace baton::platform::redis {

// A command with its arguments; binary safe, never empty.
using Command = std::vector<std::string>;

struct Reply {
  enum class Type { kNil, kStatus, kString, kInteger, kArray, kError };

  Type type = Type::kNil;
  std::string text;  // kStatus, kString, kError
  int64_t integer = 0;
  std::vector<Reply> elements;  // kArray

  bool is_nil() const { return type == Type::kNil; }
  bool is_error() const { return type == Type::kError; }
  bool is_array() const { return type == Type::kArray; }
  // True for an error whose first word is `code`: "READONLY", "OOM" ...
  bool IsError(absl::string_view code) const;
};

// Makes the reader of the client library put what it reads into Replies, without objects of its own
// in between. Its depth is bounded by the library.
void ReadIntoReplies(redisReader& reader);

// What redisReaderGetReply gave for such a reader; nullptr: the reply is not complete yet.
std::unique_ptr<Reply> TakeReply(void* raw);

}  // namespace baton::platform::redis

#endif  // BATON_PLATFORM_REDIS_REPLY_H_
