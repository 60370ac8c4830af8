#include "store/redis/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "store/redis/errors.h"
#include "store/redis/session.h"

namespace baton::store::redis {
namespace {

using platform::redis::Reply;
using testing::HasSubstr;

ServerReport Safe(const std::string& fsync = "always") {
  Reply setting;
  setting.type = Reply::Type::kArray;
  setting.elements = {{Reply::Type::kString, "appendfsync", 0, {}},
                      {Reply::Type::kString, fsync, 0, {}}};
  return {"# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n",
          "# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n",
          "# Persistence\r\nloading:0\r\naof_enabled:1\r\n", setting};
}

std::string Complaint(const ServerReport& report, bool allow_everysec = false) {
  const absl::Status status = CheckSettings(report, allow_everysec);
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  return std::string(status.message());
}

TEST(RedisReadinessTest, ASafeServerIsReady) {
  EXPECT_TRUE(CheckSettings(Safe(), false).ok());
}

TEST(RedisReadinessTest, EverysecNeedsTheOperatorsConsent) {
  EXPECT_THAT(Complaint(Safe("everysec")), HasSubstr("appendfsync"));
  EXPECT_TRUE(CheckSettings(Safe("everysec"), true).ok());
  EXPECT_THAT(Complaint(Safe("no"), true), HasSubstr("appendfsync"));
}

TEST(RedisReadinessTest, NamesTheSettingThatLosesDataAndItsMend) {
  ServerReport report = Safe();
  report.memory = "maxmemory_policy:allkeys-lru\r\n";
  EXPECT_THAT(Complaint(report), HasSubstr("set it to noeviction"));
  report = Safe();
  report.persistence = "aof_enabled:0\r\n";
  EXPECT_THAT(Complaint(report), HasSubstr("appendonly is \"no\""));
  report = Safe();
  report.appendfsync = {Reply::Type::kError, "NOPERM", 0, {}};
  EXPECT_THAT(Complaint(report), HasSubstr("+config|get"));
}

TEST(RedisReadinessTest, OldServersAreRefused) {
  EXPECT_TRUE(CheckVersion("redis_version:7.0.0\r\n").ok());
  EXPECT_TRUE(CheckVersion("redis_version:8.2.1\r\n").ok());
  for (const char* info : {"redis_version:6.2.14\r\n", "redis_version:\r\n", ""}) {
    EXPECT_EQ(core::ErrorReason(CheckVersion(info)), "REDIS_TOO_OLD") << info;
  }
}

TEST(RedisErrorsTest, WhatPassesIsUnavailableWithARetryTime) {
  for (const char* text : {"OOM command not allowed", "MISCONF Redis is configured to save",
                           "READONLY You can't write", "LOADING Redis is loading", "BUSY Redis is",
                           "NOREPLICAS Not enough good replicas"}) {
    const absl::Status status = FromReply({Reply::Type::kError, text, 0, {}});
    EXPECT_TRUE(absl::IsUnavailable(status)) << text;
    EXPECT_GT(core::RetryAfter(status), absl::ZeroDuration()) << text;
  }
}

TEST(RedisErrorsTest, OtherRepliesAreInternal) {
  for (const char* text :
       {"WRONGTYPE Operation against a key", "BATONREFUSED plan", "ERR unknown"}) {
    EXPECT_TRUE(absl::IsInternal(FromReply({Reply::Type::kError, text, 0, {}}))) << text;
  }
}

TEST(RedisErrorsTest, OnlyWhatWasNotExecutedIsCalledAgain) {
  EXPECT_TRUE(IsUnprepared({Reply::Type::kError, "ERR Function not found", 0, {}}));
  EXPECT_TRUE(IsUnprepared({Reply::Type::kError, "BATONCLOSED shard is not open", 0, {}}));
  EXPECT_FALSE(IsUnprepared({Reply::Type::kError, "ERR unknown", 0, {}}));
  EXPECT_FALSE(IsUnprepared({Reply::Type::kString, "ERR Function not found", 0, {}}));
}

}  // namespace
}  // namespace baton::store::redis
