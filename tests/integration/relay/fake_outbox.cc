#include "relay_test_outbox/fake_outbox.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/store_errors.h"

namespace baton::relay {
namespace {

store::OutboxEntry EntryOf(int shard, int64_t sequence) {
  store::OutboxEntry entry;
  entry.sequence = sequence;
  entry.key.workspace = core::WorkspaceId::Trusted(absl::StrCat("w", shard));
  entry.key.lead = core::LeadId::Trusted(absl::StrCat("l", sequence % FakeOutbox::kLeads));
  entry.epoch = 1;
  entry.version = (sequence + FakeOutbox::kLeads - 1) / FakeOutbox::kLeads;
  entry.at_ms = 1'700'000'000'000 + sequence;
  entry.cycle = 1;
  entry.change.type = core::ChangeType::kQueued;
  entry.change.stage = core::Stage::kQueued;
  entry.change.queue = core::QueueId::Trusted("smb");
  return entry;
}

}  // namespace

void FakeOutbox::Append(int64_t count) {
  absl::MutexLock lock(&mutex_);
  for (int shard = 0; shard < shards_; ++shard) last_[shard] += count;
}

void FakeOutbox::SetLast(int shard, int64_t last) {
  absl::MutexLock lock(&mutex_);
  last_[shard] = last;
}

void FakeOutbox::SetDurable(absl::Status status) {
  absl::MutexLock lock(&mutex_);
  durable_ = std::move(status);
}

void FakeOutbox::FailOverInReads(bool always) {
  absl::MutexLock lock(&mutex_);
  fails_over_ = always;
}

void FakeOutbox::Spoil(int shard, int64_t sequence) {
  absl::MutexLock lock(&mutex_);
  spoilt_[shard] = sequence;
}

void FakeOutbox::Remove(int shard, int64_t sequence) {
  absl::MutexLock lock(&mutex_);
  removed_[shard] = sequence;
  if (spoilt_[shard] == sequence) spoilt_[shard] = 0;
}

int64_t FakeOutbox::Incarnation() const {
  absl::MutexLock lock(&mutex_);
  return incarnation_;
}

absl::Status FakeOutbox::ConfirmDurable(int64_t incarnation) {
  absl::MutexLock lock(&mutex_);
  if (incarnation != incarnation_) return absl::UnavailableError("another server has taken over");
  return durable_;
}

std::map<int, int64_t> FakeOutbox::Trimmed() const {
  absl::MutexLock lock(&mutex_);
  return trimmed_;
}

absl::StatusOr<store::OutboxBounds> FakeOutbox::Bounds(int shard) {
  absl::MutexLock lock(&mutex_);
  return store::OutboxBounds{1, 1, last_[shard], last_[shard], last_[shard]};
}

absl::StatusOr<std::map<int, std::vector<store::OutboxEntry>>> FakeOutbox::Read(
    const std::map<int, int64_t>& after, int max, absl::Duration wait) {
  absl::MutexLock lock(&mutex_);
  const auto more = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return std::any_of(after.begin(), after.end(),
                       [&](const auto& cursor) { return last_[cursor.first] > cursor.second; });
  };
  mutex_.AwaitWithTimeout(absl::Condition(&more), wait);
  std::map<int, std::vector<store::OutboxEntry>> read;
  for (const auto& [shard, cursor] : after) {
    const int64_t spoilt = spoilt_[shard];
    const bool reaches_it = spoilt > cursor && spoilt <= last_[shard];
    if (reaches_it && spoilt == cursor + 1) return store::StateUnreadable("an entry", "spoilt");
    const int64_t end = std::min(reaches_it ? spoilt - 1 : last_[shard], cursor + max);
    for (int64_t next = cursor + 1; next <= end; ++next) {
      if (next != removed_[shard]) read[shard].push_back(EntryOf(shard, next));
    }
  }
  if (fails_over_) ++incarnation_;
  return read;
}

absl::Status FakeOutbox::Trim(int shard, int64_t upto, int64_t) {
  absl::MutexLock lock(&mutex_);
  trimmed_[shard] = std::max(trimmed_[shard], upto);
  return absl::OkStatus();
}

}  // namespace baton::relay
