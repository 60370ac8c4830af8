// A machine whose wall clock is set while a program runs, for one program: preloaded (LD_PRELOAD),
// it adds the nanoseconds (int64) that the file STEPPED_CLOCK holds to every reading of the
// wall clock, and has Abseil's timed waits, which are until a time of that clock, end by it, as the
// kernel would. The monotonic clock goes on. It calls the kernel itself, so no allocator is needed
// to find libc's functions.
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>

namespace {

constexpr int64_t kNanos = 1'000'000'000;
constexpr int64_t kLookNanos = 10'000'000;  // how long a wait goes on before it looks again

// As the kernel answers: a negative result is an error.
long Raw(long number, long a, long b, long c, long d, long e, long f) {
#if defined(__x86_64__)
  long result = number;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "+a"(result)
               : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
#elif defined(__aarch64__)
  register long x8 asm("x8") = number;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  register long x5 asm("x5") = f;
  asm volatile("svc 0"
               : "+r"(x0)
               : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
               : "memory");
  return x0;
#else
#error "no system call known for this processor"
#endif
}

long AsLibc(long result) {
  if (result >= 0 || result < -4095) return result;
  errno = static_cast<int>(-result);
  return -1;
}

template <typename T>
long Word(T* pointer) {
  return reinterpret_cast<long>(pointer);
}

const std::atomic<int64_t>* MapOffset() {
  const char* path = std::getenv("STEPPED_CLOCK");
  if (path == nullptr) return nullptr;
  const long file = Raw(SYS_openat, AT_FDCWD, Word(path), O_RDONLY | O_CLOEXEC, 0, 0, 0);
  if (file < 0) return nullptr;
  const long page = Raw(SYS_mmap, 0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  Raw(SYS_close, file, 0, 0, 0, 0, 0);
  return page < 0 && page >= -4095 ? nullptr : reinterpret_cast<const std::atomic<int64_t>*>(page);
}

int64_t Offset() {
  static std::atomic<const std::atomic<int64_t>*> offset{nullptr};
  const std::atomic<int64_t>* found = offset.load();
  if (found == nullptr) {
    found = MapOffset();
    if (found == nullptr) return 0;
    offset = found;
  }
  return found->load();
}

int64_t WallNanos() {
  timespec now{};
  Raw(SYS_clock_gettime, CLOCK_REALTIME, Word(&now), 0, 0, 0, 0);
  return now.tv_sec * kNanos + now.tv_nsec + Offset();
}

// Until the wall clock says `until`, which it may do much sooner or later than it does now.
long WaitUntil(long word, long op, long value, const timespec& until) {
  const int64_t deadline = until.tv_sec * kNanos + until.tv_nsec;
  const long relative = FUTEX_WAIT | (op & FUTEX_PRIVATE_FLAG);
  while (true) {
    const int64_t left = deadline - WallNanos();
    if (left <= 0) return -ETIMEDOUT;
    timespec slice{.tv_sec = 0, .tv_nsec = std::min(left, kLookNanos)};
    const long result = Raw(SYS_futex, word, relative, value, Word(&slice), 0, 0);
    if (result != -ETIMEDOUT) return result;
  }
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* now) {
  const long result = Raw(SYS_clock_gettime, clock, Word(now), 0, 0, 0, 0);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    const int64_t nanos = now->tv_sec * kNanos + now->tv_nsec + Offset();
    *now = {.tv_sec = nanos / kNanos, .tv_nsec = nanos % kNanos};
  }
  return static_cast<int>(AsLibc(result));
}

int gettimeofday(timeval* now, void* /*zone*/) {
  const int64_t nanos = WallNanos();
  *now = {.tv_sec = nanos / kNanos, .tv_usec = nanos % kNanos / 1000};
  return 0;
}

time_t time(time_t* now) {
  const time_t seconds = WallNanos() / kNanos;
  if (now != nullptr) *now = seconds;
  return seconds;
}

long syscall(long number, ...) {
  long word[6];
  va_list list;
  va_start(list, number);
  for (long& one : word) one = va_arg(list, long);
  va_end(list);
  constexpr long kUntil = FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME;
  if (number == SYS_futex && (word[1] & ~FUTEX_PRIVATE_FLAG) == kUntil && word[3] != 0) {
    return AsLibc(
        WaitUntil(word[0], word[1], word[2], *reinterpret_cast<const timespec*>(word[3])));
  }
  return AsLibc(Raw(number, word[0], word[1], word[2], word[3], word[4], word[5]));
}

}  // extern "C"
