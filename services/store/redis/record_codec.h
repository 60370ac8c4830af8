// Domain types as the blobs of proto/baton/store/v1/record.proto. Pure functions. Decoding adds to
// what is there already and gives INTERNAL for bytes that are no such message.
#ifndef BATON_STORE_REDIS_RECORD_CODEC_H_
#define BATON_STORE_REDIS_RECORD_CODEC_H_

#include <string>

#include "absl/status/status.h"
#include "core/plan.h"
#include "store/pipe_store.h"

namespace baton::store::redis {

// Facts are kept in two blobs: where the lead came from goes into each outbox entry, the rest not.
std::string EncodeFacts(const core::Facts& facts);
std::string EncodeOrigin(const core::Facts& facts);
absl::Status DecodeFacts(const std::string& blob, core::Facts& facts);
absl::Status DecodeOrigin(const std::string& blob, core::Facts& facts);

// A judgment likewise: its scores go into each outbox entry.
std::string EncodeScores(const core::Judgment& judgment);
std::string EncodeJudgment(const core::Judgment& judgment);
absl::Status DecodeScores(const std::string& blob, core::Judgment& judgment);
absl::Status DecodeJudgment(const std::string& blob, core::Judgment& judgment);

// Origin and scores as an outbox entry has them.
absl::Status DecodeOrigin(const std::string& blob, OutboxEntry& entry);
absl::Status DecodeScores(const std::string& blob, OutboxEntry& entry);

// Touches, disposition, amounts, answered requests.
std::string EncodeRest(const core::LeadRecord& record);
absl::Status DecodeRest(const std::string& blob, core::LeadRecord& record);

// Reason, actor, cause and details of a change. Encodings may be concatenated.
std::string EncodeChangeDetails(const core::Change& change);
absl::Status DecodeChangeDetails(const std::string& blob, core::Change& change);

std::string EncodeInput(const core::JourneyInput& input);
absl::Status DecodeInput(const std::string& blob, core::JourneyInput& input);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_RECORD_CODEC_H_
