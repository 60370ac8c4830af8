#include "batonctl/interrupt.h"

#include <algorithm>
#include <atomic>
#include <csignal>

#include "absl/time/clock.h"

namespace baton::batonctl {
namespace {

constexpr absl::Duration kInterruptTick = absl::Milliseconds(50);

std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // or a handler may not write it

extern "C" void NoteInterrupt(int) {
  interrupted.store(true);
}

}  // namespace

void CatchInterrupts() {
  struct sigaction action {};
  action.sa_handler = NoteInterrupt;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool Interrupted() {
  return interrupted.load();
}

void SleepUnlessInterrupted(absl::Duration duration) {
  const absl::Time end = absl::Now() + duration;
  for (absl::Time now = absl::Now(); now < end && !Interrupted(); now = absl::Now()) {
    absl::SleepFor(std::min(kInterruptTick, end - now));
  }
}

}  // namespace baton::batonctl
