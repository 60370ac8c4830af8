// A real redis-server as a child of the test: loopback, a free port, data in a folder of its own,
// append-only file, nothing evicted. It can be killed and started again over its data. Or a
// Sentinel, which is the same program.
#ifndef BATON_SUPPORT_REDIS_SERVER_H_
#define BATON_SUPPORT_REDIS_SERVER_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace baton::support {

enum class AppendFsync { kAlways, kEverySecond };

// Not thread-safe. The server dies with the thread that started it, even if that is killed.
class RedisServer {
 public:
  struct Options {
    AppendFsync appendfsync = AppendFsync::kAlways;
    std::vector<std::string> arguments;  // further ones: {"--maxmemory", "10mb"}
    std::string sentinel = {};           // lines of sentinel.conf; empty: a Redis
  };

  // Returns when the server answers. UNAVAILABLE with the end of its log if it does not within 10
  // s.
  static absl::StatusOr<std::unique_ptr<RedisServer>> Start(const Options& options);
  ~RedisServer();  // ends the server and removes its folder
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  int port() const { return port_; }
  std::string url() const;  // "redis://127.0.0.1:<port>"
  const std::string& folder() const { return folder_; }
  pid_t pid() const { return pid_; }  // 0: not running

  void Kill();             // SIGKILL; returns when it is gone
  absl::Status Restart();  // after Kill: same port, same data; returns when it answers
  absl::Status Flush();    // drops all data; functions stay loaded
  void Freeze();           // SIGSTOP: takes connections, answers nothing
  void Thaw();             // SIGCONT

 private:
  RedisServer(std::string folder, Options options);
  absl::Status Launch();
  std::vector<std::string> SettingsOfRedis() const;
  std::vector<std::string> SettingsOfSentinel() const;
  absl::Status AwaitAnswer();
  std::string LogTail() const;

  const std::string folder_;
  const Options options_;
  int port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace baton::support

#endif  // BATON_SUPPORT_REDIS_SERVER_H_
