// The work of intake on one input, one step at a time: poll a batch, have it decided and committed,
// dead-letter what cannot be applied, move the checkpoint, then tell Kafka. While the store, an
// outbox or the dead letter topic cannot take the batch, it keeps the batch, pauses its partitions
// and stays in the group.
//
// When partitions are revoked meanwhile, or the store went back or may have (its epoch grew: a
// failover or restart lost its last writes), the batch is forgotten and its partitions start
// again at the checkpoint: what of it had been committed is recognised there by offset.
//
// Belongs to one thread, except ready().
#ifndef BATON_INTAKE_INTAKE_WORKER_H_
#define BATON_INTAKE_INTAKE_WORKER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "intake/batch_handler.h"
#include "intake/dead_letter_writer.h"
#include "intake/input_batch.h"
#include "intake/input_partitions.h"
#include "intake/intake_metrics.h"
#include "platform/backoff.h"
#include "platform/kafka/kafka.h"
#include "platform/worker.h"
#include "store/pipe_store.h"

namespace baton::intake {

// Makes the handler of a worker's batches, with the worker's metrics, which outlive it.
using MakeHandler = std::function<std::unique_ptr<BatchHandler>(IntakeMetrics&)>;

using MakeConsumer = std::function<absl::StatusOr<std::unique_ptr<platform::kafka::Consumer>>(
    platform::kafka::RebalanceListener*)>;

// How the worker reaches Kafka and the time.
struct IntakeClients {
  MakeConsumer make_consumer;
  MakeProducer make_producer;
  std::function<absl::Time()> now;
};

struct IntakeOptions {
  std::string name = "intake";  // in the log, when it becomes ready or not
  std::string topic;
  store::InputFlow flow = store::InputFlow::kMarketing;
  int input_generation = 1;  // >= 1; of the topics of that name (store::InputName)
  std::string group = "baton-intake";
  int batch_max = 500;                                    // records, 1..10,000
  absl::Duration poll_wait = absl::Milliseconds(100);     // for the first record of a batch
  absl::Duration backoff_max = absl::Milliseconds(500);   // between attempts at what failed
  absl::Duration letters_wait = absl::Milliseconds(500);  // for acknowledgements, per attempt
  // Commits of offsets, for those who look at the group. A commit that stands behind the request to
  // join is answered when the next generation has begun, which expels who sent it: so, rarely.
  absl::Duration tell_kafka_every = absl::Seconds(10);
  absl::Duration look_at_store_every = absl::Seconds(1);  // while idle: has it gone back?
  absl::Duration look_around_every = absl::Seconds(5);    // lag, totals, refused partitions
};

class IntakeWorker {
 public:
  // `input` and `metrics` outlive the worker.
  IntakeWorker(store::InputStore& input, const MakeHandler& make_handler, IntakeClients clients,
               const IntakeOptions& options, platform::Metrics& metrics);
  ~IntakeWorker();

  // Makes the clients; an error means a wrong configuration.
  absl::Status Open();

  // One batch, or one attempt at a kept one. Gives the time to wait before the next step.
  absl::Duration Step();

  // Finishes a kept batch if that can be done before `deadline`, leaves the group.
  void Close(absl::Time deadline);

  // OK, or why it cannot work now. Thread-safe, does not block.
  absl::Status ready() const { return ready_.Get(); }

 private:
  void Poll();
  void WorkOnBatch();
  absl::Status Settle(InputBatch& batch);
  // Of the batch what may go on now, up to the checkpoint.
  absl::Status ApplyAndAdvance(InputBatch& batch);
  void HandOverLetters(const InputBatch& batch);
  // Until what was handed over is acknowledged.
  absl::Status AwaitLetters();
  void CountBatch(const InputBatch& batch);
  void ForgetBatch();

  void WaitPaused();
  void TakeRevocations();
  void ReplaceConsumer(const absl::Status& reason);
  void LookAround();
  bool IsTime(absl::Time& next, absl::Duration every);
  void ShowReadiness();

  store::InputStore& input_;
  const IntakeClients clients_;
  const IntakeOptions options_;
  IntakeMetrics metrics_;
  const std::unique_ptr<BatchHandler> handler_;
  DeadLetterWriter letters_;
  InputPartitions partitions_;
  std::unique_ptr<platform::kafka::Consumer> consumer_;  // calls partitions_ until it is gone

  std::optional<InputBatch> batch_;
  size_t handed_over_ = 0;       // of batch_->refused, given to letters_
  bool look_first_ = false;      // an attempt failed: has the store gone back?
  bool awaits_letters_ = false;  // the latest attempt at batch_ ended so
  absl::Time batch_began_;
  platform::Backoff backoff_;
  absl::Status store_problem_;  // why the batch is kept, or partitions wait for their place
  absl::Status kafka_problem_;  // the latest; cleared by records, or when the brokers answer
  absl::Time next_tell_, next_look_at_store_, next_look_around_, next_probe_;
  platform::ReadyState ready_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_INTAKE_WORKER_H_
