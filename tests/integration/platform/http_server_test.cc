#include "platform/http_server.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"
#include "nlohmann/json.hpp"

namespace baton::platform {
namespace {

using testing::HasSubstr;

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
