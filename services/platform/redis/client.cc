#include "platform/redis/client.h"

#include <algorithm>
#include <utility>

#include "absl/random/distributions.h"
#include "absl/strings/str_cat.h"
#include "platform/signals.h"
#include "platform/steady_time.h"

namespace baton::platform::redis {
namespace {

constexpr int kConnectionsMax = 1024;
constexpr int kBackoffDoublingsMax = 10;

// The server is no longer the one that this connection was prepared for.
bool HasLostItsServer(absl::Span<const Reply> replies) {
  for (const Reply& reply : replies) {
    if (reply.IsError("READONLY") || reply.IsError("LOADING") || reply.IsError("MASTERDOWN")) {
      return true;
    }
  }
  return false;
}

// As a primary that is cut off from its replicas would, while one of them may have taken its place.
bool LacksReplicas(absl::Span<const Reply> replies) {
  return std::any_of(replies.begin(), replies.end(),
                     [](const Reply& reply) { return reply.IsError("NOREPLICAS"); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> Client::Create(const ClientOptions& options,
                                                       Prepare prepare,
                                                       std::shared_ptr<Incarnations> incarnations) {
  const absl::StatusOr<Location> location = ParseUrl(options.url);
  if (!location.ok()) return location.status();
  if (options.connections_max < 1 || options.connections_max > kConnectionsMax) {
    return absl::InvalidArgumentError(absl::StrCat("Redis connections: ", options.connections_max,
                                                   " is not in 1..", kConnectionsMax));
  }
  if (options.connect_timeout < absl::Milliseconds(1) ||
      options.command_timeout < absl::Milliseconds(1)) {
    return absl::InvalidArgumentError("Redis timeouts must be at least 1 ms");
  }
  std::unique_ptr<TlsContext> tls;
  if (location->server.tls) {
    absl::StatusOr<std::unique_ptr<TlsContext>> made = TlsContext::Create(options.tls);
    if (!made.ok()) return made.status();
    tls = *std::move(made);
  }
  IgnoreBrokenPipes();
  if (incarnations == nullptr) incarnations = std::make_shared<Incarnations>();
  return std::unique_ptr<Client>(
      new Client(options, *location, std::move(tls), std::move(prepare), std::move(incarnations)));
}

Client::Client(const ClientOptions& options, const Location& location,
               std::unique_ptr<TlsContext> tls, Prepare prepare,
               std::shared_ptr<Incarnations> incarnations)
    : tls_(std::move(tls)),
      connections_max_(options.connections_max),
      connection_options_{location.server, options.password_file, tls_.get(),
                          options.connect_timeout, options.command_timeout},
      sentinels_(location.sentinels.empty()
                     ? nullptr
                     : new Sentinels(location, options.sentinel, connection_options_)),
      prepare_(std::move(prepare)),
      incarnations_(std::move(incarnations)) {}

absl::StatusOr<std::vector<Reply>> Client::Run(absl::Span<const Command> commands) {
  return Run(commands, connection_options_.command_timeout);
}

absl::StatusOr<std::vector<Reply>> Client::Run(absl::Span<const Command> commands,
                                               absl::Duration timeout) {
  absl::StatusOr<Lent> lent = Take();
  if (!lent.ok()) return lent.status();
  absl::StatusOr<std::vector<Reply>> replies = lent->connection->Run(commands, timeout);
  if (!replies.ok()) {
    Drop(*std::move(lent), replies.status());
  } else if (HasLostItsServer(*replies)) {
    Drop(*std::move(lent), absl::UnavailableError("the Redis server takes no writes now"));
  } else {
    GiveBack(*std::move(lent));
    if (LacksReplicas(*replies)) AskAgain();
  }
  return replies;
}

void Client::AskAgain() {
  if (sentinels_ == nullptr) return;
  {
    absl::MutexLock lock(&mutex_);
    if (SteadyNow() < ask_again_at_) return;
    ask_again_at_ = SteadyNow() + kAskAgainAfter;
  }
  const absl::StatusOr<std::string> address = sentinels_->PrimaryAddress();
  if (!address.ok()) return;  // the server may well be up where they are not
  absl::MutexLock lock(&mutex_);
  if (server_.empty() || *address == server_) return;
  server_ = *address;
  incarnations_->Leave();
  open_ -= static_cast<int>(idle_.size());
  idle_.clear();
}

bool Client::CanProceed() const {
  return failures_ > 0 || !idle_.empty() || open_ < connections_max_;
}

absl::StatusOr<Client::Lent> Client::Take() {
  const absl::Time deadline = SteadyNow() + connection_options_.command_timeout;
  while (true) {
    Lent found;
    {
      absl::MutexLock lock(&mutex_);
      if (!mutex_.AwaitWithTimeout(absl::Condition(this, &Client::CanProceed),
                                   deadline - SteadyNow())) {
        return absl::UnavailableError(
            absl::StrCat("all ", connections_max_, " Redis connections are busy"));
      }
      if (failures_ > 0) {
        if (probing_ || SteadyNow() < retry_at_) return last_failure_;
        probing_ = true;
        open_ -= static_cast<int>(idle_.size());
        idle_.clear();
        ++open_;
        break;
      }
      if (idle_.empty()) {
        ++open_;
        break;
      }
      found = std::move(idle_.back());
      idle_.pop_back();
    }
    if (found.incarnation == incarnations_->now() && !found.connection->IsStale()) return found;
    absl::MutexLock lock(&mutex_);
    --open_;
  }
  return Connect();
}

absl::StatusOr<Client::Lent> Client::Connect() {
  absl::StatusOr<std::unique_ptr<Connection>> connection =
      sentinels_ == nullptr ? Connection::Open(connection_options_) : sentinels_->OpenPrimary();
  absl::Status status = connection.status();
  if (status.ok()) status = prepare_(**connection);
  absl::MutexLock lock(&mutex_);
  probing_ = false;
  if (status.ok()) {
    failures_ = 0;
    server_ = (*connection)->address();
    const int64_t incarnation = incarnations_->Met((*connection)->server_identity());
    return Lent{*std::move(connection), incarnation};
  }
  --open_;
  RecordFailure(status);
  return status;
}

void Client::GiveBack(Lent lent) {
  absl::MutexLock lock(&mutex_);
  if (lent.incarnation == incarnations_->now()) {
    idle_.push_back(std::move(lent));
  } else {
    --open_;
  }
}

void Client::Drop(Lent lent, const absl::Status& why) {
  lent.connection.reset();
  absl::MutexLock lock(&mutex_);
  --open_;
  RecordFailure(why);
}

void Client::RecordFailure(const absl::Status& why) {
  const int doublings = failures_ < kBackoffDoublingsMax ? failures_ : kBackoffDoublingsMax;
  const absl::Duration longest = std::min(kBackoffMin * (1 << doublings), kBackoffMax);
  retry_at_ = SteadyNow() + longest * absl::Uniform(random_, 0.5, 1.0);
  ++failures_;
  last_failure_ = why;
}

}  // namespace baton::platform::redis
