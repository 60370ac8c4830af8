// A server on loopback that speaks Redis' protocol (RESP2) and answers as a test says, and what
// came to it.
#ifndef BATON_TESTS_SUPPORT_FAKE_REDIS_H_
#define BATON_TESTS_SUPPORT_FAKE_REDIS_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace baton::support {

class FakeRedis {
 public:
  using Command = std::vector<std::string>;
  // The bytes of the answer, such as "+OK\r\n"; "" leaves the caller waiting. Called on threads of
  // the server, one for each connection. PING is answered without it.
  using Answer = std::function<std::string(const Command&)>;

  explicit FakeRedis(Answer answer);
  ~FakeRedis();  // closes all connections

  int port() const { return port_; }
  std::vector<Command> commands();  // all that came but PING, in order

 private:
  void Accept();
  void Serve(int connection);

  const Answer answer_;
  int listener_ = -1;
  int port_ = 0;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<int> connections_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> serving_ ABSL_GUARDED_BY(mutex_);
  std::vector<Command> commands_ ABSL_GUARDED_BY(mutex_);
  std::thread accepting_;  // last: it uses all of the above
};

}  // namespace baton::support

#endif  // BATON_TESTS_SUPPORT_FAKE_REDIS_H_
