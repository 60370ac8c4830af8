// Runs of drafts beside the active revision as functions/shadow.lua keeps them. Pure functions;
// INTERNAL for what no release of Baton can have written.
#ifndef BATON_STORE_REDIS_SHADOW_CODEC_H_
#define BATON_STORE_REDIS_SHADOW_CODEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "platform/redis/reply.h"
#include "store/shadow_store.h"

namespace baton::store::redis {

// The step as an argument of `commit` (functions/shadow.lua, STEP).
std::string EncodeShadowStep(const core::ShadowStep& step);

// The answer to HGETALL of a run that exists.
absl::StatusOr<ShadowRun> DecodeRun(const platform::redis::Reply& reply);

// A field of the run's differences.
absl::StatusOr<core::ShadowDifference> DecodeDifference(const core::LeadId& lead,
                                                        const std::string& text);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_SHADOW_CODEC_H_
