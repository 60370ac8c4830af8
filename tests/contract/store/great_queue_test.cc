// Queues with far more reps than a lead keeps candidates: Redis ranks their members for as long as
// a call goes on (functions/ranks.lua), and must choose as the reference model does, which looks at
// all of them each time. BATON_SEED repeats a walk.
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "contract/store/store_fixture.h"
#include "support/make_active.h"

namespace baton::contract {
namespace {

using core::Plan;
using core::Stage;

constexpr int kReps = 180;
constexpr int kRounds = 30;
constexpr int kPlans = 25;  // of a call

class GreatQueueTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    reference_ = *StoreKinds().front().make({1, store::StoreLimits(), clock_.function()});
    ASSERT_TRUE(reference_->CreateWorkspace(acme_, "Acme").ok());
    ASSERT_TRUE(support::MakeActive(*reference_, MakePolicy(), "first").ok());
    const char* seed = std::getenv("BATON_SEED");
    const uint64_t number =
        seed != nullptr ? std::strtoull(seed, nullptr, 10) : std::random_device()();
    std::cout << "BATON_SEED=" << number << "\n";
    random_.seed(number);
  }

  int Number(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }
  bool Chance(int percent) { return Number(100) < percent; }

  // `weights`: how many different ones there are.
  void Enlist(int weights) {
    for (int i = 0; i < kReps; ++i) {
      core::Rep rep;
      rep.id = RepNamed(absl::StrFormat("r%03d", i));
      rep.queues = {QueueNamed("field"), QueueNamed("inside")};
      if (Chance(10)) rep.queues.erase(rep.queues.begin() + Number(2));
      rep.weight = 1 + Number(weights);
      rep.capacity = Number(8);
      for (const auto& [skill, percent] : {std::pair("french", 80), {"german", 40}}) {
        if (Chance(percent)) rep.skills.emplace_back(skill);
      }
      if (Chance(60)) rep.attributes = {{"level", int64_t{Number(3)}}};
      if (Chance(10)) rep.work.daily_cap = 1 + Number(4);
      rep.presence = Chance(90) ? core::Presence::kOnline : core::Presence::kAway;
      PutRep(rep);
      ASSERT_TRUE(reference_->PutRep(acme_, rep, -1).ok());
    }
  }

  Plan NewLead(bool plain) {
    const std::string id = absl::StrCat("lead-", next_lead_++);
    Plan plan = Qualify(id, Chance(60) ? "inside" : "field");
    core::Route& route = plan.after.judgment.route;
    if (!plain && Chance(20)) route.skills = {Chance(50) ? "french" : "german"};
    if (!plain && Chance(10)) {
      plan.after.requirement = absl::StrCat("rep.level >= ", Number(4));
    }
    if (!plain && Chance(10))
      plan.after.owners = {RepNamed(absl::StrFormat("r%03d", Number(kReps)))};
    leads_.push_back(id);
    return plan;
  }

  // What may happen in one call, each to another lead.
  std::vector<Plan> Batch() {
    std::vector<Plan> plans;
    std::set<std::string> met;
    const bool plain = Chance(40);
    while (static_cast<int>(plans.size()) < kPlans) {
      if (plain || leads_.size() < 50 || Chance(60)) {
        plans.push_back(NewLead(plain));
        met.insert(leads_.back());
        continue;
      }
      const std::string lead = leads_[static_cast<size_t>(Number(static_cast<int>(leads_.size())))];
      const Stage stage = Load(lead).stage;
      const bool owned = stage == Stage::kOffered || stage == Stage::kAccepted;
      if (!owned || !met.insert(lead).second) continue;
      plans.push_back(Chance(40) ? Decline(lead) : Release(lead, Stage::kRejected));
    }
    return plans;
  }

  void CompareLedgers() {
    const auto expected = reference_->ListQueues(acme_);
    const auto found = store().ListQueues(acme_);
    ASSERT_TRUE(expected.ok() && found.ok()) << expected.status() << found.status();
    ASSERT_EQ(found->size(), expected->size());
    for (size_t i = 0; i < found->size(); ++i) {
      EXPECT_EQ((*found)[i].owed_nano, (*expected)[i].owed_nano) << i;
      EXPECT_EQ((*found)[i].waiting, (*expected)[i].waiting) << i;
    }
  }

  void CommitBoth(const std::vector<Plan>& plans) {
    const auto expected = reference_->Commit(plans);
    const auto found = store().Commit(plans);
    ASSERT_TRUE(expected.ok()) << expected.status();
    ASSERT_TRUE(found.ok()) << found.status();
    for (size_t i = 0; i < plans.size(); ++i) {
      ASSERT_EQ(support::Describe((*found)[i]), support::Describe((*expected)[i])) << i;
    }
  }

  void DrainBoth() {
    for (const char* id : {"field", "inside"}) {
      const auto expected = reference_->Drain(acme_, QueueNamed(id), 40);
      const auto found = store().Drain(acme_, QueueNamed(id), 40);
      ASSERT_TRUE(expected.ok() && found.ok()) << expected.status() << found.status();
      EXPECT_EQ(found->assigned, expected->assigned) << id;
    }
    for (const std::string& lead : leads_) {
      const auto expected = reference_->Load({Key(lead)});
      ASSERT_EQ(support::Describe(Load(lead)), support::Describe(*expected->records.at(0)));
    }
  }

  void Walk(int weights) {
    Enlist(weights);
    for (int round = 0; round < kRounds && !HasFailure(); ++round) {
      CommitBoth(Batch());
      if (round % 10 == 9) DrainBoth();
      CompareLedgers();
      clock_.Advance(core::kSecondMs);
    }
  }

  std::unique_ptr<store::Store> reference_;
  std::mt19937_64 random_;
  std::vector<std::string> leads_;
  int next_lead_ = 0;
};

TEST_P(GreatQueueTest, ChoosesAsTheReferenceDoes) {
  Walk(/*weights=*/3);
}

TEST_P(GreatQueueTest, ChoosesAsTheReferenceDoesWhereHardlyTwoWeighTheSame) {
  Walk(/*weights=*/100);
}

// The reference is no subject of its own comparison.
std::vector<StoreKind> Subjects() {
  std::vector<StoreKind> kinds = StoreKinds();
  kinds.erase(kinds.begin());
  return kinds;
}
INSTANTIATE_TEST_SUITE_P(Stores, GreatQueueTest, testing::ValuesIn(Subjects()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace baton::contract
