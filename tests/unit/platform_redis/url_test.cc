#include "platform/redis/url.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/redis/client.h"

namespace baton::platform::redis {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RedisUrlTest, ReadsAllParts) {
  const auto endpoint = ParseUrl("rediss://baton:p%40ss%3a@redis.example:6390/3");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_TRUE(endpoint->tls);
  EXPECT_EQ(endpoint->user, "baton");
  EXPECT_EQ(endpoint->password, "p@ss:");
  EXPECT_EQ(endpoint->host, "redis.example");
  EXPECT_EQ(endpoint->port, 6390);
  EXPECT_EQ(endpoint->database, 3);
  EXPECT_EQ(Address(*endpoint), "redis.example:6390");
}

TEST(RedisUrlTest, LeavesOutWhatHasADefault) {
  const auto endpoint = ParseUrl("redis://localhost");
  ASSERT_TRUE(endpoint.ok());
  EXPECT_FALSE(endpoint->tls);
  EXPECT_EQ(endpoint->port, 6379);
  EXPECT_EQ(endpoint->database, 0);
  EXPECT_EQ(endpoint->user, "");
  EXPECT_TRUE(ParseUrl("redis://localhost/").ok());
}

TEST(RedisUrlTest, ReadsAPasswordOfTheDefaultUser) {
  const auto endpoint = ParseUrl("redis://:secret@localhost");
  ASSERT_TRUE(endpoint.ok());
  EXPECT_EQ(endpoint->user, "");
  EXPECT_EQ(endpoint->password, "secret");
}

TEST(RedisUrlTest, ReadsIpv6) {
  const auto endpoint = ParseUrl("redis://[::1]:7000");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_EQ(endpoint->host, "::1");
  EXPECT_EQ(endpoint->port, 7000);
  EXPECT_EQ(Address(*endpoint), "[::1]:7000");
}

TEST(RedisUrlTest, NamesTheFaultButNeverThePassword) {
  for (const char* url :
       {"localhost", "http://localhost", "redis://", "redis://u:hunter2@", "redis://u:hunter2@h:0",
        "redis://u:hunter2@h:65536", "redis://u:hunter2@h:x", "redis://u:hunter2@h:",
        "redis://u:hunter2@h/x", "redis://u:hunter2@h/-1", "redis://u:hunter2%@h",
        "redis://u:hunter2%zz@h", "redis://u:hunter2@[::1", "redis://u:hunter2@[::1]x"}) {
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
