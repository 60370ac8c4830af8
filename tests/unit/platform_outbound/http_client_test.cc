#include "platform/outbound/http_client.h"

#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <atomic>
#include <map>
#include <string_view>

#include "absl/time/clock.h"
#include "support/local_receiver.h"

// In place of the system's, also for curl: nobody answers for the name silent.test.
int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  if (name != nullptr && std::string_view(name) == "silent.test") {
    absl::SleepFor(absl::Seconds(10));
    return EAI_AGAIN;
  }
  static const auto real =
      reinterpret_cast<decltype(&getaddrinfo)>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(name, service, hints, found);
}

namespace baton::platform {
namespace {

using ::baton::support::LocalReceiver;
using ::testing::HasSubstr;

HttpClientOptions Within(absl::Duration timeout) {
  HttpClientOptions options;
  options.timeout = timeout;
  return options;
}

// What each request came to, by number.
std::map<uint64_t, HttpResult> ResultsOf(HttpClient& sender, size_t count) {
  std::map<uint64_t, HttpResult> results;
  const absl::Time give_up_at = absl::Now() + absl::Seconds(20);
  while (results.size() < count && absl::Now() < give_up_at) {
    for (HttpResult& result : sender.TakeResults()) results[result.number] = std::move(result);
    absl::SleepFor(absl::Milliseconds(1));
  }
  EXPECT_EQ(results.size(), count);
  return results;
}

HttpResult Sent(HttpClient& sender, const std::string& url) {
  sender.Send({1, url, {"webhook-id: a/b"}, R"({"a":1})"});
  return ResultsOf(sender, 1)[1];
}

TEST(HttpClientTest, PostsWhatItIsGiven) {
  LocalReceiver receiver([](const auto&, httplib::Response& response) { response.status = 204; });
  HttpClient sender(Within(absl::Seconds(10)));
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

TEST(HttpClientTest, ManyAreUnderWayAtOnce) {
  std::atomic<int> inside = 0;
  LocalReceiver receiver([&](const auto&, httplib::Response& response) {
    ++inside;
    const absl::Time give_up_at = absl::Now() + absl::Seconds(5);
    while (inside < 6 && absl::Now() < give_up_at) absl::SleepFor(absl::Milliseconds(1));
    response.status = inside >= 6 ? 200 : 500;
  });
  HttpClient sender(Within(absl::Seconds(10)));
  for (uint64_t i = 0; i < 6; ++i) sender.Send({i, receiver.url(), {}, "{}"});
  for (const auto& [number, result] : ResultsOf(sender, 6)) EXPECT_TRUE(result.delivered());
}

TEST(HttpClientTest, OtherAnswersAreProblems) {
  LocalReceiver receiver([](const auto&, httplib::Response& response) {
    response.status = 429;
    response.set_header("retry-after", "120");
  });
  HttpClient sender(Within(absl::Seconds(10)));
  const HttpResult result = Sent(sender, receiver.url());
  EXPECT_EQ(result.problem, "status 429");
  EXPECT_EQ(result.retry_after, absl::Minutes(2));
}

TEST(HttpClientTest, RedirectsAreNotFollowed) {
  LocalReceiver elsewhere([](const auto&, httplib::Response&) {});
  LocalReceiver receiver([&](const auto&, httplib::Response& response) {
    response.set_redirect(elsewhere.url(), 307);
  });
  HttpClient sender(Within(absl::Seconds(10)));
  EXPECT_THAT(Sent(sender, receiver.url()).problem, HasSubstr("redirects are not followed"));
  EXPECT_TRUE(elsewhere.requests().empty());
}

TEST(HttpClientTest, ReadsNoMoreThanItMust) {
  LocalReceiver receiver([](const auto&, httplib::Response& response) {
    response.set_content(std::string(10'000'000, 'x'), "text/plain");
  });
  HttpClient sender(Within(absl::Seconds(10)));
  EXPECT_TRUE(Sent(sender, receiver.url()).delivered()) << "what is said behind 200 is no matter";
}

TEST(HttpClientTest, AReceiverThatDoesNotAnswerTakesNoLongerThanTheTimeout) {
  LocalReceiver receiver([](const auto&, httplib::Response&) { absl::SleepFor(absl::Seconds(3)); });
  HttpClient sender(Within(absl::Milliseconds(100)));
  const HttpResult result = Sent(sender, receiver.url());
  EXPECT_THAT(result.problem, HasSubstr("imeout"));
  EXPECT_LT(result.took, absl::Seconds(2));
}

TEST(HttpClientTest, ANameThatNobodyAnswersForHoldsUpNothing) {
  LocalReceiver receiver([](const auto&, httplib::Response&) {});
  const absl::Time begin = absl::Now();
  {
    HttpClient sender(Within(absl::Milliseconds(500)));
    EXPECT_THAT(Sent(sender, "http://silent.test/").problem, HasSubstr("imeout"));
    EXPECT_TRUE(Sent(sender, receiver.url()).delivered());
    sender.Send({1, "http://silent.test/", {}, "{}"});
  }
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
}

TEST(HttpClientTest, AnAddressThatIsRefusedIsNotConnectedTo) {
  LocalReceiver receiver([](const auto&, httplib::Response&) {});
  HttpClientOptions options = Within(absl::Seconds(10));
  options.refuse = [](const sockaddr& address, bool tls) {
    return address.sa_family == AF_INET && !tls ? "not there" : "";
  };
  HttpClient sender(options);
  EXPECT_EQ(Sent(sender, receiver.url()).problem, "not there");
  EXPECT_TRUE(receiver.requests().empty());
}

TEST(HttpClientTest, TheSchemeMayBeWrittenInCapitals) {
  HttpClientOptions options = Within(absl::Seconds(10));
  options.refuse = [](const sockaddr&, bool tls) { return tls ? "with TLS" : "without TLS"; };
  HttpClient sender(options);
  EXPECT_EQ(Sent(sender, "HTTPS://127.0.0.1:1/").problem, "with TLS");
  EXPECT_EQ(Sent(sender, "HTTP://127.0.0.1:1/").problem, "without TLS");
}

TEST(HttpClientTest, GetsAndKeepsABodyUpToItsCap) {
  LocalReceiver receiver([](const httplib::Request& request, httplib::Response& response) {
    response.set_content(std::string(request.has_param("long") ? 1001 : 1000, 'x'), "text/plain");
  });
  HttpClientOptions options = Within(absl::Seconds(10));
  options.body_bytes_kept = 1000;
  HttpClient client(options);
  client.Send({.number = 1, .url = receiver.url()});
  client.Send({.number = 2, .url = receiver.url() + "&long=1"});
  auto results = ResultsOf(client, 2);
  EXPECT_TRUE(results[1].delivered()) << results[1].problem;
  EXPECT_EQ(results[1].body, std::string(1000, 'x'));
  EXPECT_THAT(results[2].problem, HasSubstr("more than 1000 bytes"));
  EXPECT_EQ(results[2].body, "");
  EXPECT_EQ(receiver.requests().front().method, "GET");
}

TEST(HttpClientTest, ProxiesOfTheEnvironmentAreNotUsed) {
  LocalReceiver proxy([](const auto&, httplib::Response&) {});
  LocalReceiver receiver([](const auto&, httplib::Response&) {});
  setenv("http_proxy", proxy.url().c_str(), 1);
  HttpClient sender(Within(absl::Seconds(10)));
  EXPECT_TRUE(Sent(sender, receiver.url()).delivered());
  unsetenv("http_proxy");
  EXPECT_TRUE(proxy.requests().empty());
}

TEST(HttpClientTest, EndsWithRequestsUnderWay) {
  LocalReceiver receiver(
      [](const auto&, httplib::Response&) { absl::SleepFor(absl::Milliseconds(300)); });
  HttpClient sender(Within(absl::Seconds(10)));
  sender.Send({1, receiver.url(), {}, "{}"});
  while (receiver.requests().empty()) absl::SleepFor(absl::Milliseconds(1));
}

}  // namespace
}  // namespace baton::platform
