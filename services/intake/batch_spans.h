// Spans of events: how long each was on its way through intake, for the traces of their senders.
#ifndef BATON_INTAKE_BATCH_SPANS_H_
#define BATON_INTAKE_BATCH_SPANS_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"
#include "core/ids.h"
#include "intake/input_batch.h"

namespace baton::intake {

// When a round of a batch got where.
struct RoundTimes {
  absl::Time begun;      // leads are loaded
  absl::Time decided;    // plans are sent to the store
  absl::Time committed;  // it has taken them
};

// From the poll of the event's record to its commit, and within that its decision and its commit.
void EmitEventSpans(const InputBatch& batch, size_t record, const std::string& traceparent,
                    const core::LeadKey& key, const RoundTimes& times);

}  // namespace baton::intake

#endif  // BATON_INTAKE_BATCH_SPANS_H_
