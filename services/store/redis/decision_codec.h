// What the functions keep of choices and of decisions that newer ones replaced (functions/lead.lua,
// functions/past.lua). Pure functions; INTERNAL for what no release of Baton can have written.
#ifndef BATON_STORE_REDIS_DECISION_CODEC_H_
#define BATON_STORE_REDIS_DECISION_CODEC_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/decision.h"

namespace baton::store::redis {

// As functions/pool.lua packs it.
absl::Status DecodePool(absl::string_view blob, core::CandidatePool& pool);

// "policy revision,at,weights,basis,tie" or nothing.
absl::Status DecodeChoice(absl::string_view text, core::ChoiceNote& choice);

// One element of a lead's list of past decisions; adds it to `past`.
absl::Status DecodeDecision(const std::string& element, core::PastDecisions& past);

}  // namespace baton::store::redis

#endif  // BATON_STORE_REDIS_DECISION_CODEC_H_
