#include "webhooks/change_feed.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/log.h"
#include "webhooks/hand_out.h"
#include "webhooks/message.h"

namespace baton::webhooks {
namespace {

using platform::kafka::PartitionReader;
using platform::kafka::PartitionSpan;
using platform::kafka::Position;
using platform::kafka::Record;

constexpr int kLivePerStep = 1000;
constexpr absl::Duration kAskBound = absl::Seconds(2);
constexpr absl::Duration kPlaceAgainAfter = absl::Seconds(1);
// Kafka's times of records are those of relays' clocks, those of changes of the store's. What is
// found too early by this is left out by its own time.
constexpr core::TimeMs kClocksDifferMs = 60'000;
constexpr absl::Duration kSessionTimeout = absl::Seconds(10);

// Logged and forgotten: what it was about is tried again.
void WarnIfNotOk(const char* event, const absl::Status& status) {
  if (!status.ok()) platform::LogWarning(event, {{"why", std::string(status.message())}});
}

// Its place means records of another log: what comes up to it would be left out as delivered.
void RefusePlace(Endpoint& endpoint, int64_t place, const PartitionSpan& span) {
  endpoint.report.latest = store::WebhookReport::Latest::kFailed;
  endpoint.report.park_after_ms = 0;
  endpoint.report.error = absl::StrCat(
      "partition ", span.partition, " ends at ", span.next, ", before ", place,
      ", where this webhook is: if the topic was made anew, replay the webhook from a time");
}

}  // namespace

ChangeFeed::ChangeFeed(Options options, store::WebhookStore& store, Directory& directory,
                       std::function<void(const std::set<int32_t>&)> before_revoke)
    : options_(std::move(options)),
      store_(store),
      directory_(directory),
      before_revoke_(std::move(before_revoke)),
      catch_up_(directory, live_) {}

ChangeFeed::~ChangeFeed() {
  Close();
}

absl::Status ChangeFeed::Open(const platform::kafka::KafkaConfig& kafka) {
  auto reader = PartitionReader::Create(kafka, options_.topic);
  if (!reader.ok()) return reader.status();
  reader_ = *std::move(reader);
  platform::kafka::ConsumerOptions consumer_options;
  consumer_options.group = options_.group;
  consumer_options.topics = {options_.topic};
  consumer_options.session_timeout = kSessionTimeout;
  consumer_options.resets = false;
  auto consumer = platform::kafka::Consumer::Create(kafka, consumer_options, this);
  if (!consumer.ok()) return consumer.status();
  consumer_ = *std::move(consumer);
  return absl::OkStatus();
}

void ChangeFeed::Close() {
  if (consumer_ != nullptr) consumer_->Close();
  consumer_.reset();
  reader_.reset();
  live_.clear();
  unplaced_.clear();
  catch_up_.DropAll();
  directory_.ForEach([](Endpoint& endpoint) { endpoint.StopDelivering(); });
}

// The consumer begins at the end: what is before it is the reader's. Where the ends are not to be
// had now, it waits for them; not always, because a client may lose a resume (librdkafka issue
// 5591).
std::vector<ChangeFeed::Start> ChangeFeed::OnAssigned(absl::Span<const Position> added) {
  std::set<int32_t> partitions;
  for (const Position& position : added) partitions.insert(position.partition);
  std::vector<Start> starts;
  if (partitions.empty()) return starts;
  const auto spans = reader_->Spans(partitions, kAskBound);
  if (spans.ok()) {
    for (const PartitionSpan& span : *spans) {
      partitions.erase(span.partition);
      live_[span.partition] = span.next;
      starts.push_back({{options_.topic, span.partition, span.next}, false});
    }
  }
  for (const int32_t partition : partitions) {
    unplaced_.insert(partition);
    starts.push_back({{options_.topic, partition, -1}, true});
  }
  return starts;
}

void ChangeFeed::OnRevoked(absl::Span<const Position> removed, bool lost) {
  std::set<int32_t> partitions;
  for (const Position& position : removed) partitions.insert(position.partition);
  if (!lost) before_revoke_(partitions);
  // The client would remember a pause and apply it when the partition comes back.
  if (consumer_ != nullptr) WarnIfNotOk("webhooks.resume_failed", consumer_->Resume(removed));
  for (const int32_t partition : partitions) {
    live_.erase(partition);
    unplaced_.erase(partition);
    catch_up_.Drop(partition);
    directory_.ForEach([&](Endpoint& endpoint) { endpoint.DropPartition(partition); });
  }
}

absl::Status ChangeFeed::PlaceConsumer() {
  if (unplaced_.empty()) return absl::OkStatus();
  const auto spans = reader_->Spans(unplaced_, kAskBound);
  if (!spans.ok()) return spans.status();
  for (const PartitionSpan& span : *spans) {
    const Position position = {options_.topic, span.partition, span.next};
    if (absl::Status status = consumer_->Seek(position); !status.ok()) return status;
    if (absl::Status status = consumer_->Resume({&position, 1}); !status.ok()) return status;
    live_[span.partition] = span.next;
    unplaced_.erase(span.partition);
  }
  return absl::OkStatus();
}

// Finds out where the webhook is in partitions where that is not known yet: where another process
// or an earlier run left off, or where it is to begin.
absl::Status ChangeFeed::PlaceEndpoint(Endpoint& endpoint) {
  std::set<int32_t> unknown;
  for (const auto& [partition, place] : live_) {
    if (!endpoint.lanes.contains(partition)) unknown.insert(partition);
  }
  if (unknown.empty()) return absl::OkStatus();
  auto state = store_.GetWebhook(endpoint.key);
  if (!state.ok()) return state.status();
  if (state->webhook.generation != endpoint.webhook.generation) return absl::OkStatus();
  endpoint.progress = std::move(state->progress);
  if (!endpoint.active()) return absl::OkStatus();
  const bool same_way = endpoint.progress.generation == endpoint.webhook.generation;
  if (!same_way) endpoint.progress.offsets.clear();
  const auto spans = reader_->Spans(unknown, kAskBound);
  if (!spans.ok()) return spans.status();
  const bool replays = endpoint.webhook.from_ms != 0;
  const auto begins =
      reader_->OffsetsAt(unknown, BeginOf(endpoint.webhook) - kClocksDifferMs, kAskBound);
  if (!begins.ok()) return begins.status();
  for (const PartitionSpan& span : *spans) {
    const auto stored = endpoint.progress.offsets.find(span.partition);
    const bool known = stored != endpoint.progress.offsets.end();
    int64_t next = known ? stored->second : begins->at(span.partition);
    if (known && next > span.next) {
      RefusePlace(endpoint, next, span);
      return absl::OkStatus();
    }
    if (next < span.first || (!known && replays && next == span.first && span.first > 0)) {
      endpoint.report.truncated = true;
      next = span.first;
    }
    endpoint.lanes[span.partition] = {next, next >= live_[span.partition], false};
  }
  return absl::OkStatus();
}

absl::Status ChangeFeed::PlaceEndpoints() {
  if (absl::Now() < place_again_at_) return absl::OkStatus();
  absl::Status problem;
  directory_.ForEach([&](Endpoint& endpoint) {
    if (!endpoint.active() || !problem.ok()) return;
    const absl::Status status = PlaceEndpoint(endpoint);
    if (status.ok() || absl::IsNotFound(status)) return;
    if (absl::IsUnavailable(status)) {
      problem = status;
    } else {  // of this webhook alone
      WarnIfNotOk("webhook.not_placed", status);
      place_again_at_ = absl::Now() + kPlaceAgainAfter;
    }
  });
  if (!problem.ok()) place_again_at_ = absl::Now() + kPlaceAgainAfter;
  return problem;
}

void ChangeFeed::TakeLive(const Records& records) {
  for (const Record& record : records) {
    const auto place = live_.find(record.partition);
    if (place == live_.end()) continue;
    HandOut(directory_, record, &Lane::live);
    place->second = record.offset + 1;
  }
}

absl::Status ChangeFeed::Step(absl::Duration wait) {
  auto records = consumer_->Poll(kLivePerStep, catch_up_.under_way() ? absl::ZeroDuration() : wait);
  if (!records.ok()) return records.status();
  TakeLive(*records);
  if (absl::Status status = PlaceConsumer(); !status.ok()) return status;
  if (absl::Status status = PlaceEndpoints(); !status.ok()) return status;
  return catch_up_.Step(*reader_);
}

std::map<int32_t, int64_t> ChangeFeed::PlacesOf(const Endpoint& endpoint) const {
  std::map<int32_t, int64_t> places;
  for (const auto& [partition, lane] : endpoint.lanes) {
    places[partition] =
        endpoint.queue.FirstPending(partition).value_or(catch_up_.PlaceIn(lane, partition));
  }
  return places;
}

}  // namespace baton::webhooks
