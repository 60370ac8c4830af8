#include "store/redis/roster_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "store/redis/shard_codec.h"
#include "support/builders.h"

namespace baton::store::redis {
namespace {

using platform::redis::Reply;
using testing::ElementsAre;
using testing::Pair;

Reply TextReply(const std::string& text) {
  return {Reply::Type::kString, text, 0, {}};
}
Reply Number(int64_t number) {
  return {Reply::Type::kInteger, "", number, {}};
}

TEST(RedisRosterCodecTest, ARepComesBack) {
  core::Rep rep = support::SampleRep("ada");
  rep.display_name = "Ada | Lovelace, 100%;\n";
  rep.queues = {support::QueueNamed("dach"), support::QueueNamed("triage")};
  rep.skills = {"a,b", "de"};
  rep.presence = core::Presence::kAway;
  rep.revision = 12;
  const auto back = DecodeRep("ada", absl::StrCat("12|", EncodeRep(rep)));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->id, rep.id);
  EXPECT_EQ(back->display_name, rep.display_name);
  EXPECT_EQ(back->queues, rep.queues);
  EXPECT_EQ(back->weight, rep.weight);
  EXPECT_EQ(back->capacity, rep.capacity);
  EXPECT_EQ(back->skills, rep.skills);
  EXPECT_EQ(back->presence, rep.presence);
  EXPECT_EQ(back->revision, 12);
}

TEST(RedisRosterCodecTest, ARepWithoutQueuesSkillsAndNameComesBack) {
  core::Rep rep;
  rep.id = support::RepNamed("bo");
  const auto back = DecodeRep("bo", absl::StrCat("1|", EncodeRep(rep)));
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(back->queues.empty());
  EXPECT_TRUE(back->skills.empty());
  EXPECT_EQ(back->display_name, "");
}

TEST(RedisRosterCodecTest, RulesOfWorkAndAttributesComeBack) {
  core::Rep rep = support::SampleRep("ada");
  rep.work = {.daily_cap = 7,
              .calendar = "dach",
              .zone = "Europe/Vienna",
              .absences = {{5, 6, support::RepNamed("bob")}, {8, 9, {}}},
              .ramp = {3, 30, 25}};
  rep.attributes = {{"languages", std::vector<std::string>{"de", "e|n"}}, {"quota", 2.0}};
  const auto back = DecodeRep("ada", absl::StrCat("1|", EncodeRep(rep)));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->work, rep.work);
  EXPECT_EQ(back->attributes, rep.attributes);
}

TEST(RedisRosterCodecTest, ARepWithoutRulesOfWorkIsStoredAsBeforeThereWereAny) {
  EXPECT_EQ(EncodeRep(core::Rep()), "1|5|offline|||");
}

TEST(RedisRosterCodecTest, BrokenRulesOfWorkAreUnreadable) {
  for (const char* work : {"cap=x", "nonsense=1", "leave=1:2", "ramp=1:2:x", "cap"}) {
    const auto back = DecodeRep("ada", absl::StrCat("1|1|1|online|||x|", work, "|"));
    EXPECT_EQ(back.status().code(), absl::StatusCode::kInternal) << work;
  }
  EXPECT_FALSE(DecodeRep("ada", "1|1|1|online|||x||[1]").ok());
  EXPECT_FALSE(DecodeRep("ada", "1|1|1|online|||x||{\"a\":null}").ok());
}

TEST(RedisRosterCodecTest, HoursAreWindowsOrAlways) {
  EXPECT_EQ(EncodeHours({.open = {{1, 2}, {5, 9}}, .days = {0, 7}}), "0,7|1-2,5-9");
  EXPECT_EQ(EncodeHours({.always = true, .open = {}, .days = {7}}), "7|always");
}

