#include "platform/grpc/connection_count.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace baton::platform::rpc {
namespace {

class ConnectionCountTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const int fd : open_) close(fd);
  }

  int Socket() {
    open_.push_back(socket(AF_UNIX, SOCK_STREAM, 0));
    return open_.back();
  }
  void Close(int fd) {
    close(fd);
    std::erase(open_, fd);
  }
  bool Enter(ConnectionCount& count, const std::string& peer) {
    return count.Enter(Socket(), peer, now_);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);

 private:
  std::vector<int> open_;
};

TEST_F(ConnectionCountTest, ThereAreSoManyAltogether) {
  ConnectionCount count({.all_max = 2});
  EXPECT_TRUE(Enter(count, "ipv4:10.0.0.1:1"));
  EXPECT_TRUE(Enter(count, "ipv4:10.0.0.2:1"));
  EXPECT_FALSE(Enter(count, "ipv4:10.0.0.3:1"));
  EXPECT_EQ(count.open(now_), 2);
}

TEST_F(ConnectionCountTest, ThereAreSoManyFromOneAddress) {
  ConnectionCount count({.per_address_max = 1});
  EXPECT_TRUE(Enter(count, "ipv4:10.0.0.1:1"));
  EXPECT_FALSE(Enter(count, "ipv4:10.0.0.1:2"));
  EXPECT_TRUE(Enter(count, "ipv6:[2001:db8::1]:1"));
  EXPECT_FALSE(Enter(count, "ipv6:[2001:db8::1]:2"));
  EXPECT_TRUE(Enter(count, "ipv6:[2001:db8::2]:2"));
}

TEST_F(ConnectionCountTest, WhatIsClosedMakesRoom) {
  ConnectionCount count({.all_max = 1});
  const int first = Socket();
  ASSERT_TRUE(count.Enter(first, "ipv4:10.0.0.1:1", now_));
  ASSERT_FALSE(Enter(count, "ipv4:10.0.0.1:2"));
  Close(first);
  now_ += ConnectionCount::kLookInterval;
  EXPECT_TRUE(Enter(count, "ipv4:10.0.0.1:2"));
}

TEST_F(ConnectionCountTest, AClockThatIsSetBackKeepsNobodyOut) {
  ConnectionCount count({.all_max = 1});
  const int first = Socket();
  ASSERT_TRUE(count.Enter(first, "ipv4:10.0.0.1:1", now_));
  ASSERT_FALSE(Enter(count, "ipv4:10.0.0.1:2"));
  Close(first);
  now_ -= absl::Hours(1);
  EXPECT_TRUE(Enter(count, "ipv4:10.0.0.1:2"));
}

TEST_F(ConnectionCountTest, ADescriptorThatIsAnotherFilesByNowIsNotTakenForTheConnection) {
  ConnectionCount count({.all_max = 1});
  const int first = Socket();
  ASSERT_TRUE(count.Enter(first, "ipv4:10.0.0.1:1", now_));
  Close(first);
  ASSERT_EQ(Socket(), first);
  EXPECT_EQ(count.open(now_), 0);
}

TEST_F(ConnectionCountTest, APeerThatComesAgainIsANewConnection) {
  ConnectionCount count({.per_principal_max = 1});
  ASSERT_TRUE(Enter(count, "ipv4:10.0.0.1:1"));
  ASSERT_TRUE(count.Use("ipv4:10.0.0.1:1", "crm", now_));
  ASSERT_TRUE(Enter(count, "ipv4:10.0.0.1:1"));
  EXPECT_TRUE(Enter(count, "ipv4:10.0.0.1:2"));
  EXPECT_TRUE(count.Use("ipv4:10.0.0.1:2", "crm", now_)) << "that of before is none any more";
  EXPECT_FALSE(count.Use("ipv4:10.0.0.1:1", "crm", now_));
}

TEST_F(ConnectionCountTest, APrincipalHasSoManyAndOthersHaveTheirOwn) {
  ConnectionCount count({.per_principal_max = 2});
  const int first = Socket();
  ASSERT_TRUE(count.Enter(first, "ipv6:[::1]:1", now_));
  ASSERT_TRUE(Enter(count, "ipv4:10.0.0.1:2"));
  ASSERT_TRUE(Enter(count, "ipv4:10.0.0.1:3"));
  EXPECT_TRUE(count.Use("ipv6:%5B::1%5D:1", "crm", now_)) << "as gRPC says it";
  EXPECT_TRUE(count.Use("ipv4:10.0.0.1:2", "crm", now_));
  EXPECT_FALSE(count.Use("ipv4:10.0.0.1:3", "crm", now_));
  EXPECT_TRUE(count.Use("ipv4:10.0.0.1:2", "crm", now_)) << "those that it has go on";
  EXPECT_TRUE(count.Use("ipv4:10.0.0.1:3", "ada", now_));
  EXPECT_TRUE(count.Use("inproc", "crm", now_));
  Close(first);
  now_ += ConnectionCount::kLookInterval;
  EXPECT_TRUE(count.Use("ipv4:10.0.0.1:3", "crm", now_));
}

TEST_F(ConnectionCountTest, OfASharedConnectionSomePrincipalsAreCounted) {
  ConnectionCount count({.per_principal_max = 1});
  ASSERT_TRUE(Enter(count, "ipv4:10.0.0.1:1"));
  ASSERT_TRUE(Enter(count, "ipv4:10.0.0.1:2"));
  for (size_t i = 0; i <= ConnectionCount::kPrincipalsMax; ++i) {
    EXPECT_TRUE(count.Use("ipv4:10.0.0.1:1", "p" + std::to_string(i), now_));
  }
  const std::string last = "p" + std::to_string(ConnectionCount::kPrincipalsMax);
  EXPECT_FALSE(count.Use("ipv4:10.0.0.1:2", "p0", now_));
  EXPECT_TRUE(count.Use("ipv4:10.0.0.1:2", last, now_)) << "it was one too many to be counted";
}

}  // namespace
}  // namespace baton::platform::rpc
