#include "dispatch/decision_waiter.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/time/clock.h"
#include "dispatch/wire_status.h"

namespace baton::dispatch {
namespace {

constexpr absl::Duration kPauseMin = absl::Milliseconds(2);
constexpr absl::Duration kPauseMax = absl::Milliseconds(20);
constexpr absl::Duration kClocksWithin = absl::Seconds(1);
constexpr size_t kLeadsPerLook = 1000;

// A lead that cannot be read knows nothing: its event became a dead letter.
bool Knows(const absl::StatusOr<core::LeadRecord>& record, uint64_t event) {
  if (!record.ok()) return false;
  const std::vector<uint64_t>& recent = record->facts.recent_events;
  return std::find(recent.begin(), recent.end(), event) != recent.end();
}

}  // namespace

DecisionWaiter::DecisionWaiter(store::LeadStore& leads, store::DurabilityGate& gate,
                               size_t waits_max)
    : leads_(leads), gate_(gate), waits_max_(waits_max) {}

DecisionWaiter::~DecisionWaiter() {
  Stop();
}

void DecisionWaiter::Start() {
  thread_ = std::thread([this] { Work(); });
}

void DecisionWaiter::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

absl::Status DecisionWaiter::Add(DecisionWait wait) {
  absl::MutexLock lock(&mutex_);
  if (stopping_) return Draining();
  if (waiting_.size() + looked_at_ >= waits_max_) return Overloaded("callers for a decision");
  waiting_.push_back({std::move(wait), kPauseMin, absl::Now() + kPauseMin});
  return absl::OkStatus();
}

void DecisionWaiter::Work() {
  while (true) {
    std::vector<Entry> due = TakeDue();
    if (due.empty()) return;
    Look(due);
    absl::MutexLock lock(&mutex_);
    looked_at_ = 0;
    std::move(due.begin(), due.end(), std::back_inserter(waiting_));
  }
}

// Waits for the first one that is due; takes as many as fit one look, the earliest first. Empty:
// stopped.
std::vector<DecisionWaiter::Entry> DecisionWaiter::TakeDue() {
  absl::MutexLock lock(&mutex_);
  const auto has_waits = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !waiting_.empty();
  };
  while (true) {
    mutex_.Await(absl::Condition(&has_waits));
    if (stopping_) return {};
    std::sort(waiting_.begin(), waiting_.end(),
              [](const Entry& a, const Entry& b) { return a.due < b.due; });
    if (waiting_.front().due <= absl::Now()) break;
    mutex_.AwaitWithDeadline(absl::Condition(&stopping_),
                             std::min(waiting_.front().due, absl::Now() + kPauseMin));
  }
  const absl::Time now = absl::Now();
  std::vector<Entry> due;
  size_t leads = 0;
  while (!waiting_.empty() && waiting_.front().due <= now && leads < kLeadsPerLook) {
    leads += waiting_.front().wait.leads.size();
    due.push_back(std::move(waiting_.front()));
    waiting_.erase(waiting_.begin());
  }
  looked_at_ = due.size();
  return due;
}

bool DecisionWaiter::IsDone(Entry& entry,
                            absl::Span<const absl::StatusOr<core::LeadRecord>> records) {
  bool clocks_began = true;
  for (size_t i = 0; i < records.size(); ++i) {
    if (!Knows(records[i], entry.wait.leads[i].last_event)) return false;
    if (core::AwaitsItsClocks(*records[i])) clocks_began = false;
  }
  const absl::Time now = absl::Now();
  entry.decided_at = std::min(entry.decided_at, now);
  return clocks_began || now - entry.decided_at >= kClocksWithin;
}

// Answers those that are decided, forgets those that are abandoned, and leaves the rest in `due`.
void DecisionWaiter::Look(std::vector<Entry>& due) {
  due.erase(std::remove_if(due.begin(), due.end(),
                           [](const Entry& entry) { return entry.wait.abandoned(); }),
            due.end());
  std::vector<core::LeadKey> keys;
  for (const Entry& entry : due) {
    for (const AwaitedLead& lead : entry.wait.leads) keys.push_back(lead.key);
  }
  if (keys.empty()) return;
  const int64_t incarnation = gate_.Incarnation();
  auto loaded = leads_.Load(keys);
  std::optional<bool> durable;  // asked when there is somebody to be told
  const auto is_durable = [&] {
    if (!durable) durable = gate_.ConfirmDurable(incarnation).ok();
    return *durable;
  };
  std::vector<Entry> undecided;
  size_t next = 0;
  for (Entry& entry : due) {
    const size_t count = entry.wait.leads.size();
    if (loaded.ok() && IsDone(entry, absl::MakeConstSpan(loaded->records).subspan(next, count)) &&
        is_durable()) {
      std::vector<core::LeadRecord> records;
      for (size_t i = 0; i < count; ++i) records.push_back(*std::move(loaded->records[next + i]));
      entry.wait.done(std::move(records));
    } else {
      entry.pause = std::min(entry.pause * 2, kPauseMax);
      entry.due = absl::Now() + entry.pause;
      undecided.push_back(std::move(entry));
    }
    next += count;
  }
  due = std::move(undecided);
}

}  // namespace baton::dispatch
