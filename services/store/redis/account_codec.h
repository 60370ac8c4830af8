// Accounts as the texts of functions/account.lua. Pure functions; INTERNAL for what cannot be read.
#ifndef BATON_STORE_REDIS_ACCOUNT_CODEC_H_
#define BATON_STORE_REDIS_ACCOUNT_CODEC_H_

#include <string>

#include "absl/status/statusor.h"
#include "baton/store/v1/record.pb.h"
#include "core/account.h"
#include "core/account_match.h"

namespace baton::store::redis {

// The blob behind the line.
std::string EncodeAccountBlob(const core::AccountRecord& record);

// Line and blob.
absl::StatusOr<core::AccountRecord> DecodeAccount(const core::AccountKey& key,
                                                  const std::string& stored);

// What a judgment found of an account.
void SetFinding(const core::AccountFinding& finding, v1::AccountFinding& out);
absl::StatusOr<core::AccountFinding> GetFinding(const v1::AccountFinding& stored);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_ACCOUNT_CODEC_H_
