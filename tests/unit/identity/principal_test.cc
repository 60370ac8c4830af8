#include "identity/principal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace baton::identity {
namespace {

TEST(PrincipalTest, IdsAreShortAndPlain) {
  EXPECT_TRUE(IsPrincipalId("ada+1@acme.example"));
  EXPECT_TRUE(IsPrincipalId(std::string(kPrincipalBytesMax, 'a')));
  for (const std::string& id :
       {std::string(), std::string(kPrincipalBytesMax + 1, 'a'), std::string("a b"),
        std::string("a|b"), std::string("a:b"), std::string("{b01}"), std::string("a\nb"),
        std::string("\xc3\xa9"), std::string("a\0b", 3)}) {
    EXPECT_FALSE(IsPrincipalId(id)) << id;
  }
}

TEST(PrincipalTest, RolesHaveNames) {
  for (const char* name : {"marketing", "sales", "rep", "admin", "service"}) {
    EXPECT_EQ(NameOf(RoleNamed(name).value()), name);
  }
  EXPECT_FALSE(RoleNamed("boss").has_value());
  EXPECT_FALSE(RoleNamed("").has_value());
}

TEST(PrincipalTest, OneOfTheRolesIsEnough) {
  Principal sam;
  sam.id = "sam";
  sam.roles = {Role::kSales};
  EXPECT_TRUE(RequireRole(sam, {Role::kMarketing, Role::kSales}).ok());
  const absl::Status refused = RequireRole(sam, {Role::kMarketing, Role::kAdmin});
  EXPECT_EQ(refused.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(core::ErrorReason(refused), "ROLE_MISSING");
  EXPECT_EQ(core::ErrorVariables(refused).at("needed"), "marketing,admin");
}

TEST(PrincipalTest, EntersItsWorkspacesOnly) {
  Principal one;
  ASSERT_TRUE(AddWorkspace("acme", one).ok());
  EXPECT_TRUE(one.MayEnter(core::WorkspaceId::Trusted("acme")));
  EXPECT_FALSE(one.MayEnter(core::WorkspaceId::Trusted("acme2")));
  EXPECT_FALSE(AddWorkspace("a{b}", one).ok());
  ASSERT_TRUE(AddWorkspace("*", one).ok());
  EXPECT_TRUE(one.MayEnter(core::WorkspaceId::Trusted("acme2")));
}

TEST(PrincipalTest, WorkspacesHaveACap) {
  Principal one;
  for (size_t i = 0; i < kWorkspacesMax; ++i) {
    ASSERT_TRUE(AddWorkspace("w" + std::to_string(i), one).ok());
  }
  EXPECT_FALSE(AddWorkspace("another", one).ok());
}

}  // namespace
}  // namespace baton::identity
