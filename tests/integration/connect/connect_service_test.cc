// The listener as a socket sees it, with the API over a memory store behind it.
#include "connect/connect_service.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "api_fixture.h"
#include "connect/envelope.h"

namespace baton::connect {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr int kDescriptorsMax = 1024;
constexpr char kBody[] = R"({"name":"workspaces/acme"})";

std::string GetWorkspace(const std::string& version, const std::string& more = "") {
  return absl::StrCat("POST /baton.v1.WorkspaceService/GetWorkspace HTTP/", version,
                      "\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ",
                      sizeof(kBody) - 1, "\r\n", more, "\r\n", kBody);
}

std::string WatchAssignments(const std::string& resume_token = "") {
  const std::string message =
      absl::StrCat(R"({"parent":"workspaces/acme","resumeToken":")", resume_token, "\"}");
  return absl::StrCat(
      "POST /baton.v1.AssignmentService/WatchAssignments HTTP/1.1\r\nhost: localhost\r\n"
      "content-type: application/connect+json\r\ncontent-length: ",
      message.size() + kEnvelopeBytes, "\r\n\r\n", Seal(0, message));
}

// A connection on which one writes what one likes.
class Plug {
 public:
  explicit Plug(int port) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  }
  ~Plug() { close(socket_); }
  Plug(Plug&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

  void Say(const std::string& text) const { send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }

  // The listener's descriptor of this connection, which this process has as well; -1: none yet.
  int OtherEnd() const {
    sockaddr_in mine = {};
    socklen_t length = sizeof(mine);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&mine), &length);
    for (int fd = 0; fd < kDescriptorsMax; ++fd) {
      sockaddr_in peer = {};
      length = sizeof(peer);
      const int unknown = getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length);
      if (unknown == 0 && peer.sin_family == AF_INET && peer.sin_port == mine.sin_port) return fd;
    }
    return -1;
  }
  // From here on nothing gets through to this client, which reads nothing.
  void Clog() const {
    const int small = 4096;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    const int fd = OtherEnd();
    const std::string junk(4096, 'x');
    for (int full = 0; full < 30; ++full) {  // what this side takes makes room once more
      while (send(fd, junk.data(), junk.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) full = 0;
      absl::SleepFor(absl::Milliseconds(20));
    }
  }

  // Until `wanted` was said, the other side closes, or nothing comes for so long.
  std::string Hear(const std::string& wanted, absl::Duration patience = absl::Seconds(10)) {
    std::string heard;
    const absl::Time give_up = absl::Now() + patience;
    while (wanted.empty() || heard.find(wanted) == std::string::npos) {
      pollfd waits = {socket_, POLLIN, 0};
      const int64_t left = absl::ToInt64Milliseconds(give_up - absl::Now());
      if (left <= 0 || poll(&waits, 1, static_cast<int>(left)) <= 0) return heard + "[silence]";
      char block[4096];
      const ssize_t n = recv(socket_, block, sizeof(block), 0);
      if (n <= 0) return heard + "[closed]";
      heard.append(block, static_cast<size_t>(n));
    }
    return heard;
  }

 private:
  int socket_;
};

class ConnectServiceTest : public dispatch::ApiTest {
 protected:
  void Serve(HttpLimits limits = {}) {
    ConnectOptions options;
    options.address = "127.0.0.1:0";
    options.limits = limits;
    auto& api = api_.service();
    service_ = std::make_unique<ConnectService>(
        options,
        [&api] {
          return Backend{api.InProcessChannel(), &api.voucher(), api.service_names()};
        },
        api_.metrics());
    ASSERT_TRUE(service_->Start().ok());
  }
  Plug Connect() { return Plug(service_->port()); }

  std::unique_ptr<ConnectService> service_;
};

