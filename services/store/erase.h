// Erases leads: what dispatch does on request, and the clock for retention. Thread-safe.
#ifndef BATON_STORE_ERASE_H_
#define BATON_STORE_ERASE_H_

#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/erasure.h"
#include "store/lead_store.h"

namespace baton::store {

enum class ErasureFate { kErased, kWanted, kErasedBefore, kUnwanted, kUnknown };

struct ErasureResult {
  ErasureFate fate = ErasureFate::kUnknown;
  core::LeadRecord before;  // kErased, kWanted, kUnwanted: the lead; kErasedBefore: what is left
  int64_t version = 0;      // of the event that says so; kErased, kErasedBefore
  core::TimeMs erased_at_ms = 0;  // likewise
};

struct ErasureOrder {
  core::Erasure erasure;
  // Whether the lead, as it is now, is to be erased.
  std::function<bool(const core::LeadRecord& record, core::TimeMs now_ms)> wants =
      [](const core::LeadRecord&, core::TimeMs) { return true; };
  bool only_look = false;  // erases nothing: kWanted instead of kErased
};

// One result for each key, in their order; an error is that lead's alone: INTERNAL
// STATE_UNREADABLE, RESOURCE_EXHAUSTED OUTBOX_FULL, ABORTED CONTENTION (it changes all the time),
// INVALID_ARGUMENT REQUEST_ID_REUSED (the id is that of an action on it). What was lost on the way
// may be repeated: who is erased is kErasedBefore then. Not behind the durability gate.
absl::StatusOr<std::vector<absl::StatusOr<ErasureResult>>> EraseLeads(
    LeadStore& leads, absl::Span<const core::LeadKey> keys, const ErasureOrder& order);

}  // namespace baton::store

#endif  // BATON_STORE_ERASE_H_
