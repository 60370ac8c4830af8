// What Redis keeps of great queues from call to call (functions/kept.lua) must never show: a random
// walk of calls, of changes of reps, hours, queues and policies between them, by two clients, with
// functions loaded anew and little that may be kept, must come to what the reference model says,
// which keeps nothing. BATON_SEED repeats a walk.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "platform/redis/client.h"
#include "store/memory/memory_store.h"
#include "store/redis/function_library.h"
#include "store/redis/lead_codec.h"
#include "store/redis/redis_keys.h"
#include "store/redis/redis_store.h"
#include "support/describe.h"
#include "support/make_active.h"
#include "support/manual_clock.h"
#include "support/redis_server.h"

namespace baton::contract {
namespace {

using core::Plan;
using core::QueueId;
using core::Rep;
using core::RepId;
using core::Stage;
using core::WorkspaceId;

constexpr int kReps = 190;
constexpr int kOutsiders = 3;
constexpr int kRounds = 200;          // of a walk, which goes on
constexpr int kRoundsMax = 1'000;     // until it has met what it is for, or so far
constexpr int kRoundsToCompare = 25;  // then everything is compared
constexpr int kPlansMax = 25;         // of a call
constexpr int kFewZcards = 60;        // of a call that begins with what is kept
const char* const kQueues[] = {"inside", "field", "small"};
const char* const kSkills[] = {"french", "german", "rare"};

class KeptQueueTest : public testing::Test {
 protected:
  void SetUp() override {
    auto server = support::RedisServer::Start({support::AppendFsync::kEverySecond, {}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    for (int i = 0; i < 2; ++i) {
      store::RedisStoreOptions options;
      options.url = server_->url();
      options.shards = 1;
      options.simulated_now = clock_.function();
      options.allow_everysec = true;
      auto store = store::RedisStore::Open(options);
      ASSERT_TRUE(store.ok()) << store.status();
      subjects_.push_back(*std::move(store));
    }
    auto client = platform::redis::Client::Create(
        {.url = server_->url()}, [](platform::redis::Connection&) { return absl::OkStatus(); });
    ASSERT_TRUE(client.ok()) << client.status();
    client_ = *std::move(client);
    const char* seed = std::getenv("BATON_SEED");
    const uint64_t number =
        seed != nullptr ? std::strtoull(seed, nullptr, 10) : std::random_device()();
    std::cout << "BATON_SEED=" << number << "\n";
    random_.seed(number);
  }

  int Number(int below) { return static_cast<int>(random_() % static_cast<uint64_t>(below)); }
  bool Chance(int percent) { return Number(100) < percent; }
  store::Store& Subject() { return *subjects_[static_cast<size_t>(Number(2))]; }
  const WorkspaceId& AnyWorkspace() { return workspaces_[Chance(75) ? 0 : 1]; }
  // Behind kReps: of no great queue.
  RepId RepOf(int number) { return RepId::Trusted(absl::StrFormat("r%03d", number)); }
  RepId Outsider() { return RepOf(kReps + Number(kOutsiders)); }
  RepId AnyRep() { return Chance(15) ? Outsider() : RepOf(Number(kReps)); }
  QueueId AnyQueue() { return QueueId::Trusted(kQueues[Chance(85) ? Number(2) : 2]); }

  // Both stores are asked and must say the same.
  template <typename Call>
  void Both(const std::string& what, Call call) {
    const std::string expected = call(static_cast<store::Store&>(reference_));
    ASSERT_EQ(call(Subject()), expected) << what << " in round " << round_;
  }

  template <typename Result>
  static std::string TextOf(const absl::StatusOr<Result>& result) {
    return result.ok() ? support::Describe(*result) : std::string(result.status().message());
  }

  void RunRaw(const platform::redis::Command& command) {
    const auto replies = client_->Run({command});
    ASSERT_TRUE(replies.ok()) << replies.status();
    ASSERT_FALSE(replies->front().is_error()) << replies->front().text;
  }

  int64_t Zcards() {
    const auto replies = client_->Run({{"INFO", "commandstats"}});
    int64_t calls = 0;
    for (absl::string_view line : absl::StrSplit(replies->front().text, "\r\n")) {
      if (!absl::ConsumePrefix(&line, "cmdstat_zcard:calls=")) continue;
      EXPECT_TRUE(absl::SimpleAtoi(line.substr(0, line.find(',')), &calls));
    }
    return calls;
  }

  void Adopt(const WorkspaceId& workspace) {
    core::Policy policy;
    policy.workspace = workspace;
    policy.name = absl::StrCat("policy ", ++policies_);
    for (const char* id : kQueues) {
      core::QueuePolicy& queue = policy.queues[QueueId::Trusted(id)];
      queue.id = QueueId::Trusted(id);
      queue.mode = Chance(70)   ? core::QueueMode::kOffer
                   : Chance(60) ? core::QueueMode::kDirect
                                : core::QueueMode::kPull;
      queue.strategy =
          Chance(80) ? core::Strategy::kWeightedFair : static_cast<core::Strategy>(Number(4));
      queue.accept_within_ms = queue.retry_after_ms = core::kMinuteMs;
      queue.count_owned = Chance(50);
    }
    Both("policy", [&](store::Store& store) {
      return TextOf(support::MakeActive(store, policy, policy.name));
    });
  }

  core::WorkRules AnyWork() {
    core::WorkRules work;
    const core::TimeMs now = clock_.now_ms();
    if (Chance(40)) work.calendar = "office";
    if (Chance(30)) work.ramp = {now - Number(3) * core::kDayMs - Number(1000), 5, 20};
    if (Chance(30)) work.absences = {{now + Number(60'000), now + 90'000, {}}};
    if (Chance(4)) work.daily_cap = 1 + Number(4);
    if (Chance(8)) work.absences = {{now - 1, now + Number(20'000) + 1, Outsider()}};
    return work;
  }

  Rep AnyState(const RepId& id) {
    Rep rep;
    rep.id = id;
    for (const char* queue : {"field", "inside"}) {
      if (id < RepOf(kReps) && Chance(93)) rep.queues.push_back(QueueId::Trusted(queue));
    }
    if (Chance(5)) rep.queues.push_back(QueueId::Trusted("small"));
    rep.weight = 1 + Number(weights_);
    rep.capacity = Number(12);
    for (const auto& [skill, percent] : {std::pair("french", 75), {"german", 30}, {"rare", 2}}) {
      if (Chance(percent)) rep.skills.emplace_back(skill);
    }
    if (Chance(80)) rep.attributes["level"] = int64_t{Number(varied_ ? 12 : 3)};
    if (with_work_ && Chance(10)) rep.work = AnyWork();
    rep.presence = Chance(92) ? core::Presence::kOnline : core::Presence::kAway;
    return rep;
  }

  void EditRep(const WorkspaceId& workspace, const RepId& id) {
    const auto stored = reference_.GetRep(workspace, id);
    Rep rep = AnyState(id);
    if (stored.ok() && Chance(60)) {  // but for one thing
      const Rep other = rep;
      rep = stored->rep;
      if (Chance(50)) rep.presence = other.presence;
      if (Chance(50)) rep.capacity = other.capacity;
      if (Chance(20)) rep.weight = other.weight;
      if (Chance(20)) rep.skills = other.skills;
      if (Chance(20)) rep.attributes = other.attributes;
    }
    Put(workspace, rep);
  }

  void Put(const WorkspaceId& workspace, const Rep& rep) {
    Both("rep", [&](store::Store& store) { return TextOf(store.PutRep(workspace, rep, -1)); });
  }

  void EditHours(const WorkspaceId& workspace) {
    core::Hours hours;
    core::TimeMs at = clock_.now_ms() - Number(20'000);
    for (int i = 0; i < 3; ++i) {
      const core::TimeMs from = at + 1 + Number(20'000);
      hours.open.push_back({from, at = from + 1 + Number(400'000)});
    }
    hours.days = {clock_.now_ms() - Number(core::kDayMs), clock_.now_ms() + Number(10'000)};
    const bool only_these = Chance(50);
    Both("hours", [&](store::Store& store) {
      return std::string(store.PutHours(workspace, -1, {{"office", hours}}, only_these).message());
    });
  }

  Plan PlanOn(const core::LeadKey& key) {
    Plan plan;
    plan.key = key;
    plan.after = *reference_.Load({key})->records.at(0);
    plan.after.key = key;
    plan.expected_revision = plan.after.revision;
    return plan;
  }

  Plan NewLead(const WorkspaceId& workspace, bool plain) {
    Plan plan = PlanOn({workspace, core::LeadId::Trusted(absl::StrCat("lead-", leads_.size()))});
    leads_.push_back(plan.key);
    plan.after.stage = Stage::kMql;
    plan.after.cycle = 1;
    plan.after.queue = AnyQueue();
    plan.after.judgment.qualified = plan.judgment_changed = true;
    plan.placement = core::Placement::kOffer;
    if (!plain) Ask(plan.after);
    return plan;
  }

  // Mostly one thing; of much variety more than ranks can tell apart.
  void Ask(core::LeadRecord& lead) {
    std::vector<std::string>& skills = lead.judgment.route.skills;
    const int most = varied_ ? 100 : 35;
    if (Chance(most)) skills = {kSkills[Number(3)]};
    if (varied_ && Chance(40) && skills != std::vector<std::string>{"rare"}) {
      skills.emplace_back("rare");
    }
    if (Chance(varied_ ? 50 : 25)) {
      lead.requirement = absl::StrCat("rep.level >= ", varied_ ? Number(12) : 1 + Number(2));
    }
    if (Chance(30)) lead.owners = {AnyRep()};
    if (!lead.owners.empty() && Chance(30)) lead.owners.push_back(AnyRep());
    lead.owners_only = Chance(20);
    for (int i = Chance(15) ? Number(3) : 0; i > 0; --i) lead.passed.push_back(AnyRep());
  }

  // A lead that somebody owns goes back, on, or away; perhaps its rep is set away.
  Plan OfOwned(const core::LeadKey& key) {
    Plan plan = PlanOn(key);
    const RepId rep = plan.after.rep;
    if (Chance(10)) plan.away = rep;
    if (Chance(50)) {
      plan.after.stage = Stage::kRejected;
      plan.placement = core::Placement::kRelease;
      return plan;
    }
    plan.after.stage = Stage::kQueued;
    plan.after.rep = RepId();
    plan.refund = Chance(60);
    if (Chance(70)) plan.after.passed.push_back(rep);
    if (Chance(20)) plan.after.queue = AnyQueue();
    plan.placement = core::Placement::kOffer;
    return plan;
  }

  void Commit() {
    std::vector<Plan> plans;
    std::set<core::LeadKey> met;
    const bool plain = Chance(70);
    const int count = Chance(30) ? 1 : 1 + Number(kPlansMax);
    for (int tries = 0; static_cast<int>(plans.size()) < count && tries < 100; ++tries) {
      if (leads_.size() < 100 || Chance(plain ? 60 : 40)) {
        plans.push_back(NewLead(AnyWorkspace(), plain));
        continue;
      }
      const size_t newest = leads_.size() - 1 - static_cast<size_t>(Number(100));
      const core::LeadKey key = leads_[newest];
      const Stage stage = reference_.Load({key})->records.at(0)->stage;
      if (stage != Stage::kOffered && stage != Stage::kAccepted) continue;
      if (met.insert(key).second) plans.push_back(OfOwned(key));
    }
    if (Chance(15)) return CommitByOthers(plans);
    CommitToBoth(plans);
  }

  void CommitToBoth(const std::vector<Plan>& plans) {
    const int64_t before = Zcards();
    std::set<std::pair<WorkspaceId, QueueId>> to_drain;
    Both("commit", [&](store::Store& store) {
      std::string text;
      const auto results = store.Commit(plans);
      if (!results.ok()) return std::string(results.status().message());
      for (const store::CommitResult& one : *results) {
        text += support::Describe(one) + "\n";
        if (one.waits_turn) to_drain.emplace(one.record.key.workspace, one.record.queue);
      }
      return text;
    });
    if (Zcards() - before < kFewZcards) ++warm_;
    for (const auto& [workspace, queue] : to_drain) {
      if (Chance(75)) DrainBoth(workspace, queue, store::kDrainMax);
    }
  }

  void DrainBoth(const WorkspaceId& workspace, const QueueId& queue, int max) {
    Both("drain", [&](store::Store& store) {
      const auto drained = store.Drain(workspace, queue, max);
      return absl::StrCat(drained->assigned, ", next ", drained->next_work_ms);
    });
  }

  // The functions begin anew, and may keep `members`.
  void LoadFunctions(int members) {
    const std::string cap = "MEMBERS_MAX = 50000";
    const std::string text =
        absl::StrReplaceAll(library_.text(), {{cap, absl::StrCat("MEMBERS_MAX = ", members)}});
    ASSERT_EQ(text == library_.text(), members == 50000);
    RunRaw({"FUNCTION", "LOAD", "REPLACE", text});
  }

  // The functions of another release beside, which know nothing of what these keep.
  void LoadOthers() {
    const std::string suffix = library_.name().substr(std::string("baton").size());
    RunRaw({"FUNCTION", "LOAD", absl::StrReplaceAll(library_.text(), {{suffix, "_other"}})});
  }

  // The others commit; what came of it shows when stores are compared. Who meets a requirement the
  // store would find out before.
  void CommitByOthers(const std::vector<Plan>& plans) {
    for (const Plan& plan : plans) {
      if (!plan.after.requirement.empty()) return CommitToBoth(plans);
    }
    const store::redis::ShardKeys shard(0);
    std::vector<std::string> keys = {shard.Meta(), shard.Outbox(), shard.Timers()};
    std::vector<std::string> args = {absl::StrCat(clock_.now_ms())};
    for (const Plan& plan : plans) {
      const store::redis::WorkspaceKeys own(0, plan.key.workspace);
      keys.insert(keys.end(), {own.Workspace(), own.Leads(), own.Lead(plan.key.lead),
                               own.Journey(plan.key.lead)});
      const auto encoded = store::redis::EncodePlan(plan, store::StoreLimits(), "|");
      args.push_back(absl::StrCat(encoded.size()));
      args.insert(args.end(), encoded.begin(), encoded.end());
    }
    platform::redis::Command call = {"FCALL", "commit_other", absl::StrCat(keys.size())};
    call.insert(call.end(), keys.begin(), keys.end());
    call.insert(call.end(), args.begin(), args.end());
    RunRaw(call);
    ASSERT_TRUE(reference_.Commit(plans).ok());
  }

  void DrainByOthers(const WorkspaceId& workspace, const QueueId& queue, int max) {
    const store::redis::ShardKeys shard(0);
    const auto replies =
        client_->Run({{"FCALL", "drain_other", "4", shard.Meta(), shard.Outbox(), shard.Timers(),
                       store::redis::WorkspaceKeys(0, workspace).Workspace(), workspace.str(),
                       queue.str(), absl::StrCat(max), absl::StrCat(clock_.now_ms()), "1000000"}});
    const auto expected = reference_.Drain(workspace, queue, max);
    ASSERT_TRUE(replies.ok() && expected.ok()) << replies.status() << expected.status();
    ASSERT_EQ(replies->front().elements.at(0).integer, expected->assigned) << replies->front().text;
  }

  void CompareQueues() {
    for (const WorkspaceId& workspace : workspaces_) {
      Both("queues", [&](store::Store& store) {
        std::string text;
        const auto queues = store.ListQueues(workspace);
        if (!queues.ok()) return std::string(queues.status().message());
        for (const store::QueueState& queue : *queues) text += support::Describe(queue) + "\n";
        return text;
      });
    }
  }

  void CompareEverything() {
    for (const WorkspaceId& workspace : workspaces_) {
      Both("reps", [&](store::Store& store) {
        std::string text;
        const auto reps = store.ListReps(workspace);
        if (!reps.ok()) return std::string(reps.status().message());
        for (const store::RepState& rep : *reps) text += support::Describe(rep) + "\n";
        return text;
      });
    }
    Both("leads", [&](store::Store& store) {
      std::string text;
      const auto loaded = store.Load(leads_);
      if (!loaded.ok()) return std::string(loaded.status().message());
      for (const auto& record : loaded->records) text += support::Describe(*record) + "\n";
      return text;
    });
  }

  void Step() {
    const WorkspaceId& workspace = AnyWorkspace();
    const int roll = Number(100);
    if (roll < 62) return Commit();
    if (roll < 72) return EditRep(workspace, AnyRep());
    if (roll < 76) return with_work_ ? EditHours(workspace) : Commit();
    if (roll < 82) {
      const QueueId queue = AnyQueue();
      const int max = 1 + Number(30);
      if (Chance(40)) return DrainByOthers(workspace, queue, max);
      return DrainBoth(workspace, queue, max);
    }
    if (roll < 88) {
      store::Claim claim;
      claim.workspace = workspace;
      claim.rep = AnyRep();
      return Both("claim", [&](store::Store& store) {
        const auto claimed = store.ClaimNext(claim);
        return claimed.ok() ? claimed->lead.str() : std::string(claimed.status().message());
      });
    }
    if (roll < 91) {
      const RepId rep = AnyRep();
      return Both("delete", [&](store::Store& store) {
        return std::string(store.DeleteRep(workspace, rep).message());
      });
    }
    if (roll < 93) {
      core::QueueSettings settings;
      settings.id = AnyQueue();
      settings.paused = Chance(30);
      return Both("queue", [&](store::Store& store) {
        return TextOf(store.PutQueue(workspace, settings, -1));
      });
    }
    if (roll < 95) return Adopt(workspace);
    if (roll < 96) return LoadFunctions(Chance(50) ? 50000 : 100 + Number(300));
    const core::DurationMs by = Chance(80) ? Number(20'000) : Number(core::kDayMs);
    clock_.Advance(by);
  }

  // Workspaces with reps.
  void Begin(int weights, bool with_work, bool varied = false) {
    weights_ = weights;
    varied_ = varied;
    LoadOthers();
    with_work_ = with_work;
    for (const WorkspaceId& workspace : workspaces_) {
      Both("workspace",
           [&](store::Store& store) { return TextOf(store.CreateWorkspace(workspace, "Name")); });
      Adopt(workspace);
      for (int i = 0; i < kReps + kOutsiders; ++i) {
        const Rep rep = AnyState(RepOf(i));
        Put(workspace, rep);
      }
    }
  }

  // Until more than so many calls began with what was kept, and more than so many leads have a
  // choice among ranks.
  void Walk(int warm, int ranked) {
    const auto has_met = [&] { return warm_ > warm && CountRanked() > ranked; };
    do {
      for (int i = 0; i < kRoundsToCompare && !HasFatalFailure(); ++i, ++round_) {
        Step();
        if (with_work_ && Chance(40)) clock_.Advance(Number(3'000));
        if (!HasFatalFailure()) CompareQueues();
      }
      if (!HasFatalFailure()) CompareEverything();
    } while (!HasFatalFailure() && (round_ < kRounds || (round_ < kRoundsMax && !has_met())));
    std::cout << "rounds: " << round_ << "; calls that began with what was kept: " << warm_
              << "; choices among ranks: " << CountRanked() << "\n";
    EXPECT_GT(warm_, warm);
    EXPECT_GT(CountRanked(), ranked);
  }

  // Leads that ask something whose latest choice was made among ranks (functions/ranked_pool.lua).
  int CountRanked() {
    int count = 0;
    for (const core::LeadKey& key : leads_) {
      const auto record = reference_.Load({key})->records.at(0);
      const bool asks = !record->judgment.route.skills.empty() || !record->requirement.empty() ||
                        !record->owners.empty() || !record->passed.empty();
      const store::redis::WorkspaceKeys own(0, key.workspace);
      const auto replies = client_->Run({{"GET", own.Lead(key.lead)}});
      if (asks && absl::StrContains(replies->front().text, "\n\xc1\xdc")) ++count;
    }
    return count;
  }

  const std::vector<WorkspaceId> workspaces_ = {WorkspaceId::Trusted("acme"),
                                                WorkspaceId::Trusted("beta")};
  support::ManualClock clock_{1'700'000'000'000};
  store::MemoryStore reference_{1, store::StoreLimits(), clock_.function()};
  std::unique_ptr<support::RedisServer> server_;
  std::vector<std::unique_ptr<store::RedisStore>> subjects_;
  std::unique_ptr<platform::redis::Client> client_;
  const store::redis::FunctionLibrary library_;
  std::mt19937_64 random_;
  std::vector<core::LeadKey> leads_;
  int weights_ = 1, policies_ = 0, round_ = 0, warm_ = 0;
  bool with_work_ = false, varied_ = false;
};

TEST_F(KeptQueueTest, WhatIsKeptOfGreatQueuesNeverShows) {
  Begin(/*weights=*/3, /*with_work=*/false);
  Walk(/*warm=*/kRounds / 8, /*ranked=*/kRounds / 4);
}

TEST_F(KeptQueueTest, WhatIsKeptOfGreatQueuesWhoseLeadsAskForMuchNeverShows) {
  Begin(/*weights=*/1, /*with_work=*/false, /*varied=*/true);
  Walk(/*warm=*/0, /*ranked=*/kRounds / 10);
}

TEST_F(KeptQueueTest, WhatIsKeptOfGreatQueuesWithRulesOfWorkNeverShows) {
  Begin(/*weights=*/2, /*with_work=*/true);
  Walk(/*warm=*/kRounds / 100, /*ranked=*/0);
}

TEST_F(KeptQueueTest, WhoStandsInForAMemberIsReadAnew) {
  Begin(/*weights=*/1, /*with_work=*/false);
  Rep absent = AnyState(RepOf(0));
  absent.queues = {QueueId::Trusted("inside")};
  absent.work.absences = {{clock_.now_ms() - 1, clock_.now_ms() + core::kDayMs, RepOf(kReps)}};
  Put(workspaces_[0], absent);
  for (int i = 0; i < 6; ++i) {
    Rep stand_in = AnyState(RepOf(kReps));
    stand_in.capacity = 3;
    stand_in.presence = i % 2 == 0 ? core::Presence::kOnline : core::Presence::kAway;
    Put(workspaces_[0], stand_in);
    for (int j = 0; j < 3; ++j) {
      Plan plan = NewLead(workspaces_[0], /*plain=*/true);
      plan.after.queue = QueueId::Trusted("inside");
      CommitToBoth({plan});
    }
  }
}

}  // namespace
}  // namespace baton::contract
