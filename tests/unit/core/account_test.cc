#include "core/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/account_match.h"
#include "core/errors.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;
using support::RepNamed;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const AccountKey kAcme{WorkspaceId::Trusted("w"), AccountId::Trusted("acme")};

AccountEvent Upserted(const std::string& id, TimeMs at_ms, const std::string& owner) {
  AccountEvent event;
  event.key = kAcme;
  event.id = id;
  event.source = "/crm";
  event.occurred_at_ms = at_ms;
  event.account.id = kAcme.account;
  event.account.owner = RepNamed(owner);
  return event;
}

AccountEvent Deleted(const std::string& id, TimeMs at_ms) {
  AccountEvent event = Upserted(id, at_ms, "");
  event.deleted = true;
  return event;
}

AccountRecord Empty() {
  AccountRecord record;
  record.key = kAcme;
  return record;
}

TEST(AccountTest, DomainsAreKeptInOneSpellingSortedAndOnce) {
  Account account;
  account.domains = {"www.Acme.com", "acme.de", "ACME.com."};
  EXPECT_THAT(CheckedAccount(account)->domains, ElementsAre("acme.com", "acme.de"));
}

TEST(AccountTest, WhatNobodyCanOwnIsRefusedByName) {
  const auto refusal = [](const std::string& domain) {
    Account account;
    account.domains = {domain};
    return std::string(CheckedAccount(account, "account.").status().message());
  };
  EXPECT_THAT(refusal("nonsense"), HasSubstr("account.domains: \"nonsense\" is no domain"));
  EXPECT_THAT(refusal("co.uk"), HasSubstr("public suffix"));
  EXPECT_THAT(refusal("gmail.com"), HasSubstr("mail provider"));
  Account many;
  for (size_t i = 0; i <= kDomainsPerAccountMax; ++i) {
    many.domains.push_back("a" + std::to_string(i) + ".example");
  }
  EXPECT_EQ(ErrorReason(CheckedAccount(many).status()), "INVALID_FIELD");
}

