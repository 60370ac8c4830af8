#include "store/redis/known_holes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace baton::store::redis {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::string OfRedis(const char* version) {
  return KnownHoles(absl::StrCat("# Server\r\nredis_version:", version, "\r\n"));
}

std::string OfValkey(const char* version) {
  return KnownHoles(absl::StrCat("# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\n",
                                 "valkey_version:", version, "\r\n"));
}

TEST(KnownHolesTest, AreThoseOfVersionsBeforeTheMendOfTheirLine) {
  for (const char* version : {"7.0.15", "7.2.14", "7.3.99", "7.4.9", "8.0.6", "8.1.9", "8.2.7"}) {
    EXPECT_NE(OfRedis(version), "") << version;
  }
  for (const char* version : {"7.2.15", "7.4.10", "8.2.8", "8.4.5", "8.6.6", "8.10.0", "10.0.0"}) {
    EXPECT_EQ(OfRedis(version), "") << version;
  }
}

TEST(KnownHolesTest, ValkeyIsJudgedByItsOwnVersion) {
  for (const char* version : {"7.2.12", "8.0.7", "8.1.6", "9.0.3"})
    EXPECT_NE(OfValkey(version), "");
  for (const char* version : {"7.2.13", "8.0.8", "8.1.7", "9.0.4", "9.1.0"}) {
    EXPECT_EQ(OfValkey(version), "") << version;
  }
}

TEST(KnownHolesTest, SayWhatToDo) {
  EXPECT_THAT(OfRedis("7.0.15"),
              AllOf(HasSubstr("Redis 7.0.15"), HasSubstr("CVE-2025-49844"),
                    HasSubstr("your distribution"), HasSubstr("8.6.5, 8.8.1 or newer")));
  EXPECT_THAT(OfValkey("8.1.0"), HasSubstr("Valkey 8.1.0"));
}

TEST(KnownHolesTest, WhatSaysNoVersionIsNotJudged) {
  for (const char* info :
       {"", "redis_version:\r\n", "redis_version:7\r\n", "redis_version:a.b.c"}) {
    EXPECT_EQ(KnownHoles(info), "") << info;
  }
}

}  // namespace
}  // namespace baton::store::redis
