// What facts and judgments have in common, between domain types and messages. For codecs only.
#ifndef BATON_STORE_REDIS_FACTS_MESSAGES_H_
#define BATON_STORE_REDIS_FACTS_MESSAGES_H_

#include "absl/status/status.h"
#include "baton/store/v1/record.pb.h"
#include "core/inputs.h"

namespace baton::store::redis {

void SetInputs(const core::Inputs& inputs, v1::Inputs& out);
absl::Status GetInputs(const v1::Inputs& stored, core::Inputs& inputs);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_FACTS_MESSAGES_H_