TEST(RedisRosterCodecTest, AQueueIsReadWithAllItsParts) {
  core::QueuePolicy policy;
  policy.id = support::QueueNamed("dach");
  policy.mode = core::QueueMode::kDirect;
  policy.accept_within_ms = 7;
  policy.retry_after_ms = 8;
  policy.skills = {"de"};
  policy.strategy = core::Strategy::kLongestIdle;
  policy.count_owned = false;
  policy.widen = {{60'000, support::QueueNamed("inside")}, {90'000, support::QueueNamed("emea")}};
  policy.max_wait_ms = 120'000;
  policy.escalate_to = support::QueueNamed("triage");
  policy.credit_returned = true;
  policy.age = {3'600'000, 2, 50};
  const std::string stored = EncodeQueuePolicy(policy).substr(5);  // without "dach|"
  const std::string ledger(
      "\x82\xa3"
      "ada\x05\xa2"
      "bo\x00",
      10);
  Reply reply;
  reply.elements = {TextReply("dach"), TextReply("3|1|D%7CACH"),
                    TextReply(stored), TextReply("ada|1|5|online|de;bo|2|5|away|"),
                    TextReply(ledger), Number(4),
                    Number(99)};
  const auto queue = DecodeQueue(reply);
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_EQ(queue->settings.revision, 3);
  EXPECT_TRUE(queue->settings.paused);
  EXPECT_EQ(queue->settings.display_name, "D|ACH");
  EXPECT_EQ(queue->policy.mode, core::QueueMode::kDirect);
  EXPECT_EQ(queue->policy.accept_within_ms, 7);
  EXPECT_EQ(queue->policy.retry_after_ms, 8);
  EXPECT_THAT(queue->policy.skills, ElementsAre("de"));
  EXPECT_EQ(queue->policy.strategy, core::Strategy::kLongestIdle);
  EXPECT_FALSE(queue->policy.count_owned);
  EXPECT_EQ(queue->policy.widen, policy.widen);
  EXPECT_EQ(queue->policy.max_wait_ms, 120'000);
  EXPECT_EQ(queue->policy.escalate_to, support::QueueNamed("triage"));
  EXPECT_TRUE(queue->policy.credit_returned);
  EXPECT_EQ(queue->policy.age, policy.age);
  EXPECT_THAT(queue->members, ElementsAre(support::RepNamed("ada"), support::RepNamed("bo")));
  EXPECT_THAT(queue->owed_nano, ElementsAre(Pair(support::RepNamed("ada"), 5)));  // without zeros
  EXPECT_EQ(queue->waiting, 4);
  EXPECT_EQ(queue->oldest_queued_at_ms, 99);
}

TEST(RedisRosterCodecTest, AQueuePolicyOfAnEarlierReleaseHasDefaultsForTheRest) {
  Reply reply;
  reply.elements = {TextReply("dach"), TextReply(""), TextReply("offer|7|8|de"),
                    TextReply(""),     TextReply(""), Number(0),
                    Number(0)};
  const auto queue = DecodeQueue(reply);
  ASSERT_TRUE(queue.ok()) << queue.status();
  EXPECT_EQ(queue->policy.accept_within_ms, 7);
  EXPECT_EQ(queue->policy.strategy, core::Strategy::kWeightedFair);
  EXPECT_TRUE(queue->policy.count_owned);
  EXPECT_TRUE(queue->policy.widen.empty());
}

TEST(RedisRosterCodecTest, AQueueOfWhichNothingIsStoredHasDefaults) {
  Reply reply;
  reply.elements = {TextReply("dach"), TextReply(""), TextReply(""), TextReply(""),
                    TextReply(""),     Number(1),     Number(5)};
  const auto queue = DecodeQueue(reply);
  ASSERT_TRUE(queue.ok());
  EXPECT_EQ(queue->settings.revision, 0);
  EXPECT_EQ(queue->policy.accept_within_ms, core::QueuePolicy().accept_within_ms);
  EXPECT_TRUE(queue->members.empty());
  reply.elements[4] = TextReply("\x90");  // how Lua packs an empty table
  EXPECT_TRUE(DecodeQueue(reply).ok());
}

TEST(RedisRosterCodecTest, UnreadableTextsAreErrors) {
  EXPECT_TRUE(absl::IsInternal(DecodeRep("ada", "1|2|3|asleep|||").status()));
  EXPECT_TRUE(absl::IsInternal(DecodeRep("ada", "1|2").status()));
  Reply reply;
  reply.elements = {TextReply("q"), TextReply("x"), TextReply(""), TextReply(""),
                    TextReply(""),  Number(0),      Number(0)};
  EXPECT_TRUE(absl::IsInternal(DecodeQueue(reply).status()));
  reply.elements[1] = TextReply("");
  reply.elements[4] = TextReply("\xc1");
  EXPECT_TRUE(absl::IsInternal(DecodeQueue(reply).status()));
}

TEST(RedisShardCodecTest, ReadsAShardAndOneThatWasNeverOpened) {
  const auto shard = DecodeShard(TextReply("1|2|1048580|1700000000000|5|6|abc123|later"));
  ASSERT_TRUE(shard.ok());
  EXPECT_EQ(shard->epoch, 2);
  EXPECT_EQ(shard->sequence, 1'048'580);
  EXPECT_EQ(shard->clock_ms, 1'700'000'000'000);
  EXPECT_EQ(shard->applied, 5);
  EXPECT_EQ(shard->duplicates, 6);
  EXPECT_EQ(shard->replication_id, "abc123");
  EXPECT_EQ(DecodeShard(Reply())->epoch, 0);
  EXPECT_TRUE(absl::IsInternal(DecodeShard(TextReply("1|2")).status()));
}

}  // namespace
}  // namespace baton::store::redis
