// Ten thousand random decisions, recorded as a store records them and computed again: the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/recompute.h"
#include "support/builders.h"
#include "support/walk_length.h"

namespace baton::core {
namespace {

using support::kNow;
using support::RepNamed;
using support::SampleMember;
using support::SamplePolicy;

constexpr int kDecisions = support::WalkLength(10'000);

// A queue of up to 150 reps with all that can be in a rep's way.
class RandomQueue {
 public:
  explicit RandomQueue(std::mt19937_64& random) : random_(random) {
    const int members = static_cast<int>(Below(10) == 0 ? 100 + Below(50) : 1 + Below(20));
    for (int i = 0; i < members; ++i) {
      members_.push_back(SampleMember(absl::StrFormat("r%03d", i), 1 + Below(kWeightMax)));
    }
  }

  // One lead: the decision as it is recorded.
  AssignmentDecision Decide(int64_t generation) {
    AssignmentDecision decision;
    decision.generation = generation;
    if (Below(2) == 0) decision.skills = {"de"};
    for (Member& member : members_) {
      member.owed_nano = owed_[member.rep];
      member.open = Below(7);
      member.presence = Below(6) == 0 ? Presence::kAway : Presence::kOnline;
      member.skills = Below(4) == 0 ? std::vector<std::string>() : std::vector<std::string>{"de"};
      member.last_assigned_ms = Below(4);
      if (Below(12) == 0) decision.passed.push_back(member.rep);
    }
    const Choice choice = ChooseFrom(RandomPool(decision), decision.skills, decision.passed);
    ChargeLedger(choice, owed_);
    decision.choice = {1, kNow, choice.weights, choice.basis, choice.tie};
    decision.pool = MakePool(choice.candidates);
    for (const Candidate& candidate : decision.pool.candidates) {
      EXPECT_EQ(OwedAfter(candidate, decision.pool), owed_[candidate.rep]);
    }
    EXPECT_EQ(decision.pool.chosen() == nullptr, choice.rep.empty());
    return decision;
  }

 private:
  // With owners now and then, of whom one is not in the queue.
  Pool RandomPool(AssignmentDecision& decision) {
    Pool pool;
    pool.members = members_;
    pool.strategy = static_cast<Strategy>(Below(4));
    pool.count_owned = Below(2) == 0;
    owners_.clear();
    if (Below(3) == 0) {
      owners_ = {members_[static_cast<size_t>(Below(static_cast<int32_t>(members_.size())))],
                 SampleMember("stranger")};
      owners_.back().open = Below(2) * owners_.back().capacity;
      pool.owners_only = Below(2) == 0;
    }
    for (const Member& owner : owners_) decision.owners.push_back(owner.rep);
    pool.owners = owners_;
    return pool;
  }

  int32_t Below(int32_t limit) { return static_cast<int32_t>(random_() % limit); }

  std::mt19937_64& random_;
  std::vector<Member> members_, owners_;
  std::map<RepId, int64_t> owed_;
};

TEST(RecomputePropertiesTest, TenThousandChoicesHaveTheSameWinnerAgain) {
  std::mt19937_64 random(20260301);
  int found = 0;
  for (int i = 0; i < kDecisions / 20; ++i) {
    RandomQueue queue(random);
    for (int64_t generation = 1; generation <= 20; ++generation) {
      const AssignmentDecision decision = queue.Decide(generation);
      const RecomputedChoice recomputed = RecomputeChoice(decision);
      ASSERT_EQ(recomputed.winner, recomputed.recorded);
      ASSERT_TRUE(recomputed.differences.empty()) << absl::StrJoin(recomputed.differences, "\n");
      if (!recomputed.winner.empty()) ++found;
    }
  }
  EXPECT_GT(found, kDecisions * 8 / 10);
}

// A lead whose attributes and activities meet SamplePolicy() or nearly do.
Facts RandomFacts(std::mt19937_64& random) {
  Facts facts;
  const auto below = [&random](int limit) { return static_cast<int>(random() % limit); };
  const auto pick = [&below](const std::vector<std::string>& words) {
    return words[static_cast<size_t>(below(static_cast<int>(words.size())))];
  };
  LeadEvent event = support::QualifyingCapture();
  event.attributes["country"] = pick({"DE", "AT", "FR", "US"});
  event.attributes["employees"] = int64_t{100 + below(400)};
  event.attributes["industry"] = pick({"saas", "retail", "steel", "crm"});
  Fold(event, facts);
  const int views = below(6);
  for (int i = 0; i < views; ++i) {
    Fold(support::Activity(absl::StrFormat("view%d", i), "page_view", kNow - below(60) * kDayMs,
                           1 + below(5)),
         facts);
  }
  const int pages = below(90);
  for (int i = 0; i < pages; ++i) {
    Properties properties = {{"session", int64_t{below(3)}}};
    if (below(8) != 0) properties["path"] = pick({"/pricing", "/docs", "/"});
    Fold(support::ActivityWith(absl::StrFormat("page%d", i), std::move(properties),
                               kNow - below(40) * kDayMs, 1 + below(3)),
         facts);
  }
  return facts;
}

TEST(RecomputePropertiesTest, TenThousandQualificationsSayTheSameAgain) {
  std::mt19937_64 random(20260302);
  Policy policy = SamplePolicy();
  AttributeTypes attributes = policy.attributes;
  const auto sample = policy.vocabulary;  // of the conditions it has
  support::Declare(policy, attributes, {{"path", AttributeType::kString}});
  policy.intent.push_back({"pricing page", "page_view", 3, 40, 5 * kDayMs,
                           support::When(policy, "event.path == '/pricing'")});
  policy.intent.push_back({"other pages", "page_view", 1, 0, kDayMs,
                           support::When(policy, "has(lead.email) && event.path != '/pricing'")});
  int qualified = 0;
  while (qualified < kDecisions) {
    const TimeMs now_ms = kNow + static_cast<TimeMs>(random() % (30 * kDayMs));
    const Judgment judgment = Judge(RandomFacts(random), policy, now_ms);
    if (!judgment.qualified) continue;
    ++qualified;
    const std::vector<std::string> differences = RecomputeJudgment(judgment, policy);
    ASSERT_TRUE(differences.empty()) << absl::StrJoin(differences, "\n");
  }
}

}  // namespace
}  // namespace baton::core
