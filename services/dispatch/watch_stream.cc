#include "dispatch/watch_stream.h"

#include <iterator>
#include <utility>

#include "core/errors.h"
#include "dispatch/request_bytes.h"
#include "dispatch/wire_status.h"

namespace baton::dispatch {
namespace {

absl::Status SlowReader() {
  return core::WithRetryAfter(
      core::Error(absl::StatusCode::kResourceExhausted, "SLOW_READER",
                  "the stream was not read fast enough; resume with the last token received"),
      absl::Milliseconds(100));
}

}  // namespace

WatchStream::WatchStream(WatchSource source, WatchHub& hub,
                         platform::rpc::BoundedExecutor& executor, size_t backlog_max,
                         StreamGuard& guard)
    : scope_(source.scope()),
      hub_(hub),
      executor_(executor),
      backlog_max_(backlog_max),
      guard_(guard),
      source_(std::move(source)) {}

WatchStream* WatchStream::Begin(WatchSource source, WatchHub& hub,
                                platform::rpc::BoundedExecutor& executor, size_t backlog_max,
                                StreamGuard& guard, StreamPass pass) {
  std::shared_ptr<WatchStream> stream(
      new WatchStream(std::move(source), hub, executor, backlog_max, guard));
  stream->self_ = stream;
  if (absl::Status status = stream->Join(std::move(pass)); !status.ok()) {
    stream->Close(status);
  } else {
    stream->StartSendInitialMetadata();  // a resumed stream may have nothing to tell for a while
    stream->Kick();
  }
  return stream.get();
}

absl::Status WatchStream::Join(StreamPass pass) {
  const auto end = [weak = weak_from_this()](const absl::Status& status) {
    if (const auto alive = weak.lock(); alive != nullptr) alive->Close(status);
  };
  if (absl::Status status = guard_.Enter(this, std::move(pass), end); !status.ok()) return status;
  return hub_.Join(shared_from_this());
}

void WatchStream::Kick() {
  {
    absl::MutexLock lock(&mutex_);
    if (closed_ || writing_) return;
    if (!unread_.empty()) {
      writing_ = true;
      written_ = ToBytes(unread_.front());
      unread_.pop_front();
      StartWrite(&written_);
      return;
    }
    if (live_ || filling_) return;
    filling_ = true;
  }
  if (!executor_.TrySubmit([self = shared_from_this()] { self->Fill(); })) {
    Close(Overloaded("watchers"));
  }
}

void WatchStream::Fill() {
  WatchResponses responses;
  bool live = false;
  if (absl::Status status = FillOnce(responses, live); !status.ok()) {
    Close(status);
    return;
  }
  EndFill(std::move(responses), live);
}

absl::Status WatchStream::FillOnce(WatchResponses& responses, bool& live) {
  bool caught_up = false;
  // A step may have nothing in scope: go on until there is something to write or nothing to read.
  while (responses.empty() && !caught_up) {
    {
      absl::MutexLock lock(&mutex_);
      if (closed_) return absl::OkStatus();
    }
    auto step = source_.Next();
    if (!step.ok()) return step.status();
    responses = std::move(step->responses);
    caught_up = step->caught_up;
  }
  return caught_up ? GoLive(responses, live) : absl::OkStatus();
}

absl::Status WatchStream::GoLive(WatchResponses& responses, bool& live) {
  const auto hub_position = hub_.GoLive(shared_from_this());
  if (!hub_position.ok()) return hub_position.status();
  live = true;
  if (hub_position->epoch > source_.position().epoch) {
    absl::MutexLock lock(&mutex_);
    gap_ = true;
    return absl::OkStatus();
  }
  while (source_.position().sequence < hub_position->sequence) {
    auto step = source_.Next();
    if (!step.ok()) return step.status();
    std::move(step->responses.begin(), step->responses.end(), std::back_inserter(responses));
    const bool lost = step->caught_up && source_.position().sequence < hub_position->sequence;
    if (lost || !source_.catching_up()) {  // the outbox has no longer what the hub had seen
      absl::MutexLock lock(&mutex_);
      gap_ = true;
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

void WatchStream::EndFill(WatchResponses responses, bool live) {
  bool too_slow = false;
  {
    absl::MutexLock lock(&mutex_);
    filling_ = false;
    if (closed_) return;
    std::move(responses.begin(), responses.end(), std::back_inserter(unread_));
    live_ = live && !gap_;
    if (gap_) source_.StartAnew();
    gap_ = false;
    const std::vector<SharedEntry> early = std::exchange(early_, {});
    for (const SharedEntry& entry : early) {
      if (live_ && !TakeEntry(*entry)) too_slow = true;
    }
  }
  if (too_slow) Close(SlowReader());
  Kick();
}

bool WatchStream::TakeEntry(const store::OutboxEntry& entry) {
  if (entry.sequence <= source_.position().sequence) return true;  // read before the hub sent it
  auto response = source_.Tell(entry);
  if (!response.has_value()) return true;
  if (unread_.size() >= backlog_max_) return false;
  unread_.push_back(*std::move(response));
  return true;
}

void WatchStream::OnEntry(const SharedEntry& entry) {
  if (!source_.Concerns(*entry)) return;  // the most of them, where many streams are open
  bool too_slow = false;
  {
    absl::MutexLock lock(&mutex_);
    if (closed_) return;
    if (live_) {
      too_slow = !TakeEntry(*entry);
    } else if (filling_) {
      too_slow = early_.size() >= backlog_max_;
      if (!too_slow) early_.push_back(entry);
    }
  }
  if (too_slow) Close(SlowReader());
  Kick();
}

void WatchStream::OnBookmark(OutboxPosition position) {
  {
    absl::MutexLock lock(&mutex_);
    if (closed_ || !live_ || writing_ || !unread_.empty()) return;
    unread_.push_back(source_.Bookmark(position));
  }
  Kick();
}

void WatchStream::OnGap() {
  {
    absl::MutexLock lock(&mutex_);
    if (closed_) return;
    if (filling_) {
      gap_ = true;
    } else if (live_) {
      live_ = false;
      source_.StartAnew();
    }
  }
  Kick();
}

void WatchStream::OnDraining() {
  Close(Draining());
}

void WatchStream::OnWriteDone(bool ok) {
  {
    absl::MutexLock lock(&mutex_);
    writing_ = false;
  }
  if (ok) {
    Kick();
  } else {
    Close(absl::CancelledError("the reader is gone"));
  }
}

void WatchStream::OnCancel() {
  Close(absl::CancelledError("the reader is gone"));
}

void WatchStream::OnDone() {
  const std::shared_ptr<WatchStream> self = std::move(self_);
}

void WatchStream::Close(const absl::Status& status) {
  {
    absl::MutexLock lock(&mutex_);
    if (closed_) return;
    closed_ = true;
    unread_.clear();
    early_.clear();
    Finish(ToGrpcStatus(status));
  }
  guard_.Leave(this);
  hub_.Leave(this);
}

}  // namespace baton::dispatch
