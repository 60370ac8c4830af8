#include "store/redis/record_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/builders.h"

namespace baton::store::redis {
namespace {

using core::Facts;
using core::Judgment;

Facts RichFacts() {
  Facts facts;
  const core::Writer early{1'000, "e-early"};
  const core::Writer late{2'000, "e-late"};
  facts.attributes["bool"] = {true, early};
  facts.attributes["int"] = {int64_t{-5'000'000'000}, early};
  facts.attributes["double"] = {0.1, late};
  facts.attributes["string"] = {std::string("a\0|\xff%", 5), late};
  facts.attributes["list"] = {std::vector<std::string>{"x", "", "y,z"}, early};
  facts.attributes["no list"] = {std::vector<std::string>{}, early};
  facts.consent = core::Consent::kWithdrawn;
  facts.consent_writer = late;
  facts.activities["page_view"] = {{-3, 1}, {20'000, 7}, {20'001, 1'000'000'000'000}};
  facts.activities["demo"] = {{19'999, 1}};
  facts.occasions["page_view"] = {{{20'001, {{"path", std::string("/\0\xff", 3)}}}, 3},
                                  {{20'000, {{"first", true}, {"seconds", int64_t{-1}}}}, 7},
                                  {{-3, {{"share", 0.5}}}, 1}};
  facts.attribution["utm_source"] = {"spring|%", early};
  facts.sources = {{1'000, "/forms", "e-early"}, {2'000, "/site", "e-late"}};
  facts.first_event_at_ms = -62'135'596'800'000;
  facts.last_event_at_ms = 253'402'300'799'999;
  facts.applied_offsets = {{0, 17}, {11, std::numeric_limits<int64_t>::max()}};
  facts.recent_events = {std::numeric_limits<uint64_t>::max(), 0, 42};
  return facts;
}

void ExpectSame(const Facts& one, const Facts& other) {
  EXPECT_TRUE(one.SameFacts(other));
  EXPECT_EQ(one.attributes, other.attributes);
  EXPECT_EQ(one.attribution, other.attribution);
  EXPECT_EQ(one.sources, other.sources);
  EXPECT_EQ(one.consent_writer, other.consent_writer);
  EXPECT_EQ(one.applied_offsets, other.applied_offsets);
  EXPECT_EQ(one.recent_events, other.recent_events);
}

Judgment RichJudgment() {
  Judgment judgment;
  judgment.policy_revision = 9'000'000'000;
  judgment.judged_at_ms = support::kNow;
  judgment.fit = -1'000'000;
  judgment.intent = 60;
  judgment.factors = {{core::FactorKind::kFit, "student", -40},
                      {core::FactorKind::kIntent, "demo request", 60, 5}};
  judgment.definition = {{"fit >= 30", "10", false},
                         {"has(lead.email)", "a@b.c", true},
                         {"lead.vip", "yes (of type string, declared bool)", false, "of a type"}};
  judgment.errors = {{core::RuleSection::kFit, "size", "no such key: lead.size"},
                     {core::RuleSection::kDefinition, "", "of a type"}};
  judgment.disqualified_by = "competitor";
  judgment.disqualified_reason = "COMPETITOR";
  judgment.qualified = true;
  judgment.route = {"dach",
                    support::QueueNamed("dach"),
                    100,
                    {"de", "fr"},
                    {core::RepId::Trusted("zoe"), core::RepId::Trusted("ada")},
                    1'800'000,
                    "rep.level > 3 || \"DE\" in rep.territories"};
  judgment.account = {core::AccountId::Trusted("globex"),
                      7,
                      "globex.com",
                      {{core::RepId::Trusted("zoe"), core::OwnerRank::kOpenOpportunity,
                        core::AccountId::Trusted("globex")},
                       {core::RepId::Trusted("ada"), core::OwnerRank::kLastOwner, {}}}};
  judgment.route_path = {{"vip", false, {{"tier: 1", "(absent)", false}}}, {"dach", true, {}}};
  judgment.route_left_out = 17;
  judgment.inputs = {{{"employees", int64_t{-3}}, {"tags", std::vector<std::string>{"\xff"}}},
                     core::Consent::kGranted,
                     {{"demo_request", {{20'000, 1}, {20'009, 4}}}},
                     {{"demo_request", {{{20'009, {{"form", "f1"}}}, 4}, {{20'000, {}}, 1}}}},
                     {{"customer", true}, {"owner", std::string("ada")}}};
  judgment.inputs_hash = core::InputsHash(judgment.inputs);
  return judgment;
}

TEST(RedisRecordCodecTest, FactsComeBackFromTheirTwoBlobs) {
  for (const Facts& facts : {RichFacts(), Facts()}) {
    Facts back;
    Judgment judgment;
    ASSERT_TRUE(DecodeFacts(EncodeFacts(facts), back).ok());
    ASSERT_TRUE(DecodePublished(EncodeOrigin(facts), back, judgment).ok());
    ExpectSame(facts, back);
  }
}

TEST(RedisRecordCodecTest, AJudgmentComesBackFromItsTwoBlobs) {
  for (const Judgment& judgment : {RichJudgment(), Judgment()}) {
    Facts facts;
    Judgment back;
    ASSERT_TRUE(DecodePublished(EncodeScores(judgment), facts, back).ok());
    ASSERT_TRUE(DecodeJudgment(EncodeJudgment(judgment), back).ok());
    EXPECT_EQ(back, judgment);
  }
}

// The functions put the two behind each other without reading them.
TEST(RedisRecordCodecTest, OriginAndScoresBehindEachOtherAreOneMessage) {
  OutboxEntry entry;
  ASSERT_TRUE(
      DecodePublished(EncodeOrigin(RichFacts()) + EncodeScores(RichJudgment()), entry).ok());
  EXPECT_EQ(entry.attribution.at("utm_source"), "spring|%");
  EXPECT_EQ(entry.sources, RichFacts().sources);
  EXPECT_EQ(entry.policy_revision, RichJudgment().policy_revision);
  EXPECT_EQ(entry.fit, RichJudgment().fit);
  EXPECT_EQ(entry.factors, RichJudgment().factors);
}

TEST(RedisRecordCodecTest, AttributesOfOneEventShareTheirWriter) {
  Facts facts;
  const core::Writer writer{1'000, std::string(100, 'w')};
  for (int i = 0; i < 10; ++i) facts.attributes["a" + std::to_string(i)] = {int64_t{i}, writer};
  EXPECT_LT(EncodeFacts(facts).size(), 250u);
}

TEST(RedisRecordCodecTest, WithoutPropertiesALeadTakesNoByteMore) {
  Facts facts;
  facts.activities["demo"] = {{20'000, 1}};
  const std::string blob = EncodeFacts(facts);
  EXPECT_EQ(blob.size(), 2 + 6 + 5 + 3u) << "head, name, day and count";
  facts.occasions["demo"] = {{{20'000, {{"form", "f1"}}}, 1}};
  EXPECT_GT(EncodeFacts(facts).size(), blob.size());
}

TEST(RedisRecordCodecTest, TheRestOfALeadComesBack) {
  core::LeadRecord record;
  record.first_touch_at_ms = 1;
  record.last_touch_at_ms = 2;
  record.touches = 3;
  record.reason = "NO_BUDGET";
  record.revisit_at_ms = 4;
  record.amount_minor = 5'000'000'000;
  record.currency = "EUR";
  record.close_date_ms = 6;
  record.closed_at_ms = 21;
  record.erased_at_ms = 22;
  record.sales_events = {{1, std::numeric_limits<uint64_t>::max(), core::kTimeMsMin, 2, 3},
                         {4, 5, core::kTimeMsMax, 6, 7}};
  record.sales_forgotten_ms = core::kTimeMsMax;
  record.answered = {{"req-1", std::numeric_limits<uint64_t>::max(), core::Stage::kAccepted,
                      support::RepNamed("ada"), 3, 8, "rep/ada"},
                     {"req-2", 0, core::Stage::kQueued, core::RepId(), 4, 9}};
  core::LeadRecord back;
  ASSERT_TRUE(DecodeRest(EncodeRest(record), back).ok());
  EXPECT_EQ(back.touches, record.touches);
  EXPECT_EQ(back.reason, record.reason);
  EXPECT_EQ(back.amount_minor, record.amount_minor);
  EXPECT_EQ(back.currency, record.currency);
  EXPECT_EQ(back.close_date_ms, record.close_date_ms);
  EXPECT_EQ(back.closed_at_ms, record.closed_at_ms);
  EXPECT_EQ(back.erased_at_ms, record.erased_at_ms);
  EXPECT_EQ(back.first_touch_at_ms, record.first_touch_at_ms);
  EXPECT_EQ(back.last_touch_at_ms, record.last_touch_at_ms);
  EXPECT_EQ(back.revisit_at_ms, record.revisit_at_ms);
  EXPECT_EQ(back.answered, record.answered);
  EXPECT_EQ(back.sales_events, record.sales_events);
  EXPECT_EQ(back.sales_forgotten_ms, record.sales_forgotten_ms);
  EXPECT_EQ(EncodeRest(core::LeadRecord()), "");  // most leads have none
}

TEST(RedisRecordCodecTest, ChangesAndInputsComeBack) {
  core::Change change;
  change.reason = "AWAY";
  change.actor = "rep/ada";
  change.cause = "req-1";
  change.details = {{"note", "a\n|b"}, {"channel", "call"}};
  core::Change back;
  ASSERT_TRUE(DecodeChangeDetails(EncodeChangeDetails(change), back).ok());
  EXPECT_EQ(back, change);

  const core::JourneyInput input{-1, "activity demo_request", "/forms", "e1\n"};
  core::JourneyInput input_back;
  ASSERT_TRUE(DecodeInput(EncodeInput(input), input_back).ok());
  EXPECT_EQ(input_back.at_ms, input.at_ms);
  EXPECT_EQ(input_back.type, input.type);
  EXPECT_EQ(input_back.source, input.source);
  EXPECT_EQ(input_back.id, input.id);
}

TEST(RedisRecordCodecTest, BytesThatAreNoMessageAreAnError) {
  const std::string junk = "\xff\xff\xff";
  Facts facts;
  Judgment judgment;
  core::LeadRecord record;
  core::Change change;
  core::JourneyInput input;
  EXPECT_TRUE(absl::IsInternal(DecodeFacts(junk, facts)));
  EXPECT_TRUE(absl::IsInternal(DecodePublished(junk, facts, judgment)));
  EXPECT_TRUE(absl::IsInternal(DecodeJudgment(junk, judgment)));
  EXPECT_TRUE(absl::IsInternal(DecodeRest(junk, record)));
  EXPECT_TRUE(absl::IsInternal(DecodeChangeDetails(junk, change)));
  EXPECT_TRUE(absl::IsInternal(DecodeInput(junk, input)));
}

}  // namespace
}  // namespace baton::store::redis
