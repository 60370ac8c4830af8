// Functions called directly on a real redis-server: seed state, call, look at every key.
#ifndef BATON_CONTRACT_REDIS_FUNCTIONS_FUNCTION_FIXTURE_H_
#define BATON_CONTRACT_REDIS_FUNCTIONS_FUNCTION_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/redis/client.h"
#include "store/redis/function_library.h"
#include "store/redis/redis_keys.h"
#include "support/redis_server.h"

namespace baton::contract {

using platform::redis::Command;
using platform::redis::Reply;

// Key -> its content as text, whatever its type.
using Dump = std::map<std::string, std::string>;

inline constexpr int64_t kNow = 1'700'000'000'000;

// A call of a function, to be varied. One of the function `plan` stands for a plan: its keys are
// those of a `commit` of this plan alone, its arguments those of plan.lua.
struct Call {
  std::string function;
  std::vector<std::string> keys;
  std::vector<std::string> args;
  int64_t clock = kNow;  // of a plan
};

// The call of `commit` with these plans, at the clock of the first.
Call Together(const std::vector<Call>& plans);

// One empty database per test with the functions loaded and shard 3 open; workspace "acme" of that
// shard has policy revision 1 with queue "inside" (offer, 60 s; retry 30 s) and "field" (direct).
class FunctionTest : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;

  std::vector<Reply> RunAll(const std::vector<Command>& commands);  // one round trip
  Reply Run(const Command& command);
  Reply Run(const Call& call);  // of a plan: what `commit` says about it, or the error of the call
  // The outcome or code that a function answers; -1: it ended in an error.
  int64_t AnswerOf(const Call& call);
  Dump DumpAll();

  // A revision "inbound" by mia, her approval or another's, its activation by sam ("activate" or
  // "rollback").
  Call CreateRevision(const std::string& yaml, const std::string& tables = "");
  Call Approve(int64_t revision, const std::string& principal, const std::string& role);
  Call Activate(int64_t revision, int64_t activation, const std::string& kind,
                const std::vector<std::string>& queues);
  // All of that for the workspace's revision `number`, its activation of the same number.
  void Adopt(const std::string& yaml, int64_t number, const std::vector<std::string>& queues);
  Call StartShadow(int64_t revision);
  // A lookup table of one row, of that name and the SHA-256 "aa..a".
  Call PutTable(const std::string& name);
  Call DeleteTable(const std::string& name);
  // The plan with a step of a draft beside the active revision (shadow.lua, STEP).
  static Call WithStep(const std::string& step, Call plan);
  void PutRep(const std::string& rep, const std::string& row);  // "weight|capacity|presence|..."
  // A plan for `lead`; `plan` is ARGV 3 of plan.lua.
  // `waiting`: owners, whether only they, until when.
  Call Commit(const std::string& lead, const std::string& plan,
              const std::vector<std::string>& changes = {}, const std::string& waiting = "|0|0");
  // A new lead, qualified and offered to queue "inside" with this priority.
  Call Qualify(const std::string& lead, int priority = 5);

  const store::redis::ShardKeys shard_{3};
  const store::redis::WorkspaceKeys acme_{3, core::WorkspaceId::Trusted("acme")};
  const store::redis::FunctionLibrary library_;

 private:
  static std::unique_ptr<support::RedisServer> server_;
  std::unique_ptr<platform::redis::Client> client_;
};

// A reply and all in it as one text.
std::string Flatten(const Reply& reply);

// "queue|mode|accept_within|retry_after|skills" with the defaults of what follows.
std::string QueueRow(const std::string& row);

core::LeadId LeadNamed(const std::string& id);
core::RepId RepNamed(const std::string& id);
core::QueueId QueueNamed(const std::string& id);

}  // namespace baton::contract

#endif  // BATON_CONTRACT_REDIS_FUNCTIONS_FUNCTION_FIXTURE_H_
