// Domain types as the blobs of proto/baton/store/v1/record.proto. Pure functions. Decoding adds to
// what is there already and gives INTERNAL for bytes that are no such message.
#ifndef BATON_STORE_REDIS_RECORD_CODEC_H_
#define BATON_STORE_REDIS_RECORD_CODEC_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/plan.h"
#include "store/pipe_store.h"

namespace baton::store::redis {

// Attribution and sources; policy revision, fit, intent and factors: what goes into each outbox
// entry. `blob` is the one behind the other.
std::string EncodeOrigin(const core::Facts& facts);
std::string EncodeScores(const core::Judgment& judgment);
absl::Status DecodePublished(absl::string_view blob, core::Facts& facts, core::Judgment& judgment);
absl::Status DecodePublished(absl::string_view blob, OutboxEntry& entry);

// The other facts, the rest of a judgment.
std::string EncodeFacts(const core::Facts& facts);
absl::Status DecodeFacts(absl::string_view blob, core::Facts& facts);
std::string EncodeJudgment(const core::Judgment& judgment);
absl::Status DecodeJudgment(absl::string_view blob, core::Judgment& judgment);

// Touches, disposition, amounts, answered requests.
std::string EncodeRest(const core::LeadRecord& record);
absl::Status DecodeRest(absl::string_view blob, core::LeadRecord& record);

// Reason, actor, cause and details of a change. Encodings may be concatenated.
std::string EncodeChangeDetails(const core::Change& change);
absl::Status DecodeChangeDetails(absl::string_view blob, core::Change& change);

std::string EncodeInput(const core::JourneyInput& input);
absl::Status DecodeInput(absl::string_view blob, core::JourneyInput& input);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_RECORD_CODEC_H_
