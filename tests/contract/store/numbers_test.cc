// Numbers at the ends of 32 and 64 bits and where a double, of which Lua's numbers are, loses
// whole ones: each comes back as it was put or is refused, and none is changed on its way.
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "contract/store/store_fixture.h"

namespace baton::contract {
namespace {

using NumbersTest = StoreTest;

// Powers of two and what stands beside them, of both signs.
std::vector<int64_t> Edges() {
  std::vector<int64_t> edges = {std::numeric_limits<int64_t>::min(),
                                std::numeric_limits<int64_t>::max()};
  for (const int bits : {0, 8, 16, 31, 32, 52, 53, 54, 62}) {
    for (const int64_t beside : {-1, 0, 1}) {
      edges.push_back((int64_t{1} << bits) + beside);
      edges.push_back(-(int64_t{1} << bits) + beside);
    }
  }
  return edges;
}

TEST_P(NumbersTest, CapacityAndWeightComeBackOrAreRefused) {
  AddRep("ada");
  int stored = 0;
  for (const int64_t edge : Edges()) {
    if (edge != static_cast<int32_t>(edge)) continue;
    for (int32_t core::Rep::*field : {&core::Rep::capacity, &core::Rep::weight}) {
      core::Rep rep = store().GetRep(acme_, RepNamed("ada"))->rep;
      const int32_t before = rep.*field;
      rep.*field = static_cast<int32_t>(edge);
      const auto put = store().PutRep(acme_, rep, -1);
      const core::Rep found = store().GetRep(acme_, rep.id)->rep;
      EXPECT_EQ(found.*field, put.ok() ? edge : before);
      stored += put.ok() ? 1 : 0;
    }
  }
  EXPECT_GT(stored, 4) << "what is within the caps is taken";
}

TEST_P(NumbersTest, AmountsAndAttributesComeBackWhole) {
  for (const int64_t edge : Edges()) {
    core::Plan plan = Keep("l1");
    plan.after.amount_minor = edge;
    plan.after.currency = "EUR";
    plan.after.facts.attributes["whole"].value = edge;
    plan.after.facts.attributes["real"].value = static_cast<double>(edge) + 0.5;
    plan.facts_changed = true;
    Commit(plan);
    const core::LeadRecord found = Load("l1");
    EXPECT_EQ(found.amount_minor, edge);
    EXPECT_EQ(found.facts.attributes, plan.after.facts.attributes) << edge;
  }
}

TEST_P(NumbersTest, RealsThatAreNoneComeBackAsSuch) {
  for (const double odd :
       {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
        std::numeric_limits<double>::quiet_NaN(), -0.0,
        std::numeric_limits<double>::denorm_min()}) {
    core::Plan plan = Keep("l1");
    plan.after.facts.attributes["real"].value = odd;
    plan.facts_changed = true;
    Commit(plan);
    const double found = std::get<double>(Load("l1").facts.attributes.at("real").value);
    EXPECT_TRUE(found == odd || (std::isnan(found) && std::isnan(odd))) << found << " for " << odd;
    EXPECT_EQ(std::signbit(found), std::signbit(odd));
  }
}

INSTANTIATE_CONTRACT(NumbersTest);

}  // namespace
}  // namespace baton::contract
