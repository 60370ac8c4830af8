#include "platform/redis/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "platform/redis/client.h"

namespace baton::platform::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RedisUrlTest, ReadsAllParts) {
  const auto location = ParseUrl("rediss://baton:p%40ss%3a@redis.example:6390/3");
  ASSERT_TRUE(location.ok()) << location.status();
  const Endpoint& endpoint = location->server;
  EXPECT_TRUE(endpoint.tls);
  EXPECT_EQ(endpoint.user, "baton");
  EXPECT_EQ(endpoint.password, "p@ss:");
  EXPECT_EQ(endpoint.host, "redis.example");
  EXPECT_EQ(endpoint.port, 6390);
  EXPECT_EQ(endpoint.database, 3);
  EXPECT_EQ(Address(endpoint), "redis.example:6390");
}

TEST(RedisUrlTest, LeavesOutWhatHasADefault) {
  const auto location = ParseUrl("redis://localhost");
  ASSERT_TRUE(location.ok());
  const Endpoint& endpoint = location->server;
  EXPECT_FALSE(endpoint.tls);
  EXPECT_EQ(endpoint.port, 6379);
  EXPECT_EQ(endpoint.database, 0);
  EXPECT_EQ(endpoint.user, "");
  EXPECT_TRUE(location->sentinels.empty());
  EXPECT_TRUE(ParseUrl("redis://localhost/").ok());
}

TEST(RedisUrlTest, ReadsAPasswordOfTheDefaultUser) {
  const auto location = ParseUrl("redis://:secret@localhost");
  ASSERT_TRUE(location.ok());
  const Endpoint& endpoint = location->server;
  EXPECT_EQ(endpoint.user, "");
  EXPECT_EQ(endpoint.password, "secret");
}

TEST(RedisUrlTest, ReadsIpv6) {
  const auto location = ParseUrl("redis://[::1]:7000");
  ASSERT_TRUE(location.ok()) << location.status();
  const Endpoint& endpoint = location->server;
  EXPECT_EQ(endpoint.host, "::1");
  EXPECT_EQ(endpoint.port, 7000);
  EXPECT_EQ(Address(endpoint), "[::1]:7000");
}

TEST(RedisUrlTest, ReadsSentinelsAndWhatTheyCallThePrimary) {
  const auto location =
      ParseUrl("rediss+sentinel://baton:secret@one.example,[::1]:26380,10.0.0.3/my.primary_1/2");
  ASSERT_TRUE(location.ok()) << location.status();
  EXPECT_TRUE(location->server.tls);
  EXPECT_EQ(location->server.user, "baton");
  EXPECT_EQ(location->server.password, "secret");
  EXPECT_EQ(location->server.database, 2);
  EXPECT_EQ(location->server.host, "");
  EXPECT_EQ(location->primary, "my.primary_1");
  ASSERT_EQ(location->sentinels.size(), 3u);
  EXPECT_EQ(Address(location->sentinels[0]), "one.example:26379");
  EXPECT_EQ(Address(location->sentinels[1]), "[::1]:26380");
  EXPECT_EQ(Address(location->sentinels[2]), "10.0.0.3:26379");
  for (const Endpoint& sentinel : location->sentinels) {
    EXPECT_TRUE(sentinel.tls);
    EXPECT_EQ(sentinel.user, "") << "the user of Redis is none of Sentinel";
    EXPECT_EQ(sentinel.password, "");
  }
}

TEST(RedisUrlTest, OneSentinelAndNoUserIsEnough) {
  const auto location = ParseUrl("redis+sentinel://sentinel/baton");
  ASSERT_TRUE(location.ok()) << location.status();
  EXPECT_FALSE(location->server.tls);
  EXPECT_EQ(location->server.database, 0);
  EXPECT_EQ(location->sentinels.size(), 1u);
  EXPECT_EQ(location->primary, "baton");
}

TEST(RedisUrlTest, FaultsOfSentinelUrlsAreNamed) {
  const std::string many = absl::StrJoin(std::vector<std::string>(17, "host"), ",");
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"redis+sentinel://a,b", "no name of the primary"},
      {"redis+sentinel://a,b//1", "no name of the primary"},
      {"redis+sentinel://a,b/my primary", "no name of the primary"},
      {"redis+sentinel://a,,b/x", "no host"},
      {"redis+sentinel://a,b:0/x", "port is not a number"},
      {"redis+sentinel://a,b/x/y", "database is not a number"},
      {"redis+sentinel://" + many + "/x", "more than 16 Sentinels"},
      {"redis+cluster://a", "unknown scheme"},
      {"http+sentinel://a/x", "unknown scheme"},
      {"redis://a,b", "several hosts, no Sentinels"}};
  for (const auto& [url, fault] : faults) {
    const absl::Status status = ParseUrl(url).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << url;
    EXPECT_THAT(std::string(status.message()), HasSubstr(fault)) << url;
  }
}

TEST(RedisUrlTest, NamesTheFaultButNeverThePassword) {
  for (const char* url :
       {"localhost", "http://localhost", "redis+sentinel://u:hunter2@h",
        "redis+sentinel://u:hunter2@h:x/y", "redis+sentinel://u:hunter2@h,/y", "redis://",
        "redis://u:hunter2@", "redis://u:hunter2@h:0", "redis://u:hunter2@h:65536",
        "redis://u:hunter2@h:x", "redis://u:hunter2@h:", "redis://u:hunter2@h/x",
        "redis://u:hunter2@h/-1", "redis://u:hunter2%@h", "redis://u:hunter2%zz@h",
        "redis://u:hunter2@[::1", "redis://u:hunter2@[::1]x"}) {
    const absl::Status status = ParseUrl(url).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << url;
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("hunter2"))) << url;
  }
}

TEST(RedisClientOptionsTest, OptionsThatCannotWorkAreRefused) {
  const auto prepare = [](Connection&) { return absl::OkStatus(); };
  ClientOptions options;
  options.url = "redis://localhost";
  EXPECT_TRUE(Client::Create(options, prepare).ok());  // does not connect
  for (const int connections : {0, 1025}) {
    ClientOptions bad = options;
    bad.connections_max = connections;
    EXPECT_TRUE(absl::IsInvalidArgument(Client::Create(bad, prepare).status())) << connections;
  }
  ClientOptions no_time = options;
  no_time.command_timeout = absl::ZeroDuration();
  EXPECT_TRUE(absl::IsInvalidArgument(Client::Create(no_time, prepare).status()));
  ClientOptions bad_file = options;
  bad_file.url = "rediss://localhost";
  bad_file.tls.ca_file = "no/such/file.pem";
  const absl::Status status = Client::Create(bad_file, prepare).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("no/such/file.pem"));
}

}  // namespace
}  // namespace baton::platform::redis
