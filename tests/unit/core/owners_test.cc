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
    route_.rule = "default";
    route_.queue = QueueNamed("triage");
  }

  std::vector<RepId> Owners() {
    NameOwners(policy_, lead_, route_);
    return route_.owners;
  }

  Policy policy_ = support::SamplePolicy();
  LeadRecord lead_ = RecordIn(Stage::kMql);
  Route route_;
};

TEST_F(OwnersTest, ARuleThatNamesNoOwnerAsksNone) {
  EXPECT_THAT(Owners(), IsEmpty());
}

TEST_F(OwnersTest, OwnerLeadAsksWhoHadAcceptedTheLeadBefore) {
  policy_.routing.back().to.owner = OwnerOf::kLead;
  EXPECT_THAT(Owners(), ElementsAre(RepNamed("ada")));
  lead_.last_owner = RepId();
  EXPECT_THAT(Owners(), IsEmpty());
}

TEST_F(OwnersTest, AQueueOfStrategyOwnerFirstAsksToo) {
  policy_.queues[QueueNamed("triage")].strategy = Strategy::kOwnerFirst;
  EXPECT_THAT(Owners(), ElementsAre(RepNamed("ada")));
}

TEST_F(OwnersTest, ALeadWithoutARouteHasNoOwnerToAsk) {
  route_ = Route();
  EXPECT_THAT(Owners(), IsEmpty());
}

}  // namespace
}  // namespace baton::core
