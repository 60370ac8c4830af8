// Reps, queue settings and queues as the texts of functions/put_rep.lua, put_queue.lua,
// activate_policy.lua and list_queues.lua. Pure functions; INTERNAL for what cannot be read.
#ifndef BATON_STORE_REDIS_ROSTER_CODEC_H_
#define BATON_STORE_REDIS_ROSTER_CODEC_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "core/policy.h"
#include "core/roster.h"
#include "platform/redis/reply.h"
#include "store/roster_store.h"

namespace baton::store::redis {

// "weight|capacity|presence|queues|skills|name", and "|work|attributes" if there are any; stored
// behind "revision|". The profile (core/requirement.h) stands behind the skills.
std::string EncodeRep(const core::Rep& rep);
absl::StatusOr<core::Rep> DecodeRep(const std::string& id, const std::string& stored);

// Attributes of a rep: JSON, as a part of the text of a rep escaped besides.
std::string EncodeAttributes(const std::map<std::string, core::AttributeValue>& attributes);
absl::StatusOr<std::map<std::string, core::AttributeValue>> DecodeAttributes(
    const std::string& text);

// As functions/hours.lua reads them.
std::string EncodeHours(const core::Hours& hours);

// The queue and its row (functions/queue.lua); stored without the queue.
std::string EncodeQueuePolicy(const core::QueuePolicy& policy);

// One element of the answer of list_queues.
absl::StatusOr<QueueState> DecodeQueue(const platform::redis::Reply& reply);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_ROSTER_CODEC_H_
