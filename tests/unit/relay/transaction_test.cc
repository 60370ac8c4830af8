#include "relay/transaction.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::relay {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr size_t kNoBytesMax = 1 << 30;

store::OutboxEntry Entry(const std::string& workspace, int64_t sequence, size_t reason_bytes = 0) {
  store::OutboxEntry entry;
  entry.sequence = sequence;
  entry.key = {core::WorkspaceId::Trusted(workspace), core::LeadId::Trusted("l")};
  entry.epoch = 1;
  entry.version = sequence;
  entry.at_ms = 1'700'000'000'000;
  entry.cycle = 1;
  entry.change.type = core::ChangeType::kQueued;
  entry.change.stage = core::Stage::kQueued;
  entry.change.reason = std::string(reason_bytes, 'x');
  return entry;
}

Transaction Make(const Batch& batch, int entries_max, size_t bytes_max = kNoBytesMax) {
  return MakeTransaction(batch, events::MakeTopicNames("baton"), entries_max, bytes_max);
}

std::map<int, int64_t> Cursors(const Transaction& transaction) {
  std::map<int, int64_t> cursors;
  for (const auto& [shard, entry] : transaction.last) cursors[shard] = entry->sequence;
  return cursors;
}

TEST(TransactionTest, HoldsAllOfABatchThatFits) {
  const Batch batch = {{0, {Entry("a", 5), Entry("a", 6)}}, {3, {Entry("b", 9)}}};
  const Transaction all = Make(batch, 10);
  EXPECT_EQ(all.entries, 3);
  EXPECT_THAT(Cursors(all), ElementsAre(Pair(0, 6), Pair(3, 9)));
  EXPECT_GE(all.records.size(), 3U);
}

TEST(TransactionTest, TakesShardsInTurnUpToTheNumberOfEntries) {
  const Batch batch = {{0, {Entry("a", 1), Entry("a", 2), Entry("a", 3)}},
                       {1, {Entry("b", 1), Entry("b", 2)}},
                       {2, {}}};
  EXPECT_THAT(Cursors(Make(batch, 3)), ElementsAre(Pair(0, 2), Pair(1, 1)));
  EXPECT_THAT(Cursors(Make(batch, 1)), ElementsAre(Pair(0, 1)));
}

TEST(TransactionTest, EndsBeforeTheEntryThatWouldBeTooManyBytes) {
  const Batch batch = {{0, {Entry("a", 1, 5000), Entry("a", 2, 5000), Entry("a", 3, 5000)}}};
  size_t one = 0;
  for (const auto& record : Make(batch, 1).records) {
    if (record.topic == "baton.lead-state.v1") continue;
    one += record.topic.size() + record.key.size() + record.value.size();
    for (const auto& [name, value] : record.headers) one += name.size() + value.size();
  }
  EXPECT_EQ(Make(batch, 10, 2 * one).entries, 2);
  EXPECT_EQ(Make(batch, 10, 2 * one - 1).entries, 1);
  EXPECT_EQ(Make(batch, 10, 1).entries, 1) << "at least one, or it would never be published";
}

TEST(TransactionTest, EndsWithOneStateOfEachLead) {
  const Batch batch = {{0, {Entry("a", 1), Entry("a", 2)}}, {1, {Entry("b", 7)}}};
  std::vector<std::string> published;
  for (const auto& record : Make(batch, 10).records) {
    const auto version = std::find_if(record.headers.begin(), record.headers.end(),
                                      [](auto& pair) { return pair.first == "ce_sequence"; });
    published.push_back(absl::StrCat(record.topic, " ", record.key, " ", version->second));
  }
  ASSERT_EQ(published.size(), 5U);
  EXPECT_THAT(
      std::vector(published.begin(), published.begin() + 3),
      ElementsAre("baton.feedback.v1 a/l 1", "baton.feedback.v1 b/l 7", "baton.feedback.v1 a/l 2"));
  EXPECT_THAT(
      std::vector(published.begin() + 3, published.end()),
      testing::UnorderedElementsAre("baton.lead-state.v1 a/l 2", "baton.lead-state.v1 b/l 7"));
}

TEST(TransactionTest, IsEmptyForAnEmptyBatch) {
  EXPECT_EQ(Make({}, 10).entries, 0);
}

}  // namespace
}  // namespace baton::relay
