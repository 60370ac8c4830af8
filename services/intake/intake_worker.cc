#include "intake/intake_worker.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "events/dead_letter.h"
#include "platform/log.h"

namespace baton::intake {
namespace {

constexpr absl::Duration kBackoffMin = absl::Milliseconds(10);
constexpr absl::Duration kProbeEvery = absl::Seconds(1);       // of brokers that were away
constexpr absl::Duration kLettersPatience = absl::Seconds(5);  // so long is no fault
constexpr absl::Duration kSettlingMax = absl::Seconds(1);      // then the group is polled between

store::InputId InputOf(const IntakeOptions& options) {
  return {store::InputName(options.topic, options.input_generation), options.flow};
}

}  // namespace

IntakeWorker::IntakeWorker(store::InputStore& input, const MakeHandler& make_handler,
                           IntakeClients clients, const IntakeOptions& options,
                           platform::Metrics& metrics)
    : input_(input),
      clients_(std::move(clients)),
      options_(options),
      metrics_(options.flow, metrics),
      handler_(make_handler(metrics_)),
      letters_(clients_.make_producer),
      partitions_(input, options.topic, InputOf(options)),
      backoff_(kBackoffMin, options.backoff_max),
      kafka_problem_(absl::UnavailableError("not yet connected to Kafka")),
      ready_(options.name) {}

IntakeWorker::~IntakeWorker() = default;

absl::Status IntakeWorker::Open() {
  if (absl::Status status = letters_.Open(); !status.ok()) return status;
  auto consumer = clients_.make_consumer(&partitions_);
  if (!consumer.ok()) return consumer.status();
  consumer_ = *std::move(consumer);
  partitions_.Attach(consumer_.get());
  return absl::OkStatus();
}

absl::Duration IntakeWorker::Step() {
  if (consumer_ == nullptr) {
    if (absl::Status status = Open(); !status.ok()) {
      kafka_problem_ = status;
      ShowReadiness();
      return options_.backoff_max;
    }
  }
  if (!batch_) Poll();
  if (batch_) WorkOnBatch();
  if (consumer_ != nullptr) LookAround();
  ShowReadiness();
  return absl::ZeroDuration();
}

void IntakeWorker::Poll() {
  const bool look = IsTime(next_look_at_store_, options_.look_at_store_every);
  if (look || !store_problem_.ok()) store_problem_ = partitions_.LookAtStore().status();
  if (store_problem_.ok()) store_problem_ = partitions_.Place();
  auto records = consumer_->Poll(options_.batch_max, options_.poll_wait);
  TakeRevocations();
  if (!records.ok()) {
    kafka_problem_ = records.status();
    if (absl::IsInternal(kafka_problem_)) ReplaceConsumer(kafka_problem_);
    return;
  }
  const bool drained = records->size() < static_cast<size_t>(options_.batch_max);
  partitions_.Polled(*records, drained, clients_.now());
  // Of a partition that is to be placed again nothing may be taken before.
  std::erase_if(*records, [this](const platform::kafka::Record& record) {
    return !partitions_.IsPlaced(record.partition);
  });
  if (records->empty()) return;
  kafka_problem_ = absl::OkStatus();
  batch_began_ = clients_.now();
  batch_ = handler_->MakeBatch(*std::move(records), InputOf(options_).name);
  batch_->polled_at = batch_began_;
  handed_over_ = 0;
  look_first_ = false;
}

void IntakeWorker::WorkOnBatch() {
  store_problem_ = Settle(*batch_);
  look_first_ = !store_problem_.ok();
  if (store_problem_.ok()) {
    batch_.reset();
    backoff_.Reset();
    partitions_.Release();
    return;
  }
  if (!batch_) return;
  partitions_.Hold();
  WaitPaused();
}

// Every step may be repeated: what has been done of it is not done again. A store that goes back
// in the middle is noticed by its epoch, when leads are loaded and when the checkpoint moves.
absl::Status IntakeWorker::Settle(InputBatch& batch) {
  awaits_letters_ = false;
  if (look_first_ || partitions_.epoch() == 0) {
    const auto went_back = partitions_.LookAtStore();
    if (!went_back.ok()) return went_back.status();
    if (*went_back) {
      ForgetBatch();
      return absl::AbortedError(
          "the store was opened anew or has gone back; reading again from its checkpoint");
    }
  }
  HandOverLetters(batch);
  const absl::Time until = clients_.now() + kSettlingMax;
  while (true) {
    if (absl::Status applied = ApplyAndAdvance(batch); !applied.ok()) return applied;
    if (!HasDelayed(batch)) break;
    GoOnBehindCheckpoints(batch);
    if (clients_.now() < until) continue;
    awaits_letters_ = true;
    return absl::UnavailableError("events that were refused become dead letters one by one");
  }
  CountBatch(batch);
  letters_.Forget();
  return absl::OkStatus();
}

absl::Status IntakeWorker::ApplyAndAdvance(InputBatch& batch) {
  const absl::Status applied = handler_->Apply(batch, partitions_.epoch());
  HandOverLetters(batch);
  if (!applied.ok()) return applied;
  if (absl::Status delivered = AwaitLetters(); !delivered.ok()) return delivered;
  return partitions_.Advance(batch);
}

absl::Status IntakeWorker::AwaitLetters() {
  absl::Status delivered = letters_.Await(options_.letters_wait);
  awaits_letters_ = !delivered.ok();
  return delivered;
}

void IntakeWorker::HandOverLetters(const InputBatch& batch) {
  for (; handed_over_ < batch.refused.size(); ++handed_over_) {
    const RefusedRecord& refused = batch.refused[handed_over_];
    letters_.Add(
        events::MakeDeadLetter(batch.records[refused.record], refused.letter, options_.group));
  }
}

void IntakeWorker::CountBatch(const InputBatch& batch) {
  metrics_.records.Add(static_cast<double>(batch.records.size()));
  metrics_.batch_records.Observe(static_cast<double>(batch.records.size()));
  metrics_.batch_seconds.Observe(absl::ToDoubleSeconds(clients_.now() - batch_began_));
  for (const RefusedRecord& refused : batch.refused) {
    metrics_.CountDeadLetter(refused.letter.klass);
  }
  for (const SalesFate fate : batch.sales_fates) metrics_.CountFate(fate);
}

void IntakeWorker::ForgetBatch() {
  std::set<int32_t> partitions;
  for (const platform::kafka::Record& record : batch_->records) {
    partitions.insert(record.partition);
  }
  partitions_.StartAgain(partitions);
  partitions_.Release();
  letters_.Forget();
  batch_.reset();
  backoff_.Reset();
}

// Stays in the group while the batch is kept. Nothing should come from paused partitions; what
// comes all the same is read again later.
void IntakeWorker::WaitPaused() {
  const absl::Time until = clients_.now() + backoff_.Next();
  for (absl::Time now = clients_.now(); batch_ && now < until; now = clients_.now()) {
    auto records = consumer_->Poll(options_.batch_max, until - now);
    TakeRevocations();
    if (!records.ok()) {
      kafka_problem_ = records.status();
      if (absl::IsInternal(kafka_problem_)) return ReplaceConsumer(kafka_problem_);
      continue;
    }
    std::set<int32_t> partitions;
    for (const platform::kafka::Record& record : *records) partitions.insert(record.partition);
    partitions_.StartAgain(partitions);
  }
}

void IntakeWorker::TakeRevocations() {
  const std::set<int32_t> revoked = partitions_.TakeRevoked();
  if (!batch_) return;
  const bool concerned =
      std::any_of(batch_->records.begin(), batch_->records.end(),
                  [&](const auto& record) { return revoked.contains(record.partition); });
  if (concerned) ForgetBatch();
}

void IntakeWorker::ReplaceConsumer(const absl::Status& reason) {
  platform::LogWarning("intake.consumer_replaced", {{"reason", std::string(reason.message())}});
  if (batch_) ForgetBatch();
  consumer_.reset();
  partitions_.Attach(nullptr);
}

void IntakeWorker::LookAround() {
  if (IsTime(next_tell_, options_.tell_kafka_every)) partitions_.TellKafka();
  const bool probe = !kafka_problem_.ok() && IsTime(next_probe_, kProbeEvery);
  const bool look = IsTime(next_look_around_, options_.look_around_every);
  if (probe || look) {
    const auto lag = partitions_.Inspect(clients_.now());
    kafka_problem_ = lag.status();
    if (lag.ok()) metrics_.lag_records.Set(static_cast<double>(*lag));
  }
  if (!look) return;
  partitions_.RetryRefused();
  if (absl::Status status = partitions_.Place(); !status.ok()) store_problem_ = status;
  if (const auto totals = input_.Counters(options_.flow); totals.ok()) metrics_.ShowTotals(*totals);
}

bool IntakeWorker::IsTime(absl::Time& next, absl::Duration every) {
  const absl::Time now = clients_.now();
  if (now < next) return false;
  next = now + every;
  return true;
}

void IntakeWorker::ShowReadiness() {
  const bool patient = awaits_letters_ && clients_.now() - batch_began_ < kLettersPatience;
  absl::Status ready = patient ? absl::OkStatus() : store_problem_;
  if (ready.ok()) ready = kafka_problem_;
  if (ready.ok()) ready = partitions_.Refusal();
  ready_.Set(ready);
}

void IntakeWorker::Close(absl::Time deadline) {
  while (batch_ && consumer_ != nullptr && clients_.now() < deadline) WorkOnBatch();
  if (consumer_ == nullptr) return;
  if (batch_) ForgetBatch();
  partitions_.TellKafka();
  consumer_->Close();
  consumer_.reset();
}

}  // namespace baton::intake
