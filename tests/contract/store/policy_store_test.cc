// PolicyStore: how a document becomes the active policy, and how it does not.
#include "contract/store/store_fixture.h"
#include "core/errors.h"
#include "support/make_active.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using core::ErrorVariables;
using core::WorkspaceId;
using store::Activation;
using store::ApproverRole;
using store::PolicyRevision;
using store::RevisionState;
using support::Describe;
using support::kMarketer;
using support::kSeller;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kThird[] = "eve@acme.example";

// Revision 1 is active; it is the workspace's first activation.
class PolicyStoreTest : public StoreTest {
 protected:
  PolicyRevision Draft(const std::string& yaml) {
    const auto made = store().CreateRevision(MakePolicy(), yaml, kMarketer);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.value_or(PolicyRevision());
  }
  absl::StatusOr<PolicyRevision> Approve(int64_t revision, const char* principal,
                                         ApproverRole role) {
    return store().ApproveRevision({acme_, revision}, "", principal, role);
  }
  void ApproveByBoth(int64_t revision) {
    ASSERT_TRUE(support::ApproveByBoth(store(), {acme_, revision}).ok());
  }
  absl::StatusOr<PolicyRevision> Activate(int64_t revision, int64_t number, bool rollback = false,
                                          const std::string& reason = "") {
    core::Policy policy = MakePolicy();
    policy.revision = revision;
    const auto known = Get(revision);
    return store().ActivateRevision(policy, known.fingerprint,
                                    {number, 0, kSeller, rollback, reason});
  }
  PolicyRevision Get(int64_t revision) {
    return store().GetRevision({acme_, revision}).value_or(PolicyRevision());
  }
  int64_t Active() { return store().PolicyVersions({acme_})->at(0)->revision; }
};

TEST_P(PolicyStoreTest, ADraftIsARevisionThatIsNotActive) {
  clock_.Advance(7);
  const PolicyRevision draft = Draft("second");
  EXPECT_EQ(draft.revision, 2);
  EXPECT_EQ(draft.state, RevisionState::kDraft);
  EXPECT_EQ(draft.creator, kMarketer);
  EXPECT_EQ(draft.created_at_ms, kStart + 7);
  EXPECT_EQ(draft.latest_activation, 1);
  EXPECT_THAT(draft.approvals, IsEmpty());
  EXPECT_EQ(Active(), 1);
  EXPECT_EQ(store().GetPolicy(acme_, 2)->yaml, "second");
  EXPECT_EQ(Describe(Get(2)), Describe(draft));
}

TEST_P(PolicyStoreTest, TheTextOfADraftOrOfTheActiveRevisionIsNoNewOne) {
  EXPECT_EQ(Draft("first").revision, 1);
  EXPECT_EQ(Draft("second").revision, 2);
  EXPECT_EQ(Draft("third").revision, 3);
  EXPECT_EQ(Draft("second").revision, 2);
  ASSERT_TRUE(store().WithdrawRevision({acme_, 2}, kMarketer).ok());
  EXPECT_EQ(Draft("second").revision, 4) << "a withdrawn one is over";
  ASSERT_EQ(MakeActive(MakePolicy(), "third")->revision, 3);
  EXPECT_EQ(Draft("first").revision, 5) << "a superseded one must be approved anew, or rolled back";
}

TEST_P(PolicyStoreTest, OneApprovalAloneActivatesNothingAndTheErrorNamesWhoIsMissing) {
  Draft("second");
  const auto nobody = Activate(2, 2);
  EXPECT_EQ(nobody.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(nobody.status()), "APPROVAL_MISSING");
  EXPECT_EQ(ErrorVariables(nobody.status()).at("missing"), "marketing,sales");
  ASSERT_TRUE(Approve(2, kMarketer, ApproverRole::kMarketing).ok());
  EXPECT_EQ(ErrorVariables(Activate(2, 2).status()).at("missing"), "sales");
  ASSERT_TRUE(store().RevokeApproval({acme_, 2}, kMarketer).ok());
  ASSERT_TRUE(Approve(2, kSeller, ApproverRole::kSales).ok());
  EXPECT_EQ(ErrorVariables(Activate(2, 2).status()).at("missing"), "marketing");
  EXPECT_EQ(Active(), 1);
}

