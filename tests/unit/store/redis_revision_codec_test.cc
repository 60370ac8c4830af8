#include "store/redis/revision_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace baton::store::redis {
namespace {

using platform::redis::Reply;
using testing::SizeIs;

Reply Fields(const std::vector<std::string>& texts) {
  Reply reply{Reply::Type::kArray, "", 0, {}};
  for (const std::string& text : texts) {
    reply.elements.push_back({Reply::Type::kString, text, 0, {}});
  }
  return reply;
}

absl::StatusOr<PolicyRevision> Decode(const std::vector<std::string>& fields) {
  std::vector<std::string> all = {"name", "in%7Cbound", "hash", "h1", "by", "mia", "at", "7"};
  all.insert(all.end(), fields.begin(), fields.end());
  return DecodeRevision(3, {true, 3, 9}, Fields(all));
}

TEST(RedisRevisionCodecTest, ARevisionComesBackInOrder) {
  const auto revision = Decode({"a:sam@x", "sales|12", "n:9", "rollback|30|sam@x|too%20few", "n:2",
                                "activate|20|mia|", "a:mia", "marketing|11", "superseded", "25"});
  ASSERT_TRUE(revision.ok()) << revision.status();
  EXPECT_EQ(revision->name, "in|bound");
  EXPECT_EQ(revision->fingerprint, "h1");
  EXPECT_EQ(revision->creator, "mia");
  EXPECT_EQ(revision->created_at_ms, 7);
  ASSERT_THAT(revision->approvals, SizeIs(2));
  EXPECT_EQ(revision->approvals[0].principal, "mia");
  EXPECT_EQ(revision->approvals[1].role, ApproverRole::kSales);
  EXPECT_EQ(revision->approvals[1].at_ms, 12);
  ASSERT_THAT(revision->activations, SizeIs(2));
  EXPECT_EQ(revision->activations[0].number, 2);
  EXPECT_FALSE(revision->activations[0].rollback);
  EXPECT_TRUE(revision->activations[1].rollback);
  EXPECT_EQ(revision->activations[1].reason, "too few");
  EXPECT_EQ(revision->superseded_at_ms, 25);
  EXPECT_EQ(revision->latest_activation, 9);
  EXPECT_EQ(revision->state, RevisionState::kActive);
}

TEST(RedisRevisionCodecTest, TheStateFollowsFromWhatHappened) {
  EXPECT_EQ(Decode({})->state, RevisionState::kDraft);
  EXPECT_EQ(Decode({"withdrawn", "9|sam"})->state, RevisionState::kWithdrawn);
  EXPECT_EQ(Decode({"withdrawn", "9|sam"})->withdrawn_by, "sam");
  const Reply fields = Fields({"hash", "h", "n:1", "activate|5|sam|"});
  EXPECT_EQ(DecodeRevision(2, {true, 3, 9}, fields)->state, RevisionState::kSuperseded);
}

TEST(RedisRevisionCodecTest, WhatCannotBeReadSaysSo) {
  for (const std::vector<std::string>& broken :
       std::vector<std::vector<std::string>>{{"a:sam", "boss|1"},
                                             {"a:sam", "sales"},
                                             {"n:x", "activate|1|sam|"},
                                             {"n:1", "dance|1|sam|"},
                                             {"at", "soon"}}) {
    EXPECT_EQ(Decode(broken).status().code(), absl::StatusCode::kInternal) << broken[1];
  }
  EXPECT_FALSE(DecodeRevision(1, {}, Fields({"name", "x"})).ok()) << "no fingerprint";
}

TEST(RedisRevisionCodecTest, AWorkspaceSaysWhatIsActive) {
  const auto active = DecodeActive(Fields({"4", "6"}));
  ASSERT_TRUE(active.ok());
  EXPECT_TRUE(active->workspace_exists);
  EXPECT_EQ(active->revision, 4);
  EXPECT_EQ(active->activations, 6);
  Reply fresh = Fields({"0", ""});
  fresh.elements[1].type = Reply::Type::kNil;
  EXPECT_EQ(DecodeActive(fresh)->activations, 0);
  fresh.elements[0].type = Reply::Type::kNil;
  EXPECT_FALSE(DecodeActive(fresh)->workspace_exists);
  EXPECT_FALSE(DecodeActive(Fields({"many", "6"})).ok());
}

}  // namespace
}  // namespace baton::store::redis
