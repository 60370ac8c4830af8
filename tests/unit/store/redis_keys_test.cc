#include "store/redis/redis_keys.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
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
                                      workspace.Timers(),
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
  EXPECT_EQ(keys.size(), 46u);  // no two are equal
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

// What a key is of; `id` is empty where a workspace has one such key.
struct Thing {
  std::string workspace;
  size_t kind = 0;
  std::string id;

  auto operator<=>(const Thing&) const = default;
};

using MakeKey = std::string (*)(const WorkspaceKeys&, const std::string&);
template <typename Id, std::string (WorkspaceKeys::*key)(const Id&) const>
std::string Of(const WorkspaceKeys& keys, const std::string& id) {
  return (keys.*key)(Id::Trusted(id));
}
template <std::string (WorkspaceKeys::*key)() const>
std::string Of(const WorkspaceKeys& keys, const std::string&) {
  return (keys.*key)();
}

using K = WorkspaceKeys;
constexpr MakeKey kWithId[] = {
    Of<LeadId, &K::Lead>,
    Of<LeadId, &K::Journey>,
    Of<LeadId, &K::Decisions>,
    Of<QueueId, &K::Queue>,
    Of<QueueId, &K::Gains>,
    Of<QueueId, &K::Backlog>,
    Of<QueueId, &K::Lanes>,
    Of<RepId, &K::Awaited>,
    Of<RepId, &K::Claims>,
    Of<RepId, &K::Open>,
    Of<core::AccountGroupId, &K::Group>,
    [](const K& keys, const std::string& id) { return keys.WebhookProgress(id); },
    [](const K& keys, const std::string& id) { return keys.WebhookOffsets(id); },
};
constexpr MakeKey kOfWorkspace[] = {
    [](const K& keys, const std::string&) { return keys.Workspace(); },
    Of<&K::Timers>,
    Of<&K::Leads>,
    Of<&K::Erased>,
    Of<&K::ErasedOrder>,
    Of<&K::Emails>,
    Of<&K::Reps>,
    Of<&K::Hours>,
    Of<&K::Given>,
    Of<&K::Fits>,
    Of<&K::Profiles>,
    Of<&K::Accounts>,
    Of<&K::AccountIds>,
    Of<&K::Domains>,
    Of<&K::Policies>,
    Of<&K::Drafts>,
    Of<&K::Tables>,
    Of<&K::TableTexts>,
    Of<&K::Webhooks>,
    Of<&K::Shadow>,
    Of<&K::Differing>,
    Of<&K::Differences>,
    Of<&K::Cycles>,
    Of<&K::CycleOrder>,
    Of<&K::Settings>,
    Of<&K::Waiting>,
};

// Short ones of few letters, which are also the names of kinds: what could be taken for another.
rc::Gen<std::string> AnyId() {
  const auto letters = rc::gen::elementOf(std::string("lqwhor_-0"));
  const auto word = rc::gen::element<std::string>("leads", "queue", "offsets", "order", "w", "l",
                                                  std::string(64, 'l'));
  return rc::gen::oneOf(
      word, rc::gen::nonEmpty(rc::gen::resize(4, rc::gen::container<std::string>(letters))));
}

RC_GTEST_PROP(RedisKeysProperties, DifferentThingsHaveDifferentKeys, ()) {
  std::map<std::string, Thing> things;
  for (int i = 0; i < 60; ++i) {
    Thing thing{*AnyId(),
                *rc::gen::inRange<size_t>(0, std::size(kWithId) + std::size(kOfWorkspace)), ""};
    const WorkspaceKeys keys(0, WorkspaceId::Trusted(thing.workspace));
    const bool has_id = thing.kind < std::size(kWithId);
    if (has_id) thing.id = *AnyId();
    const std::string key = has_id ? kWithId[thing.kind](keys, thing.id)
                                   : kOfWorkspace[thing.kind - std::size(kWithId)](keys, "");
    RC_ASSERT(things.emplace(key, thing).first->second == thing);
  }
}

RC_GTEST_PROP(RedisKeysProperties, WhatIsTakenAsAnIdHoldsNothingThatPartsKeys, (std::string text)) {
  const auto id = WorkspaceId::Parse(text);
  if (!id.ok()) return;
  RC_ASSERT(id->str().size() <= 64u);
  RC_ASSERT(id->str().find_first_of(std::string_view("{}:/ \r\n\0", 8)) == std::string::npos);
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
