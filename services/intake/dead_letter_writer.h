// Writes dead letters and knows when the brokers have acknowledged them. A letter is handed to the
// client once and stays with it until Kafka is back, so waiting again makes no copies.
//
// Belongs to one thread (the client acknowledges on threads of its own).
#ifndef BATON_INTAKE_DEAD_LETTER_WRITER_H_
#define BATON_INTAKE_DEAD_LETTER_WRITER_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"

namespace baton::intake {

// Makes an idempotent, not transactional producer.
using MakeProducer = std::function<absl::StatusOr<std::unique_ptr<platform::kafka::Producer>>()>;

class DeadLetterWriter {
 public:
  // A letter that the topic does not take for its size keeps this much of its value, and gets a
  // header baton-error-value-bytes with the size it had.
  static constexpr size_t kCutValueBytes = 64 * 1024;

  explicit DeadLetterWriter(MakeProducer make_producer);
  ~DeadLetterWriter();  // bounded by the producer's end

  absl::Status Open();  // makes the first producer; an error means a wrong configuration

  void Add(platform::kafka::OutRecord letter);
  // OK when all letters added are acknowledged. UNAVAILABLE or the client's error: not yet, call
  // again.
  absl::Status Await(absl::Duration wait);
  // The letters added so far do not matter any more; some may still be delivered.
  void Forget();

 private:
  struct Letters;

  absl::Status SendWaiting();

  const MakeProducer make_producer_;
  std::shared_ptr<Letters> letters_;  // shared with acknowledgements under way
  std::unique_ptr<platform::kafka::Producer> producer_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_DEAD_LETTER_WRITER_H_
