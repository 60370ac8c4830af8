#include "verify/record_parser.h"

#include <gtest/gtest.h>

#include "verify/store_reader.h"

namespace baton::verify {
namespace {

using platform::kafka::Record;

Record RecordOf(std::string value, platform::kafka::Headers headers = {}) {
  Record record;
  record.partition = 2;
  record.offset = 7;
  record.timestamp_ms = 5000;
  record.key = "w/ann";
  record.has_value = true;
  record.value = std::move(value);
  record.headers = std::move(headers);
  return record;
}

TEST(RecordParserTest, ReadsAStructuredEvent) {
  RecordParser parser;
  const Record record =
      RecordOf(R"({"specversion":"1.0","id":"e-1","source":"//crm","subject":"ann",)"
               R"("workspace":"w","time":"2026-03-31T09:30:00Z","data":{}})");
  const InputRecord input = parser.Input(record);
  EXPECT_TRUE(input.readable);
  EXPECT_EQ(input.place.offset, 7);
  EXPECT_EQ(input.published_ms, 5000);
  EXPECT_EQ(input.time, "2026-03-31T09:30:00Z");
  EXPECT_EQ(input.lead, "ann");
  EXPECT_EQ(input.workspace, "w");
  EXPECT_EQ(input.source, "//crm");
  EXPECT_EQ(input.id, "e-1");
}

TEST(RecordParserTest, ReadsAStructuredEventBehindTheIdOfASchema) {
  RecordParser parser;
  std::string value(5, '\0');
  value += R"({"id":"e-1","source":"//crm","subject":"ann","workspace":"w"})";
  EXPECT_TRUE(parser.Input(RecordOf(value)).readable);
}

TEST(RecordParserTest, ReadsABinaryEvent) {
  RecordParser parser;
  const Record record = RecordOf("not looked at", {{"ce_specversion", "1.0"},
                                                   {"ce_id", "e-1"},
                                                   {"ce_source", "//crm"},
                                                   {"ce_subject", "ann"},
                                                   {"ce_time", "2026-03-31T09:30:00Z"},
                                                   {"ce_workspace", "w"}});
  const InputRecord input = parser.Input(record);
  EXPECT_TRUE(input.readable);
  EXPECT_EQ(input.lead, "ann");
  EXPECT_EQ(input.time, "2026-03-31T09:30:00Z");
  EXPECT_EQ(input.id, "e-1");
}

TEST(RecordParserTest, TellsAccountsFromLeads) {
  RecordParser parser;
  EXPECT_TRUE(parser
                  .Input(RecordOf(R"({"id":"e","source":"s","subject":"a","workspace":"w",)"
                                  R"("type":"dev.baton.account.upserted.v1"})"))
                  .of_account);
  EXPECT_TRUE(
      parser.Input(RecordOf("", {{"ce_id", "e"}, {"ce_type", "dev.baton.account.deleted.v1"}}))
          .of_account);
  EXPECT_FALSE(
      parser.Input(RecordOf("", {{"ce_id", "e"}, {"ce_type", "dev.baton.lead.updated.v1"}}))
          .of_account);
}

TEST(RecordParserTest, ReadsAStoredAccount) {
  const auto account = ParseStoredAccount("w", "globex", "1|3|1|g|globex.com|7\n");
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(account->applied, 7);
  EXPECT_EQ(account->key(), "w/accounts/globex");
  for (const char* text :
       {"", "1|3|1|g|globex.com|7", "2|3|1|g||7\n", "1|3|1|g||x\n", "1|3\n", "1|3|1|g||7\n\xff"}) {
    EXPECT_FALSE(ParseStoredAccount("w", "globex", text).ok()) << text;
  }
}

TEST(RecordParserTest, WhatNamesNoLeadIsNotReadable) {
  RecordParser parser;
  for (const char* value : {"", "{", "[]", R"({"id":"e","source":"s","workspace":"w"})"}) {
    EXPECT_FALSE(parser.Input(RecordOf(value)).readable) << value;
  }
}

TEST(RecordParserTest, ReadsADeadLetter) {
  const Record record = RecordOf("bytes", {{"__dlq.errors.topic", "in"},
                                           {"__dlq.errors.partition", "3"},
                                           {"__dlq.errors.offset", "42"},
                                           {"baton-error-class", "bad_id"},
                                           {"baton-error-reason", "no"}});
  const DeadLetterRecord letter = RecordParser().DeadLetter(record);
  EXPECT_EQ(letter.origin_topic, "in");
  ASSERT_TRUE(letter.origin.has_value());
  EXPECT_EQ(letter.origin->partition, 3);
  EXPECT_EQ(letter.origin->offset, 42);
  EXPECT_EQ(letter.error_class, "bad_id");
  EXPECT_EQ(letter.reason, "no");
  EXPECT_EQ(letter.published_ms, 5000);
  EXPECT_FALSE(letter.cut);
}

TEST(RecordParserTest, ADeadLetterMayNameNoOrigin) {
  EXPECT_FALSE(RecordParser().DeadLetter(RecordOf("bytes")).origin.has_value());
}

TEST(RecordParserTest, ReadsAChange) {
  RecordParser parser;
  const Record record = RecordOf(
      R"({"workspace":"w","lead":"ann","change":"assigned","epoch":1,"version":2,"cycle":1,)"
      R"("stage":"OFFERED","queue":"q","rep":"ada","generation":1,)"
      R"("time":"2026-03-31T09:30:00.250Z","acceptDeadline":"2026-03-31T09:30:03.250Z"})",
      {{"ce_id", "w/ann/1/2"}});
  const ChangeRecord change = parser.Change(record);
  EXPECT_EQ(change.event_id, "w/ann/1/2");
  EXPECT_EQ(change.published_ms, 5000);
  EXPECT_EQ(change.change, core::ChangeType::kAssigned);
  EXPECT_EQ(change.stage, core::Stage::kOffered);
  EXPECT_EQ(change.rep, "ada");
  EXPECT_EQ(change.generation, 1);
  EXPECT_EQ(change.time_ms, 1774949400250);
  EXPECT_EQ(change.deadline_ms - change.time_ms, 3000);
}

TEST(RecordParserTest, ReadsAState) {
  RecordParser parser;
  const Record record =
      RecordOf(R"({"workspace":"w","lead":"ann","epoch":1,"version":2,"stage":"NURTURE"})");
  const StateRecord state = parser.State(record);
  EXPECT_EQ(state.key, "w/ann");
  EXPECT_EQ(state.version, 2);
  EXPECT_EQ(state.stage, core::Stage::kNurture);
  EXPECT_EQ(state.rep, "");
}

TEST(StoredLeadTest, ReadsTheLineOfALead) {
  const std::string line =
      "1|4|3|QUEUED|1|q||1|200|150|900|retry|5|0|4|ada,eve|german||0|0|0|0|0|0\n";
  const absl::StatusOr<StoredLead> lead = ParseStoredLead("w", "bob", line);
  ASSERT_TRUE(lead.ok()) << lead.status();
  EXPECT_EQ(lead->key(), "w/bob");
  EXPECT_EQ(lead->version, 3);
  EXPECT_EQ(lead->stage, core::Stage::kQueued);
  EXPECT_EQ(lead->queued_at_ms, 200);
  EXPECT_EQ(lead->due_at_ms, 900);
  EXPECT_EQ(lead->timer, core::TimerKind::kRetry);
  EXPECT_EQ(lead->priority, 5);
  EXPECT_EQ(lead->applied, 1);  // four lines of its journey, three of them changes
  EXPECT_EQ(lead->passed, (std::vector<std::string>{"ada", "eve"}));
  EXPECT_EQ(lead->skills, "german");
}

TEST(StoredLeadTest, ReadsTheRequirementAmongTheSkills) {
  const std::string line =
      "1|4|3|QUEUED|1|q||1|200|150|900|retry|5|0|4||?rep.a%20%7C%7C%20rep.b%,german||0|0|0|0|0|0\n";
  const absl::StatusOr<StoredLead> lead = ParseStoredLead("w", "bob", line);
  ASSERT_TRUE(lead.ok()) << lead.status();
  EXPECT_EQ(lead->requirement, "rep.a || rep.b%");
}

TEST(StoredLeadTest, ABrokenLeadIsAnError) {
  for (const char* line : {"", "1|4\n", "1|4|3|NO|1|q||1|2|1|9|retry|5|0|4|a|g||0|0|0|0|0|0\n",
                           "1|4|3|QUEUED|1|q||1|2|1|9|retry|5|0|4|a|g||0|0|0|99|0|0\n"}) {
    EXPECT_FALSE(ParseStoredLead("w", "bob", line).ok()) << line;
  }
}

}  // namespace
}  // namespace baton::verify
