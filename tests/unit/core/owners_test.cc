#include "core/owners.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::core {
namespace {

using support::QueueNamed;
using support::RecordIn;
using support::RepNamed;
using testing::ElementsAre;
using testing::IsEmpty;

class OwnersTest : public testing::Test {
 protected:
  OwnersTest() {
    lead_.last_owner = RepNamed("ada");
    policy_.routing.back().name = "default";
    judgment_.route.rule = "default";
    judgment_.route.queue = QueueNamed("triage");
    view_.domain = "globex.com";
    view_.revision = 7;
    view_.account.id = AccountId::Trusted("globex");
    view_.account.owner = RepNamed("bob");
  }

  std::vector<RepId> Owners() {
    NameOwners(policy_, lead_, account_, judgment_);
    return judgment_.route.owners;
  }

  Policy policy_ = support::SamplePolicy();
  LeadRecord lead_ = RecordIn(Stage::kMql);
  AccountView view_;
  const AccountView* account_ = &view_;
  Judgment judgment_;
};

TEST_F(OwnersTest, ARuleThatNamesNoOwnerAsksNone) {
  EXPECT_THAT(Owners(), IsEmpty());
  EXPECT_EQ(judgment_.account, AccountFinding()) << "the policy does not ask";
}

TEST_F(OwnersTest, OwnerLeadAsksWhoHadAcceptedTheLeadBefore) {
  policy_.routing.back().to.owner = OwnerOf::kLead;
  EXPECT_THAT(Owners(), ElementsAre(RepNamed("ada")));
  lead_.last_owner = RepId();
  EXPECT_THAT(Owners(), IsEmpty());
}

TEST_F(OwnersTest, OwnerAccountAsksTheAccountsOwnersAndThenThatRep) {
  policy_.routing.back().to.owner = OwnerOf::kAccount;
  EXPECT_THAT(Owners(), ElementsAre(RepNamed("bob"), RepNamed("ada")));
  EXPECT_EQ(judgment_.account.account.str(), "globex");
  EXPECT_EQ(judgment_.account.revision, 7);
  EXPECT_EQ(judgment_.account.owners.back().rank, OwnerRank::kLastOwner);
  account_ = nullptr;
  EXPECT_THAT(Owners(), ElementsAre(RepNamed("ada")));
  EXPECT_TRUE(judgment_.account.account.empty());
}

TEST_F(OwnersTest, AQueueOfStrategyOwnerFirstAsksTheSame) {
  policy_.queues[QueueNamed("triage")].strategy = Strategy::kOwnerFirst;
  EXPECT_THAT(Owners(), ElementsAre(RepNamed("bob"), RepNamed("ada")));
  account_ = nullptr;
  EXPECT_THAT(Owners(), ElementsAre(RepNamed("ada")));
}

TEST_F(OwnersTest, ALeadWithoutARouteHasNoOwnerToAsk) {
  judgment_.route = Route();
  policy_.routing.back().to.owner = OwnerOf::kAccount;
  EXPECT_THAT(Owners(), IsEmpty());
}

}  // namespace
}  // namespace baton::core
