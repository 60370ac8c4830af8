// A fresh store with one workspace, and short ways to say what a test does. Plans are made by hand
// here: the contract is about what the store does with any plan.
#ifndef BATON_CONTRACT_STORE_STORE_FIXTURE_H_
#define BATON_CONTRACT_STORE_STORE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "contract/store/store_kinds.h"
#include "support/describe.h"
#include "support/manual_clock.h"

namespace baton::contract {

inline constexpr core::TimeMs kStart = 1'700'000'000'000;
// Sequences of the outbox go on from here.
inline constexpr int64_t kBegin = kStart * store::kSequencesPerMs;
inline constexpr core::DurationMs kAcceptWithin = 60 * core::kSecondMs;
inline constexpr core::DurationMs kRetryAfter = 30 * core::kSecondMs;

// "acme" has the active policy revision 1 with the queues inside (offer) and field (direct).
class StoreTest : public testing::TestWithParam<StoreKind> {
 protected:
  void SetUp() override;
  void MakeStore(int shards, const store::StoreLimits& limits);  // an empty one instead

  store::Store& store() { return *store_; }
  core::LeadKey Key(const std::string& lead) const;
  core::Policy MakePolicy() const;
  // support::MakeActive on this store.
  absl::StatusOr<store::PolicyRevision> MakeActive(const core::Policy& policy,
                                                   const std::string& yaml);

  core::Rep AddRep(const std::string& id, int capacity = 5,
                   const std::vector<std::string>& queues = {"field", "inside"});
  core::Rep PutRep(const core::Rep& rep);  // whatever its revision
  void Pause(const std::string& queue, bool paused);

  // What a refusal at a cap says: "REASON subject count/cap setting", and its retry time is not 0.
  static std::string QuotaOf(const absl::Status& status);

  core::LeadRecord Load(const std::string& lead);
  core::LeadRecord LoadKey(const core::LeadKey& key);

  // Plans on the lead as stored now.
  core::Plan Keep(const std::string& lead);  // stage NURTURE, change kNurtured
  core::Plan Qualify(const std::string& lead, const std::string& queue, int priority = 0);
  core::Plan Decline(const std::string& lead);  // the owner is passed over, not charged
  core::Plan Release(const std::string& lead, core::Stage stage);

  store::CommitCode TryCommit(const core::Plan& plan);
  core::LeadRecord Commit(const core::Plan& plan);  // expects kCommitted
  core::LeadRecord CommitQualified(const std::string& lead, const std::string& queue = "inside",
                                   int priority = 0);

  // How many leads of the queue one call of Drain gave away.
  int Drain(int max = 100, const std::string& queue = "inside");
  store::QueueState Queue(const std::string& queue);
  std::vector<std::string> OpenOf(const std::string& rep);
  // after: counted from kBegin.
  std::vector<store::OutboxEntry> Outbox(int64_t after = 0);
  std::vector<std::string> OutboxTypes(int64_t after = 0);  // "qualified", "assigned" ...
  store::DueTimers Due();

  const core::WorkspaceId acme_ = core::WorkspaceId::Trusted("acme");
  support::ManualClock clock_{kStart};

 private:
  std::unique_ptr<store::Store> store_;
};

// Runs every test of `suite` on every kind of store.
#define INSTANTIATE_CONTRACT(suite)                                        \
  INSTANTIATE_TEST_SUITE_P(Stores, suite, testing::ValuesIn(StoreKinds()), \
                           [](const auto& kind) { return kind.param.name; })

core::QueueId QueueNamed(const std::string& id);
core::RepId RepNamed(const std::string& id);

}  // namespace baton::contract

#endif  // BATON_CONTRACT_STORE_STORE_FIXTURE_H_
