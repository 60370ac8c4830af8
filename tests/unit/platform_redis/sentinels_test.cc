#include "platform/redis/sentinels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "platform/redis/client.h"
#include "platform/redis/incarnations.h"
#include "support/fake_redis.h"

namespace baton::platform::redis {
namespace {

using support::FakeRedis;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const FakeRedis::Command kQuestion = {"SENTINEL", "get-master-addr-by-name", "leads"};
constexpr char kIgnorant[] = "*-1\r\n";  // what a Sentinel says of a name that it does not know

std::string Bulk(const std::string& text) {
  return absl::StrCat("$", text.size(), "\r\n", text, "\r\n");
}

std::string Names(int port) {
  return absl::StrCat("*2\r\n", Bulk("127.0.0.1"), Bulk(absl::StrCat(port)));
}

// Redis in `role`; a function call that it refuses is answered with `call`.
std::unique_ptr<FakeRedis> Server(const std::string& role, const std::string& call = "+OK\r\n") {
  return std::make_unique<FakeRedis>([role, call](const FakeRedis::Command& command) {
    return command[0] == "INFO" ? Bulk("# Replication\r\nrole:" + role + "\r\n") : call;
  });
}

std::unique_ptr<FakeRedis> Sentinel(const std::string& answer) {
  return std::make_unique<FakeRedis>([answer](const FakeRedis::Command&) { return answer; });
}

// One whose answer changes.
std::unique_ptr<FakeRedis> SentinelNaming(const std::atomic<int>& port) {
  return std::make_unique<FakeRedis>([&port](const FakeRedis::Command&) { return Names(port); });
}

std::string UrlOf(const std::vector<int>& ports) {
  return absl::StrCat(
      "redis+sentinel://",
      absl::StrJoin(ports, ",",
                    [](std::string* out, int port) { absl::StrAppend(out, "127.0.0.1:", port); }),
      "/leads");
}

// Sentinels at these ports.
std::unique_ptr<Sentinels> At(const std::vector<int>& ports, const SentinelLogin& login = {}) {
  const Location location = *ParseUrl(UrlOf(ports));
  return std::make_unique<Sentinels>(
      location, login,
      ConnectionOptions{location.server, "", nullptr, absl::Milliseconds(200),
                        absl::Milliseconds(200)});
}

TEST(SentinelsTest, AConnectionLeadsToThePrimaryThatIsNamed) {
  const auto primary = Server("master");
  const auto sentinel = Sentinel(Names(primary->port()));
  const auto connection = At({sentinel->port()})->OpenPrimary();
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ((*connection)->address(), absl::StrCat("127.0.0.1:", primary->port()));
  EXPECT_THAT(sentinel->commands(), ElementsAre(kQuestion));
  EXPECT_THAT(primary->commands(), ElementsAre(FakeRedis::Command{"INFO", "replication"}));
}

TEST(SentinelsTest, OneThatCannotSayIsPassedOver) {
  const auto primary = Server("master");
  const auto sentinel = Sentinel(Names(primary->port()));
  const int nobody = FakeRedis([](const auto&) { return ""; }).port();  // closed again
  const auto silent = Sentinel("");
  const auto ignorant = Sentinel(kIgnorant);
  const auto refusing = Sentinel("-NOAUTH Authentication required.\r\n");
  const auto strange = Sentinel(absl::StrCat("*2\r\n", Bulk("127.0.0.1"), Bulk("x")));
  for (const int other :
       {nobody, silent->port(), ignorant->port(), refusing->port(), strange->port()}) {
    const auto connection = At({other, sentinel->port()})->OpenPrimary();
    EXPECT_TRUE(connection.ok()) << connection.status();
  }
}

TEST(SentinelsTest, WhoAnsweredLastIsAskedFirst) {
  const auto primary = Server("master");
  const auto ignorant = Sentinel(kIgnorant);
  const auto sentinel = Sentinel(Names(primary->port()));
  const auto sentinels = At({ignorant->port(), sentinel->port()});
  EXPECT_TRUE(sentinels->OpenPrimary().ok());
  EXPECT_TRUE(sentinels->OpenPrimary().ok());
  EXPECT_EQ(ignorant->commands().size(), 1u);
  EXPECT_EQ(sentinel->commands().size(), 2u);
}

TEST(SentinelsTest, AReplicaIsNotBelievedToBeThePrimary) {
  const auto demoted = Server("slave");
  const auto promoted = Server("master");
  const auto cut_off = Sentinel(Names(demoted->port()));
  const auto sentinel = Sentinel(Names(promoted->port()));
  const auto connection = At({cut_off->port(), sentinel->port()})->OpenPrimary();
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ((*connection)->address(), absl::StrCat("127.0.0.1:", promoted->port()));
}

TEST(SentinelsTest, WhereNoneLeadsToAPrimaryEachIsNamedWithItsReason) {
  const auto replica = Server("slave");
  const auto one = Sentinel(Names(replica->port()));
  const auto two = Sentinel(Names(replica->port()));
  const auto three = Sentinel(kIgnorant);
  const auto status = At({one->port(), two->port(), three->port()})->OpenPrimary().status();
  EXPECT_TRUE(absl::IsUnavailable(status));
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("no Sentinel leads to a primary \"leads\""));
  for (const auto* sentinel : {&one, &two}) {
    EXPECT_THAT(message, HasSubstr(absl::StrCat("127.0.0.1:", (*sentinel)->port(),
                                                ": names 127.0.0.1:", replica->port(),
                                                ", which is no primary")));
  }
  EXPECT_THAT(message, HasSubstr(absl::StrCat("127.0.0.1:", three->port(), ": does not watch it")));
  EXPECT_EQ(replica->commands().size(), 1u) << "asked once in a round";
}

TEST(SentinelsTest, TheyHaveAUserAndAPasswordOfTheirOwn) {
  const std::string file =
      (std::filesystem::path(testing::TempDir()) / "sentinels_test_password").string();
  std::ofstream(file) << "s3cret\n";
  const auto primary = Server("master");
  const FakeRedis sentinel([&primary](const FakeRedis::Command& command) {
    return command[0] == "AUTH" ? "+OK\r\n" : Names(primary->port());
  });
  EXPECT_TRUE(At({sentinel.port()}, {"baton", file})->OpenPrimary().ok());
  std::filesystem::remove(file);
  EXPECT_THAT(const_cast<FakeRedis&>(sentinel).commands(),
              ElementsAre(FakeRedis::Command{"AUTH", "baton", "s3cret"}, kQuestion));
  EXPECT_THAT(primary->commands(), ElementsAre(FakeRedis::Command{"INFO", "replication"}));
}

// A client of the Sentinel; fails the test if there is none.
std::unique_ptr<Client> ClientOf(const FakeRedis& sentinel,
                                 std::shared_ptr<Incarnations> incarnations = nullptr) {
  ClientOptions options;
  options.url = UrlOf({sentinel.port()});
  auto client = Client::Create(
      options, [](Connection&) { return absl::OkStatus(); }, std::move(incarnations));
  EXPECT_TRUE(client.ok()) << client.status();
  return *std::move(client);
}

TEST(SentinelClientTest, ADemotedServerIsGivenUpForTheOneThatIsNamedThen) {
  const auto demoted =
      Server("master", "-READONLY You can't write against a read only replica.\r\n");
  const auto promoted = Server("master");
  std::atomic<int> named = demoted->port();
  const auto sentinel = SentinelNaming(named);
  const auto client = ClientOf(*sentinel);
  EXPECT_TRUE((*client->Run({{"FCALL"}}))[0].IsError("READONLY"));
  named = promoted->port();
  absl::SleepFor(kBackoffMin);
  const auto replies = client->Run({{"FCALL"}});
  ASSERT_TRUE(replies.ok()) << replies.status();
  EXPECT_FALSE((*replies)[0].is_error());
  EXPECT_THAT(promoted->commands(), Contains(FakeRedis::Command{"FCALL"}));
}

TEST(SentinelClientTest, AServerThatLacksReplicasIsGivenUpIfAnotherIsNamed) {
  const auto cut_off = Server("master", "-NOREPLICAS Not enough good replicas to write.\r\n");
  const auto promoted = Server("master");
  std::atomic<int> named = cut_off->port();
  const auto sentinel = SentinelNaming(named);
  const auto client = ClientOf(*sentinel);
  EXPECT_TRUE((*client->Run({{"FCALL"}}))[0].IsError("NOREPLICAS"));
  EXPECT_TRUE((*client->Run({{"FCALL"}}))[0].IsError("NOREPLICAS")) << "the same is named";
  named = promoted->port();
  absl::SleepFor(kAskAgainAfter);
  EXPECT_TRUE((*client->Run({{"FCALL"}}))[0].IsError("NOREPLICAS"));  // asks behind it
  const auto replies = client->Run({{"FCALL"}});
  ASSERT_TRUE(replies.ok()) << replies.status();
  EXPECT_FALSE((*replies)[0].is_error());
}

TEST(SentinelClientTest, ClientsOfOneInstallationLeaveAServerTogether) {
  const auto before = Server("master");
  const auto after = Server("master");
  std::atomic<int> named = before->port();
  const auto sentinel = SentinelNaming(named);
  const auto incarnations = std::make_shared<Incarnations>();
  const auto one = ClientOf(*sentinel, incarnations);
  const auto other = ClientOf(*sentinel, incarnations);
  EXPECT_TRUE(one->Run({{"FCALL"}}).ok());
  const int64_t first = incarnations->now();
  EXPECT_TRUE(one->Run({{"FCALL"}}).ok());
  EXPECT_EQ(incarnations->now(), first) << "the same server";
  named = after->port();
  EXPECT_TRUE(other->Run({{"GET"}}).ok());
  EXPECT_GT(incarnations->now(), first);
  EXPECT_TRUE(one->Run({{"FCALL"}}).ok());
  EXPECT_THAT(after->commands(), Contains(FakeRedis::Command{"FCALL"}));
}

TEST(IncarnationsTest, AServerThatWasLeftIsAnotherOneWhenItIsMetAgain) {
  Incarnations incarnations;
  const int64_t first = incarnations.Met("a");
  EXPECT_EQ(incarnations.Met("a"), first);
  EXPECT_EQ(incarnations.now(), first);
  const int64_t second = incarnations.Met("b");
  EXPECT_GT(second, first);
  incarnations.Leave();
  EXPECT_GT(incarnations.now(), second);
  const int64_t third = incarnations.Met("b");
  EXPECT_EQ(incarnations.now(), third);
  EXPECT_GT(incarnations.Met("a"), third) << "no number comes twice";
}

TEST(SentinelClientTest, SentinelsThatAreAwayAreNoReasonToLeaveTheServer) {
  const auto primary = Server("master");
  auto sentinel = Sentinel(Names(primary->port()));
  const auto client = ClientOf(*sentinel);
  EXPECT_TRUE(client->Run({{"FCALL"}}).ok());
  sentinel.reset();
  client->AskAgain();
  EXPECT_TRUE(client->Run({{"FCALL"}}).ok());
}

}  // namespace
}  // namespace baton::platform::redis
