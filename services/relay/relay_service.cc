#include "relay/relay_service.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/log.h"
#include "platform/spans.h"
#include "relay/topics_check.h"
#include "store/unreadable_shards.h"

namespace baton::relay {
namespace {

using platform::kafka::Position;

constexpr absl::Duration kBackoffFirst = absl::Milliseconds(100);
constexpr absl::Duration kBackoffMost = absl::Seconds(1);
constexpr absl::Duration kIdleWait = absl::Milliseconds(50);  // a rebalance is noticed after this
constexpr absl::Duration kAskBound = absl::Seconds(2);
constexpr absl::Duration kMeasureEvery = absl::Seconds(1);
constexpr absl::Duration kLookAtHeldEvery = absl::Seconds(15);
constexpr int64_t kTrimEvery = 1000;  // entries; a trim costs a round trip
constexpr int kRecordsPerEntryMax = 4;
constexpr int kLastSteps = 4;  // of a relay that is to stop
// Of one transaction: far below what the client buffers (256 MB), and sent within a second or two
// also over a slow link, so that it is done before it times out.
constexpr size_t kTransactionBytesMax = 16 * 1024 * 1024;

std::string NewTransactionalId(const std::string& prefix) {
  absl::BitGen random;
  return absl::StrCat(prefix, "-relay-",
                      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

platform::Counter& ErrorCounter(platform::Metrics& metrics, const std::string& source) {
  return metrics.AddCounter("baton_relay_errors_total", "Failures of the relay, by what failed",
                            {{"source", source}});
}

}  // namespace

RelayService::Meters::Meters(platform::Metrics& metrics)
    : published(metrics.AddCounter("baton_relay_published_total",
                                   "Outbox entries published in committed transactions")),
      transaction_seconds(metrics.AddHistogram("baton_relay_transaction_seconds",
                                               "From begin to commit of a transaction")),
      unpublished(metrics.AddGauge("baton_relay_unpublished_entries",
                                   "Outbox entries of owned shards not yet published")),
      owned(metrics.AddGauge("baton_relay_owned_shards", "Shards that this relay publishes")),
      held(metrics.AddGauge("baton_relay_held_shards",
                            "Owned shards not published: the store was rolled back, or an entry "
                            "cannot be read")),
      kafka_errors(ErrorCounter(metrics, "kafka")),
      store_errors(ErrorCounter(metrics, "store")),
      lost_entries(metrics.AddCounter("baton_relay_sequence_gaps_total",
                                      "Gaps found in the sequence of a shard's outbox")) {}

RelayService::RelayService(store::OutboxStore& outbox, store::DurabilityGate& gate,
                           std::unique_ptr<ReportCounting> counting,
                           platform::kafka::KafkaConfig kafka, events::TopicNames topics,
                           RelayOptions options, platform::Metrics& metrics)
    : outbox_(outbox),
      gate_(gate),
      counting_(std::move(counting)),
      kafka_(std::move(kafka)),
      topics_(std::move(topics)),
      options_(std::move(options)),
      transactional_id_(NewTransactionalId(options_.transactional_id_prefix)),
      meters_(metrics),
      purge_(outbox, options_.purge_after, metrics),
      ready_("relay"),
      backoff_(kBackoffFirst, kBackoffMost),
      batch_limit_(options_.batch_max) {}

RelayService::~RelayService() {
  Stop(absl::ZeroDuration());
}

absl::Status RelayService::Start() {
  worker_.Start([this] { Run(); });
  return absl::OkStatus();
}

void RelayService::Stop(absl::Duration grace) {
  worker_.Stop(grace);
}

void RelayService::Run() {
  platform::LogInfo("relay.started",
                    {{"group", options_.group}, {"transactional_id", transactional_id_}});
  while (!worker_.stopping()) {
    const absl::Status status = Step();
    ready_.Set(status.ok() && cursors_.held() > 0 ? held_reason_ : status);
    if (status.ok()) {
      backoff_.Reset();
    } else {
      worker_.StopsWithin(backoff_.Next());
    }
  }
  PublishLast();
  publisher_.reset();
  if (group_ != nullptr) group_->Close();
  group_.reset();
  ready_.Set(absl::UnavailableError("stopped"));
  platform::LogInfo("relay.stopped");
}

void RelayService::PublishLast() {
  for (int step = 0; step < kLastSteps && absl::Now() < worker_.deadline(); ++step) {
    const auto before = cursors_.After();
    if (!ready_.Get().ok() || !Step().ok() || cursors_.After() == before) return;
  }
}

absl::Status RelayService::Step() {
  MeasureBacklog();
  give_up_at_ = absl::Now() + options_.transaction_timeout;
  absl::Status status = JoinGroup();
  if (status.ok()) status = OpenPublisher();
  if (status.ok()) {
    status = ServeGroup(cursors_.owned() == 0 ? kIdleWait : absl::ZeroDuration());
  }
  if (status.ok()) status = LoadCursors();
  if (!status.ok()) return status;
  if (cursors_.After().empty()) return ServeGroup(kIdleWait);
  if (absl::Status counted = counting_->CatchUp(cursors_.After()); !counted.ok()) {
    return StoreFailed(counted);
  }
  if (absl::Status purged = PurgeErased(); !purged.ok()) return StoreFailed(purged);
  const int64_t incarnation = gate_.Incarnation();
  absl::StatusOr<Batch> batch = ReadBatch();
  if (!batch.ok()) return batch.status();
  if (BatchSize(*batch) == 0) return absl::OkStatus();
  if (absl::Status durable = gate_.ConfirmDurable(incarnation); !durable.ok())
    return StoreFailed(durable);
  return Publish(*batch);
}

absl::Status RelayService::JoinGroup() {
  if (group_ != nullptr) return absl::OkStatus();
  absl::StatusOr<std::vector<platform::kafka::TopicInfo>> found =
      platform::kafka::ListTopics(kafka_, kAskBound);
  if (!found.ok()) return KafkaFailed(found.status());
  absl::Status complete = CheckTopics(*found, topics_, outbox_.shards());
  if (!complete.ok()) return KafkaFailed(complete);
  platform::kafka::ConsumerOptions options;
  options.group = options_.group;
  options.topics = {topics_.shards};
  options.session_timeout = options_.session_timeout;
  absl::StatusOr<std::unique_ptr<platform::kafka::Consumer>> group =
      platform::kafka::Consumer::Create(kafka_, options, this);
  if (!group.ok()) return KafkaFailed(group.status());
  group_ = *std::move(group);
  return absl::OkStatus();
}

absl::Status RelayService::OpenPublisher() {
  if (publisher_ != nullptr && publisher_->Usable()) return absl::OkStatus();
  publisher_.reset();
  platform::kafka::ProducerOptions options;
  options.transactional_id = transactional_id_;
  options.transaction_timeout = options_.transaction_timeout;
  options.queue_max = std::max(options.queue_max, options_.batch_max * kRecordsPerEntryMax);
  absl::StatusOr<std::unique_ptr<platform::kafka::Producer>> producer =
      platform::kafka::Producer::Create(kafka_, options);
  if (!producer.ok()) return KafkaFailed(producer.status());
  auto publisher = std::make_unique<Publisher>(*std::move(producer), [this] {
    MeasureBacklog();  // a transaction that waits for brokers who are away may take long
    return Patience();
  });
  absl::Status status = publisher->Init();
  if (!status.ok()) return KafkaFailed(status);
  publisher_ = std::move(publisher);
  return absl::OkStatus();
}

absl::Status RelayService::ServeGroup(absl::Duration wait) {
  absl::StatusOr<std::vector<platform::kafka::Record>> nothing = group_->Poll(1, wait);
  meters_.owned.Set(static_cast<double>(cursors_.owned()));
  if (nothing.ok()) return absl::OkStatus();
  group_in_doubt_ = true;
  if (absl::IsInternal(nothing.status())) {
    group_.reset();
    cursors_.ForgetAll();
  }
  return KafkaFailed(nothing.status());
}

absl::Status RelayService::LoadCursors() {
  if (cursors_.held() > 0 && absl::Now() >= look_at_held_) cursors_.ForgetHeld();
  std::vector<Position> wanted;
  for (int shard : cursors_.Unknown()) wanted.push_back({topics_.shards, shard, -1});
  if (wanted.empty() && group_in_doubt_) wanted.push_back({topics_.shards, 0, -1});
  if (wanted.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<Position>> committed = group_->Committed(wanted, kAskBound);
  if (!committed.ok()) return KafkaFailed(committed.status());
  group_in_doubt_ = false;
  for (const Position& position : *committed) {
    absl::StatusOr<store::OutboxBounds> bounds = outbox_.Bounds(position.partition);
    if (!bounds.ok()) return StoreFailed(bounds.status());
    absl::Status status =
        cursors_.SetCursor(position.partition, CursorOfOffset(position.offset), *bounds);
    if (!status.ok()) Hold(position.partition, std::move(status));
  }
  meters_.held.Set(static_cast<double>(cursors_.held()));
  return absl::OkStatus();
}

void RelayService::Hold(int shard, absl::Status reason) {
  platform::LogError("relay.shard_held", {{"reason", std::string(reason.message())}});
  cursors_.Hold(shard);
  held_reason_ = std::move(reason);
  look_at_held_ = absl::Now() + kLookAtHeldEvery;
  meters_.held.Set(static_cast<double>(cursors_.held()));
}

void RelayService::HoldUnreadable(const std::map<int, int64_t>& after) {
  const auto unreadable = store::UnreadableShards(outbox_, after);
  if (!unreadable.ok()) return;  // asked again at the next step
  for (const auto& [shard, why] : *unreadable) {
    Hold(shard, absl::DataLossError(absl::StrCat(
                    "shard ", shard, ": the entry behind sequence ", after.at(shard),
                    " cannot be read: ", why.message(), "; nothing of this shard is published")));
  }
}

absl::StatusOr<Batch> RelayService::ReadBatch() {
  const ReadPlan first = PlanFirstRead(cursors_.After(), batch_limit_.now());
  absl::StatusOr<Batch> batch = outbox_.Read(first.after, first.max, kIdleWait);
  if (store::IsUnreadable(batch.status())) HoldUnreadable(first.after);
  if (!batch.ok()) return StoreFailed(batch.status());
  if (BatchSize(*batch) > 0) {
    const ReadPlan second = PlanSecondRead(first, *batch, batch_limit_.now());
    if (second.may_gather) worker_.StopsWithin(options_.gather);
    if (!second.after.empty()) {
      absl::StatusOr<Batch> more = outbox_.Read(second.after, second.max, absl::ZeroDuration());
      if (more.ok()) {
        Append(*std::move(more), *batch);
      } else if (!store::IsUnreadable(more.status())) {  // which the next step finds
        return StoreFailed(more.status());
      }
    }
  }
  for (const auto& [shard, entries] : *batch) {
    absl::Status status = cursors_.Check(shard, entries);
    if (absl::IsInternal(status)) return StoreFailed(status);
    if (status.ok()) continue;
    meters_.lost_entries.Add();
    platform::LogError("relay.sequence_gap", {{"reason", std::string(status.message())}});
  }
  return batch;
}

absl::Status RelayService::Publish(const Batch& batch) {
  const Transaction transaction =
      MakeTransaction(batch, topics_, batch_limit_.now(), kTransactionBytesMax);
  std::vector<Position> offsets;
  for (const auto& [shard, entry] : transaction.last) {
    offsets.push_back({topics_.shards, shard, OffsetOfCursor(entry->sequence)});
  }
  const absl::Time begin = absl::Now();
  absl::Status status = publisher_->Publish(transaction.records, offsets, *group_);
  if (!status.ok()) {
    batch_limit_.Failed(transaction.entries);
    cursors_.ForgetCursors();
    return KafkaFailed(status);
  }
  if (transaction.entries < BatchSize(batch)) batch_limit_.Cut(transaction.entries);
  batch_limit_.Succeeded();
  const absl::Time end = absl::Now();
  meters_.transaction_seconds.Observe(absl::ToDoubleSeconds(end - begin));
  EmitPublished(batch, transaction, begin, end);
  return Settle(batch, transaction);
}

// A span for each change that was published for a trace.
void RelayService::EmitPublished(const Batch& batch, const Transaction& transaction,
                                 absl::Time begin, absl::Time end) const {
  if (!platform::SpansAreTaken()) return;
  const std::string name = absl::StrCat("publish ", topics_.feedback);
  for (const auto& [shard, last] : transaction.last) {
    for (const store::OutboxEntry& entry : batch.at(shard)) {
      if (entry.sequence > last->sequence) break;
      if (entry.traceparent.empty()) continue;
      platform::EmitSpan(entry.traceparent, {platform::SpanKind::kProducer, name, begin, end},
                         {{"messaging.system", "kafka"},
                          {"messaging.destination.name", topics_.feedback},
                          {"baton.change", std::string(core::ChangeTypeName(entry.change.type))},
                          {"baton.workspace", entry.key.workspace.str()},
                          {"baton.lead", entry.key.lead.str()}});
    }
  }
}

// After a commit. A trim that fails is not repeated: a later one drops the same entries.
absl::Status RelayService::Settle(const Batch& batch, const Transaction& transaction) {
  meters_.published.Add(transaction.entries);
  absl::Status counted;
  for (const auto& [shard, entry] : transaction.last) {
    cursors_.Advance(shard, *entry);
    const std::vector<store::OutboxEntry>& entries = batch.at(shard);
    const auto size = static_cast<size_t>(entry - entries.data()) + 1;
    counted.Update(counting_->Count(shard, absl::MakeConstSpan(entries).first(size)));
  }
  for (const auto& [shard, cursor] : cursors_.TakeTrims(kTrimEvery)) {
    const int64_t done = std::min(cursor, counting_->Counted(shard));
    absl::Status status = outbox_.Trim(shard, done, options_.keep);
    if (status.ok()) continue;
    meters_.store_errors.Add();
    platform::LogWarning("relay.trim_failed", {{"reason", std::string(status.message())}});
  }
  return counted.ok() ? counted : StoreFailed(counted);
}

absl::Status RelayService::PurgeErased() {
  std::map<int, int64_t> done;
  for (const auto& [shard, cursor] : cursors_.After()) {
    done[shard] = std::min(cursor, counting_->Counted(shard));
  }
  return purge_.Run(done, absl::Now());
}

void RelayService::MeasureBacklog() {
  if (absl::Now() - measured_at_ < kMeasureEvery) return;
  measured_at_ = absl::Now();
  for (const auto& [shard, cursor] : cursors_.After()) last_cursors_[shard] = cursor;
  int64_t unpublished = 0;
  for (const auto& [shard, cursor] : last_cursors_) {
    absl::StatusOr<store::OutboxBounds> bounds = outbox_.Bounds(shard);
    if (!bounds.ok()) return;
    unpublished += store::EntriesBehind(cursor, *bounds);
  }
  meters_.unpublished.Set(static_cast<double>(unpublished));
}

std::vector<platform::kafka::RebalanceListener::Start> RelayService::OnAssigned(
    absl::Span<const Position> added) {
  std::vector<RebalanceListener::Start> starts;
  if (cursors_.owned() == 0) last_cursors_.clear();
  for (const Position& position : added) {
    cursors_.Own(position.partition);
    // Nothing is ever read from these partitions; paused, they are not even asked for.
    starts.push_back({position, true});
  }
  platform::LogInfo("relay.shards_assigned", {{"added", absl::StrCat(added.size())},
                                              {"owned", absl::StrCat(cursors_.owned())}});
  return starts;
}

void RelayService::OnRevoked(absl::Span<const Position> removed, bool lost) {
  for (const Position& position : removed) {
    cursors_.Forget(position.partition);
    counting_->Forget(position.partition);
    if (!lost) last_cursors_.erase(position.partition);
  }
  platform::LogInfo("relay.shards_revoked", {{"removed", absl::StrCat(removed.size())},
                                             {"owned", absl::StrCat(cursors_.owned())},
                                             {"lost", lost ? "true" : "false"}});
}

absl::Status RelayService::KafkaFailed(absl::Status status) {
  meters_.kafka_errors.Add();
  return status;
}

absl::Status RelayService::StoreFailed(absl::Status status) {
  meters_.store_errors.Add();
  return status;
}

absl::Duration RelayService::Patience() const {
  return std::max(std::min(give_up_at_, worker_.deadline()) - absl::Now(), absl::ZeroDuration());
}

}  // namespace baton::relay
