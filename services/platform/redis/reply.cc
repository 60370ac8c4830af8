#include "platform/redis/reply.h"

#include <hiredis/hiredis.h>

namespace baton::platform::redis {
namespace {

Reply::Type TypeOf(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_STATUS:
      return Reply::Type::kStatus;
    case REDIS_REPLY_ERROR:
      return Reply::Type::kError;
    case REDIS_REPLY_INTEGER:
      return Reply::Type::kInteger;
    case REDIS_REPLY_ARRAY:
      return Reply::Type::kArray;
    case REDIS_REPLY_NIL:
      return Reply::Type::kNil;
    default:
      return Reply::Type::kString;
  }
}

}  // namespace

bool Reply::IsError(absl::string_view code) const {
  if (type != Type::kError) return false;
  const absl::string_view first = absl::string_view(text).substr(0, text.find(' '));
  return first == code;
}

Reply FromHiredis(const redisReply& reply) {
  Reply copy;
  copy.type = TypeOf(reply);
  copy.integer = reply.integer;
  if (reply.str != nullptr) copy.text.assign(reply.str, reply.len);
  copy.elements.reserve(reply.elements);
  for (size_t i = 0; i < reply.elements; ++i)
    copy.elements.push_back(FromHiredis(*reply.element[i]));
  return copy;
}

}  // namespace baton::platform::redis
