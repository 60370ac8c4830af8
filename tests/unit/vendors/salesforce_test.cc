// The shipped mapping of Salesforce's Change Data Capture, on events as Salesforce publishes them.
#include <gtest/gtest.h>

#include "support/source_tree.h"
#include "vendor_records.h"

namespace baton::vendors {
namespace {

using core::ActionType;

class SalesforceTest : public ::testing::Test {
 protected:
  SalesforceTest() {
    const std::string path = "deploy/mappings/salesforce.yaml";
    auto parsed = SalesMapping::Parse(support::SourceText(path), path);
    if (const auto* errors = std::get_if<std::vector<policy::DocumentError>>(&parsed)) {
      for (const auto& error : *errors) ADD_FAILURE() << policy::ToString(error);
    } else {
      mapping_ = std::get<std::shared_ptr<const SalesMapping>>(parsed);
    }
  }

  MappedActions Map(const std::string& fixture) {
    return DecodeSalesRecord(RecordOf(Fixture(fixture)), mapping_.get());
  }

  std::shared_ptr<const SalesMapping> mapping_;
};

TEST_F(SalesforceTest, AnOpportunityThatIsWonClosesTheLeadAsWon) {
  const MappedActions mapped = Map("opportunity_won");
  ASSERT_EQ(RefusedAs(mapped), "ok");
  const std::vector<core::SalesEvent> actions = ActionsOf(mapped);
  ASSERT_EQ(actions.size(), 1u);
  const core::SalesEvent& won = actions.front();
  EXPECT_EQ(won.key.workspace.str(), "demo");
  EXPECT_EQ(won.key.lead.str(), "lead-1");
  EXPECT_EQ(won.rep.str(), "ada") << "by the table of users";
  EXPECT_EQ(won.id, "0005163d-0ac5-2d3f-5d23-66ea5c3b3a2e/1/won");
  EXPECT_EQ(won.source, "//salesforce/Opportunity");
  EXPECT_EQ(won.occurred_at_ms, kRecordMs - 1000);
  EXPECT_EQ(won.action.type, ActionType::kReportOutcome);
  EXPECT_EQ(won.action.outcome, core::Stage::kWon);
  EXPECT_EQ(won.action.amount_minor, 1'250'050);
  EXPECT_EQ(won.action.currency, "EUR");
  EXPECT_EQ(won.action.close_date_ms, kRecordMs - 9 * core::kHourMs);
  EXPECT_EQ(won.action.generation, 0);
}

TEST_F(SalesforceTest, AContactedLeadIsAcceptedIfItWasNotAndTouchedForEachRecord) {
  const std::vector<core::SalesEvent> actions = ActionsOf(Map("lead_contacted"));
  ASSERT_EQ(actions.size(), 4u);
  EXPECT_EQ(actions[0].action.type, ActionType::kAccept);
  EXPECT_TRUE(actions[0].implied);
  EXPECT_EQ(actions[0].key.lead.str(), "00Q1");
  EXPECT_EQ(actions[1].key.lead.str(), "00Q2");
  EXPECT_EQ(actions[2].action.type, ActionType::kLogTouch);
  EXPECT_FALSE(actions[2].implied);
  EXPECT_EQ(actions[2].action.channel, "crm");
  EXPECT_EQ(actions[2].rep.str(), "bob");
  EXPECT_EQ(actions[2].action.generation, 2);
}

TEST_F(SalesforceTest, AReturnedLeadBringsItsReason) {
  const std::vector<core::SalesEvent> actions = ActionsOf(Map("lead_rejected"));
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].action.type, ActionType::kReject);
  EXPECT_EQ(actions[0].action.reason, "NO_NEED");
}

TEST_F(SalesforceTest, AChangeOfAnotherFieldConcernsNobody) {
  const MappedActions mapped = Map("phone_changed");
  EXPECT_EQ(RefusedAs(mapped), "ok");
  EXPECT_TRUE(ActionsOf(mapped).empty());
}

TEST_F(SalesforceTest, WhatSalesforceLostIsADeadLetter) {
  EXPECT_EQ(RefusedAs(Map("gap")),
            "bad_value mapping.refuse[0].when: a gap event: Salesforce lost what changed");
}

TEST_F(SalesforceTest, OtherJsonIsNeitherAcceptedNorIgnored) {
  EXPECT_EQ(RefusedAs(DecodeSalesRecord(RecordOf(R"({"hello":1})"), mapping_.get())),
            "unknown_type mapping.accepts: neither a CloudEvent nor what the mapping accepts");
}

TEST_F(SalesforceTest, CloudEventsGoOnAsTheyAre) {
  const auto mapped = DecodeSalesRecord(
      RecordOf(R"({"specversion":"1.0","id":"e","source":"/c","type":"dev.baton.sales.won.v1",
                   "subject":"l","time":"2026-03-01T09:00:00Z","workspace":"acme",
                   "data":{"rep":"ada"}})"),
      mapping_.get());
  ASSERT_EQ(ActionsOf(mapped).size(), 1u) << RefusedAs(mapped);
  EXPECT_EQ(ActionsOf(mapped)[0].id, "e");
}

}  // namespace
}  // namespace baton::vendors
