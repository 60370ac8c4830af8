// A random walk that holds a store to the reference model: each step is taken on both, with one
// clock, and must come to the same; all that can be seen is compared again and again. BATON_SEED
// repeats a walk. With lost replies, the store's calls fail and are repeated as the port allows:
// the end is the same, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "contract/store/differential_caller.h"
#include "contract/store/differential_snapshot.h"
#include "contract/store/differential_world.h"
#include "contract/store/store_kinds.h"
#include "core/erasure.h"
#include "core/text.h"
#include "store/memory/memory_store.h"
#include "support/describe.h"
#include "support/flaky_store.h"
#include "support/make_active.h"
#include "support/manual_clock.h"

namespace baton::contract {
namespace {

using core::LeadKey;
using core::Plan;
using core::WorkspaceId;
using store::CommitCode;
using support::Describe;
using support::Fault;

constexpr int kOperationsPerSnapshot = 500;
constexpr core::TimeMs kStart = 1'700'000'000'000;
constexpr int kShards = 2;
constexpr store::StoreLimits kLimits = {
    .leads_per_workspace_max = 1'200, .workspaces_max = 3, .outbox_max = 300, .outbox_reserve = 60};
const char kTopic[] = "leads";

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  uint64_t number = otherwise;
  if (const char* text = std::getenv(name); text != nullptr) {
    if (!absl::SimpleAtoi(text, &number)) ADD_FAILURE() << name << " is not a number: " << text;
  }
  return number;
}

uint64_t Seed() {
  return FromEnvironment("BATON_SEED", std::random_device()());
}

// Of a walk that meets nearly everything.
constexpr int kWholeWalk = 4'000;
constexpr uint64_t kWalksMax = 12;
constexpr int kRepsAsked = 5;
constexpr int kStepsToTheEnd = 4;  // accepted, SQL, SQO, won or lost

// Builds with sanitizers are slow, and take a shorter walk.
int Operations() {
  return static_cast<int>(FromEnvironment("BATON_OPERATIONS", kWholeWalk));
}

// What walks have met.
struct Met {
  std::map<core::ChangeType, int> changes;
  std::map<CommitCode, int> codes;
  int waits_turn = 0;  // commits
  std::set<core::ShadowCount> shadow_counts;

  // What must be met to prove something, and was not.
  std::vector<std::string> Missing() const {
    using core::ChangeType;
    std::vector<std::string> missing;
    for (const ChangeType type :
         {ChangeType::kNurtured,     ChangeType::kQualified,  ChangeType::kQueued,
          ChangeType::kAssigned,     ChangeType::kAccepted,   ChangeType::kDeclined,
          ChangeType::kOfferExpired, ChangeType::kRerouted,   ChangeType::kTouched,
          ChangeType::kRejected,     ChangeType::kRecycled,   ChangeType::kSqlConfirmed,
          ChangeType::kSqoOpened,    ChangeType::kWon,        ChangeType::kLost,
          ChangeType::kReleased,     ChangeType::kPulledBack, ChangeType::kPaused,
          ChangeType::kResumed,      ChangeType::kSlaWarned,  ChangeType::kSlaEscalated,
          ChangeType::kSlaBreached,  ChangeType::kSlaMet,     ChangeType::kRepAway,
          ChangeType::kErased}) {
      if (!changes.contains(type)) missing.emplace_back(core::ChangeTypeName(type));
    }
    for (const CommitCode code :
         {CommitCode::kCommitted, CommitCode::kStaleRevision, CommitCode::kStalePolicy,
          CommitCode::kNotDue, CommitCode::kOutboxFull, CommitCode::kUnknownWorkspace}) {
      if (!codes.contains(code)) missing.push_back(absl::StrCat("code ", static_cast<int>(code)));
    }
    if (waits_turn == 0) missing.push_back("a lead that waits its turn");
    for (size_t i = 0; i < core::kShadowCounts; ++i) {
      const auto count = static_cast<core::ShadowCount>(i);
      const bool never = count == core::ShadowCount::kErrors || count == core::ShadowCount::kFailed;
      if (never || shadow_counts.contains(count)) continue;
      missing.push_back(absl::StrCat("shadow ", core::ToAbsl(core::ShadowCountName(count))));
    }
    return missing;
  }

