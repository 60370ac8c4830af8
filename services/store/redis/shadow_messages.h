// What a lead remembers of a draft, between domain type and message. For codecs only.
#ifndef BATON_STORE_REDIS_SHADOW_MESSAGES_H_
#define BATON_STORE_REDIS_SHADOW_MESSAGES_H_

#include "absl/status/status.h"
#include "baton/store/v1/record.pb.h"
#include "core/shadow.h"

namespace baton::store::redis {

void SetNote(const core::ShadowNote& note, v1::ShadowNote& out);
absl::Status GetNote(const v1::ShadowNote& stored, core::ShadowNote& note);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_SHADOW_MESSAGES_H_
