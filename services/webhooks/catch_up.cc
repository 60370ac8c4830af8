#include "webhooks/catch_up.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "absl/time/time.h"
#include "webhooks/hand_out.h"

namespace baton::webhooks {
namespace {

using platform::kafka::PartitionReader;
using platform::kafka::PartitionSpan;
using platform::kafka::Record;

constexpr int kPastPerStep = 1000;
constexpr absl::Duration kPastWait = absl::Milliseconds(5);
constexpr absl::Duration kSpansBound = absl::Seconds(2);
// So many records that nobody wants are not read: the reader is assigned anew, which costs what it
// has fetched already and a round trip.
constexpr int64_t kSkipFrom = 5000;

}  // namespace

absl::Status CatchUp::Step(PartitionReader& reader) {
  if (round_.empty()) {
    const absl::Status begun = BeginRound(reader);
    if (!begun.ok()) EndRound();
    if (round_.empty()) return begun;
  }
  const auto batch = reader.Poll(kPastPerStep, kPastWait);
  if (batch.ok()) Take(*batch);
  absl::Status status = GoOn(reader);
  // Such as a place that retention has just removed: the next round begins where there is
  // something.
  if (status.ok() && !absl::IsUnavailable(batch.status())) status = batch.status();
  if (!status.ok()) EndRound();
  return status;
}

absl::Status CatchUp::BeginRound(PartitionReader& reader) {
  Places from;
  behind_ = 0;
  directory_.ForEach([&](Endpoint& endpoint) {
    const bool behind = std::any_of(endpoint.lanes.begin(), endpoint.lanes.end(),
                                    [](const auto& entry) { return !entry.second.live; });
    if (!behind) return;
    ++behind_;
    if (!endpoint.queue.HasRoomToCatchUp()) return;
    for (auto& [partition, lane] : endpoint.lanes) {
      if (lane.live) continue;
      lane.catching = true;
      const auto [first, added] = from.try_emplace(partition, lane.next);
      first->second = std::min(first->second, lane.next);
    }
  });
  if (from.empty()) return absl::OkStatus();
  if (absl::Status status = FitToKept(reader, from); !status.ok()) return status;
  if (absl::Status status = reader.Assign(from); !status.ok()) return status;
  round_ = std::move(from);
  return absl::OkStatus();
}

// Nobody begins before what Kafka keeps.
absl::Status CatchUp::FitToKept(PartitionReader& reader, Places& from) {
  std::set<int32_t> partitions;
  for (const auto& [partition, place] : from) partitions.insert(partition);
  const auto spans = reader.Spans(partitions, kSpansBound);
  if (!spans.ok()) return spans.status();
  for (const PartitionSpan& span : *spans) {
    int64_t& begin = from[span.partition];
    begin = std::max(begin, span.first);
    directory_.ForEach([&](Endpoint& endpoint) {
      const auto lane = endpoint.lanes.find(span.partition);
      if (lane == endpoint.lanes.end() || lane->second.next >= span.first) return;
      if (!lane->second.catching) return;
      lane->second.next = span.first;
      endpoint.report.truncated = true;
    });
  }
  return absl::OkStatus();
}

void CatchUp::Take(const PartitionReader::Batch& batch) {
  for (const Record& record : batch.records) {
    const auto place = round_.find(record.partition);
    if (place == round_.end()) continue;
    HandOut(directory_, record, &Lane::catching);
    place->second = record.offset + 1;
  }
  for (const auto& [partition, end] : batch.reached) {
    const auto place = round_.find(partition);
    if (place != round_.end()) place->second = std::max(place->second, end);
  }
}

// The earliest place of those who are catching up, by partition; who has met the consumer is live.
CatchUp::Places CatchUp::PlacesWanted() {
  Places wanted;
  directory_.ForEach([&](Endpoint& endpoint) {
    for (auto& [partition, lane] : endpoint.lanes) {
      if (!lane.catching) continue;
      const int64_t place = PlaceIn(lane, partition);
      if (place >= live_.at(partition)) {
        lane = {place, true, false};
        continue;
      }
      const auto [first, added] = wanted.try_emplace(partition, place);
      first->second = std::min(first->second, place);
    }
  });
  return wanted;
}

// A partition leaves the round when everybody who was catching up in it is live or without room.
// The reader is told where to go on if it would read much that nobody wants.
absl::Status CatchUp::GoOn(PartitionReader& reader) {
  const Places wanted = PlacesWanted();
  bool skips = false;
  for (auto place = round_.begin(); place != round_.end();) {
    const auto next = wanted.find(place->first);
    const bool left = next == wanted.end();
    const int64_t to = left ? live_.at(place->first) : next->second;
    if (to - place->second >= kSkipFrom) {
      place->second = to;
      skips = true;
    }
    place = left ? round_.erase(place) : std::next(place);
  }
  return skips || round_.empty() ? reader.Assign(round_) : absl::OkStatus();
}

void CatchUp::EndRound() {
  directory_.ForEach([&](Endpoint& endpoint) {
    for (auto& [partition, lane] : endpoint.lanes) {
      if (lane.catching) lane = {PlaceIn(lane, partition), false, false};
    }
  });
  round_.clear();
}

void CatchUp::DropAll() {
  round_.clear();
  behind_ = 0;
}

int64_t CatchUp::PlaceIn(const Lane& lane, int32_t partition) const {
  const Places* reached = lane.live ? &live_ : lane.catching ? &round_ : nullptr;
  if (reached == nullptr) return lane.next;
  const auto place = reached->find(partition);
  return place == reached->end() ? lane.next : std::max(lane.next, place->second);
}

}  // namespace baton::webhooks