  void Print() const {
    for (const auto& [type, times] : changes) {
      std::cout << core::ChangeTypeName(type) << ": " << times << " times\n";
    }
    std::cout << "waited their turn: " << waits_turn << " times\n";
    for (const auto& [code, times] : codes) {
      std::cout << "code " << static_cast<int>(code) << ": " << times << " times\n";
    }
  }
};

class Walk {
 public:
  // `repeatable`: calls to `subject` may be repeated, so only steps that allow it are taken.
  Walk(uint64_t seed, store::Store& reference, store::Store& subject, support::ManualClock& clock,
       bool repeatable)
      : world_(seed),
        reference_store_(reference),
        subject_store_(subject),
        reference_(reference),
        subject_(subject),
        clock_(clock),
        repeatable_(repeatable) {
    for (int shard = 0; shard < kShards; shard++) seen_[shard] = seen_by_subject_[shard] = 0;
  }

  void Run() {
    for (const char* id : {"acme", "beta"}) {
      const WorkspaceId workspace = WorkspaceId::Trusted(id);
      Both("create", [&](Caller& on) { return on.CreateWorkspace(workspace); });
      Adopt(workspace);
      for (int i = 0; i < 6; i++) EditRep(workspace);
    }
    for (int i = 1; i <= Operations() && !testing::Test::HasFailure(); i++) {
      operation_ = i;
      Step();
      CompareOutbox();
      if (i % kOperationsPerSnapshot == 0) CompareEverything();
    }
    for (const auto& [workspace, revisions] : revisions_) NoteShadow(workspace);
  }

  // Adds what this walk has met.
  void Tell(Met& met) const {
    for (const auto& [type, times] : changes_seen_) met.changes[type] += times;
    for (const auto& [code, times] : reference_.codes()) met.codes[code] += times;
    met.waits_turn += reference_.waits_turn();
    met.shadow_counts.insert(shadow_counts_seen_.begin(), shadow_counts_seen_.end());
  }

 private:
  template <typename Call>
  std::string Both(const std::string& what, Call call) {
    const std::string expected = call(reference_);
    EXPECT_EQ(call(subject_), expected) << what << " at operation " << operation_;
    return expected;
  }

  void Step() {
    const int roll = world_.Number(100);
    if (roll < 38) return Submit();
    if (roll < 61) return Act();
    if (roll < 62) return SeeThrough();
    if (roll < 74) return Tick();
    if (roll < 79) return EditRep(world_.AnyWorkspace());
    if (roll < 80) return PutHours();
    if (roll < 82) return DeleteRep();
    if (roll < 85) return EditQueue();
    if (roll < 88) return Claim();
    if (roll < 91) return Drain();
    if (roll < 93) return Adopt(world_.AnyWorkspace());
    if (roll < 95) return EditRevision(world_.AnyWorkspace());
    if (roll < 96) return Erase();
    if (roll < 98) return CommitOddPlan();
    if (roll < 99) return Trim();
    const WorkspaceId id = world_.AnyWorkspace();
    Both("create workspace", [&](Caller& on) { return on.CreateWorkspace(id); });
  }

  void Submit() {
    const std::vector<core::LeadEvent> events = world_.Events(clock_.now_ms());
    int64_t counted = 0;
    Both("submit", [&](Caller& on) {
      const Caller::Submitted submitted = on.Submit(events, policies_, shadows_);
      if (&on == &reference_) counted = submitted.counted;
      return submitted.text;
    });
    const int partition = world_.Number(2);
    const int64_t from = checkpoints_[partition];
    const int64_t step = world_.Number(10);  // 0: moved by another one meanwhile, changes nothing
    const store::InputAdvance advance{partition, step == 0 ? from + 1 : from,
                                      (checkpoints_[partition] += step) + (step == 0 ? 2 : 0),
                                      step == 0 ? 0 : counted, 0};
    Both("advance", [&](Caller& on) { return on.Advance(kTopic, advance); });
    for (const core::LeadEvent& event : events) CompareLead(event.key);
  }

