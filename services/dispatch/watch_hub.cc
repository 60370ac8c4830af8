#include "dispatch/watch_hub.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "dispatch/wire_status.h"
#include "platform/log.h"
#include "store/unreadable_shards.h"

namespace baton::dispatch {
namespace {

constexpr int kEntriesPerRead = 500;  // per shard
constexpr absl::Duration kPauseAfterError = absl::Milliseconds(200);
constexpr absl::Duration kEpochCheckInterval = absl::Seconds(1);
// While nobody watches. What came meanwhile is read when somebody does.
constexpr absl::Duration kRenewInterval = absl::Seconds(1);

}  // namespace

WatchHub::WatchHub(store::OutboxStore& outbox, store::DurabilityGate& gate,
                   const DispatchOptions& options, std::function<void(bool)> on_health)
    : outbox_(outbox),
      gate_(gate),
      watchers_max_(options.watchers_max),
      bookmark_interval_(options.bookmark_interval),
      outbox_wait_(options.outbox_wait),
      on_health_(std::move(on_health)),
      health_(absl::UnavailableError("the outbox has not been read yet")) {}

WatchHub::~WatchHub() {
  Stop();
}

void WatchHub::Start() {
  thread_ = std::thread([this] { Follow(); });
}

void WatchHub::Drain() {
  std::vector<std::shared_ptr<Watcher>> watchers;
  {
    absl::MutexLock lock(&mutex_);
    draining_ = true;
    for (const auto& [key, watcher] : joined_) watchers.push_back(watcher);
  }
  for (const auto& watcher : watchers) watcher->OnDraining();
}

void WatchHub::Stop() {
  Drain();
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status WatchHub::Join(std::shared_ptr<Watcher> watcher) {
  absl::MutexLock lock(&mutex_);
  if (draining_) return Draining();
  if (joined_.size() >= watchers_max_) return Overloaded("watchers");
  const Watcher* key = watcher.get();
  joined_[key] = std::move(watcher);
  return absl::OkStatus();
}

void WatchHub::Leave(const Watcher* watcher) {
  absl::MutexLock lock(&mutex_);
  joined_.erase(watcher);
  const auto workspace = live_.find(watcher->workspace());
  if (workspace == live_.end()) return;
  const auto found = workspace->second.find(watcher->rep());
  if (found == workspace->second.end()) return;
  Watchers rest;
  std::copy_if(found->second->begin(), found->second->end(), std::back_inserter(rest),
               [&](const auto& other) { return other.get() != watcher; });
  if (rest.empty()) {
    workspace->second.erase(found);
    if (workspace->second.empty()) live_.erase(workspace);
  } else if (rest.size() < found->second->size()) {
    found->second = std::make_shared<const Watchers>(std::move(rest));
  }
}

absl::StatusOr<OutboxPosition> WatchHub::GoLive(const std::shared_ptr<Watcher>& watcher) {
  absl::MutexLock lock(&mutex_);
  if (draining_ || !joined_.contains(watcher.get())) return Draining();
  const auto position = positions_.find(outbox_.ShardOf(watcher->workspace()));
  if (position == positions_.end()) return absl::UnavailableError("the outbox cannot be read yet");
  SharedWatchers& live = live_[watcher->workspace()][watcher->rep()];
  Watchers watchers = live == nullptr ? Watchers() : *live;
  if (std::find(watchers.begin(), watchers.end(), watcher) == watchers.end()) {
    watchers.push_back(watcher);
    live = std::make_shared<const Watchers>(std::move(watchers));
  }
  return position->second;
}

absl::Status WatchHub::health() const {
  absl::MutexLock lock(&mutex_);
  return health_;
}

void WatchHub::Follow() {
  absl::Time next_bookmarks = absl::Now() + bookmark_interval_;
  absl::Time next_epoch_check = absl::Now() + kEpochCheckInterval;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (stopping_) return;
    }
    absl::Status status = FindPositions();
    if (status.ok()) status = IsWatched() ? ReadOnce() : RenewPositions();
    const absl::Time now = absl::Now();
    if (status.ok() && now >= next_epoch_check) {
      status = CheckEpochs();
      next_epoch_check = now + kEpochCheckInterval;
    }
    if (status.ok() && now >= next_bookmarks) {
      SendBookmarks();
      next_bookmarks = now + bookmark_interval_;
    }
    SetHealth(status);
    Rest(status.ok());
  }
}

bool WatchHub::IsWatched() const {
  absl::MutexLock lock(&mutex_);
  return !joined_.empty();
}

void WatchHub::Rest(bool ok) {
  absl::MutexLock lock(&mutex_);
  if (!ok) {
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kPauseAfterError);
    return;
  }
  const auto is_needed = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !joined_.empty();
  };
  mutex_.AwaitWithTimeout(absl::Condition(&is_needed), kRenewInterval);
}

// Once per shard: follow from its end on; who comes later catches up by himself.
absl::Status WatchHub::FindPositions() {
  for (int shard = 0; shard < outbox_.shards(); ++shard) {
    {
      absl::MutexLock lock(&mutex_);
      if (positions_.contains(shard)) continue;
    }
    const auto bounds = outbox_.Bounds(shard);
    if (!bounds.ok()) return bounds.status();
    absl::MutexLock lock(&mutex_);
    positions_[shard] = {bounds->epoch, bounds->last_sequence};
  }
  return absl::OkStatus();
}

// A position says from where on a watcher is told, so it moves past what nobody has read only as
// long as there is no watcher.
absl::Status WatchHub::RenewPositions() {
  for (int shard = 0; shard < outbox_.shards(); ++shard) {
    const auto bounds = outbox_.Bounds(shard);
    if (!bounds.ok()) return bounds.status();
    absl::MutexLock lock(&mutex_);
    if (stopping_ || !joined_.empty()) break;
    positions_[shard] = {bounds->epoch, bounds->last_sequence};
  }
  return absl::OkStatus();
}

