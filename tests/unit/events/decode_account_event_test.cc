#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/events/v1/account_events.pb.h"
#include "event_records.h"

namespace baton::events {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kUpserted[] = "dev.baton.account.upserted.v1";
constexpr char kDeleted[] = "dev.baton.account.deleted.v1";

// The letter as "class field: reason", or "ok".
std::string AccountOutcome(const platform::kafka::Record& record) {
  const DecodedEvent decoded = DecodeEvent(record);
  const auto* letter = std::get_if<DeadLetter>(&decoded);
  if (letter == nullptr) return "ok";
  return std::string(DeadLetterClassName(letter->klass)) + " " + letter->field + ": " +
         letter->reason;
}

core::AccountEvent MustDecodeAccount(const platform::kafka::Record& record) {
  const DecodedEvent decoded = DecodeEvent(record);
  EXPECT_EQ(AccountOutcome(record), "ok");
  const auto* event = std::get_if<core::AccountEvent>(&decoded);
  return event == nullptr ? core::AccountEvent() : *event;
}

void ExpectGlobex(const core::AccountEvent& event) {
  EXPECT_EQ(event.key.workspace.str(), "acme");
  EXPECT_EQ(event.key.account.str(), "lead-1");  // the subject
  EXPECT_EQ(event.id, "e-1");
  EXPECT_EQ(event.source, "//crm.example");
  EXPECT_FALSE(event.deleted);
  EXPECT_EQ(event.account.id.str(), "lead-1");
  EXPECT_EQ(event.account.name, "Globex");
  EXPECT_THAT(event.account.domains, ElementsAre("globex.com", "globex.de"));
  EXPECT_EQ(event.account.group.str(), "globex");
  EXPECT_EQ(event.account.owner.str(), "ada");
  EXPECT_TRUE(event.account.customer);
  EXPECT_EQ(event.account.customer_owner.str(), "bob");
  EXPECT_TRUE(event.account.open_opportunity);
  EXPECT_EQ(event.account.opportunity_owner.str(), "cy");
}

TEST(DecodeAccountEventTest, TakesEverythingFromJsonInBothSpellings) {
  ExpectGlobex(MustDecodeAccount(RecordWithData(
      kUpserted, R"({"name":"Globex","domains":["globex.de","WWW.globex.com"],"group":"globex",
                  "owner":"ada","customer":true,"customerOwner":"bob","openOpportunity":true,
                  "opportunityOwner":"cy","somethingNew":[1]})")));
  ExpectGlobex(MustDecodeAccount(RecordWithData(
      kUpserted, R"({"name":"Globex","domains":["globex.de","globex.com"],"group":"globex",
                  "owner":"ada","customer":true,"customer_owner":"bob","open_opportunity":true,
                  "opportunity_owner":"cy","x":null})")));
}

TEST(DecodeAccountEventTest, TakesEverythingFromProtobuf) {
  v1::AccountUpserted data;
  data.set_name("Globex");
  data.add_domains("Globex.de");
  data.add_domains("globex.com");
  data.set_group("globex");
  data.set_owner("ada");
  data.set_customer(true);
  data.set_customer_owner("bob");
  data.set_open_opportunity(true);
  data.set_opportunity_owner("cy");
  ExpectGlobex(MustDecodeAccount(
      MakeRecord(data.SerializeAsString(), BinaryHeaders(kUpserted, "application/protobuf"))));
  EXPECT_THAT(
      AccountOutcome(MakeRecord("\xff\xff", BinaryHeaders(kUpserted, "application/protobuf"))),
      HasSubstr("not_parseable data"));
}

TEST(DecodeAccountEventTest, ADeletionNeedsNoData) {
  EXPECT_TRUE(MustDecodeAccount(RecordWithData(kDeleted, "{}")).deleted);
  EXPECT_TRUE(MustDecodeAccount(RecordWithData(kDeleted, "null")).deleted);
  EXPECT_TRUE(
      MustDecodeAccount(MakeRecord("", BinaryHeaders(kDeleted, "application/json"))).deleted);
}

TEST(DecodeAccountEventTest, WhatNoAccountCanBeIsRefusedByField) {
  const auto outcome = [](const char* data) {
    return AccountOutcome(RecordWithData(kUpserted, data));
  };
  EXPECT_THAT(outcome(R"({"domains":["gmail.com"]})"),
              HasSubstr("bad_value data.domains: \"gmail.com\" is a mail provider's"));
  EXPECT_THAT(outcome(R"({"domains":["co.uk"]})"), HasSubstr("bad_value data.domains"));
  EXPECT_THAT(outcome(R"({"domains":"acme.com"})"), HasSubstr("bad_value data.domains"));
  EXPECT_THAT(outcome(R"({"domains":[7]})"), HasSubstr("a domain is a string"));
  EXPECT_THAT(outcome(R"({"owner":"a b"})"), HasSubstr("bad_value data.owner"));
  EXPECT_THAT(outcome(R"({"owner":7})"), HasSubstr("bad_value data.owner: must be a string"));
  EXPECT_THAT(outcome(R"({"customer":"yes"})"), HasSubstr("bad_value data.customer"));
  EXPECT_THAT(outcome(R"([])"), HasSubstr("bad_value data"));
  const std::string long_name = R"({"name":")" + std::string(200, 'x') + R"("})";
  EXPECT_THAT(outcome(long_name.c_str()), HasSubstr("bad_value data.name"));
}

TEST(DecodeAccountEventTest, KnowsItsTypesByNameAndVersion) {
  EXPECT_THAT(AccountOutcome(RecordWithData("dev.baton.account.merged.v1", "{}")),
              HasSubstr("unknown_type type"));
  EXPECT_THAT(AccountOutcome(RecordWithData("dev.baton.account.upserted.v2", "{}")),
              HasSubstr("unknown_schema_version type"));
  EXPECT_THAT(AccountOutcome(RecordWithData("dev.baton.account.upserted", "{}")),
              HasSubstr("unknown_type type"));
}

TEST(DecodeAccountEventTest, WhereOnlyLeadsMayStandItIsOfAnUnknownType) {
  EXPECT_EQ(Outcome(DecodeLeadEvent(RecordWithData(kUpserted, "{}"))), "unknown_type");
}

}  // namespace
}  // namespace baton::events
