#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/handoff_event_codec.h"

namespace baton::events {
namespace {

using ::testing::HasSubstr;

store::OutboxEntry Assigned() {
  store::OutboxEntry entry;
  entry.sequence = 1'800'000'000'000 * 1024;
  entry.key = {core::WorkspaceId::Trusted("acme"), core::LeadId::Trusted("lead-1")};
  entry.epoch = 1'772'366'400'000;
  entry.version = 7;
  entry.at_ms = 1'772'366'400'250;
  entry.due_at_ms = 1'772'373'600'250;
  entry.cycle = 2;
  entry.change = {.type = core::ChangeType::kAssigned,
                  .stage = core::Stage::kOffered,
                  .queue = core::QueueId::Trusted("dach"),
                  .rep = core::RepId::Trusted("ada"),
                  .generation = 3,
                  .reason = "AT_CAPACITY",
                  .actor = "policy",
                  .cause = "e-1",
                  .details = {{"note", "line 1\nline \"2\" 東"}}};
  entry.policy_revision = 4;
  entry.fit = -20;
  entry.intent = 65;
  return entry;
}

platform::kafka::Record RecordOf(const store::OutboxEntry& entry) {
  const auto sent = EncodeHandoffEvent(entry, MakeTopicNames("baton")).front();
  platform::kafka::Record record;
  record.key = sent.key;
  record.value = sent.value;
  record.headers = sent.headers;
  record.has_value = true;
  return record;
}

platform::kafka::Record RecordOf(const std::string& json) {
  platform::kafka::Record record;
  record.value = json;
  return record;
}

TEST(DecodeHandoffEventTest, ReadsBackWhatWasWritten) {
  const store::OutboxEntry entry = Assigned();
  const auto read = DecodeHandoffEvent(RecordOf(entry));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->sequence, entry.sequence);
  EXPECT_EQ(read->key, entry.key);
  EXPECT_EQ(read->epoch, entry.epoch);
  EXPECT_EQ(read->version, entry.version);
  EXPECT_EQ(read->at_ms, entry.at_ms);
  EXPECT_EQ(read->due_at_ms, entry.due_at_ms);
  EXPECT_EQ(read->cycle, entry.cycle);
  EXPECT_EQ(read->change, entry.change);
  EXPECT_EQ(read->policy_revision, entry.policy_revision);
  EXPECT_EQ(read->fit, entry.fit);
  EXPECT_EQ(read->intent, entry.intent);
}

TEST(DecodeHandoffEventTest, LeavesOutExplanations) {
  store::OutboxEntry entry = Assigned();
  entry.factors = {{core::FactorKind::kFit, "student", -20}};
  entry.attribution = {{"gclid", "x"}};
  entry.sources = {{entry.at_ms, "//crm.example", "e-0"}};
  const auto read = DecodeHandoffEvent(RecordOf(entry));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(read->factors.empty());
  EXPECT_TRUE(read->attribution.empty());
  EXPECT_TRUE(read->sources.empty());
}

TEST(DecodeHandoffEventTest, SaysWhatIsMissingOrWrong) {
  EXPECT_THAT(DecodeHandoffEvent(RecordOf("7")).status().message(), HasSubstr("no JSON object"));
  EXPECT_THAT(DecodeHandoffEvent(RecordOf("{}")).status().message(), HasSubstr("workspace"));
  const std::string head = R"({"workspace":"acme","lead":"l1","version":1,)";
  EXPECT_THAT(DecodeHandoffEvent(RecordOf(head + R"("stage":"NEW"})")).status().message(),
              HasSubstr("change"));
  EXPECT_THAT(DecodeHandoffEvent(RecordOf(head + R"("change":"sold"})")).status().message(),
              HasSubstr("change"));
  EXPECT_THAT(
      DecodeHandoffEvent(RecordOf(head + R"("change":"won","time":"now"})")).status().message(),
      HasSubstr("time"));
  EXPECT_THAT(
      DecodeHandoffEvent(RecordOf(head + R"("change":"won","rep":"a b"})")).status().message(),
      HasSubstr("rep"));
}

TEST(DecodeHandoffEventTest, IgnoresFieldsItDoesNotKnow) {
  EXPECT_TRUE(DecodeHandoffEvent(
                  RecordOf(R"({"workspace":"a","lead":"l","version":1,"change":"won","next":[]})"))
                  .ok());
}

}  // namespace
}  // namespace baton::events