absl::Status WatchHub::ReadOnce() {
  std::map<int, int64_t> after;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [shard, position] : positions_) after[shard] = position.sequence;
  }
  const int64_t incarnation = gate_.Incarnation();
  auto read = outbox_.Read(after, kEntriesPerRead, outbox_wait_);
  if (store::IsUnreadable(read.status())) return PassUnreadable(after);
  if (!read.ok()) return read.status();
  if (!read->empty() && !IsDurable(incarnation)) {
    Rest(false);
    return absl::OkStatus();
  }
  Deliveries deliveries;
  {
    absl::MutexLock lock(&mutex_);
    for (auto& [shard, entries] : *read) Take(shard, std::move(entries), deliveries);
  }
  CarryOut(deliveries);
  return absl::OkStatus();
}

absl::Status WatchHub::PassUnreadable(const std::map<int, int64_t>& after) {
  const auto unreadable = store::UnreadableShards(outbox_, after);
  if (!unreadable.ok()) return unreadable.status();
  Deliveries deliveries;
  for (const auto& [shard, why] : *unreadable) {
    platform::LogError("dispatch.outbox_unreadable", {{"reason", std::string(why.message())}});
    const auto bounds = outbox_.Bounds(shard);
    if (!bounds.ok()) return bounds.status();
    absl::MutexLock lock(&mutex_);
    positions_[shard] = {bounds->epoch, bounds->last_sequence};
    Break(shard, deliveries);
  }
  CarryOut(deliveries);
  return absl::OkStatus();
}

bool WatchHub::IsDurable(int64_t incarnation) {
  const absl::Status durable = gate_.ConfirmDurable(incarnation);
  const bool before = std::exchange(durable_, durable.ok());
  if (durable_ == before) return durable_;
  platform::LogWarning(
      "dispatch.streams_wait_for_replicas",
      {{"waiting", durable_ ? "false" : "true"}, {"reason", std::string(durable.message())}});
  return durable_;
}

void WatchHub::CarryOut(const Deliveries& deliveries) {
  for (const Delivery& delivery : deliveries) {
    for (const auto& watcher : *delivery.to) delivery.call(*watcher);
  }
}

void WatchHub::Take(int shard, std::vector<store::OutboxEntry> entries, Deliveries& deliveries) {
  OutboxPosition& position = positions_[shard];
  for (store::OutboxEntry& entry : entries) {
    if (entry.epoch != position.epoch || entry.sequence != position.sequence + 1) {
      Break(shard, deliveries);
    }
    position = {entry.epoch, entry.sequence};
    const auto found = live_.find(entry.key.workspace);
    if (found != live_.end()) Deliver(std::move(entry), found->second, deliveries);
  }
}

void WatchHub::Deliver(store::OutboxEntry entry, const WatchersOfReps& live,
                       Deliveries& deliveries) {
  const core::RepId all;
  const auto of_all = live.find(all);
  const auto of_rep = entry.change.rep == all ? live.end() : live.find(entry.change.rep);
  if (of_all == live.end() && of_rep == live.end()) return;
  const SharedEntry shared = std::make_shared<const store::OutboxEntry>(std::move(entry));
  for (const auto& found : {of_all, of_rep}) {
    if (found == live.end()) continue;
    deliveries.push_back({found->second, [shared](Watcher& to) { to.OnEntry(shared); }});
  }
}

void WatchHub::Break(int shard, Deliveries& deliveries) {
  for (auto it = live_.begin(); it != live_.end();) {
    const auto here = it++;
    if (outbox_.ShardOf(here->first) != shard) continue;
    for (auto& [rep, watchers] : here->second) {
      deliveries.push_back({std::move(watchers), [](Watcher& to) { to.OnGap(); }});
    }
    live_.erase(here);
  }
}

// A new epoch may bring no entry for a while, yet what watchers were told may have been taken back.
absl::Status WatchHub::CheckEpochs() {
  std::map<int, OutboxPosition> watched;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [workspace, live] : live_) {
      const int shard = outbox_.ShardOf(workspace);
      watched[shard] = positions_[shard];
    }
  }
  Deliveries deliveries;
  for (const auto& [shard, position] : watched) {
    const auto bounds = outbox_.Bounds(shard);
    if (!bounds.ok()) return bounds.status();
    if (bounds->epoch == position.epoch && bounds->last_sequence >= position.sequence) continue;
    platform::LogWarning("dispatch.outbox_epoch_changed", {{"shard", std::to_string(shard)}});
    absl::MutexLock lock(&mutex_);
    Break(shard, deliveries);
    positions_[shard] = {bounds->epoch, bounds->last_sequence};
  }
  CarryOut(deliveries);
  return absl::OkStatus();
}

void WatchHub::SendBookmarks() {
  Deliveries deliveries;
  {
    absl::MutexLock lock(&mutex_);
    for (const auto& [workspace, live] : live_) {
      const OutboxPosition position = positions_[outbox_.ShardOf(workspace)];
      for (const auto& [rep, watchers] : live) {
        deliveries.push_back({watchers, [position](Watcher& to) { to.OnBookmark(position); }});
      }
    }
  }
  CarryOut(deliveries);
}

void WatchHub::SetHealth(absl::Status status) {
  bool changed = false;
  const bool ok = status.ok();
  {
    absl::MutexLock lock(&mutex_);
    changed = health_.ok() != ok;
    health_ = std::move(status);
  }
  if (!changed) return;
  platform::LogInfo("dispatch.outbox_readable", {{"ok", ok ? "true" : "false"}});
  on_health_(ok);
}

}  // namespace baton::dispatch
