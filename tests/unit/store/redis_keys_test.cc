#include "store/redis/redis_keys.h"

#include <gtest/gtest.h>

#include <set>

namespace baton::store::redis {
namespace {

using core::LeadId;
using core::QueueId;
using core::RepId;
using core::WorkspaceId;

std::string TagOf(const std::string& key) {
  return key.substr(key.find('{'), key.find('}') - key.find('{') + 1);
}

TEST(RedisKeysTest, EveryKeyOfAShardCarriesItsTag) {
  const ShardKeys shard(7);
  const WorkspaceKeys workspace(7, WorkspaceId::Trusted("acme"));
  const std::set<std::string> keys = {shard.Meta(),
                                      shard.Outbox(),
                                      shard.Timers(),
                                      shard.Workspaces(),
                                      shard.Webhooks(),
                                      shard.Reports(),
                                      shard.Purges(),
                                      workspace.Erased(),
                                      workspace.ErasedOrder(),
                                      workspace.ErasureRequests(),
                                      workspace.Emails(),
                                      workspace.Cycles(),
                                      workspace.CycleOrder(),
                                      workspace.Webhooks(),
                                      workspace.WebhookProgress("crm"),
                                      workspace.WebhookOffsets("crm"),
                                      workspace.Workspace(),
                                      workspace.Leads(),
                                      workspace.Reps(),
                                      workspace.Hours(),
                                      workspace.Given(),
                                      workspace.Fits(),
                                      workspace.Profiles(),
                                      workspace.Policies(),
                                      workspace.Drafts(),
                                      workspace.Tables(),
                                      workspace.TableTexts(),
                                      workspace.Revision(1),
                                      workspace.Settings(),
                                      workspace.Accounts(),
                                      workspace.AccountIds(),
                                      workspace.Domains(),
                                      workspace.Group(core::AccountGroupId::Trusted("g1")),
                                      workspace.Waiting(),
                                      workspace.Lead(LeadId::Trusted("l1")),
                                      workspace.Journey(LeadId::Trusted("l1")),
                                      workspace.Decisions(LeadId::Trusted("l1")),
                                      workspace.Queue(QueueId::Trusted("q1")),
                                      workspace.Gains(QueueId::Trusted("q1")),
                                      workspace.Backlog(QueueId::Trusted("q1")),
                                      workspace.Lanes(QueueId::Trusted("q1")),
                                      workspace.Lane(QueueId::Trusted("q1"), "0a"),
                                      workspace.Awaited(RepId::Trusted("r1")),
                                      workspace.Claims(RepId::Trusted("r1")),
                                      workspace.Open(RepId::Trusted("r1"))};
  EXPECT_EQ(keys.size(), 45u);  // no two are equal
  for (const std::string& key : keys) EXPECT_EQ(TagOf(key), "{b07}") << key;
}

TEST(RedisKeysTest, TagsOfAllShardsDiffer) {
  std::set<std::string> tags;
  for (int shard = 0; shard < 1024; ++shard) tags.insert(ShardTag(shard));
  EXPECT_EQ(tags.size(), 1024u);
  EXPECT_EQ(ShardTag(1023), "{b1023}:");
}

// Ids cannot contain ":", so what looks alike differs in its separators.
TEST(RedisKeysTest, WorkspacesDoNotMeetWhateverTheirNames) {
  const WorkspaceKeys a(0, WorkspaceId::Trusted("a"));
  const WorkspaceKeys a_l(0, WorkspaceId::Trusted("a-l"));
  EXPECT_NE(a.Lead(LeadId::Trusted("l")), a_l.Workspace());
  EXPECT_NE(a.Leads(), a.Lead(LeadId::Trusted("eads")));
  EXPECT_NE(a.Workspace(), a_l.Workspace());
}

TEST(RedisKeysTest, KeysOfTheInstallationLiveWithShardZero) {
  const std::set<std::string> keys = {InstallationKey(), SecretKey(),
                                      FenceKey(),        InputTotalsKey(),
                                      SalesTotalsKey(),  CheckpointsKey("baton.lead-events.v1")};
  EXPECT_EQ(keys.size(), 6u);
  for (const std::string& key : keys) EXPECT_EQ(TagOf(key), "{b00}") << key;
}

}  // namespace
}  // namespace baton::store::redis
