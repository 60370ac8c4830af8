// Whom a lead belongs to when it qualifies, by its account.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/decide.h"
#include "core/recompute.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::Key;
using support::kNow;
using support::QualifyingCapture;
using support::QueueNamed;
using support::RepNamed;
using testing::ElementsAre;
using testing::IsEmpty;

LeadRecord Unheard() {
  LeadRecord record;
  record.key = Key();
  return record;
}

// The sample policy, its first rule asking for the account's owner.
Policy OwnersFirst() {
  Policy policy = support::SamplePolicy();
  policy.routing.front().to.owner = OwnerOf::kAccount;
  policy.routing.front().to.owner_wait_ms = 30 * kMinuteMs;
  return policy;
}

LeadEvent From(const std::string& email, const std::string& id = "e1") {
  LeadEvent event = QualifyingCapture(id);
  event.attributes["email"] = email;
  return event;
}

AccountView Globex() {
  AccountView view;
  view.domain = "globex.com";
  view.revision = 7;
  view.account.id = AccountId::Trusted("globex");
  view.account.owner = RepNamed("ada");
  view.account.customer = true;
  view.account.customer_owner = RepNamed("bob");
  return view;
}

TEST(LookUpDomainsTest, OnlyAPolicyThatAsksForAccountsWantsOne) {
  const Policy without = support::SamplePolicy();
  const Policy with = OwnersFirst();
  const LeadEvent event = From("eve@mail.globex.com");
  EXPECT_THAT(LookUpDomains(Unheard(), {&event, 1}, &without), IsEmpty());
  EXPECT_THAT(LookUpDomains(Unheard(), {&event, 1}, nullptr), IsEmpty());
  EXPECT_THAT(LookUpDomains(Unheard(), {&event, 1}, &with),
              ElementsAre("mail.globex.com", "globex.com"));
}

TEST(LookUpDomainsTest, WhatIsKnownAndWhatComesCountTogether) {
  const Policy policy = OwnersFirst();
  LeadRecord record = Unheard();
  const LeadEvent first = From("eve@globex.com", "e1");
  Fold(first, record.facts);
  const LeadEvent activity = support::Activity("e2", "page_view");
  EXPECT_THAT(LookUpDomains(record, {&activity, 1}, &policy), ElementsAre("globex.com"));
  LeadEvent later = From("eve@initech.com", "e3");
  later.occurred_at_ms = kNow + 1;
  EXPECT_THAT(LookUpDomains(record, {&later, 1}, &policy), ElementsAre("initech.com"));
}

TEST(LookUpDomainsTest, ALeadThatIsNotJudgedWantsNone) {
  const Policy policy = OwnersFirst();
  const LeadEvent event = From("eve@globex.com");
  for (const Stage stage : {Stage::kQueued, Stage::kOffered, Stage::kWorking, Stage::kWon}) {
    EXPECT_THAT(LookUpDomains(support::RecordIn(stage), {&event, 1}, &policy), IsEmpty());
  }
}

TEST(DecideOwnersTest, TheRouteNamesTheOwnersAndTheRecordSaysWhy) {
  const Policy policy = OwnersFirst();
  const LeadEvent event = From("eve@globex.com");
  const AccountView view = Globex();
  const Plan plan = DecideEvents(Unheard(), {&event, 1}, &policy, kNow, nullptr, &view);
  const Judgment& judgment = plan.after.judgment;
  EXPECT_THAT(judgment.route.owners, ElementsAre(RepNamed("bob"), RepNamed("ada")));
  EXPECT_EQ(judgment.route.owner_wait_ms, 30 * kMinuteMs);
  EXPECT_EQ(judgment.route.queue, QueueNamed("dach"));
  EXPECT_EQ(judgment.account.account.str(), "globex");
  EXPECT_EQ(judgment.account.revision, 7);
  EXPECT_EQ(judgment.account.domain, "globex.com");
  EXPECT_EQ(judgment.account.owners[0].rank, OwnerRank::kCustomer);
  EXPECT_EQ(judgment.account.owners[1].rank, OwnerRank::kAccount);
}

