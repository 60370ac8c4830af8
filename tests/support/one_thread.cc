// Linked into the tests that say ONE_THREAD (baton_test in deploy/cmake/baton.cmake), in front of
// the library's own: whoever starts a thread there learns that the test needs the tsan preset.
#include <pthread.h>

#include <cstdio>
#include <cstdlib>

extern "C" int pthread_create(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*) noexcept {
  std::fputs(
      "A test that says ONE_THREAD starts a thread: take that word from its CMakeLists.txt\n",
      stderr);
  std::abort();
}