TEST(AccountFoldTest, AnyOrderAndRepetitionOfEventsGivesTheSameAccount) {
  std::vector<AccountEvent> events = {Upserted("e1", kNow, "ada"), Upserted("e2", kNow, "bob"),
                                      Deleted("e3", kNow + 1), Upserted("e4", kNow + 2, "cy"),
                                      Upserted("e5", kNow - 1, "dan")};
  std::vector<size_t> order = {0, 1, 2, 3, 4};
  do {
    AccountRecord record = Empty();
    for (const size_t i : order) EXPECT_EQ(Fold(events[i], record), FoldOutcome::kApplied);
    for (const size_t i : order) EXPECT_EQ(Fold(events[i], record), FoldOutcome::kDuplicate);
    EXPECT_EQ(record.account.owner, RepNamed("cy"));
    EXPECT_FALSE(record.deleted);
    EXPECT_EQ(record.applied, 5);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(AccountFoldTest, OneWriterFromTwoSourcesGivesTheSameInEitherOrder) {
  AccountEvent one = Upserted("e1", kNow, "ada");
  AccountEvent other = Upserted("e1", kNow, "bob");
  other.source = "/erp";
  AccountRecord forth = Empty();
  AccountRecord back = Empty();
  Fold(one, forth);
  Fold(other, forth);
  Fold(other, back);
  Fold(one, back);
  EXPECT_EQ(forth.account, back.account);
}

TEST(AccountFoldTest, AnOlderEventDoesNotBringADeletedAccountBack) {
  AccountRecord record = Empty();
  Fold(Deleted("e2", kNow), record);
  Fold(Upserted("e1", kNow - 1, "ada"), record);
  EXPECT_TRUE(record.deleted);
  EXPECT_EQ(record.account, (Account{.id = kAcme.account}));
}

TEST(AccountFoldTest, WhatIsWrittenByHandStandsAgainstEventsThatAreDatedAhead) {
  AccountRecord record = Empty();
  Fold(Upserted("A-1", kNow + 1000, "ada"), record);
  Account account = record.account;
  account.owner = RepNamed("bob");
  Write(account, kNow, record);
  EXPECT_EQ(record.account.owner, RepNamed("bob"));
  EXPECT_EQ(record.writer.occurred_at_ms, kNow + 1000);
  Fold(Upserted("A-2", kNow + 1, "cy"), record);
  EXPECT_EQ(record.account.owner, RepNamed("bob"));
}

TEST(AccountFoldTest, AnOffsetThatWasReadBeforeIsNotCountedAgain) {
  AccountRecord record = Empty();
  AccountEvent event = Upserted("e1", kNow, "ada");
  event.position = {7, 12};
  EXPECT_EQ(Fold(event, record), FoldOutcome::kApplied);
  EXPECT_EQ(Fold(event, record), FoldOutcome::kRedelivered);
  event.position.offset = 13;
  EXPECT_EQ(Fold(event, record), FoldOutcome::kDuplicate);
}

Facts FactsWith(std::map<std::string, AttributeValue> attributes) {
  Facts facts;
  Fold(support::Updated("e1", std::move(attributes)), facts);
  return facts;
}

TEST(AccountMatchTest, ALeadIsLookedUpByItsEmailThenItsDomainThenItsWebsite) {
  EXPECT_THAT(AccountDomains(FactsWith({{"email", "a@mail.acme.de"}, {"domain", "other.example"}})),
              ElementsAre("mail.acme.de", "acme.de"));
  EXPECT_THAT(AccountDomains(FactsWith({{"email", "a@gmail.com"}, {"domain", "acme.de"}})),
              ElementsAre("acme.de"));
  EXPECT_THAT(AccountDomains(FactsWith({{"website", "https://www.acme.de/shop"}})),
              ElementsAre("acme.de"));
  EXPECT_THAT(AccountDomains(FactsWith({{"email", "a@gmail.com"}, {"company", "Acme"}})),
              IsEmpty());
  EXPECT_THAT(AccountDomains(FactsWith({{"email", true}})), IsEmpty());
}

TEST(AccountMatchTest, APartOfAMailProvidersDomainNeverMatches) {
  EXPECT_THAT(AccountDomains("a@sub.gmail.com"), IsEmpty());
  EXPECT_THAT(AccountDomains("acme.de"), ElementsAre("acme.de"));
}

AccountView ViewOf(const Account& account, std::vector<Account> siblings = {}) {
  return {"acme.de", 3, account, std::move(siblings)};
}

TEST(AccountMatchTest, OwnersStandInTheOrderOfPrecedence) {
  Account account;
  account.id = kAcme.account;
  account.owner = RepNamed("own");
  account.customer = true;
  account.customer_owner = RepNamed("cus");
  account.open_opportunity = true;
  account.opportunity_owner = RepNamed("opp");
  Account sibling;
  sibling.id = AccountId::Trusted("acme-us");
  sibling.owner = RepNamed("sib");
  const std::vector<Owner> owners = OwnersOf(ViewOf(account, {sibling}), RepNamed("last"));
  EXPECT_THAT(owners, ElementsAre(Owner{RepNamed("opp"), OwnerRank::kOpenOpportunity, account.id},
                                  Owner{RepNamed("cus"), OwnerRank::kCustomer, account.id},
                                  Owner{RepNamed("own"), OwnerRank::kAccount, account.id},
                                  Owner{RepNamed("sib"), OwnerRank::kSiblingDomain, sibling.id},
                                  Owner{RepNamed("last"), OwnerRank::kLastOwner, AccountId()}));
}

TEST(AccountMatchTest, AnOwnerWhoseReasonDoesNotHoldIsNone) {
  Account account;
  account.id = kAcme.account;
  account.customer_owner = RepNamed("cus");     // but no customer
  account.opportunity_owner = RepNamed("opp");  // but none open
  EXPECT_THAT(OwnersOf(ViewOf(account), RepId()), IsEmpty());
  EXPECT_THAT(OwnersOf(AccountView(), RepNamed("last")),
              ElementsAre(Owner{RepNamed("last"), OwnerRank::kLastOwner, AccountId()}));
}

TEST(AccountMatchTest, EachOwnerStandsOnceAtHisBestRankAndEightAreEnough) {
  Account account;
  account.id = kAcme.account;
  account.owner = RepNamed("r0");
  std::vector<Account> siblings;
  for (int i = 0; i < 20; ++i) {
    Account& sibling = siblings.emplace_back();
    sibling.id = AccountId::Trusted("s" + std::to_string(i));
    sibling.owner = RepNamed("r" + std::to_string(i));
  }
  const std::vector<Owner> owners = OwnersOf(ViewOf(account, siblings), RepNamed("r0"));
  ASSERT_EQ(owners.size(), kOwnersMax);
  EXPECT_EQ(owners[0], (Owner{RepNamed("r0"), OwnerRank::kAccount, account.id}));
  EXPECT_EQ(owners[1].rep, RepNamed("r1"));
}

TEST(AccountMatchTest, RanksHaveNames) {
  for (int i = 0; i <= static_cast<int>(OwnerRank::kLastOwner); ++i) {
    const auto rank = static_cast<OwnerRank>(i);
    EXPECT_EQ(ParseOwnerRank(OwnerRankName(rank)), rank);
  }
  EXPECT_EQ(OwnerRankName(OwnerRank::kSiblingDomain), "sibling_domain");
  EXPECT_EQ(ParseOwnerRank("friend"), std::nullopt);
}

}  // namespace
}  // namespace baton::core