  // Mostly a lead that somebody owns, if some reps that are asked own any.
  LeadKey LeadToActOn() {
    LeadKey key = world_.AnyLead();
    if (world_.Chance(15)) return key;
    for (int asked = 0; asked < kRepsAsked; ++asked) {
      const auto rep = reference_store_.GetRep(key.workspace, world_.AnyRep());
      if (!rep.ok() || rep->open.empty()) continue;
      const int index = world_.Number(static_cast<int>(rep->open.size()));
      return {key.workspace, rep->open[static_cast<size_t>(index)]};
    }
    return key;
  }

  void Act() {
    const LeadKey key = LeadToActOn();
    const core::Action action = world_.ActionOn(reference_.Load(key), clock_.now_ms());
    Both("act", [&](Caller& on) { return on.Act(key, action, policies_); });
    CompareLead(key);
  }

  // What ends a lead's life is a row of outcomes, which chance alone hardly ever brings.
  void SeeThrough() {
    const LeadKey key = LeadToActOn();
    for (int step = 0; step < kStepsToTheEnd; ++step) {
      const core::Action action = world_.ActionTowardsTheEnd(reference_.Load(key), clock_.now_ms());
      Both("see through", [&](Caller& on) { return on.Act(key, action, policies_); });
    }
    CompareLead(key);
  }

  void Erase() {
    const LeadKey key = world_.Chance(50) ? LeadToActOn() : world_.AnyLead();
    Both("erase", [&](Caller& on) { return on.Erase(key); });
    CompareLead(key);
  }

