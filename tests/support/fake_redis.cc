#include "support/fake_redis.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace baton::support {
namespace {

// What a client sends: arrays of strings.
class CommandReader {
 public:
  explicit CommandReader(int connection) : connection_(connection) {}

  // False when the connection is over.
  bool Next(FakeRedis::Command& command) {
    std::string line;
    if (!Line(line)) return false;
    command.resize(std::strtoul(line.c_str() + 1, nullptr, 10));  // *2
    for (std::string& word : command) {
      if (!Line(line) || !Bytes(std::strtoul(line.c_str() + 1, nullptr, 10) + 2, word)) {  // $4
        return false;
      }
      word.resize(word.size() - 2);
    }
    return true;
  }

 private:
  bool Line(std::string& line) {
    size_t end;
    while ((end = read_.find("\r\n")) == std::string::npos) {
      if (!More()) return false;
    }
    line = read_.substr(0, end);
    read_.erase(0, end + 2);
    return true;
  }

  bool Bytes(size_t count, std::string& bytes) {
    while (read_.size() < count) {
      if (!More()) return false;
    }
    bytes = read_.substr(0, count);
    read_.erase(0, count);
    return true;
  }

  bool More() {
    char buffer[4096];
    const ssize_t size = recv(connection_, buffer, sizeof(buffer), 0);
    if (size <= 0) return false;
    read_.append(buffer, static_cast<size_t>(size));
    return true;
  }

  const int connection_;
  std::string read_;
};

}  // namespace

FakeRedis::FakeRedis(Answer answer) : answer_(std::move(answer)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { Accept(); });
}

FakeRedis::~FakeRedis() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  std::vector<std::thread> serving;
  {
    absl::MutexLock lock(&mutex_);
    serving.swap(serving_);
  }
  for (std::thread& thread : serving) thread.join();
  for (const int connection : connections_) close(connection);
  close(listener_);
}

std::vector<FakeRedis::Command> FakeRedis::commands() {
  absl::MutexLock lock(&mutex_);
  return commands_;
}

void FakeRedis::Accept() {
  int connection;
  while ((connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0) {
    absl::MutexLock lock(&mutex_);
    if (stopping_) shutdown(connection, SHUT_RDWR);
    connections_.push_back(connection);
    serving_.emplace_back([this, connection] { Serve(connection); });
  }
}

void FakeRedis::Serve(int connection) {
  CommandReader reader(connection);
  Command command;
  while (reader.Next(command)) {
    const bool is_ping = command == Command{"PING"};
    if (!is_ping) {
      absl::MutexLock lock(&mutex_);
      commands_.push_back(command);
    }
    const std::string answer = is_ping ? "+PONG\r\n" : answer_(command);
    send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  }
  // The other side sees the end; the descriptor is closed with the server.
  shutdown(connection, SHUT_RDWR);
}

}  // namespace baton::support
