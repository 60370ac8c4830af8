#include "dispatch/resource_names.h"

#include <gtest/gtest.h>

#include "core/errors.h"

namespace baton::dispatch {
namespace {

TEST(ResourceNamesTest, WebhooksAreOfAWorkspace) {
  const auto webhook = ParseWebhook("name", "workspaces/acme/webhooks/crm");
  ASSERT_TRUE(webhook.ok()) << webhook.status();
  EXPECT_EQ(webhook->workspace.str(), "acme");
  EXPECT_EQ(webhook->id, "crm");
  EXPECT_EQ(FormatWebhook(*webhook), "workspaces/acme/webhooks/crm");
  EXPECT_FALSE(ParseWebhook("name", "workspaces/acme/webhooks/c.rm").ok());
  EXPECT_FALSE(ParseWebhook("name", "workspaces/acme/tables/crm").ok());
}

TEST(ResourceNamesTest, FormattedNamesAreParsedBack) {
  const auto workspace = core::WorkspaceId::Trusted("acme");
  EXPECT_EQ(*ParseWorkspace("f", FormatWorkspace(workspace)), workspace);
  const core::LeadKey key{workspace, core::LeadId::Trusted("l-1_X")};
  EXPECT_EQ(*ParseLead("f", FormatLead(key)), key);
  EXPECT_EQ(ParseRep("f", FormatRep(workspace, core::RepId::Trusted("ada")))->rep.str(), "ada");
  EXPECT_EQ(ParseQueue("f", FormatQueue(workspace, core::QueueId::Trusted("q")))->queue.str(), "q");
  const auto assignment = ParseAssignment("f", FormatAssignment(key, 42));
  EXPECT_EQ(assignment->key, key);
  EXPECT_EQ(assignment->generation, 42);
  const auto policy = ParsePolicyName("f", FormatPolicy(workspace, "inbound", 3));
  EXPECT_EQ(policy->policy, "inbound");
  EXPECT_EQ(policy->revision, 3);
  EXPECT_EQ(ParsePolicyName("f", "workspaces/acme/policies/-")->revision, 0);
  for (const Scope& scope :
       {Scope{workspace, {}, {}}, Scope{workspace, core::RepId::Trusted("ada"), {}},
        Scope{workspace, {}, core::QueueId::Trusted("q")}}) {
    EXPECT_EQ(*ParseScope("f", FormatScope(scope)), scope);
  }
  EXPECT_EQ(FormatRep(workspace, {}), "");
}

TEST(ResourceNamesTest, AnythingElseIsRefusedWithTheFieldNamed) {
  for (const char* name :
       {"", "/", "workspaces", "workspaces/", "workspaces//leads/l", "workspaces/a/leads/",
        "workspaces/a/leads/l/", "/workspaces/a/leads/l", "workspaces/{a}/leads/l",
        "workspaces/a/reps/l", "workspaces/a/leads/l.1", "workspaces/a/leads/\xc3\xa4"}) {
    const auto parsed = ParseLead("name", name);
    EXPECT_TRUE(absl::IsInvalidArgument(parsed.status())) << name;
    EXPECT_EQ(core::ErrorVariables(parsed.status()).at("field"), "name");
  }
  EXPECT_FALSE(ParseWorkspace("f", "workspaces/" + std::string(65, 'a')).ok());
  for (const char* generation : {"0", "-1", "01", "1.1", "99999999999999999999", ""}) {
    EXPECT_FALSE(
        ParseAssignment("f", std::string("workspaces/a/assignments/l.") + generation).ok());
  }
  EXPECT_FALSE(ParsePolicyName("f", "workspaces/a/policies/p@").ok());
  EXPECT_FALSE(ParseScope("f", "workspaces/a/leads/l").ok());
}

}  // namespace
}  // namespace baton::dispatch
