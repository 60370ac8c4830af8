// Keyed hashes of people.
#include "store/redis/person_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/builders.h"

namespace baton::store::redis {
namespace {

constexpr char kSecret[] = "0123456789abcdef0123456789abcdef";

TEST(PersonHashTest, AMarkIsOfOneLeadOfOneWorkspaceUnderOneSecret) {
  const std::string mark = MarkOf(kSecret, support::Key("l1"));
  EXPECT_THAT(mark, testing::MatchesRegex("[0-9a-f]{32}"));
  EXPECT_EQ(mark, MarkOf(kSecret, support::Key("l1")));
  EXPECT_NE(mark, MarkOf(kSecret, support::Key("l2")));
  EXPECT_NE(mark, MarkOf(kSecret, support::Key("l1", "other")));
  EXPECT_NE(mark, MarkOf("another secret", support::Key("l1")));
  EXPECT_NE(mark, EmailHash(kSecret, support::Key("l1").workspace, "l1"));
}

TEST(PersonHashTest, AMarkIsAnHmacWhateverSecretWasUsedBefore) {
  const std::string known = "504971648657e47621e71a8ba6b5ea0d";  // HMAC-SHA-256, as Python has it
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(MarkOf(kSecret, support::Key("l1", "acme")), known);
    EXPECT_NE(MarkOf("another secret", support::Key("l1", "acme")), known);
  }
}

TEST(PersonHashTest, OnlyWhatNeedsHashesHasThem) {
  core::Plan plan;
  plan.key = support::Key();
  plan.expected_revision = 3;
  EXPECT_EQ(HashesOf(kSecret, plan), "|");
  plan.facts_changed = true;
  EXPECT_EQ(HashesOf(kSecret, plan), "|") << "it has no address";
  plan.after.facts.attributes["email"].value = std::string(" Ann@Acme.example");
  EXPECT_EQ(HashesOf(kSecret, plan),
            "|" + EmailHash(kSecret, plan.key.workspace, "ann@acme.example"));
  plan.facts_changed = false;
  plan.expected_revision = 0;
  EXPECT_EQ(HashesOf(kSecret, plan), MarkOf(kSecret, plan.key) + "|");
  plan.expected_revision = 3;
  plan.after.erased_at_ms = 5;
  EXPECT_EQ(HashesOf(kSecret, plan), MarkOf(kSecret, plan.key) + "|");
}

}  // namespace
}  // namespace baton::store::redis
