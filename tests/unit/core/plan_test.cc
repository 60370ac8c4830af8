#include "core/plan.h"

#include <gtest/gtest.h>

namespace baton::core {
namespace {

TEST(ChangeTypeNameTest, NamesAreReadBack) {
  for (int i = 0; i <= static_cast<int>(ChangeType::kErased); ++i) {
    const auto type = static_cast<ChangeType>(i);
    EXPECT_FALSE(ChangeTypeName(type).empty());
    EXPECT_EQ(ParseChangeType(ChangeTypeName(type)), type);
  }
}

TEST(ChangeTypeNameTest, NamesAreThoseOfTheEvents) {
  EXPECT_EQ(ChangeTypeName(ChangeType::kNurtured), "nurtured");
  EXPECT_EQ(ChangeTypeName(ChangeType::kOfferExpired), "offer_expired");
  EXPECT_EQ(ChangeTypeName(ChangeType::kSqlConfirmed), "sql_confirmed");
  EXPECT_EQ(ChangeTypeName(ChangeType::kLost), "lost");
}

TEST(ParseChangeTypeTest, RefusesUnknownNames) {
  EXPECT_EQ(ParseChangeType("lost_and_found"), std::nullopt);
  EXPECT_EQ(ParseChangeType(""), std::nullopt);
}

}  // namespace
}  // namespace baton::core
