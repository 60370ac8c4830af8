#include "support/redis_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace baton::support {
namespace {

constexpr int kStartAttempts = 5;  // another process may take the free port first
constexpr absl::Duration kAnswerWithin = absl::Seconds(10);
constexpr size_t kLogTailBytes = 2000;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

// 0 if there is none.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t length = sizeof(address);
  const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  close(listener);
  return bound ? ntohs(address.sin_port) : 0;
}

// Sends one inline command. True if the reply starts with `expected`.
bool Replies(int port, absl::string_view command, absl::string_view expected) {
  const std::string request = absl::StrCat(command, "\r\n");
  std::string reply(expected.size(), '\0');
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{5, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const sockaddr_in address = Loopback(port);
  const bool replied =
      connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      send(connection, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()) &&
      recv(connection, reply.data(), reply.size(), MSG_WAITALL) ==
          static_cast<ssize_t>(reply.size());
  close(connection);
  return replied && reply == expected;
}

// Starts the program with `arguments`. Returns its process id, or -1.
pid_t Spawn(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  // Between fork and exec: only calls that are safe after a signal.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  execvp(argv[0], argv.data());
  _exit(127);
}

}  // namespace

RedisServer::RedisServer(std::string folder, Options options)
    : folder_(std::move(folder)), options_(std::move(options)) {}

RedisServer::~RedisServer() {
  Kill();
  std::error_code ignored;  // a folder left behind harms nobody
  std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<std::unique_ptr<RedisServer>> RedisServer::Start(const Options& options) {
  std::string folder = (std::filesystem::temp_directory_path() / "baton-redis-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::UnavailableError(absl::StrCat("no folder for redis-server at ", folder));
  }
  std::unique_ptr<RedisServer> server(new RedisServer(std::move(folder), options));
  absl::Status status;
  for (int attempt = 0; attempt < kStartAttempts; attempt++) {
    server->port_ = FreePort();
    status = server->Launch();
    if (status.ok()) return server;
    server->Kill();
  }
  return status;
}

std::string RedisServer::url() const {
  return absl::StrCat("redis://127.0.0.1:", port_);
}

absl::Status RedisServer::Launch() {
  std::vector<std::string> arguments =
      options_.sentinel.empty() ? SettingsOfRedis() : SettingsOfSentinel();
  for (const std::string& argument :
       {std::string("--bind"), std::string("127.0.0.1"), std::string("--port"), absl::StrCat(port_),
        std::string("--dir"), folder_, std::string("--logfile"),
        absl::StrCat(folder_, "/redis.log")}) {
    arguments.push_back(argument);
  }
  arguments.insert(arguments.end(), options_.arguments.begin(), options_.arguments.end());
  pid_ = Spawn(std::move(arguments));
  if (pid_ < 0) {
    pid_ = 0;
    return absl::UnavailableError("cannot start redis-server: no process");
  }
  return AwaitAnswer();
}

std::vector<std::string> RedisServer::SettingsOfRedis() const {
  const bool always = options_.appendfsync == AppendFsync::kAlways;
  return {"redis-server",
          "--appendonly",
          "yes",
          "--appendfsync",
          always ? "always" : "everysec",
          "--save",
          "",
          "--maxmemory-policy",
          "noeviction"};
}

// It keeps what it learns in the file that it was started with.
std::vector<std::string> RedisServer::SettingsOfSentinel() const {
  const std::string file = absl::StrCat(folder_, "/sentinel.conf");
  std::ofstream(file) << options_.sentinel;
  return {"redis-server", file, "--sentinel"};
}

absl::Status RedisServer::AwaitAnswer() {
  const absl::Time give_up_at = absl::Now() + kAnswerWithin;
  while (absl::Now() < give_up_at) {
    int exit_status = 0;
    if (waitpid(pid_, &exit_status, WNOHANG) == pid_) {
      pid_ = 0;
      return absl::UnavailableError(
          absl::StrCat("redis-server ended at its start (is it installed?)\n", LogTail()));
    }
    if (Replies(port_, "PING", "+PONG")) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(10));
  }
  return absl::UnavailableError(absl::StrCat("redis-server does not answer\n", LogTail()));
}

std::string RedisServer::LogTail() const {
  std::ifstream file(absl::StrCat(folder_, "/redis.log"));
  const std::string log{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return log.size() <= kLogTailBytes ? log : log.substr(log.size() - kLogTailBytes);
}

void RedisServer::Kill() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

absl::Status RedisServer::Restart() {
  if (pid_ != 0) return absl::FailedPreconditionError("redis-server is still running");
  return Launch();
}

absl::Status RedisServer::Flush() {
  if (Replies(port_, "FLUSHALL", "+OK")) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("FLUSHALL was not answered\n", LogTail()));
}

void RedisServer::Freeze() {
  if (pid_ != 0) kill(pid_, SIGSTOP);
}

void RedisServer::Thaw() {
  if (pid_ != 0) kill(pid_, SIGCONT);
}

}  // namespace baton::support
