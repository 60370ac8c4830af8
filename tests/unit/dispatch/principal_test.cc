#include "dispatch/principal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace baton::dispatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PrincipalTest, HasAnIdAndRoles) {
  const auto ada = ParsePrincipal("ada+1@acme.example", "marketing, admin,,rep");
  ASSERT_TRUE(ada.ok()) << ada.status();
  EXPECT_EQ(ada->id, "ada+1@acme.example");
  EXPECT_THAT(ada->roles, ElementsAre(Role::kMarketing, Role::kRep, Role::kAdmin));
  EXPECT_THAT(ParsePrincipal("ci", "")->roles, IsEmpty());
}

TEST(PrincipalTest, NobodyIsUnauthenticated) {
  const absl::Status nobody = ParsePrincipal("", "marketing").status();
  EXPECT_EQ(nobody.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(core::ErrorReason(nobody), "PRINCIPAL_MISSING");
  EXPECT_THAT(std::string(nobody.message()), HasSubstr("baton-principal"));
}

TEST(PrincipalTest, OtherCharactersOrLengthsAreRefused) {
  EXPECT_TRUE(ParsePrincipal(std::string(kPrincipalBytesMax, 'a'), "").ok());
  for (const std::string& id :
       {std::string(kPrincipalBytesMax + 1, 'a'), std::string("a b"), std::string("a|b"),
        std::string("a:b"), std::string("{b01}"), std::string("a\nb"), std::string("\xc3\xa9"),
        std::string("a\0b", 3)}) {
    EXPECT_EQ(core::ErrorReason(ParsePrincipal(id, "").status()), "INVALID_PRINCIPAL") << id;
  }
}

TEST(PrincipalTest, UnknownRolesAreRefused) {
  const absl::Status refused = ParsePrincipal("ada", "marketing,boss").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("marketing, sales, rep, admin"));
}

TEST(PrincipalTest, OneOfTheRolesIsEnough) {
  const Principal sam = *ParsePrincipal("sam", "sales");
  EXPECT_TRUE(RequireRole(sam, {Role::kMarketing, Role::kSales}).ok());
  const absl::Status refused = RequireRole(sam, {Role::kMarketing, Role::kAdmin});
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(core::ErrorReason(refused), "ROLE_MISSING");
  EXPECT_EQ(core::ErrorVariables(refused).at("needed"), "marketing,admin");
}

}  // namespace
}  // namespace baton::dispatch
