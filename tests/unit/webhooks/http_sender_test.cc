#include "webhooks/http_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>

#include "local_receiver.h"

namespace baton::webhooks {
namespace {

using ::testing::HasSubstr;

// What each request came to, by number.
std::map<uint64_t, HttpResult> ResultsOf(HttpSender& sender, size_t count) {
  std::map<uint64_t, HttpResult> results;
  const absl::Time give_up_at = absl::Now() + absl::Seconds(20);
  while (results.size() < count && absl::Now() < give_up_at) {
    for (HttpResult& result : sender.TakeResults()) results[result.number] = std::move(result);
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(results.size(), count);
  return results;
}

HttpResult Sent(HttpSender& sender, const std::string& url) {
  sender.Send({1, url, {"webhook-id: a/b"}, R"({"a":1})"});
  return ResultsOf(sender, 1)[1];
}

TEST(HttpSenderTest, PostsWhatItIsGiven) {
  LocalReceiver receiver([](const auto&, httplib::Response& response) { response.status = 204; });
  HttpSender sender(ToLoopback());
  const HttpResult result = Sent(sender, receiver.url());
  EXPECT_TRUE(result.delivered()) << result.problem;
  EXPECT_EQ(result.status, 204);
  EXPECT_GT(result.took, absl::ZeroDuration());
  ASSERT_EQ(receiver.requests().size(), 1u);
  const httplib::Request request = receiver.requests().front();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/in");
  EXPECT_EQ(request.body, R"({"a":1})");
  EXPECT_EQ(request.get_header_value("webhook-id"), "a/b");
  EXPECT_THAT(request.get_header_value("User-Agent"), HasSubstr("baton/"));
}

TEST(HttpSenderTest, ManyAreUnderWayAtOnce) {
  std::atomic<int> inside = 0;
  LocalReceiver receiver([&](const auto&, httplib::Response& response) {
    ++inside;
    const absl::Time give_up_at = absl::Now() + absl::Seconds(5);
    while (inside < 6 && absl::Now() < give_up_at) absl::SleepFor(absl::Milliseconds(1));
    response.status = inside >= 6 ? 200 : 500;
  });
  HttpSender sender(ToLoopback());
  for (uint64_t i = 0; i < 6; ++i) sender.Send({i, receiver.url(), {}, "{}"});
  for (const auto& [number, result] : ResultsOf(sender, 6)) EXPECT_TRUE(result.delivered());
}

TEST(HttpSenderTest, OtherAnswersAreProblems) {
  LocalReceiver receiver([](const auto&, httplib::Response& response) {
    response.status = 429;
    response.set_header("retry-after", "120");
  });
  HttpSender sender(ToLoopback());
  const HttpResult result = Sent(sender, receiver.url());
  EXPECT_EQ(result.problem, "status 429");
  EXPECT_EQ(result.retry_after, absl::Minutes(2));
}

TEST(HttpSenderTest, RedirectsAreNotFollowed) {
  LocalReceiver elsewhere([](const auto&, httplib::Response&) {});
  LocalReceiver receiver([&](const auto&, httplib::Response& response) {
    response.set_redirect(elsewhere.url(), 307);
  });
  HttpSender sender(ToLoopback());
  EXPECT_THAT(Sent(sender, receiver.url()).problem, HasSubstr("redirects are not followed"));
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(HttpSenderTest, ReadsNoMoreThanItMust) {
  LocalReceiver receiver([](const auto&, httplib::Response& response) {
    response.set_content(std::string(10'000'000, 'x'), "text/plain");
  });
  HttpSender sender(ToLoopback());
  EXPECT_TRUE(Sent(sender, receiver.url()).delivered()) << "what is said behind 200 is no matter";
}

TEST(HttpSenderTest, AReceiverThatDoesNotAnswerTakesNoLongerThanTheTimeout) {
  LocalReceiver receiver(
      [](const auto&, httplib::Response&) { absl::SleepFor(absl::Milliseconds(600)); });
  HttpSender sender(ToLoopback(absl::Milliseconds(100)));
  const HttpResult result = Sent(sender, receiver.url());
  EXPECT_THAT(result.problem, HasSubstr("imeout"));
  EXPECT_LT(result.took, absl::Milliseconds(500));
}

TEST(HttpSenderTest, InternalAddressesAreNotConnectedTo) {
  LocalReceiver receiver([](const auto&, httplib::Response&) {});
  HttpSenderOptions options = ToLoopback();
  options.rules = *EgressRules::Parse("127.0.0.1,localhost", "10.0.0.0/8");
  HttpSender sender(options);
  EXPECT_THAT(Sent(sender, receiver.url()).problem, HasSubstr("webhooks.internal_networks"));
  std::string named = receiver.url();
  named.replace(named.find("127.0.0.1"), 9, "localhost");
  EXPECT_THAT(Sent(sender, named).problem, HasSubstr("webhooks.internal_networks"));
  EXPECT_TRUE(receiver.requests().empty());
}

TEST(HttpSenderTest, ProxiesOfTheEnvironmentAreNotUsed) {
  LocalReceiver proxy([](const auto&, httplib::Response&) {});
  LocalReceiver receiver([](const auto&, httplib::Response&) {});
  setenv("http_proxy", proxy.url().c_str(), 1);
  HttpSender sender(ToLoopback());
  EXPECT_TRUE(Sent(sender, receiver.url()).delivered());
  unsetenv("http_proxy");
  EXPECT_TRUE(proxy.requests().empty());
}

TEST(HttpSenderTest, EndsWithRequestsUnderWay) {
  LocalReceiver receiver(
      [](const auto&, httplib::Response&) { absl::SleepFor(absl::Milliseconds(300)); });
  HttpSender sender(ToLoopback());
  sender.Send({1, receiver.url(), {}, "{}"});
  while (receiver.requests().empty()) absl::SleepFor(absl::Milliseconds(1));
}

}  // namespace
}  // namespace baton::webhooks
