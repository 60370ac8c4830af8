// Leads, plans and published changes as commands to and answers from the Redis functions. Pure
// functions; decoding gives INTERNAL for what no release of Baton can have written.
#ifndef BATON_STORE_REDIS_LEAD_CODEC_H_
#define BATON_STORE_REDIS_LEAD_CODEC_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/plan.h"
#include "platform/redis/reply.h"
#include "store/pipe_store.h"
#include "store/store.h"

namespace baton::store::redis {

// The plan as an argument of `commit` (functions/plan.lua). hashes: HashesOf (person_hash.h).
std::vector<std::string> EncodePlan(const core::Plan& plan, const StoreLimits& limits,
                                    const std::string& hashes);

// `reply`: the answer to GET (functions/lead.lua). An absent lead leaves revision 0.
absl::Status DecodeLead(const platform::redis::Reply& reply, core::LeadRecord& record);

// The answer of `commit`; `plan` is the one it was called with.
absl::StatusOr<CommitResult> DecodeCommit(const platform::redis::Reply& reply,
                                          const core::Plan& plan);

// Number of journey entries of a lead ever made; `reply`: as for DecodeLead.
absl::StatusOr<int64_t> DecodeJourneyed(const platform::redis::Reply& reply);
// One element of a lead's journey list.
absl::StatusOr<JourneyEntry> DecodeJourney(const std::string& line);

// One stream entry: {id, {field, value ...}}.
absl::StatusOr<OutboxEntry> DecodeOutbox(const platform::redis::Reply& entry);
// "<sequence>-0" of a stream entry {id, ...}.
absl::StatusOr<int64_t> DecodeSequence(const platform::redis::Reply& entry);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_LEAD_CODEC_H_
