#include "intake/input_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::intake {
namespace {

using ::testing::ElementsAre;

platform::kafka::Record RecordOf(const core::LeadEvent& event, int64_t offset) {
  const platform::kafka::OutRecord out = events::EncodeLeadEvent("t", event);
  platform::kafka::Record record;
  record.topic = "t";
  record.partition = 2;
  record.offset = offset;
  record.has_value = true;
  record.value = out.value;
  record.headers = out.headers;
  return record;
}

core::LeadEvent EventOf(std::string_view lead, std::string_view id) {
  core::LeadEvent event = support::Activity(id, "page_view");
  event.key = support::Key(lead);
  return event;
}

TEST(InputBatchTest, GroupsByLeadInTheOrderRead) {
  const InputBatch batch =
      MakeBatch({RecordOf(EventOf("b", "1"), 10), RecordOf(EventOf("a", "2"), 11),
                 RecordOf(EventOf("b", "3"), 12), RecordOf(EventOf("b", "1"), 13)},
                "leads#2");
  ASSERT_EQ(batch.leads.size(), 2U);
  EXPECT_EQ(batch.leads[0].key, support::Key("b"));
  EXPECT_THAT(batch.leads[0].records, ElementsAre(0, 2, 3));
  EXPECT_EQ(batch.leads[0].events[1].id, "3");
  EXPECT_EQ(batch.leads[0].events[2].position.offset, 13);
  EXPECT_EQ(batch.leads[0].events[2].position.log,
            core::LogFingerprint("leads#2", batch.records[3].partition));
  EXPECT_EQ(batch.leads[1].key, support::Key("a"));
  EXPECT_TRUE(batch.refused.empty());
}

TEST(InputBatchTest, SetsAsideWhatCannotBeDecoded) {
  platform::kafka::Record bad = RecordOf(EventOf("a", "1"), 1);
  bad.value = "{";
  const InputBatch batch = MakeBatch({RecordOf(EventOf("a", "1"), 0), bad}, "leads");
  ASSERT_EQ(batch.refused.size(), 1U);
  EXPECT_EQ(batch.refused[0].record, 1U);
  EXPECT_EQ(batch.refused[0].letter.klass, events::DeadLetterClass::kNotParseable);
  EXPECT_EQ(batch.leads.size(), 1U);
}

TEST(InputBatchTest, RefusesAllRecordsOfALead) {
  InputBatch batch = MakeBatch({RecordOf(EventOf("b", "1"), 0), RecordOf(EventOf("a", "2"), 1),
                                RecordOf(EventOf("b", "3"), 2)},
                               "leads");
  Refuse(batch.leads[0].records, {events::DeadLetterClass::kUnknownWorkspace, "workspace", "none"},
         batch);
  ASSERT_EQ(batch.refused.size(), 2U);
  EXPECT_EQ(batch.refused[0].record, 0U);
  EXPECT_EQ(batch.refused[1].record, 2U);
}

TEST(InputBatchTest, OfOnesOwnWorkspacesOnly) {
  core::LeadEvent foreign = EventOf("a", "2");
  foreign.key.workspace = core::WorkspaceId::Trusted("beta");
  const auto filter = WorkspaceFilter::Parse("acme, gamma");
  ASSERT_TRUE(filter.ok()) << filter.status();
  const InputBatch batch =
      MakeBatch({RecordOf(EventOf("a", "1"), 0), RecordOf(foreign, 1)}, "leads", *filter);
  ASSERT_EQ(batch.leads.size(), 1U);
  EXPECT_EQ(batch.leads[0].key, support::Key("a"));
  ASSERT_EQ(batch.refused.size(), 1U);
  EXPECT_EQ(batch.refused[0].record, 1U);
  EXPECT_EQ(batch.refused[0].letter.klass, events::DeadLetterClass::kForeignWorkspace);
  EXPECT_EQ(batch.refused[0].letter.field, "workspace");
  EXPECT_THAT(batch.refused[0].letter.reason, ::testing::HasSubstr("about workspace beta"));
}

TEST(InputBatchTest, ARecordOfSalesWithOneForeignActionHasNone) {
  const auto filter = WorkspaceFilter::Parse("acme");
  ASSERT_TRUE(filter.ok()) << filter.status();
  const auto decode = [](const platform::kafka::Record& record) -> SalesActions {
    core::SalesEvent own, foreign;
    own.key = foreign.key = support::Key("a");
    foreign.key.workspace = core::WorkspaceId::Trusted("beta");
    if (record.offset == 0) return std::vector<core::SalesEvent>{own};
    return std::vector<core::SalesEvent>{own, foreign};
  };
  const InputBatch batch = MakeSalesBatch(
      {RecordOf(EventOf("a", "1"), 0), RecordOf(EventOf("a", "2"), 1)}, "sales", decode, *filter);
  ASSERT_EQ(batch.sales.size(), 1U);
  EXPECT_EQ(batch.sales[0].items.size(), 1U);
  ASSERT_EQ(batch.refused.size(), 1U);
  EXPECT_EQ(batch.refused[0].record, 1U);
  EXPECT_EQ(batch.refused[0].letter.klass, events::DeadLetterClass::kForeignWorkspace);
}

TEST(WorkspaceFilterTest, NamesAreIds) {
  for (const char* wrong : {"acme,", "acme,,beta", " ", "acme/leads", "{b0}"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(WorkspaceFilter::Parse(wrong).status())) << wrong;
  }
  const auto all = WorkspaceFilter::Parse("");
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_FALSE(all->Refusal(core::WorkspaceId::Trusted("beta")).has_value());
}

// Records 0 to 3 with these offsets of one partition; accounts "a" and "b", both delayed.
InputBatch Delayed(const std::vector<int64_t>& offsets, size_t a_behind, size_t b_behind) {
  InputBatch batch;
  for (const int64_t offset : offsets) batch.records.emplace_back().offset = offset;
  const std::pair<const char*, size_t> works[] = {{"a", a_behind}, {"b", b_behind}};
  for (const auto& [account, behind] : works) {
    AccountWork& work = batch.delayed_accounts.emplace_back();
    work.key.account = core::AccountId::Trusted(account);
    work.behind = behind;
    work.records = {behind + 2};
  }
  return batch;
}

TEST(GoOnBehindCheckpointsTest, WhatIsBehindARecordThatTheCheckpointHasPassed) {
  InputBatch batch = Delayed({10, 11, 12, 13}, 0, 1);
  batch.leads.emplace_back().records = {1};  // 11 is not settled: b waits for it
  EXPECT_EQ(FirstUnsettled(batch).begin()->second, 11);
  GoOnBehindCheckpoints(batch);
  ASSERT_EQ(batch.accounts.size(), 1U);
  EXPECT_EQ(batch.accounts[0].key.account.str(), "a");
  EXPECT_FALSE(batch.accounts[0].behind.has_value());
  ASSERT_EQ(batch.delayed_accounts.size(), 1U);
  batch.leads.clear();
  batch.accounts.clear();
  GoOnBehindCheckpoints(batch);
  EXPECT_EQ(batch.accounts.size(), 1U);
  EXPECT_FALSE(HasDelayed(batch));
  batch.accounts.clear();
  EXPECT_TRUE(FirstUnsettled(batch).empty());
}

TEST(GoOnBehindCheckpointsTest, NothingWaitsForEverInABatchThatReadItsLogTwice) {
  InputBatch batch = Delayed({11, 12, 10, 11}, 0, 1);
  GoOnBehindCheckpoints(batch);
  EXPECT_EQ(batch.accounts.size(), 2U);
  EXPECT_FALSE(HasDelayed(batch));
}

}  // namespace
}  // namespace baton::intake