  void Tick() {
    core::DurationMs by_ms = world_.Number(20'000);
    if (world_.Chance(10)) by_ms = 10 * core::kMinuteMs;
    if (world_.Chance(10)) by_ms = -world_.Number(30'000);
    clock_.Advance(by_ms);
    Both("timers", [&](Caller& on) { return on.FireTimers(policies_); });
  }

  // The stored revision, or (rarely) a wrong one, or any.
  int64_t Expected(int64_t stored) {
    if (world_.Chance(5)) return stored + 1;
    return !repeatable_ && world_.Chance(20) ? -1 : stored;
  }

  void EditRep(const WorkspaceId& workspace) {
    const core::RepId id = world_.AnyRep();
    const auto stored = reference_store_.GetRep(workspace, id);
    core::Rep rep = world_.RepNamed(id, clock_.now_ms());
    if (stored.ok() && world_.Chance(50)) {
      const core::Presence presence = rep.presence;
      rep = stored->rep;
      rep.presence = presence;
    }
    const int64_t expected = Expected(stored.ok() ? stored->rep.revision : 0);
    Both("edit rep", [&](Caller& on) { return on.PutRep(workspace, rep, expected); });
  }

  void DeleteRep() {
    const WorkspaceId workspace = world_.AnyWorkspace();
    const core::RepId id = world_.AnyRep();
    Both("delete rep", [&](Caller& on) { return on.DeleteRep(workspace, id); });
  }

  void PutHours() {
    const WorkspaceId workspace = world_.AnyWorkspace();
    std::map<std::string, core::Hours> hours;
    for (const char* name : {"office", "office@Europe/Berlin", "@Europe/Berlin"}) {
      if (world_.Chance(60)) hours[name] = world_.HoursAround(clock_.now_ms());
    }
    const bool only_these = world_.Chance(20);
    Both("hours", [&](Caller& on) { return on.PutHours(workspace, hours, only_these); });
  }

  void EditQueue() {
    const WorkspaceId workspace = world_.AnyWorkspace();
    const auto queues = reference_store_.ListQueues(workspace);
    if (!queues.ok() || queues->empty()) return;
    const int index = world_.Number(static_cast<int>(queues->size()));
    core::QueueSettings settings = queues->at(static_cast<size_t>(index)).settings;
    settings.paused = world_.Chance(25);
    settings.display_name = absl::StrCat("name ", world_.Number(10));
    const int64_t expected = Expected(settings.revision);
    Both("edit queue", [&](Caller& on) { return on.PutQueue(workspace, settings, expected); });
  }

  void Drain() {
    const WorkspaceId workspace = world_.AnyWorkspace();
    const core::QueueId queue = world_.AnyQueue();
    const int max = 1 + world_.Number(4);
    const bool to_the_end = repeatable_ || world_.Chance(30);
    Both("drain", [&](Caller& on) {
      return to_the_end ? on.DrainToTheEnd(workspace, queue) : on.DrainOnce(workspace, queue, max);
    });
  }

  void Claim() {
    store::Claim claim;
    claim.workspace = world_.AnyWorkspace();
    claim.rep = world_.AnyRep();
    if (world_.Chance(20)) claim.queues = {world_.AnyQueue()};
    claim.request_id = absl::StrCat("claim-", world_.Chance(90) ? ++claims_ : claims_);
    claim.fingerprint = static_cast<uint64_t>(world_.Number(20) == 0);
    Both("claim", [&](Caller& on) { return on.ClaimNext(claim); });
  }

  // A draft that both approve and that becomes active, if nothing speaks against it.
  void Adopt(const WorkspaceId& workspace) {
    std::map<int64_t, core::Policy>& revisions = revisions_[workspace];
    const bool same_text = !revisions.empty() && world_.Chance(10);
    core::Policy policy = same_text ? revisions.rbegin()->second : world_.NextPolicy(workspace);
    if (!same_text) policy.name = absl::StrCat("policy ", ++policies_made_);
    Both("draft", [&](Caller& on) { return on.Draft(policy, policy.name); });
    const auto made = reference_store_.CreateRevision(policy, policy.name, support::kMarketer);
    if (!made.ok()) return;
    policy.revision = made->revision;
    revisions[made->revision] = policy;
    for (const auto& [principal, role] :
         {std::pair(support::kMarketer, store::ApproverRole::kMarketing),
          std::pair(support::kSeller, store::ApproverRole::kSales)}) {
      if (world_.Chance(10)) continue;  // and is missing
      Both("approve", [&](Caller& on) {
        return on.Approve({workspace, made->revision}, principal, role);
      });
    }
    Activate(policy, /*rollback=*/false);
  }

  void Activate(const core::Policy& policy, bool rollback) {
    const auto now = reference_store_.GetRevision({policy.workspace, policy.revision});
    store::Activation activation;
    activation.number = Expected(now.ok() ? now->latest_activation : 0) + 1;
    activation.principal = support::kSeller;
    activation.rollback = rollback;
    if (rollback) activation.reason = "it was | better";
    Both("activate", [&](Caller& on) { return on.Activate(policy, activation); });
    const auto active = reference_store_.GetRevision({policy.workspace, 0});
    if (active.ok()) {
      policies_[policy.workspace] = revisions_[policy.workspace].at(active->revision);
    }
  }

  // What else happens to revisions, also to those that do not allow it.
  void EditRevision(const WorkspaceId& workspace) {
    const std::map<int64_t, core::Policy>& revisions = revisions_[workspace];
    if (revisions.empty()) return;
    const int64_t number = 1 + world_.Number(static_cast<int>(revisions.rbegin()->first) + 1);
    const store::RevisionKey key{workspace, number};
    if (world_.Chance(50)) return RunShadow(key);
    const auto known = revisions.find(number);
    const char* principal = world_.Chance(50) ? support::kMarketer : support::kSeller;
    const auto role =
        world_.Chance(50) ? store::ApproverRole::kMarketing : store::ApproverRole::kSales;
    const int roll = world_.Number(100);
    if (roll < 30 && known != revisions.end()) return Activate(known->second, world_.Chance(80));
    if (roll < 50) {
      Both("approve", [&](Caller& on) { return on.Approve(key, principal, role); });
    } else if (roll < 65) {
      Both("revoke", [&](Caller& on) { return on.Revoke(key, principal); });
    } else if (roll < 90) {
      Both("withdraw", [&](Caller& on) { return on.Withdraw(key, principal); });
    } else {
      Both("delete", [&](Caller& on) { return on.Delete(key); });
    }
  }

  // A draft begins to run beside the active revision, or the one that runs ends. Who decides may
  // not have heard that it has.
  // What the shadow has counted, before another one begins.
  void NoteShadow(const WorkspaceId& workspace) {
    const auto shadow = reference_store_.GetShadow(workspace);
    for (size_t i = 0; shadow.ok() && i < core::kShadowCounts; ++i) {
      const auto count = static_cast<core::ShadowCount>(i);
      if (shadow->counts[count] > 0) shadow_counts_seen_.insert(count);
    }
  }

  void RunShadow(const store::RevisionKey& key) {
    NoteShadow(key.workspace);
    if (world_.Chance(20)) {
      Both("stop shadow", [&](Caller& on) { return on.StopShadow(key.workspace); });
    } else {
      Both("start shadow", [&](Caller& on) { return on.StartShadow(key); });
    }
    const auto version = reference_store_.PolicyVersions({key.workspace});
    const int64_t run = (*version)[0]->shadow_run;
    if (run == 0 || world_.Chance(10)) return;
    shadows_[key.workspace] = {run,
                               std::make_shared<const core::Policy>(
                                   revisions_[key.workspace].at((*version)[0]->shadow_revision))};
  }

  // Plans that no decision makes: taken too early, on something else, or with unusual effects.
  void CommitOddPlan() {
    const LeadKey key = world_.Chance(50) ? LeadToActOn() : world_.AnyLead();
    Plan plan;
    plan.key = key;
    plan.after = reference_.Load(key);
    plan.expected_revision = plan.after.revision;
    if (plan.after.stage == core::Stage::kErased) plan.after = core::Returned(plan.after);
    plan.after.queue = world_.AnyQueue();
    plan.applied = world_.Number(2);
    const int kind = world_.Number(repeatable_ ? 4 : 8);
    const bool behind = plan.expected_revision > 0 && world_.Chance(50);
    if (kind == 0) plan.expected_revision += behind ? -1 : 1;
    if (kind == 1) plan.policy_revision = 1'000;
    if (kind == 2) plan.not_before_ms = clock_.now_ms() + core::kDayMs;
    if (kind == 3) plan.key.workspace = WorkspaceId::Trusted("nowhere");
    if (kind >= 4) MakeUnusual(plan);
    std::vector<Plan> plans = {plan};
    if (kind == 7) plans.push_back(plan);
    Both("odd plan", [&](Caller& on) { return on.CommitAsIs(plans); });
    CompareLead(key);
  }

  void MakeUnusual(Plan& plan) {
    plan.applied = 0;
    plan.refund = world_.Chance(50);
    plan.may_use_reserve = world_.Chance(50);
    const bool releases = world_.Chance(40);
    plan.placement = releases ? core::Placement::kRelease : core::Placement::kOffer;
    if (releases) plan.after.stage = world_.Chance(50) ? core::Stage::kWon : core::Stage::kRecycled;
    if (world_.Chance(30)) plan.after.cycle++;
    if (world_.Chance(30)) plan.after.passed.push_back(world_.AnyRep());
    if (world_.Chance(60)) {
      plan.after.owners = {world_.AnyRep()};
      const core::RepId other = world_.AnyRep();
      if (other != plan.after.owners[0]) plan.after.owners.push_back(other);
      plan.after.owners_only = world_.Chance(50);
      plan.after.wait_until_ms = clock_.now_ms() + world_.Number(60'000);
    }
    if (world_.Chance(50)) {
      core::Change change;
      change.type = core::ChangeType::kQualified;
      change.stage = world_.Chance(30) ? core::Stage::kQueued : core::Stage::kMql;
      change.cause = absl::StrCat("odd ", operation_);
      plan.changes = {change, change};
    }
    plan.inputs = {{clock_.now_ms(), "captured", "odd", "1"}};
  }

  void Trim() {
    const int shard = world_.Number(kShards);
    const int64_t upto = seen_[shard] - world_.Number(3);
    const int64_t keep = world_.Number(60);
    Both("trim", [&](Caller& on) { return on.Trim(shard, upto, keep); });
  }

  void CompareLead(const LeadKey& key) {
    Both("lead", [&](Caller& on) { return Describe(on.Load(key)); });
  }

  void CompareOutbox() {
    const auto expected = NewOutboxEntries(reference_store_, seen_);
    const auto found = NewOutboxEntries(subject_store_, seen_by_subject_);
    ASSERT_EQ(found.size(), expected.size()) << "outbox after operation " << operation_;
    for (size_t i = 0; i < expected.size(); i++) {
      EXPECT_EQ(Describe(found[i]), Describe(expected[i])) << "after operation " << operation_;
      changes_seen_[expected[i].change.type]++;
    }
  }

  void CompareEverything() {
    EXPECT_EQ(BrokenInvariant(reference_store_), "") << "after operation " << operation_;
    const auto expected = Snapshot(reference_store_, clock_, kTopic);
    const auto found = Snapshot(subject_store_, clock_, kTopic);
    ASSERT_EQ(found.size(), expected.size()) << "after operation " << operation_;
    for (size_t i = 0; i < expected.size(); i++) {
      ASSERT_EQ(found[i], expected[i]) << "after operation " << operation_;
    }
  }

  World world_;
  store::Store& reference_store_;
  store::Store& subject_store_;
  Caller reference_;
  Caller subject_;
  support::ManualClock& clock_;
  const bool repeatable_;
  Shadows shadows_;
  std::set<core::ShadowCount> shadow_counts_seen_;
  Policies policies_;
  // By number: what was drafted in each workspace.
  std::map<WorkspaceId, std::map<int64_t, core::Policy>> revisions_;
  int policies_made_ = 0;
  int claims_ = 0;
  int operation_ = 0;
  std::map<int, int64_t> checkpoints_;
  std::map<int, int64_t> seen_;  // shard -> last outbox sequence compared
  std::map<int, int64_t> seen_by_subject_;
  std::map<core::ChangeType, int> changes_seen_;
};

class DifferentialTest : public testing::TestWithParam<StoreKind> {
 protected:
  // One walk on fresh stores. `lossy`: answers of the subject get lost.
  void WalkOnce(uint64_t seed, bool lossy, Met& met) {
    std::cout << "BATON_SEED=" << seed << std::endl;
    support::ManualClock clock(kStart);
    store::MemoryStore reference(kShards, kLimits, clock.function());
    auto subject = GetParam().make({kShards, kLimits, clock.function()});
    ASSERT_TRUE(subject.ok()) << subject.status();
    std::mt19937_64 faults(seed + 1);
    support::FlakyStore flaky(**subject, [&faults, lossy] {
      const uint64_t roll = lossy ? faults() % 100 : 100;
      if (roll < 4) return Fault::kNeverArrives;
      return roll < 10 ? Fault::kLosesReply : Fault::kNone;
    });
    Walk walk(seed, reference, flaky, clock, /*repeatable=*/lossy);
    walk.Run();
    walk.Tell(met);
  }

  // Walks until all was met that must be: some walks miss something rare.
  void WalkUntilAllIsMet(bool lossy) {
    Met met;
    const uint64_t seed = Seed();
    RecordProperty("seed", std::to_string(seed));
    for (uint64_t i = 0; i < kWalksMax && !HasFailure(); ++i) {
      WalkOnce(seed + i, lossy, met);
      if (Operations() < kWholeWalk || met.Missing().empty()) return met.Print();
      std::cout << "not yet met: " << absl::StrJoin(met.Missing(), ", ") << std::endl;
    }
    EXPECT_THAT(met.Missing(), testing::IsEmpty());
  }
};

TEST_P(DifferentialTest, AgreesWithTheReferenceModel) {
  WalkUntilAllIsMet(/*lossy=*/false);
}

TEST_P(DifferentialTest, AgreesWhenRepliesAreLostAndCallsRepeated) {
  WalkUntilAllIsMet(/*lossy=*/true);
}

INSTANTIATE_TEST_SUITE_P(Stores, DifferentialTest, testing::ValuesIn(StoreKinds()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace baton::contract
