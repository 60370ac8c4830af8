#include "store/redis/lead_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "store/redis/record_codec.h"
#include "support/builders.h"

namespace baton::store::redis {
namespace {

using core::LeadRecord;
using platform::redis::Reply;
using testing::HasSubstr;

constexpr StoreLimits kLimits;

Reply Text(const std::string& text) {
  return {Reply::Type::kString, text, 0, {}};
}

// A stored lead: its line, then blobs of the sizes that the line names.
std::string Stored(const std::string& line, const std::string& blobs) {
  return absl::StrCat(line, "\n", blobs);
}

const char kLine[] =
    "1|3|5|OFFERED|1|inside|ada|2|1000|2000|3000|offer_expiry|7|0|9|bo,cy|de|00-ab";

TEST(RedisLeadCodecTest, ReadsAStoredLead) {
  core::LeadRecord rest;
  rest.reason = "NO_BUDGET";
  const std::string blob = EncodeRest(rest);
  LeadRecord record;
  const std::string line = absl::StrCat(kLine, "|1|0|0|0|0|", blob.size());
  ASSERT_TRUE(DecodeLead(Text(Stored(line, "\x90" + blob)), record).ok());
  EXPECT_EQ(record.revision, 3);
  EXPECT_EQ(record.version, 5);
  EXPECT_EQ(record.stage, core::Stage::kOffered);
  EXPECT_EQ(record.cycle, 1);
  EXPECT_EQ(record.queue.str(), "inside");
  EXPECT_EQ(record.rep.str(), "ada");
  EXPECT_EQ(record.generation, 2);
  EXPECT_EQ(record.queued_at_ms, 1000);
  EXPECT_EQ(record.offered_at_ms, 2000);
  EXPECT_EQ(record.due_at_ms, 3000);
  EXPECT_EQ(record.timer, core::TimerKind::kOfferExpiry);
  EXPECT_EQ(record.passed,
            (std::vector<core::RepId>{support::RepNamed("bo"), support::RepNamed("cy")}));
  EXPECT_EQ(record.traceparent, "00-ab");
  EXPECT_EQ(record.reason, "NO_BUDGET");
  EXPECT_TRUE(record.pool.candidates.empty());
  EXPECT_EQ(*DecodeJourneyed(Text(Stored(line, "\x90" + blob))), 9);
}

// Release N reads what N+1 appended to the line.
TEST(RedisLeadCodecTest, ReadsALineWithItemsOfALaterRelease) {
  LeadRecord record;
  EXPECT_TRUE(
      DecodeLead(
          Text(Stored(absl::StrCat(kLine, "|0|0|0|0|0|0||0|0|none|4,9,3,owner,id|7|1|x@UTC|later"),
                      "")),
          record)
          .ok());
  EXPECT_EQ(record.revision, 3);
  EXPECT_EQ(record.choice,
            (core::ChoiceNote{4, 9, 3, core::ChoiceBasis::kOwner, core::TieBreak::kId}));
  EXPECT_EQ(record.clock_at_ms, 7);
  EXPECT_EQ(record.rep_hours, "x@UTC");
}

TEST(RedisLeadCodecTest, ReadsALineOfAnEarlierReleaseThatNotedNoChoice) {
  for (const char* end : {"|0|0|0|0|0|0", "|0|0|0|0|0|0||0|0|none", "|0|0|0|0|0|0||0|0|none|"}) {
    LeadRecord record;
    EXPECT_TRUE(DecodeLead(Text(Stored(absl::StrCat(kLine, end), "")), record).ok());
    EXPECT_EQ(record.choice, core::ChoiceNote());
  }
}

TEST(RedisLeadCodecTest, AnAbsentLeadHasRevisionZero) {
  LeadRecord record;
  EXPECT_TRUE(DecodeLead(Reply(), record).ok());
  EXPECT_EQ(record.revision, 0);
  EXPECT_EQ(*DecodeJourneyed(Reply()), 0);
}

TEST(RedisLeadCodecTest, WhatNobodyWroteIsAnError) {
  for (const std::string& text :
       {std::string("no line"), std::string("\n"), Stored(absl::StrCat(kLine, "|9|0|0|0|0|0"), "x"),
        Stored(absl::StrCat(kLine, "|0|0|0|0|0|-1"), ""),
        Stored("1|3|5|NOWHERE|1|inside|ada|2|1|2|3|none|7|0|9||||0|0|0|0|0|0", ""),
        Stored("1|3|5|NEW|1|inside|ada|2|1|2|3|often|7|0|9||||0|0|0|0|0|0", "")}) {
    LeadRecord record;
    EXPECT_TRUE(absl::IsInternal(DecodeLead(Text(text), record))) << text;
  }
}

TEST(RedisLeadCodecTest, ReadsCandidatesAsLuaPacksThem) {
  // {'ada', 1 (chosen), 5, 1000000000, 0, 3, 'bo', 3 (at capacity), -5, 0, 4, 4}
  const std::string packed(
      "\x9c\xa3"
      "ada\x01\x05\xce\x3b\x9a\xca\x00\x00\x03\xa2"
      "bo\x03\xfb\x00"
      "\x04\x04",
      22);
  LeadRecord record;
  const std::string line = absl::StrCat(kLine, "|", packed.size(), "|0|0|0|0|0");
  ASSERT_TRUE(DecodeLead(Text(Stored(line, packed)), record).ok());
  ASSERT_EQ(record.pool.candidates.size(), 2u);
  EXPECT_EQ(record.pool.candidates[0],
            (core::Candidate{support::RepNamed("ada"), core::CandidateReason::kChosen, 5,
                             1'000'000'000, 0, 3}));
  EXPECT_EQ(
      record.pool.candidates[1],
      (core::Candidate{support::RepNamed("bo"), core::CandidateReason::kAtCapacity, -5, 0, 4, 4}));
}

TEST(RedisLeadCodecTest, APlanSendsOnlyWhatItChanges) {
  core::Plan plan;
  plan.key = support::Key();
  plan.after.facts.attributes["a"] = {true, {1, "e"}};
  plan.after.judgment.fit = 5;
  const std::vector<std::string> args = EncodePlan(plan, kLimits, "|");
  ASSERT_EQ(args.size(), 13u);
  EXPECT_EQ(args[12], "|");
  for (const size_t i : {6, 7, 8, 9, 11}) EXPECT_EQ(args[i], "") << i;
  plan.facts_changed = plan.judgment_changed = true;
  EXPECT_NE(EncodePlan(plan, kLimits, "|")[6], "");
  EXPECT_NE(EncodePlan(plan, kLimits, "|")[8], "");
}

TEST(RedisLeadCodecTest, ChangesAndInputsFollowTheFixedArguments) {
  core::Plan plan;
  plan.key = support::Key();
  core::Change change;
  change.type = core::ChangeType::kDeclined;
  change.stage = core::Stage::kQueued;
  change.queue = support::QueueNamed("dach");
  change.rep = support::RepNamed("ada");
  change.generation = 4;
  change.cause = "req-9";
  plan.changes = {change};
  plan.inputs = {{1, "captured", "/forms", "e1"}};
  const std::vector<std::string> args = EncodePlan(plan, kLimits, "|");
  ASSERT_EQ(args.size(), 16u);
  EXPECT_EQ(args[13], "declined|QUEUED|dach|ada|4");
  EXPECT_THAT(args[2], testing::EndsWith("|1"));  // one change
  EXPECT_THAT(args[10], HasSubstr("req-9"));      // also the cause of what the placement does
}

TEST(RedisLeadCodecTest, ReadsBothKindsOfJourneyLines) {
  const auto input = DecodeJourney("I" + EncodeInput({5, "captured", "/forms", "e1"}));
  ASSERT_TRUE(input.ok());
  EXPECT_FALSE(input->is_change);
  EXPECT_EQ(input->id, "e1");
  core::Change details;
  details.actor = "baton";
  const auto change =
      DecodeJourney("C7|99|assigned|OFFERED|dach|ada|1\n" + EncodeChangeDetails(details));
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_TRUE(change->is_change);
  EXPECT_EQ(change->version, 7);
  EXPECT_EQ(change->at_ms, 99);
  EXPECT_EQ(change->type, "assigned");
  EXPECT_EQ(change->change.rep.str(), "ada");
  EXPECT_EQ(change->change.actor, "baton");
  for (const char* line : {"", "X", "C", "C7|99|assigned\n", "C7|99|vanished|NEW|q|r|1\n"}) {
    EXPECT_TRUE(absl::IsInternal(DecodeJourney(line).status())) << line;
  }
}

TEST(RedisLeadCodecTest, ReadsAnOutboxEntry) {
  core::Change details;
  details.details["mode"] = "offer";
  const std::string blob = EncodeChangeDetails(details);
  core::Facts facts;
  facts.attribution["utm_source"] = {"spring", {1, "e"}};
  const std::string text =
      absl::StrCat("acme|l1|2|5000|1|00-ab%7C|", blob.size(), "|7|99|assigned|OFFERED|dach|ada|1\n",
                   blob, EncodeOrigin(facts));
  Reply reply;
  reply.elements = {Text("1048577-0"), {}};
  reply.elements[1].elements = {Text("e"), Text(text)};
  const auto entry = DecodeOutbox(reply);
  ASSERT_TRUE(entry.ok()) << entry.status();
  EXPECT_EQ(entry->sequence, 1'048'577);
  EXPECT_EQ(entry->key.lead.str(), "l1");
  EXPECT_EQ(entry->epoch, 2);
  EXPECT_EQ(entry->due_at_ms, 5000);
  EXPECT_EQ(entry->version, 7);
  EXPECT_EQ(entry->change.details.at("mode"), "offer");
  EXPECT_EQ(entry->attribution.at("utm_source"), "spring");
  EXPECT_EQ(entry->traceparent, "00-ab|");
  reply.elements[1].elements[1].text = "acme|l1";
  EXPECT_TRUE(absl::IsInternal(DecodeOutbox(reply).status()));
}

}  // namespace
}  // namespace baton::store::redis
