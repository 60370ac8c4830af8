// Tells ThreadSanitizer what absl::Mutex and absl::Notification order.
//
// Distributions build Abseil without the sanitizer: its locks are then atomics in a library that
// ThreadSanitizer does not see, and everything they guard looks like a race. The functions here
// stand in front of the library's own (an executable's definitions come first), call them, and
// report with
// https://github.com/llvm/llvm-project/blob/main/compiler-rt/include/sanitizer/tsan_interface.h
// what they did. Linked into every program of the tsan preset and into nothing else.
#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/base/options.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

#define BATON_TEXT_OF(macro) BATON_TEXT(macro)
#define BATON_TEXT(name) #name

namespace {

// The library's function that is called `name` in mangled form, without the namespace.
void* RealAddress(const char* name) {
  const std::string space = BATON_TEXT_OF(ABSL_OPTION_INLINE_NAMESPACE_NAME);
  const char* constness = name[0] == 'K' ? "K" : "";
  const std::string mangled = std::string("_ZN") + constness + "4absl" +
                              std::to_string(space.size()) + space + (name + (*constness != 0));
  void* found = dlsym(RTLD_NEXT, mangled.c_str());
  if (found == nullptr) {
    std::fprintf(stderr, "tsan: %s is not in the Abseil library\n", mangled.c_str());
    std::abort();
  }
  return found;
}

// The library's functions call each other, through the ones here: only the outermost reports.
thread_local int inside = 0;

template <typename Result, typename Object, typename... Args>
Result CallReal(void* address, Object* object, Args... args) {
  ++inside;
  const auto real = reinterpret_cast<Result (*)(Object*, Args...)>(address);
  if constexpr (std::is_void_v<Result>) {
    real(object, std::move(args)...);
    --inside;
  } else {
    Result result = real(object, std::move(args)...);
    --inside;
    return result;
  }
}

constexpr unsigned kShared = __tsan_mutex_read_lock;
constexpr unsigned kTry = __tsan_mutex_try_lock;
constexpr unsigned kTryFailed = __tsan_mutex_try_lock_failed;

// While a condition is awaited the mutex is given up and taken again.
template <typename Wait>
auto Waiting(void* mutex, Wait wait) {
  if (inside > 0) return wait();
  __tsan_mutex_pre_unlock(mutex, 0);
  __tsan_mutex_post_unlock(mutex, 0);
  __tsan_mutex_pre_lock(mutex, 0);
  if constexpr (std::is_void_v<decltype(wait())>) {
    wait();
    __tsan_mutex_post_lock(mutex, 0, 0);
  } else {
    auto result = wait();
    __tsan_mutex_post_lock(mutex, 0, 0);
    return result;
  }
}

}  // namespace

namespace absl {
ABSL_NAMESPACE_BEGIN

void Mutex::Lock() {
  static void* const real = RealAddress("5Mutex4LockEv");
  if (inside > 0) return CallReal<void>(real, this);
  __tsan_mutex_pre_lock(this, 0);
  CallReal<void>(real, this);
  __tsan_mutex_post_lock(this, 0, 0);
}

void Mutex::Unlock() {
  static void* const real = RealAddress("5Mutex6UnlockEv");
  if (inside > 0) return CallReal<void>(real, this);
  __tsan_mutex_pre_unlock(this, 0);
  CallReal<void>(real, this);
  __tsan_mutex_post_unlock(this, 0);
}

bool Mutex::TryLock() {
  static void* const real = RealAddress("5Mutex7TryLockEv");
  if (inside > 0) return CallReal<bool>(real, this);
  __tsan_mutex_pre_lock(this, kTry);
  const bool taken = CallReal<bool>(real, this);
  __tsan_mutex_post_lock(this, taken ? kTry : kTry | kTryFailed, 0);
  return taken;
}

void Mutex::ReaderLock() {
  static void* const real = RealAddress("5Mutex10ReaderLockEv");
  if (inside > 0) return CallReal<void>(real, this);
  __tsan_mutex_pre_lock(this, kShared);
  CallReal<void>(real, this);
  __tsan_mutex_post_lock(this, kShared, 0);
}

void Mutex::ReaderUnlock() {
  static void* const real = RealAddress("5Mutex12ReaderUnlockEv");
  if (inside > 0) return CallReal<void>(real, this);
  __tsan_mutex_pre_unlock(this, kShared);
  CallReal<void>(real, this);
  __tsan_mutex_post_unlock(this, kShared);
}

void Mutex::LockWhen(const Condition& condition) {
  static void* const real = RealAddress("5Mutex8LockWhenERKNS0_9ConditionE");
  if (inside > 0) return CallReal<void>(real, this, &condition);
  __tsan_mutex_pre_lock(this, 0);
  CallReal<void>(real, this, &condition);
  __tsan_mutex_post_lock(this, 0, 0);
}

void Mutex::Await(const Condition& condition) {
  static void* const real = RealAddress("5Mutex5AwaitERKNS0_9ConditionE");
  Waiting(this, [&] { CallReal<void>(real, this, &condition); });
}

bool Mutex::AwaitWithTimeout(const Condition& condition, Duration timeout) {
  static void* const real = RealAddress("5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE");
  return Waiting(this, [&] { return CallReal<bool>(real, this, &condition, timeout); });
}

bool Mutex::AwaitWithDeadline(const Condition& condition, Time deadline) {
  static void* const real = RealAddress("5Mutex17AwaitWithDeadlineERKNS0_9ConditionENS0_4TimeE");
  return Waiting(this, [&] { return CallReal<bool>(real, this, &condition, deadline); });
}

void Notification::Notify() {
  static void* const real = RealAddress("12Notification6NotifyEv");
  __tsan_release(this);
  CallReal<void>(real, this);
}

void Notification::WaitForNotification() const {
  static void* const real = RealAddress("K12Notification19WaitForNotificationEv");
  CallReal<void>(real, this);
  __tsan_acquire(const_cast<Notification*>(this));
}

bool Notification::WaitForNotificationWithTimeout(Duration timeout) const {
  static void* const real =
      RealAddress("K12Notification30WaitForNotificationWithTimeoutENS0_8DurationE");
  const bool notified = CallReal<bool>(real, this, timeout);
  if (notified) __tsan_acquire(const_cast<Notification*>(this));
  return notified;
}

ABSL_NAMESPACE_END
}  // namespace absl
