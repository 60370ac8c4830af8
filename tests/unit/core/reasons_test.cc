#include "core/reasons.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace baton::core {
namespace {

TEST(StandardReasonsTest, AreOrderedByClassThenCodeWithoutRepetition) {
  const auto& reasons = StandardReasons();
  EXPECT_TRUE(std::is_sorted(reasons.begin(), reasons.end(), [](const Reason& a, const Reason& b) {
    return std::pair(a.reason_class, a.code) < std::pair(b.reason_class, b.code);
  }));
  std::set<std::string> codes;
  for (const Reason& reason : reasons) EXPECT_TRUE(codes.insert(reason.code).second) << reason.code;
}

TEST(StandardReasonsTest, DuplicateReroutesAndDeclinesLeaveTheAcceptanceDenominator) {
  for (const Reason& reason : StandardReasons()) {
    const bool leaves = reason.code == "DUPLICATE" ||
                        reason.reason_class == ReasonClass::kReroute ||
                        reason.reason_class == ReasonClass::kDecline;
    EXPECT_EQ(reason.counts_in_acceptance, !leaves) << reason.code;
  }
}

TEST(StandardReasonsTest, OnlyRecycleReasonsCoolDownAndAllOfThemDo) {
  for (const Reason& reason : StandardReasons()) {
    EXPECT_EQ(reason.cool_down_ms > 0, reason.reason_class == ReasonClass::kRecycle) << reason.code;
  }
}

TEST(StandardReasonsTest, OnlyContractLockedNeedsARevisitTime) {
  for (const Reason& reason : StandardReasons()) {
    EXPECT_EQ(reason.needs_revisit_at, reason.code == "CONTRACT_LOCKED");
  }
}

TEST(FindReasonTest, FindsByExactCode) {
  ASSERT_NE(FindReason(StandardReasons(), "DO_NOT_CONTACT"), nullptr);
  EXPECT_EQ(FindReason(StandardReasons(), "DO_NOT_CONTACT")->fault, ReasonFault::kConsent);
  EXPECT_EQ(FindReason(StandardReasons(), "do_not_contact"), nullptr);
  EXPECT_EQ(FindReason(StandardReasons(), ""), nullptr);
}

TEST(CodesOfClassTest, ListsTheCodesOfOneClass) {
  EXPECT_EQ(CodesOfClass(StandardReasons(), ReasonClass::kDecline), "AT_CAPACITY, AWAY");
  EXPECT_EQ(CodesOfClass(StandardReasons(), ReasonClass::kLost),
            "COMPETITOR_CHOSEN, NO_DECISION, NO_RESPONSE_LATE, OTHER, PRICE");
  EXPECT_EQ(CodesOfClass({}, ReasonClass::kLost), "");
}

TEST(ReasonClassNameTest, NamesEachClass) {
  EXPECT_EQ(ReasonClassName(ReasonClass::kReject), "reject");
  EXPECT_EQ(ReasonClassName(ReasonClass::kRecycle), "recycle");
  EXPECT_EQ(ReasonClassName(ReasonClass::kReroute), "reroute");
  EXPECT_EQ(ReasonClassName(ReasonClass::kDecline), "decline");
  EXPECT_EQ(ReasonClassName(ReasonClass::kLost), "lost");
}

}  // namespace
}  // namespace baton::core
