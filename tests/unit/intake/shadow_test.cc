// A draft beside the active policy while leads are decided: counted once, never in the way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "worker_fixture.h"

namespace baton::intake {
namespace {

using core::ShadowCount;
using support::Fault;
using ::testing::HasSubstr;

// Revision 1 is active; drafts differ from its text in one place.
class IntakeShadowTest : public WorkerFixture {
 protected:
  void Run(const std::string& from, const std::string& to) {
    Draft(absl::StrReplaceAll(support::kPolicyText, {{from, to}}));
  }
  // A draft whose text this release need not understand.
  void Draft(const std::string& yaml) {
    core::Policy policy;
    policy.workspace = acme_;
    policy.name = "inbound";
    const auto draft = store_.CreateRevision(policy, yaml, support::kMarketer);
    ASSERT_TRUE(draft.ok()) << draft.status();
    ASSERT_TRUE(store_.StartShadow({acme_, draft->revision}, support::kMarketer).ok());
  }
  void Big(std::string_view lead, const std::string& id) {
    core::LeadEvent event = support::Updated(id, {{"employees", int64_t{300}}});
    event.key = support::Key(lead);
    Append(0, event);
  }
  void Demo(std::string_view lead, const std::string& id) {
    core::LeadEvent event = support::Activity(id, "demo_request");
    event.key = support::Key(lead);
    Append(0, event);
  }
  int64_t Of(ShadowCount count) { return store_.GetShadow(acme_)->counts[count]; }

  const core::WorkspaceId acme_ = core::WorkspaceId::Trusted("acme");
};

TEST_F(IntakeShadowTest, LeadsAreDecidedByTheActivePolicyAndCountedForTheDraft) {
  Run("intent: \">= 50\"", "intent: \">= 10\"");
  Big("a", "1");
  Append(0, View("a", "2"));
  Big("b", "3");
  Demo("b", "4");
  Big("c", "5");
  Steps(1);
  EXPECT_EQ(Lead("a").stage, core::Stage::kNurture);
  EXPECT_EQ(Lead("b").stage, core::Stage::kQueued);
  EXPECT_EQ(Lead("b").judgment.policy_revision, 1);
  EXPECT_EQ(Of(ShadowCount::kLeads), 3);
  EXPECT_EQ(Of(ShadowCount::kGained), 1);
  EXPECT_EQ(Of(ShadowCount::kSame), 2);
  EXPECT_EQ(store_.ShadowDifferences(acme_, 0, 10)->differences.at(0).lead.str(), "a");
  EXPECT_THAT(metrics_->Expose(),
              HasSubstr("baton_policy_shadow_judgments_total{result=\"judged\"} 3"));
}

TEST_F(IntakeShadowTest, WhatIsDeliveredAgainIsCountedOnce) {
  Run("intent: \">= 50\"", "intent: \">= 10\"");
  Big("a", "1");
  Append(0, View("a", "2"));
  int calls = 0;
  fault_ = [&calls] { return ++calls == 3 ? Fault::kLosesReply : Fault::kNone; };
  Steps(3);
  NewWorker();
  Big("a", "1");
  Append(0, View("a", "2"));
  Steps(2);
  EXPECT_EQ(Of(ShadowCount::kLeads), 1);
  EXPECT_EQ(Of(ShadowCount::kGained), 1);
  EXPECT_EQ(Of(ShadowCount::kJudgments), 1);
}

TEST_F(IntakeShadowTest, ADraftThatCannotBeReadStopsNobody) {
  Draft("this release does not know it");
  Big("a", "1");
  Demo("a", "2");
  Steps(1);
  EXPECT_EQ(Lead("a").stage, core::Stage::kQueued);
  EXPECT_EQ(Of(ShadowCount::kFailed), 1);
  EXPECT_EQ(Of(ShadowCount::kLeads), 0);
  ExpectCounters(2, 2, 0, 0);
}

TEST_F(IntakeShadowTest, ConditionsOfTheDraftThatErrAreCountedApart) {
  Run("match: {employees: \">= 10\"}", "when: 'lead.employees / 0 > 1'");
  Big("a", "1");
  Demo("a", "2");
  Steps(1);
  EXPECT_EQ(Of(ShadowCount::kErrors), 1);
  EXPECT_EQ(Of(ShadowCount::kLost), 1);
  EXPECT_THAT(metrics_->Expose(), ::testing::Not(HasSubstr("baton_policy_condition_errors_total")));
}

TEST_F(IntakeShadowTest, OnlyTheDraftsAccountsAreAskedForAndTheActivePolicyDoesNotSeeThem) {
  Run("{queue: inbound}", "{owner: account, fallback: inbound}");
  store::AccountChange change;
  change.after.account.id = core::AccountId::Trusted("globex");
  change.after.account.domains = {"globex.com"};
  change.after.account.owner = support::RepNamed("ada");
  change.after.key = {acme_, change.after.account.id};
  ASSERT_EQ(store_.CommitAccounts({change})->at(0).code, store::AccountCode::kCommitted);
  core::LeadEvent event =
      support::Updated("1", {{"employees", int64_t{300}}, {"email", std::string("x@globex.com")}});
  event.key = support::Key("a");
  Append(0, event);
  Demo("a", "2");
  Steps(1);
  EXPECT_TRUE(Lead("a").owners.empty());
  EXPECT_TRUE(Lead("a").judgment.account.account.empty());
  const auto difference = store_.ShadowDifferences(acme_, 0, 10)->differences.at(0);
  EXPECT_EQ(difference.standing, core::Standing::kMoved);
  EXPECT_EQ(difference.shadow.route.owners.at(0).str(), "ada");
}

}  // namespace
}  // namespace baton::intake
