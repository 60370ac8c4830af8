#include "store/redis/shadow_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::store::redis {
namespace {

using core::ShadowCount;
using platform::redis::Reply;
using testing::StartsWith;

Reply Hash(const std::vector<std::string>& items) {
  Reply reply{Reply::Type::kArray, "", 0, {}};
  for (const std::string& item : items) {
    reply.elements.push_back({Reply::Type::kString, item, 0, {}});
  }
  return reply;
}

TEST(RedisShadowCodecTest, AStepSaysOnlyWhatItAdds) {
  core::ShadowStep step;
  step.run = 7;
  step.added[static_cast<size_t>(ShadowCount::kSame)] = -1;
  step.added[static_cast<size_t>(ShadowCount::kGained)] = 1;
  step.shadow_queue = support::QueueNamed("dach");
  EXPECT_EQ(EncodeShadowStep(step), "7||dach|0|same=-1,gained=1\n");
  step.active_queue = support::QueueNamed("triage");
  step.agreed = true;
  EXPECT_THAT(EncodeShadowStep(step), StartsWith("7|triage|dach|1|"));
}

TEST(RedisShadowCodecTest, ReadsARunWithItsCounts) {
  const auto run = DecodeRun(Hash({"run",    "2",       "revision",
                                   "8",      "name",    "in%7Cbound",
                                   "hash",   "ab",      "by",
                                   "mia",    "at",      "5",
                                   "beside", "7",       "c:leads",
                                   "9",      "c:later", "4",
                                   "a:dach", "3",       "s:dach",
                                   "6",      "s:",      "1",
                                   "noted",  "11",      "of a later release",
                                   "|"}));
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->run, 2);
  EXPECT_EQ(run->revision, 8);
  EXPECT_EQ(run->name, "in|bound");
  EXPECT_EQ(run->end, ShadowEnd::kRunning);
  EXPECT_EQ(run->counts[ShadowCount::kLeads], 9);
  EXPECT_EQ(run->counts[ShadowCount::kGained], 0);
  EXPECT_EQ(run->counts.queues.at(support::QueueNamed("dach")), (core::QueueShare{3, 6}));
  EXPECT_EQ(run->counts.queues.at(core::QueueId()).shadow, 1);
  const auto ended =
      DecodeRun(Hash({"run", "2", "revision", "8", "ended", "44|withdrawn|sam@acme.example"}));
  EXPECT_EQ(ended->end, ShadowEnd::kWithdrawn);
  EXPECT_EQ(ended->ended_at_ms, 44);
  EXPECT_EQ(ended->ended_by, "sam@acme.example");
}

TEST(RedisShadowCodecTest, RefusesWhatNoReleaseWrote) {
  EXPECT_FALSE(DecodeRun(Hash({"revision", "8"})).ok());
  EXPECT_FALSE(DecodeRun(Hash({"run", "x", "revision", "8"})).ok());
  EXPECT_FALSE(DecodeRun(Hash({"run", "1", "revision", "8", "c:leads", "many"})).ok());
  EXPECT_FALSE(DecodeRun(Hash({"run", "1", "revision", "8", "ended", "1|gone|mia"})).ok());
  EXPECT_FALSE(DecodeDifference(core::LeadId::Trusted("l1"), "\xff").ok());
  EXPECT_FALSE(DecodeDifference(core::LeadId::Trusted("l1"), "").ok());
}

}  // namespace
}  // namespace baton::store::redis
