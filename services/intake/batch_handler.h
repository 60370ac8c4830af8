// What is done with the records of one input.
#ifndef BATON_INTAKE_BATCH_HANDLER_H_
#define BATON_INTAKE_BATCH_HANDLER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "intake/input_batch.h"

namespace baton::intake {

// Belongs to the worker's thread; blocks on the store.
class BatchHandler {
 public:
  virtual ~BatchHandler() = default;

  // input: the store::InputName that the records were read from.
  virtual InputBatch MakeBatch(std::vector<platform::kafka::Record> records,
                               const std::string& input) = 0;

  // Takes what is done out of the batch and adds what cannot be to batch.refused. Every step may be
  // repeated: what has been done of it is not done again. OK: nothing is left but what is delayed,
  // which is to be applied when it may go on (GoOnBehindCheckpoints). UNAVAILABLE,
  // RESOURCE_EXHAUSTED (an outbox is full), INTERNAL: what is left should be tried again later.
  // ABORTED: the store is another incarnation than `epoch`; look at it again.
  virtual absl::Status Apply(InputBatch& batch, int64_t epoch) = 0;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_BATCH_HANDLER_H_
