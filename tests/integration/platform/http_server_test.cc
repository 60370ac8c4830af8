#include "platform/http_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "nlohmann/json.hpp"

namespace baton::platform {
namespace {

using testing::HasSubstr;

constexpr int kPatienceMs = 4000;  // shorter than a request may take

// A client that sends what it likes.
class Peer {
 public:
  explicit Peer(int port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    pollfd waits{socket_, POLLOUT, 0};
    EXPECT_EQ(poll(&waits, 1, 5000), 1);
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { close(socket_); }

  // Sends as much of the text as is taken. True once the server has ended the connection; false if
  // it has not so many milliseconds after it last took or gave a byte.
  bool IsCutOff(const std::string& text, int patience_ms) {
    size_t sent = 0;
    char bytes[4096];
    while (true) {
      const bool more = sent < text.size();
      pollfd waits{socket_, static_cast<short>(POLLIN | (more ? POLLOUT : 0)), 0};
      if (poll(&waits, 1, patience_ms) != 1) return false;
      if (waits.revents & (POLLIN | POLLERR | POLLHUP)) {
        const ssize_t n = recv(socket_, bytes, sizeof(bytes), 0);
        if (n == 0 || (n < 0 && errno != EAGAIN)) return true;
      } else {
        const ssize_t n = send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN) return true;
        if (n > 0) sent += static_cast<size_t>(n);
      }
    }
  }

 private:
  const int socket_;
};

class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(server_.Start(), absl::OkStatus()); }

  httplib::Result Get(const std::string& path) {
    return httplib::Client("127.0.0.1", server_.port()).Get(path.c_str());
  }

  std::unique_ptr<Metrics> metrics_ = NewMetrics();
  std::vector<ServiceState> states_ = {{"relay", absl::OkStatus()}, {"clock", absl::OkStatus()}};
  HttpServer server_{"127.0.0.1:0", TlsFiles{}, *metrics_, [this] { return states_; }};
};

TEST_F(HttpServerTest, ServesMetrics) {
  metrics_->AddCounter("baton_things_total", "Things").Add(2);
  const auto answer = Get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->get_header_value("Content-Type"), HasSubstr("text/plain; version=0.0.4"));
  EXPECT_THAT(answer->body, HasSubstr("baton_things_total 2\n"));
}

TEST_F(HttpServerTest, ReadinessNamesTheReasonOfEachService) {
  auto answer = Get("/readyz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(nlohmann::json::parse(answer->body)["ready"].get<bool>());
  states_[1].ready = absl::UnavailableError("no \"store\"");
  answer = Get("/readyz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 503);
  const auto body = nlohmann::json::parse(answer->body);
  EXPECT_FALSE(body["ready"].get<bool>());
  EXPECT_EQ(body["services"][0], (nlohmann::json{{"name", "relay"}, {"ready", true}}));
  EXPECT_EQ(body["services"][1]["reason"], "UNAVAILABLE: no \"store\"");
}

TEST_F(HttpServerTest, LivesWhileNotReady) {
  states_[0].ready = absl::UnavailableError("x");
  const auto answer = Get("/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(Get("/other")->status, 404);
}

TEST_F(HttpServerTest, TakenPortIsAnError) {
  HttpServer second(absl::StrCat("127.0.0.1:", server_.port()), TlsFiles{}, *metrics_,
                    [] { return std::vector<ServiceState>(); });
  const absl::Status status = second.Start();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(status.message(), HasSubstr(absl::StrCat("127.0.0.1:", server_.port())));
}

TEST_F(HttpServerTest, AnswersHeadAndKeepsTheConnection) {
  httplib::Client client("127.0.0.1", server_.port());
  client.set_keep_alive(true);
  for (int i = 0; i < 3; ++i) {
    const auto head = client.Head("/healthz?verbose=1");
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, 200);
    EXPECT_EQ(head->body, "");
    EXPECT_EQ(client.Get("/healthz")->body, "{\"alive\":true}\n");
  }
  EXPECT_EQ(client.Post("/healthz")->status, 405);
}

TEST_F(HttpServerTest, WhoeverSendsWithoutEndIsCutOff) {
  const std::string endless(1 << 20, 'a');
  const std::string chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
  for (const std::string& begin :
       {std::string(), std::string("GET / HTTP/1.1\r\na: "), chunked + "1;", chunked + "100000\r\n",
        chunked + "0\r\na: ", std::string("POST / HTTP/1.1\r\ncontent-length: 100000\r\n\r\n")}) {
    EXPECT_TRUE(Peer(server_.port()).IsCutOff(begin + endless, kPatienceMs)) << begin;
  }
  EXPECT_EQ(Get("/healthz")->status, 200);
}

TEST_F(HttpServerTest, ABodyOfUnknownLengthEndsTheConnectionAndWhatIsBehindItIsNoRequest) {
  for (const std::string rest :
       {"transfer-encoding: chunked, identity\r\n\r\n", "transfer-encoding: identity\r\n\r\n",
        "transfer-encoding: identity\r\ncontent-length: 2\r\n\r\nab"}) {
    Peer peer(server_.port());
    EXPECT_TRUE(peer.IsCutOff("GET /healthz HTTP/1.1\r\n" + rest + "GET /metrics HTTP/1.1\r\n\r\n",
                              kPatienceMs))
        << rest;
  }
}

TEST_F(HttpServerTest, SlowPeersKeepNoProbeWaiting) {
  std::vector<std::unique_ptr<Peer>> slow;
  for (size_t i = 0; i < SmallHttp::kConnectionsMax + 10; ++i) {
    slow.push_back(std::make_unique<Peer>(server_.port()));
    EXPECT_FALSE(slow.back()->IsCutOff("GET /healthz HTTP/1.1\r\n", 0));
  }
  const auto answer = Get("/healthz");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_TRUE(slow.front()->IsCutOff("", kPatienceMs)) << "the oldest made room";
  EXPECT_FALSE(slow.back()->IsCutOff("", 0));
}

TEST_F(HttpServerTest, StopsAndFreesThePort) {
  const int port = server_.port();
  server_.Stop(absl::Seconds(1));
  server_.Stop(absl::Seconds(1));
  EXPECT_FALSE(Get("/healthz"));
  HttpServer again(absl::StrCat("127.0.0.1:", port), TlsFiles{}, *metrics_,
                   [] { return std::vector<ServiceState>(); });
  EXPECT_EQ(again.Start(), absl::OkStatus());
}

}  // namespace
}  // namespace baton::platform