TEST_P(PolicyStoreTest, TwoApprovalsOfOneRoleAreNotEnough) {
  Draft("second");
  ASSERT_TRUE(Approve(2, kMarketer, ApproverRole::kMarketing).ok());
  ASSERT_TRUE(Approve(2, kThird, ApproverRole::kMarketing).ok());
  EXPECT_EQ(ErrorVariables(Activate(2, 2).status()).at("missing"), "sales");
}

TEST_P(PolicyStoreTest, OnePrincipalCannotApproveForBothRoles) {
  Draft("second");
  ASSERT_TRUE(Approve(2, kMarketer, ApproverRole::kMarketing).ok());
  const auto refused = Approve(2, kMarketer, ApproverRole::kSales);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReason(refused.status()), "APPROVED_FOR_OTHER_ROLE");
  EXPECT_THAT(Get(2).approvals, SizeIs(1));
  ASSERT_TRUE(store().RevokeApproval({acme_, 2}, kMarketer).ok());
  EXPECT_TRUE(Approve(2, kMarketer, ApproverRole::kSales).ok());
}

TEST_P(PolicyStoreTest, ApprovalsKeepWhoForWhatAndWhenAndRepetitionsChangeNothing) {
  Draft("second");
  clock_.Advance(10);
  ASSERT_TRUE(Approve(2, kSeller, ApproverRole::kSales).ok());
  clock_.Advance(10);
  ASSERT_TRUE(Approve(2, kMarketer, ApproverRole::kMarketing).ok());
  const std::string before = Describe(Get(2));
  clock_.Advance(10);
  EXPECT_EQ(Describe(*Approve(2, kSeller, ApproverRole::kSales)), before);
  const PolicyRevision approved = Get(2);
  ASSERT_THAT(approved.approvals, SizeIs(2));
  EXPECT_EQ(approved.approvals[0].principal, kMarketer);
  EXPECT_EQ(approved.approvals[0].at_ms, kStart + 20);
  EXPECT_EQ(approved.approvals[1].role, ApproverRole::kSales);
  EXPECT_EQ(approved.approvals[1].at_ms, kStart + 10);
}

TEST_P(PolicyStoreTest, AnApprovalIsOfTheDocumentThatWasRead) {
  const PolicyRevision draft = Draft("second");
  const auto refused =
      store().ApproveRevision({acme_, 2}, Get(1).fingerprint, kSeller, ApproverRole::kSales);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(refused.status()), "ETAG_MISMATCH");
  EXPECT_TRUE(
      store().ApproveRevision({acme_, 2}, draft.fingerprint, kSeller, ApproverRole::kSales).ok());
}

TEST_P(PolicyStoreTest, AChangedDraftHasNoneOfTheApprovals) {
  Draft("second");
  ApproveByBoth(2);
  const PolicyRevision changed = Draft("second, changed");
  EXPECT_EQ(changed.revision, 3);
  EXPECT_THAT(changed.approvals, IsEmpty());
  EXPECT_EQ(ErrorReason(Activate(3, 2).status()), "APPROVAL_MISSING");
}

TEST_P(PolicyStoreTest, ActivationSupersedesTheOneBefore) {
  Draft("second");
  ApproveByBoth(2);
  clock_.Advance(5);
  const auto active = Activate(2, 2);
  ASSERT_TRUE(active.ok()) << active.status();
  EXPECT_EQ(active->state, RevisionState::kActive);
  EXPECT_EQ(active->latest_activation, 2);
  ASSERT_THAT(active->activations, SizeIs(1));
  EXPECT_EQ(active->activations[0].number, 2);
  EXPECT_EQ(active->activations[0].principal, kSeller);
  EXPECT_EQ(active->activations[0].at_ms, kStart + 5);
  EXPECT_EQ(Active(), 2);
  EXPECT_EQ(Get(1).state, RevisionState::kSuperseded);
  EXPECT_EQ(Get(1).superseded_at_ms, kStart + 5);
  EXPECT_EQ(Get(0).revision, 2);
}

TEST_P(PolicyStoreTest, ARepeatedActivationGivesItsResultAgain) {
  Draft("second");
  ApproveByBoth(2);
  const auto first = Activate(2, 2);
  ASSERT_TRUE(first.ok());
  clock_.Advance(5);
  EXPECT_EQ(Describe(*Activate(2, 2)), Describe(*first));
}

