// PolicyStore, when many call at once: whatever the order, nobody gets around the two approvals,
// and of the activations meant for the same place one wins.
#include <atomic>
#include <thread>

#include "contract/store/store_fixture.h"
#include "core/errors.h"
#include "support/make_active.h"

namespace baton::contract {
namespace {

using core::ErrorReason;
using store::ApproverRole;
using store::PolicyRevision;
using support::kMarketer;
using support::kSeller;

constexpr int kRounds = 30;

class PolicyRacesTest : public StoreTest {
 protected:
  // Runs all at once; returns when all are done.
  static void Together(const std::vector<std::function<void()>>& calls) {
    std::atomic<size_t> ready = 0;
    std::vector<std::thread> threads;
    for (const auto& call : calls) {
      threads.emplace_back([&] {
        ++ready;
        while (ready < calls.size()) std::this_thread::yield();
        call();
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  PolicyRevision Draft(const std::string& yaml) {
    return store().CreateRevision(MakePolicy(), yaml, kMarketer).value_or(PolicyRevision());
  }
  absl::Status Activate(const PolicyRevision& revision, int64_t number) {
    core::Policy policy = MakePolicy();
    policy.revision = revision.revision;
    return store()
        .ActivateRevision(policy, revision.fingerprint, {number, 0, kSeller, false, ""})
        .status();
  }
  absl::Status Approve(int64_t revision, const char* principal, ApproverRole role) {
    return store().ApproveRevision({acme_, revision}, "", principal, role).status();
  }
};

TEST_P(PolicyRacesTest, OfTwoActivationsOneWinsAndTheOtherIsTold) {
  for (int64_t round = 0; round < kRounds; ++round) {
    std::vector<PolicyRevision> drafts;
    for (const char* who : {"a", "b"}) {
      drafts.push_back(Draft(who + std::to_string(round)));
      ASSERT_TRUE(support::ApproveByBoth(store(), {acme_, drafts.back().revision}).ok());
    }
    const int64_t number = drafts[1].latest_activation + 1;
    absl::Status first, second;
    Together({[&] { first = Activate(drafts[0], number); },
              [&] { second = Activate(drafts[1], number); }});
    ASSERT_NE(first.ok(), second.ok());
    const absl::Status& lost = first.ok() ? second : first;
    EXPECT_EQ(lost.code(), absl::StatusCode::kAborted);
    EXPECT_EQ(ErrorReason(lost), "ETAG_MISMATCH");
    const int64_t won = drafts[first.ok() ? 0 : 1].revision;
    EXPECT_EQ(store().PolicyVersions({acme_})->at(0)->revision, won);
    const PolicyRevision& loser = drafts[first.ok() ? 1 : 0];
    ASSERT_TRUE(store().WithdrawRevision({acme_, loser.revision}, kSeller).ok());
  }
}

TEST_P(PolicyRacesTest, OnePrincipalInTwoPlacesApprovesForOneRole) {
  for (int round = 0; round < kRounds; ++round) {
    const PolicyRevision draft = Draft("draft " + std::to_string(round));
    absl::Status marketing, sales, activation;
    Together({[&] { marketing = Approve(draft.revision, kMarketer, ApproverRole::kMarketing); },
              [&] { sales = Approve(draft.revision, kMarketer, ApproverRole::kSales); },
              [&] { activation = Activate(draft, draft.latest_activation + 1); }});
    EXPECT_NE(marketing.ok(), sales.ok());
    EXPECT_EQ(ErrorReason(marketing.ok() ? sales : marketing), "APPROVED_FOR_OTHER_ROLE");
    EXPECT_EQ(ErrorReason(activation), "APPROVAL_MISSING");
    EXPECT_EQ(ErrorReason(Activate(draft, draft.latest_activation + 1)), "APPROVAL_MISSING");
    ASSERT_TRUE(store().WithdrawRevision({acme_, draft.revision}, kSeller).ok());
  }
}

TEST_P(PolicyRacesTest, AnApprovalTakenBackInTimeStopsTheActivation) {
  for (int round = 0; round < kRounds; ++round) {
    const PolicyRevision draft = Draft("draft " + std::to_string(round));
    ASSERT_TRUE(support::ApproveByBoth(store(), {acme_, draft.revision}).ok());
    absl::Status activation, revocation;
    Together({[&] { activation = Activate(draft, draft.latest_activation + 1); },
              [&] {
                revocation = store().RevokeApproval({acme_, draft.revision}, kSeller).status();
              }});
    EXPECT_NE(activation.ok(), revocation.ok());
    EXPECT_EQ(ErrorReason(activation.ok() ? revocation : activation),
              activation.ok() ? "REVISION_NOT_A_DRAFT" : "APPROVAL_MISSING");
    if (!activation.ok()) {
      ASSERT_TRUE(store().WithdrawRevision({acme_, draft.revision}, kSeller).ok());
    }
  }
}

TEST_P(PolicyRacesTest, TwoApproversAndTheActivatorComeToOneOfTwoEnds) {
  for (int round = 0; round < kRounds; ++round) {
    const PolicyRevision draft = Draft("draft " + std::to_string(round));
    absl::Status marketing, sales, activation;
    Together({[&] { marketing = Approve(draft.revision, kMarketer, ApproverRole::kMarketing); },
              [&] { sales = Approve(draft.revision, kSeller, ApproverRole::kSales); },
              [&] { activation = Activate(draft, draft.latest_activation + 1); }});
    EXPECT_TRUE(marketing.ok() && sales.ok());
    if (!activation.ok()) {
      EXPECT_EQ(ErrorReason(activation), "APPROVAL_MISSING");
      EXPECT_TRUE(Activate(draft, draft.latest_activation + 1).ok());
    }
    EXPECT_EQ(store().PolicyVersions({acme_})->at(0)->revision, draft.revision);
  }
}

TEST_P(PolicyRacesTest, OneTextBecomesOneDraft) {
  std::vector<int64_t> numbers(4);
  std::vector<std::function<void()>> calls;
  for (int64_t& number : numbers) {
    calls.emplace_back([this, &number] { number = Draft("the same").revision; });
  }
  Together(calls);
  EXPECT_THAT(numbers, testing::Each(2));
}

}  // namespace
INSTANTIATE_CONTRACT(PolicyRacesTest);
}  // namespace baton::contract
