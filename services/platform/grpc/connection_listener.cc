#include "platform/grpc/connection_listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "platform/log.h"

namespace baton::platform::rpc {
namespace {

constexpr absl::Duration kLookAround = absl::Milliseconds(100);
constexpr absl::Duration kPause = absl::Milliseconds(500);

template <typename Value>
void SetOption(int fd, int level, int name, Value value) {
  setsockopt(fd, level, name, &value, sizeof(value));  // without it all works, only not as well
}

// A listening socket; -1: errno says why not.
int ListenOn(const addrinfo& where, absl::Duration silence_max) {
  const int fd = socket(where.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  SetOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  // What is accepted inherits these.
  SetOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  SetOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT,
            static_cast<unsigned>(absl::ToInt64Milliseconds(silence_max)));
  if (where.ai_family == AF_INET6) SetOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(fd, where.ai_addr, where.ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0) return fd;
  const int why = errno;
  close(fd);
  errno = why;
  return -1;
}

// "ipv4:10.0.0.7:4711", as ConnectionCount wants it. An IPv4 peer of an IPv6 socket is one of IPv4.
std::string PeerName(const sockaddr_storage& peer, socklen_t length) {
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  getnameinfo(reinterpret_cast<const sockaddr*>(&peer), length, host, sizeof(host), port,
              sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
  absl::string_view name = host;
  const bool mapped = absl::ConsumePrefix(&name, "::ffff:");
  if (peer.ss_family == AF_INET || mapped) return absl::StrCat("ipv4:", name, ":", port);
  return absl::StrCat("ipv6:[", name, "]:", port);
}

int PortOf(int fd) {
  sockaddr_storage own = {};
  socklen_t length = sizeof(own);
  getsockname(fd, reinterpret_cast<sockaddr*>(&own), &length);
  return ntohs(own.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(own).sin6_port
                                         : reinterpret_cast<const sockaddr_in&>(own).sin_port);
}

// At once, so that nothing of it is left: the peer hears a reset.
void Reset(int fd) {
  SetOption(fd, SOL_SOCKET, SO_LINGER, linger{1, 0});
  close(fd);
}

}  // namespace

ConnectionListener::ConnectionListener(ConnectionCount& count, Metrics& metrics)
    : count_(count),
      open_(metrics.AddGauge("baton_grpc_connections", "Connections of the API by gRPC.")),
      refused_(metrics.AddCounter("baton_grpc_connections_refused_total",
                                  "Connections that were closed because there are too many.")) {}

ConnectionListener::~ConnectionListener() {
  Stop();
}

absl::StatusOr<std::unique_ptr<ConnectionListener>> ConnectionListener::Bind(
    const std::string& address, absl::Duration silence_max, ConnectionCount& count,
    Metrics& metrics) {
  std::unique_ptr<ConnectionListener> listener(new ConnectionListener(count, metrics));
  listener->silence_max_ = silence_max;
  const size_t colon = address.rfind(':');
  absl::string_view host = absl::string_view(address).substr(0, colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  const std::string port = address.substr(colon + 1);
  const bool everywhere = host.empty() || host == "0.0.0.0" || host == "::";
  absl::Status bound = listener->Listen(everywhere ? "::" : std::string(host), port);
  if (!bound.ok() && everywhere) bound = listener->Listen("0.0.0.0", port);
  if (bound.ok()) return listener;
  return absl::UnavailableError(absl::StrCat("cannot listen on ", address, ": ", bound.message()));
}

absl::Status ConnectionListener::Listen(const std::string& host, const std::string& port) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &found); failed != 0) {
    return absl::UnavailableError(gai_strerror(failed));
  }
  const absl::Cleanup free_found = [found] { freeaddrinfo(found); };
  absl::Status why = absl::UnavailableError("no address");
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const int fd = ListenOn(*each, silence_max_);
    if (fd < 0) {
      why = absl::ErrnoToStatus(errno, "the address is taken or not of this machine");
      continue;
    }
    listeners_.push_back(fd);
    port_ = PortOf(fd);
    if (port == "0") break;  // others would get other ports
  }
  return listeners_.empty() ? why : absl::OkStatus();
}

void ConnectionListener::Start(Take take) {
  worker_.Start([this, take = std::move(take)] {
    std::vector<pollfd> waiting;
    for (const int fd : listeners_) waiting.push_back({fd, POLLIN, 0});
    while (!worker_.stopping()) {
      poll(waiting.data(), waiting.size(),
           static_cast<int>(absl::ToInt64Milliseconds(kLookAround)));
      for (const pollfd& one : waiting) {
        if (one.revents != 0) Accept(one.fd, take);
      }
      open_.Set(count_.open(absl::Now()));
    }
  });
}

void ConnectionListener::Accept(int listener_fd, const Take& take) {
  sockaddr_storage peer = {};
  socklen_t length = sizeof(peer);
  const int fd = accept4(listener_fd, reinterpret_cast<sockaddr*>(&peer), &length,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    const bool ends_nothing = errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    if (ends_nothing) return;
    LogWarning("grpc.accept_failed", {{"reason", absl::ErrnoToStatus(errno, "accept").ToString()}});
    (void)worker_.StopsWithin(kPause);  // a descriptor may be free then
    return;
  }
  if (count_.Enter(fd, PeerName(peer, length), absl::Now())) return take(listener_fd, fd);
  refused_.Add();
  Reset(fd);
}

void ConnectionListener::Stop() {
  worker_.Stop();
  for (const int fd : std::exchange(listeners_, {})) close(fd);
}

}  // namespace baton::platform::rpc