TEST_P(PolicyStoreTest, AnActivationThatCameTooLateIsToldSo) {
  Draft("second");
  Draft("third");
  ApproveByBoth(2);
  ApproveByBoth(3);
  ASSERT_TRUE(Activate(2, 2).ok());
  const auto late = Activate(3, 2);
  EXPECT_EQ(late.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReason(late.status()), "ETAG_MISMATCH");
  EXPECT_EQ(ErrorVariables(late.status()).at("found"), "2");
  EXPECT_EQ(Active(), 2);
  EXPECT_TRUE(Activate(3, 3).ok());
}

TEST_P(PolicyStoreTest, OnlyADraftIsApprovedActivatedOrWithdrawn) {
  Draft("second");
  ASSERT_TRUE(store().WithdrawRevision({acme_, 2}, kMarketer).ok());
  for (const int64_t revision : {1, 2}) {
    EXPECT_EQ(ErrorReason(Approve(revision, kThird, ApproverRole::kSales).status()),
              "REVISION_NOT_A_DRAFT");
    EXPECT_EQ(ErrorReason(store().RevokeApproval({acme_, revision}, kSeller).status()),
              "REVISION_NOT_A_DRAFT");
    EXPECT_EQ(ErrorReason(Activate(revision, 2).status()), "REVISION_NOT_A_DRAFT");
  }
  EXPECT_EQ(ErrorReason(store().WithdrawRevision({acme_, 1}, kMarketer).status()),
            "REVISION_NOT_A_DRAFT");
}

TEST_P(PolicyStoreTest, ARollbackGoesBackToWhatBothApprovedAndSaysWhoAndWhy) {
  ASSERT_TRUE(MakeActive(MakePolicy(), "second").ok());
  clock_.Advance(9);
  const auto back = Activate(1, 3, /*rollback=*/true, "the 2nd | one,\nlost leads");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(Active(), 1);
  EXPECT_EQ(back->state, RevisionState::kActive);
  EXPECT_EQ(back->superseded_at_ms, 0);
  ASSERT_THAT(back->activations, SizeIs(2));
  EXPECT_TRUE(back->activations[1].rollback);
  EXPECT_EQ(back->activations[1].number, 3);
  EXPECT_EQ(back->activations[1].reason, "the 2nd | one,\nlost leads");
  EXPECT_EQ(Get(2).state, RevisionState::kSuperseded);
  EXPECT_EQ(Draft("third").revision, 3) << "numbers go on";
}

TEST_P(PolicyStoreTest, ARollbackNeedsARevisionThatWasActive) {
  Draft("second");
  ApproveByBoth(2);
  EXPECT_EQ(ErrorReason(Activate(2, 2, /*rollback=*/true).status()), "REVISION_NEVER_ACTIVE");
  EXPECT_EQ(Active(), 1);
}

TEST_P(PolicyStoreTest, ADecisionTakenBeforeARollbackIsRefused) {
  ASSERT_TRUE(MakeActive(MakePolicy(), "second").ok());
  core::Plan plan = Keep("l1");
  plan.policy_revision = 2;
  ASSERT_TRUE(Activate(1, 3, /*rollback=*/true).ok());
  EXPECT_EQ(TryCommit(plan), store::CommitCode::kStalePolicy);
}

TEST_P(PolicyStoreTest, ARollbackBringsTheQueuesBack) {
  AddRep("ada");
  core::Policy other = MakePolicy();
  other.queues[QueueNamed("inside")].mode = core::QueueMode::kDirect;
  ASSERT_TRUE(MakeActive(other, "second").ok());
  EXPECT_EQ(CommitQualified("l1").stage, core::Stage::kAccepted);
  ASSERT_TRUE(Activate(1, 3, /*rollback=*/true).ok());
  EXPECT_EQ(CommitQualified("l2").stage, core::Stage::kOffered);
}

