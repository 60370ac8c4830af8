#include "platform/redis/reply.h"

#include <hiredis/hiredis.h>

namespace baton::platform::redis {
namespace {

constexpr long long kElementsMax = 10'000'000;  // of an array: memory is taken for all at once

Reply::Type TypeOf(const redisReadTask& task) {
  switch (task.type) {
    case REDIS_REPLY_STATUS:
      return Reply::Type::kStatus;
    case REDIS_REPLY_ERROR:
      return Reply::Type::kError;
    default:
      return Reply::Type::kString;
  }
}

// Where the reply that the task reads belongs: into its array, which has its size already, or, if
// it is in none, into a new one, which TakeReply or the reader deletes.
Reply* PlaceOf(const redisReadTask& task, Reply::Type type) {
  Reply* place =
      task.parent == nullptr
          ? new Reply
          : &static_cast<Reply*>(task.parent->obj)->elements[static_cast<size_t>(task.idx)];
  place->type = type;
  return place;
}

void* CreateString(const redisReadTask* task, char* text, size_t size) {
  Reply* reply = PlaceOf(*task, TypeOf(*task));
  reply->text.assign(text, size);
  return reply;
}

void* CreateArray(const redisReadTask* task, size_t size) {
  Reply* reply = PlaceOf(*task, Reply::Type::kArray);
  reply->elements.resize(size);
  return reply;
}

void* CreateInteger(const redisReadTask* task, long long value) {
  Reply* reply = PlaceOf(*task, Reply::Type::kInteger);
  reply->integer = value;
  return reply;
}

void* CreateDouble(const redisReadTask* task, double, char* text, size_t size) {
  return CreateString(task, text, size);
}

void* CreateNil(const redisReadTask* task) {
  return PlaceOf(*task, Reply::Type::kNil);
}

void* CreateBool(const redisReadTask* task, int value) {
  return CreateInteger(task, value);
}

void Free(void* reply) {
  delete static_cast<Reply*>(reply);
}

redisReplyObjectFunctions building = {CreateString, CreateArray, CreateInteger, CreateDouble,
                                      CreateNil,    CreateBool,  Free};

}  // namespace

bool Reply::IsError(absl::string_view code) const {
  if (type != Type::kError) return false;
  const absl::string_view first = absl::string_view(text).substr(0, text.find(' '));
  return first == code;
}

void ReadIntoReplies(redisReader& reader) {
  reader.fn = &building;
  reader.maxelements = kElementsMax;
}

std::unique_ptr<Reply> TakeReply(void* raw) {
  return std::unique_ptr<Reply>(static_cast<Reply*>(raw));
}

}  // namespace baton::platform::redis