TEST_F(ConnectServiceTest, AConnectionServesRequestAfterRequest) {
  Serve();
  Plug plug = Connect();
  for (int i = 0; i < 3; ++i) {
    plug.Say(GetWorkspace("1.1"));
    EXPECT_THAT(plug.Hear("workspaces/acme"), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  plug.Say(GetWorkspace("1.1", "connection: close\r\n"));
  EXPECT_THAT(plug.Hear(""), HasSubstr("[closed]"));
}

TEST_F(ConnectServiceTest, WhatIsSentAheadIsAnsweredInOrder) {
  Serve();
  Plug plug = Connect();
  std::string missing = GetWorkspace("1.1");
  missing.replace(missing.find("GetWorkspace"), 12, "GetNothingAt");
  plug.Say(GetWorkspace("1.1") + missing + GetWorkspace("1.1", "connection: close\r\n"));
  const std::string heard = plug.Hear("");
  const size_t refused = heard.find("HTTP/1.1 404");
  ASSERT_NE(refused, std::string::npos) << heard;
  EXPECT_LT(heard.find("HTTP/1.1 200"), refused);
  EXPECT_GT(heard.rfind("HTTP/1.1 200"), refused);
}

TEST_F(ConnectServiceTest, AClientThatAsksFirstIsToldToGoOn) {
  Serve();
  Plug plug = Connect();
  const std::string request = GetWorkspace("1.1", "expect: 100-continue\r\n");
  plug.Say(request.substr(0, request.size() - sizeof(kBody) + 1));
  EXPECT_THAT(plug.Hear("\r\n\r\n"), StartsWith("HTTP/1.1 100 Continue"));
  plug.Say(kBody);
  EXPECT_THAT(plug.Hear("workspaces/acme"), HasSubstr("200 OK"));
}

TEST_F(ConnectServiceTest, OldHttpGetsAnAnswerAndAnEnd) {
  Serve();
  Plug plug = Connect();
  plug.Say(GetWorkspace("1.0"));
  EXPECT_THAT(plug.Hear(""), AllOf(HasSubstr("connection: close"), HasSubstr("[closed]"),
                                   Not(HasSubstr("chunked"))));
}

TEST_F(ConnectServiceTest, WhatIsNoHttpIsRefused) {
  Serve();
  for (const char* text :
       {"hello\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x02", "POST / HTTP/1.1\r\n: x\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"}) {
    Plug plug = Connect();
    plug.Say(text);
    plug.Say("\r\n\r\n");
    EXPECT_THAT(plug.Hear(""), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("[closed]"))) << text;
  }
  Plug plug = Connect();
  plug.Say("POST / HTTP/1.1\r\nx: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_THAT(plug.Hear(""), StartsWith("HTTP/1.1 431"));
}

TEST_F(ConnectServiceTest, ABodyOfUnknownLengthIsRefusedAndWhatIsBehindItIsNoRequest) {
  Serve();
  const std::string length = absl::StrCat("content-length: ", sizeof(kBody) - 1, "\r\n");
  const std::string chunks =
      absl::StrCat("\r\n", absl::Hex(sizeof(kBody) - 1), "\r\n", kBody, "\r\n0\r\n\r\n");
  const std::string chunked = "transfer-encoding: chunked\r\n";
  const std::string other = "transfer-encoding: identity\r\n";
  for (const auto& [version, rest] : std::vector<std::pair<std::string, std::string>>{
           {"1.1", "transfer-encoding: chunked, identity\r\n\r\n"},
           {"1.1", "transfer-encoding: gzip, chunked\r\n" + chunks},
           {"1.1", "transfer-encoding: xchunked\r\n\r\n"},
           {"1.1", "transfer-encoding: \r\n\r\n"},
           {"1.1", other + "\r\n"},
           {"1.1", other + chunked + chunks},
           {"1.1", chunked + other + chunks},
           {"1.1", other + length + "\r\n" + kBody},
           {"1.1", length + other + "\r\n" + kBody},
           {"1.1", chunked + length + "\r\n" + kBody},
           {"1.0", chunked + chunks}}) {
    Plug plug = Connect();
    plug.Say(absl::StrCat("POST /baton.v1.WorkspaceService/GetWorkspace HTTP/", version,
                          "\r\nhost: localhost\r\ncontent-type: application/json\r\n", rest,
                          GetWorkspace("1.1")));
    EXPECT_THAT(plug.Hear(""), AllOf(StartsWith("HTTP/1.1 400"), HasSubstr("connection: close"),
                                     Not(HasSubstr("workspaces/acme")), HasSubstr("[closed]")))
        << version << " " << rest;
  }
}

TEST_F(ConnectServiceTest, WhoSendsTooMuchHearsIt) {
  Serve();
  Plug plug = Connect();
  const std::string body(1'000'000, ' ');
  plug.Say(absl::StrCat("POST /baton.v1.WorkspaceService/GetWorkspace HTTP/1.1\r\ncontent-type: ",
                        "application/json\r\ncontent-length: ", body.size(), "\r\n\r\n", body));
  EXPECT_THAT(plug.Hear("resource_exhausted"), StartsWith("HTTP/1.1 413"));
  Plug chunked = Connect();
  chunked.Say(
      "POST /baton.v1.WorkspaceService/GetWorkspace HTTP/1.1\r\ncontent-type: application/json"
      "\r\ntransfer-encoding: chunked\r\n\r\n");
  for (int i = 0; i < 10; ++i) chunked.Say("10000\r\n" + std::string(65'536, ' ') + "\r\n");
  EXPECT_THAT(chunked.Hear("resource_exhausted"), StartsWith("HTTP/1.1 413"));
}

TEST_F(ConnectServiceTest, WhatStandsBesideAChunkHasAnEnd) {
  Serve();
  const std::string head =
      "POST /baton.v1.WorkspaceService/GetWorkspace HTTP/1.1\r\nhost: localhost\r\ncontent-type: "
      "application/json\r\ntransfer-encoding: chunked\r\nx: " +
      std::string(15'000, 'x') + "\r\n\r\n";
  const std::string endless(1'000'000, 'x');
  for (const std::string& chunk : {"1;" + endless, "1\r\n \r\n0\r\nx: " + endless}) {
    Plug plug = Connect();
    plug.Say(head + chunk);
    EXPECT_THAT(plug.Hear(""), AllOf(StartsWith("HTTP/1.1 431"), HasSubstr("[closed]")));
  }
  Plug plug = Connect();
  const std::string more(1'000, 'x');
  plug.Say(head + "3e800;" + more + "\r\n" + std::string(0x3e800, ' ') + "\r\n" +
           absl::StrCat(absl::Hex(sizeof(kBody) - 1), "\r\n", kBody, "\r\n0;", more, "\r\n") +
           "x: " + more + "\r\n\r\n");
  EXPECT_THAT(plug.Hear("workspaces/acme"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ConnectServiceTest, WhoDoesNotReadThatItMayGoOnIsCut) {
  HttpLimits limits;
  limits.write_max = absl::Milliseconds(300);
  Serve(limits);
  Plug plug = Connect();
  plug.Say(GetWorkspace("1.1"));
  plug.Hear("workspaces/acme");
  plug.Clog();
  plug.Say(GetWorkspace("1.1", "expect: 100-continue\r\n"));
  const absl::Time give_up = absl::Now() + absl::Seconds(3);
  while (plug.OtherEnd() >= 0 && absl::Now() < give_up) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_EQ(plug.OtherEnd(), -1);
}

TEST_F(ConnectServiceTest, AClientWhoseMachineIsGoneIsNoticedWithinAMinute) {
  Serve();
  Plug plug = Connect();
  plug.Say(GetWorkspace("1.1"));
  plug.Hear("workspaces/acme");
  const auto option = [&plug](int level, int name) {
    int value = 0;
    socklen_t length = sizeof(value);
    EXPECT_EQ(getsockopt(plug.OtherEnd(), level, name, &value, &length), 0);
    return value;
  };
  EXPECT_NE(option(SOL_SOCKET, SO_KEEPALIVE), 0);
  EXPECT_LE(option(IPPROTO_TCP, TCP_KEEPIDLE) + option(IPPROTO_TCP, TCP_KEEPINTVL), 60);
  EXPECT_GT(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 0);
  EXPECT_LE(option(IPPROTO_TCP, TCP_USER_TIMEOUT), 60'000);
}

TEST_F(ConnectServiceTest, ASlowClientIsCutInEachPhase) {
  HttpLimits limits;
  limits.header_max = limits.body_max = limits.idle_max = absl::Milliseconds(300);
  Serve(limits);
  Plug silent = Connect(), head = Connect(), body = Connect(), idle = Connect();
  head.Say("POST / HTTP/1.1\r\nx: ");
  const std::string request = GetWorkspace("1.1");
  body.Say(request.substr(0, request.size() - 5));
  idle.Say(request);
  idle.Hear("workspaces/acme");
  for (int i = 0; i < 4; ++i) {  // bytes that trickle are no excuse
    absl::SleepFor(absl::Milliseconds(100));
    head.Say("y");
  }
  for (Plug* plug : {&silent, &head, &body, &idle}) {
    EXPECT_EQ(plug->Hear("", absl::Seconds(3)), "[closed]");
  }
}

TEST_F(ConnectServiceTest, TooManyConnectionsAreClosedAtOnce) {
  HttpLimits limits;
  limits.connections_max = 2;
  Serve(limits);
  Plug first = Connect(), second = Connect();
  first.Say(GetWorkspace("1.1"));
  first.Hear("workspaces/acme");
  second.Say(GetWorkspace("1.1"));
  second.Hear("workspaces/acme");
  EXPECT_EQ(Connect().Hear("", absl::Seconds(3)), "[closed]");
  EXPECT_THAT(api_.metrics().Expose(), HasSubstr("baton_connect_connections_refused_total 1\n"));
}

TEST_F(ConnectServiceTest, AStreamEndsWhenTheProcessDoes) {
  Serve();
  Plug plug = Connect();
  plug.Say(WatchAssignments());
  EXPECT_THAT(plug.Hear("KIND_SNAPSHOT_END"), HasSubstr("transfer-encoding: chunked"));
  const absl::Time began = absl::Now();
  service_->Stop(absl::Seconds(8));
  EXPECT_LT(absl::Now() - began, absl::Seconds(4));
  EXPECT_THAT(plug.Hear(""), AllOf(HasSubstr("DRAINING"), HasSubstr("\r\n0\r\n\r\n")));
}

TEST_F(ConnectServiceTest, AStreamEndsWithTheAgeOfItsConnectionAndIsResumedOnAnother) {
  HttpLimits limits;
  limits.age_max = absl::Milliseconds(500);
  Serve(limits);
  Plug plug = Connect();
  plug.Say(WatchAssignments());
  const std::string heard = plug.Hear("");
  EXPECT_THAT(heard, AllOf(HasSubstr("KIND_SNAPSHOT_END"), HasSubstr("this connection is old"),
                           HasSubstr("\r\n0\r\n\r\n[closed]")));
  const std::string before = "\"resumeToken\":\"";
  const size_t token = heard.rfind(before) + before.size();
  Plug other = Connect();
  other.Say(WatchAssignments(heard.substr(token, heard.find('"', token) - token)));
  EXPECT_THAT(other.Hear("KIND_BOOKMARK"),
              AllOf(StartsWith("HTTP/1.1 200"), Not(HasSubstr("KIND_SNAPSHOT_END"))));
}

TEST_F(ConnectServiceTest, OnAnOldConnectionOneMoreCallIsAnsweredAndNoStreamBegins) {
  HttpLimits limits;
  limits.age_max = absl::Milliseconds(300);
  Serve(limits);
  Plug call = Connect(), stream = Connect();
  for (Plug* plug : {&call, &stream}) {
    plug->Say(GetWorkspace("1.1"));
    EXPECT_THAT(plug->Hear("workspaces/acme"), HasSubstr("connection: keep-alive"));
  }
  absl::SleepFor(absl::Milliseconds(600));
  call.Say(GetWorkspace("1.1"));
  stream.Say(WatchAssignments());
  EXPECT_THAT(call.Hear(""), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("connection: close"),
                                   HasSubstr("[closed]")));
  EXPECT_THAT(stream.Hear(""), AllOf(HasSubstr("this connection is old"), HasSubstr("[closed]")));
}

TEST_F(ConnectServiceTest, AClientThatReadsNothingLeavesOthersTheirPartOfTheGrace) {
  Serve();
  Plug plug = Connect();
  plug.Say(GetWorkspace("1.1"));
  plug.Hear("workspaces/acme");
  plug.Clog();
  plug.Say(GetWorkspace("1.1"));
  absl::SleepFor(absl::Milliseconds(200));  // its answer waits by now
  const absl::Time began = absl::Now();
  service_->Stop(absl::Seconds(4));
  EXPECT_GT(absl::Now() - began, absl::Seconds(1));
  EXPECT_LT(absl::Now() - began, absl::Seconds(3));
}

TEST_F(ConnectServiceTest, ATakenAddressIsAnError) {
  Serve();
  ConnectOptions options;
  options.address = absl::StrCat("127.0.0.1:", service_->port());
  ConnectService second(
      options, [] { return Backend{}; }, api_.metrics());
  EXPECT_EQ(second.Start().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace baton::connect