TEST_P(PolicyStoreTest, AWithdrawnDraftStaysInTheHistory) {
  Draft("second");
  clock_.Advance(3);
  const auto withdrawn = store().WithdrawRevision({acme_, 2}, kSeller);
  ASSERT_TRUE(withdrawn.ok());
  EXPECT_EQ(withdrawn->state, RevisionState::kWithdrawn);
  EXPECT_EQ(withdrawn->withdrawn_by, kSeller);
  EXPECT_EQ(withdrawn->withdrawn_at_ms, kStart + 3);
  clock_.Advance(3);
  EXPECT_EQ(Describe(*store().WithdrawRevision({acme_, 2}, kMarketer)), Describe(*withdrawn));
}

TEST_P(PolicyStoreTest, WhatIsOverCanBeDeletedAndItsNumberIsNotGivenAgain) {
  Draft("second");
  for (const int64_t revision : {1, 2}) {
    EXPECT_EQ(ErrorReason(store().DeleteRevision({acme_, revision})), "REVISION_IN_USE");
  }
  ASSERT_TRUE(store().WithdrawRevision({acme_, 2}, kMarketer).ok());
  ASSERT_TRUE(store().DeleteRevision({acme_, 2}).ok());
  EXPECT_EQ(ErrorReason(store().DeleteRevision({acme_, 2})), "POLICY_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().GetPolicy(acme_, 2).status()), "POLICY_NOT_FOUND");
  ASSERT_EQ(MakeActive(MakePolicy(), "third")->revision, 3);
  EXPECT_TRUE(store().DeleteRevision({acme_, 1}).ok());
  EXPECT_THAT(store().ListRevisions(acme_, 0, 10)->revisions, SizeIs(1));
}

TEST_P(PolicyStoreTest, TheHistoryComesInPagesTheNewestFirst) {
  for (const char* yaml : {"second", "third", "fourth"}) Draft(yaml);
  const auto numbers = [](const store::RevisionPage& page) {
    std::vector<int64_t> all;
    for (const PolicyRevision& each : page.revisions) all.push_back(each.revision);
    return all;
  };
  const auto first = store().ListRevisions(acme_, 0, 3);
  ASSERT_TRUE(first.ok());
  EXPECT_THAT(numbers(*first), ElementsAre(4, 3, 2));
  EXPECT_EQ(first->next_before, 2);
  const auto last = store().ListRevisions(acme_, first->next_before, 3);
  EXPECT_THAT(numbers(*last), ElementsAre(1));
  EXPECT_EQ(last->next_before, 0);
}

TEST_P(PolicyStoreTest, DraftsHaveACapAndWithdrawingMakesRoom) {
  for (size_t i = 0; i < store::kDraftsMax; ++i) Draft("draft " + std::to_string(i));
  const auto refused = store().CreateRevision(MakePolicy(), "one more", kMarketer);
  EXPECT_EQ(QuotaOf(refused.status()), "TOO_MANY_DRAFTS workspaces/acme 20/20 fixed");
  EXPECT_EQ(Draft("draft 3").revision, 5) << "no new one";
  ASSERT_TRUE(store().WithdrawRevision({acme_, 2}, kMarketer).ok());
  EXPECT_TRUE(store().CreateRevision(MakePolicy(), "one more", kMarketer).ok());
}

TEST_P(PolicyStoreTest, ANewRevisionHasNoMoreRulesAndQueuesThanAreAllowed) {
  MakeStore(1, {.queues_per_workspace_max = 2, .rules_per_workspace_max = 3});
  ASSERT_TRUE(store().CreateWorkspace(acme_, "").ok());
  core::Policy policy = MakePolicy();
  policy.routing.resize(1);
  policy.intent.resize(1);
  policy.disqualify.resize(1);
  ASSERT_TRUE(store().CreateRevision(policy, "fits", kMarketer).ok());
  policy.fit.resize(1);
  const auto rules = store().CreateRevision(policy, "rules", kMarketer);
  EXPECT_EQ(QuotaOf(rules.status()),
            "TOO_MANY_RULES workspaces/acme 4/3 limits.rules_per_workspace_max");
  EXPECT_EQ(store().CreateRevision(policy, "fits", kMarketer)->revision, 1) << "no new one";
  policy.fit.clear();
  policy.queues[QueueNamed("third")];
  const auto queues = store().CreateRevision(policy, "queues", kMarketer);
  EXPECT_EQ(QuotaOf(queues.status()),
            "TOO_MANY_QUEUES workspaces/acme 3/2 limits.queues_per_workspace_max");
  EXPECT_EQ(store().ListRevisions(acme_, 0, 10)->revisions.size(), 1u);
}

TEST_P(PolicyStoreTest, RevisionsHaveACapAndDeletingMakesRoom) {
  for (size_t i = 2; i <= store::kRevisionsMax; ++i) {
    const PolicyRevision draft = Draft("draft " + std::to_string(i));
    ASSERT_TRUE(store().WithdrawRevision({acme_, draft.revision}, kMarketer).ok());
  }
  const auto refused = store().CreateRevision(MakePolicy(), "one more", kMarketer);
  EXPECT_EQ(QuotaOf(refused.status()), "TOO_MANY_REVISIONS workspaces/acme 1000/1000 fixed");
  ASSERT_TRUE(store().DeleteRevision({acme_, 2}).ok());
  EXPECT_TRUE(store().CreateRevision(MakePolicy(), "one more", kMarketer).ok());
}

TEST_P(PolicyStoreTest, ApprovalsHaveACap) {
  Draft("second");
  for (size_t i = 0; i < store::kApprovalsMax; ++i) {
    const std::string principal = "p" + std::to_string(i);
    ASSERT_TRUE(Approve(2, principal.c_str(), ApproverRole::kSales).ok());
  }
  EXPECT_EQ(QuotaOf(Approve(2, "late", ApproverRole::kMarketing).status()),
            "TOO_MANY_APPROVALS workspaces/acme 16/16 fixed");
  EXPECT_TRUE(Approve(2, "p3", ApproverRole::kSales).ok()) << "is there already";
}

TEST_P(PolicyStoreTest, TheLatestActivationsOfARevisionAreRemembered) {
  ASSERT_TRUE(MakeActive(MakePolicy(), "second").ok());
  const auto rounds = static_cast<int64_t>(store::kActivationsMax) + 3;
  for (int64_t i = 0; i < rounds; ++i) {
    ASSERT_TRUE(Activate(1, 3 + 2 * i, true).ok());
    ASSERT_TRUE(Activate(2, 4 + 2 * i, true).ok());
  }
  const std::vector<Activation> kept = Get(1).activations;
  ASSERT_THAT(kept, SizeIs(store::kActivationsMax));
  EXPECT_EQ(kept.back().number, 1 + 2 * rounds);
  EXPECT_EQ(kept.front().number, kept.back().number - 2 * (kept.size() - 1));
}

TEST_P(PolicyStoreTest, RevisionsNeedTheirWorkspace) {
  const WorkspaceId none = WorkspaceId::Trusted("elsewhere");
  core::Policy policy = MakePolicy();
  policy.workspace = none;
  policy.revision = 1;
  EXPECT_EQ(ErrorReason(store().CreateRevision(policy, "first", kMarketer).status()),
            "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().GetRevision({none, 1}).status()), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().ListRevisions(none, 0, 5).status()), "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(
      ErrorReason(store().ApproveRevision({none, 1}, "", kSeller, ApproverRole::kSales).status()),
      "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().ActivateRevision(policy, "", {1, 0, kSeller, false, ""}).status()),
            "WORKSPACE_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().DeleteRevision({none, 1})), "WORKSPACE_NOT_FOUND");
}

TEST_P(PolicyStoreTest, AnAbsentRevisionIsNotFound) {
  EXPECT_EQ(ErrorReason(store().GetRevision({acme_, 9}).status()), "POLICY_NOT_FOUND");
  EXPECT_EQ(ErrorReason(Approve(9, kSeller, ApproverRole::kSales).status()), "POLICY_NOT_FOUND");
  EXPECT_EQ(ErrorReason(Activate(9, 2).status()), "POLICY_NOT_FOUND");
  EXPECT_EQ(ErrorReason(store().WithdrawRevision({acme_, 9}, kSeller).status()),
            "POLICY_NOT_FOUND");
  const WorkspaceId fresh = WorkspaceId::Trusted("fresh");
  ASSERT_TRUE(store().CreateWorkspace(fresh, "").ok());
  EXPECT_EQ(ErrorReason(store().GetRevision({fresh, 0}).status()), "POLICY_NOT_FOUND");
}

}  // namespace
INSTANTIATE_CONTRACT(PolicyStoreTest);
}  // namespace baton::contract
