// What a collector gets: only where opentelemetry-cpp is installed.
#include "platform/otlp/otlp_sender.h"

#include <fstream>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "httplib.h"

namespace baton::platform::otlp {
namespace {

using testing::HasSubstr;

// Answers `status` and keeps the latest post to /v1/traces.
class Collector {
 public:
  Collector() {
    server_.Post("/v1/traces", [this](const httplib::Request& request, httplib::Response& answer) {
      body = request.body;
      token = request.get_header_value("authorization");
      type = request.get_header_value("content-type");
      answer.status = status;
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    server_.wait_until_ready();
  }
  ~Collector() {
    server_.stop();
    thread_.join();
  }
  std::string endpoint() const { return absl::StrCat("http://127.0.0.1:", port_); }

  int status = 200;
  std::string body, token, type;

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

std::string Bytes(const std::string& digits) {
  std::string bytes;
  for (size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

Span Process() {
  Span span;
  span.context = *ParseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  span.parent_span_id = "b7ad6b7169203331";
  span.kind = SpanKind::kConsumer;
  span.name = "process baton.lead-events.v1";
  span.begin = absl::UnixEpoch() + absl::Hours(1);
  span.end = span.begin + absl::Milliseconds(5);
  span.attributes = {{"baton.lead", "lead-1"}};
  return span;
}

TEST(OtlpSenderTest, ACollectorGetsSpansInTheirTraceWithTheHeadersOfTheFile) {
  Collector collector;
  const std::string headers = testing::TempDir() + "otlp-headers";
  std::ofstream(headers) << "authorization: Bearer t-1\n\n";
  const auto send = NewOtlpSender({collector.endpoint(), headers, "", "baton", "intake"});
  ASSERT_TRUE(send.ok()) << send.status();
  EXPECT_EQ((*send)({Process()}), absl::OkStatus());
  EXPECT_EQ(collector.token, "Bearer t-1");
  EXPECT_EQ(collector.type, "application/x-protobuf");
  for (const char* bytes :
       {"4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", "b7ad6b7169203331"}) {
    EXPECT_THAT(collector.body, HasSubstr(Bytes(bytes)));
  }
  for (const char* text : {"process baton.lead-events.v1", "baton.lead", "lead-1", "service.name",
                           "baton.role", "intake"}) {
    EXPECT_THAT(collector.body, HasSubstr(text));
  }
}

TEST(OtlpSenderTest, ACollectorThatRefusesOrIsAwayIsAnError) {
  Collector collector;
  const auto send = NewOtlpSender({collector.endpoint(), "", "", "baton", "relay"});
  collector.status = 400;
  EXPECT_FALSE((*send)({Process()}).ok());
  OtlpOptions away = {"http://127.0.0.1:1", "", "", "baton", "relay", absl::Seconds(1)};
  EXPECT_FALSE((*NewOtlpSender(away))({Process()}).ok());
}

TEST(OtlpSenderTest, AFileThatCannotBeReadIsRefused) {
  const auto send = NewOtlpSender({"http://127.0.0.1:1", "no/such/file", "", "baton", "relay"});
  EXPECT_THAT(send.status().message(), HasSubstr("--otel-headers-file no/such/file"));
}

}  // namespace
}  // namespace baton::platform::otlp