TEST(DecideOwnersTest, ARuleThatNamesAQueueAloneHasNoOwners) {
  const Policy policy = OwnersFirst();
  LeadEvent event = From("eve@globex.com");
  event.attributes["country"] = std::string("FR");  // the default rule
  const AccountView view = Globex();
  const Plan plan = DecideEvents(Unheard(), {&event, 1}, &policy, kNow, nullptr, &view);
  EXPECT_TRUE(plan.after.judgment.qualified);
  EXPECT_THAT(plan.after.judgment.route.owners, IsEmpty());
  EXPECT_EQ(plan.after.judgment.account.account.str(), "globex") << "it was looked at";
}

// The sample policy, its first rule for leads of accounts that have an owner.
Policy AccountsFirst() {
  Policy policy = support::SamplePolicy();
  policy.routing.front().when = std::get<Condition>(
      Condition::Compile("has(account.owner) && account.owner == 'ada'", *policy.vocabulary));
  return policy;
}

TEST(DecideAccountsTest, ConditionsReadTheAccountAndItIsLookedUpForThem) {
  const Policy policy = AccountsFirst();
  const LeadEvent event = From("eve@globex.com");
  EXPECT_THAT(LookUpDomains(Unheard(), {&event, 1}, &policy), ElementsAre("globex.com"));
  const AccountView view = Globex();
  const Plan plan = DecideEvents(Unheard(), {&event, 1}, &policy, kNow, nullptr, &view);
  EXPECT_EQ(plan.after.judgment.route.rule, policy.routing.front().name);
  EXPECT_EQ(plan.after.judgment.account.account.str(), "globex");
  EXPECT_THAT(plan.after.judgment.errors, IsEmpty());
  const Plan without = DecideEvents(Unheard(), {&event, 1}, &policy, kNow);
  EXPECT_EQ(without.after.judgment.route.rule, policy.routing.back().name);
  EXPECT_THAT(without.after.judgment.errors, IsEmpty()) << "has() asks first";
}

TEST(DecideAccountsTest, TheRecordKeepsWhatWasReadAndIsRecomputedFromItAlone) {
  const Policy policy = AccountsFirst();
  const LeadEvent event = From("eve@globex.com");
  const AccountView view = Globex();
  Judgment judgment =
      DecideEvents(Unheard(), {&event, 1}, &policy, kNow, nullptr, &view).after.judgment;
  EXPECT_EQ(judgment.inputs.account.at("owner"), AttributeValue(std::string("ada")));
  EXPECT_EQ(judgment.inputs.account.at("customer"), AttributeValue(true));
  EXPECT_EQ(judgment.inputs.account.at("domain"), AttributeValue(std::string("globex.com")));
  EXPECT_FALSE(judgment.inputs.account.contains("group"));
  EXPECT_THAT(RecomputeJudgment(judgment, policy), IsEmpty());
  judgment.inputs.account["owner"] = std::string("bob");
  EXPECT_THAT(RecomputeJudgment(judgment, policy), testing::Not(IsEmpty()));
}

TEST(DecideAccountsTest, APolicyWhoseConditionsReadNoAccountKeepsNone) {
  const Policy policy = OwnersFirst();
  const LeadEvent event = From("eve@globex.com");
  const AccountView view = Globex();
  const Plan plan = DecideEvents(Unheard(), {&event, 1}, &policy, kNow, nullptr, &view);
  EXPECT_THAT(plan.after.judgment.inputs.account, IsEmpty());
}

TEST(DecideOwnersTest, WithoutAnAccountTheLeadGoesToTheQueue) {
  const Policy policy = OwnersFirst();
  const LeadEvent event = From("eve@gmail.com");
  const Plan plan = DecideEvents(Unheard(), {&event, 1}, &policy, kNow);
  EXPECT_TRUE(plan.after.judgment.qualified);
  EXPECT_THAT(plan.after.judgment.route.owners, IsEmpty());
  EXPECT_EQ(plan.after.judgment.account, AccountFinding());
}

}  // namespace
}  // namespace baton::core
