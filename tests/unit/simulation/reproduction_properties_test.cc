// Random installations: whatever happened, the policy that was active does it again, a policy
// against itself differs in nothing, and equal input gives equal output.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "installation.h"
#include "nlohmann/json.hpp"
#include "simulation/comparison.h"
#include "simulation/reproduction.h"
#include "support/builders.h"
#include "support/walk_length.h"

namespace baton::simulation {
namespace {

using core::ActionType;

class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}
  int64_t Upto(int64_t max) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(max)); }
  bool Percent(int64_t percent) { return Upto(100) < percent; }

 private:
  std::mt19937_64 random_;
};

core::LeadEvent RandomEvent(Chance& chance, int number, core::TimeMs now_ms) {
  const std::string id = "e" + std::to_string(number);
  core::LeadEvent event;
  switch (chance.Upto(4)) {
    case 0:
      event = support::QualifyingCapture(id, now_ms);
      if (chance.Percent(40)) event.attributes["country"] = std::string("US");
      break;
    case 1:
      event = support::Activity(id, chance.Percent(50) ? "page_view" : "demo_request", now_ms);
      event.properties["seconds"] = chance.Upto(120);
      break;
    case 2:
      event = support::Updated(id, {{"employees", int64_t{chance.Upto(400)}}}, now_ms);
      break;
    default:
      event = support::Updated(id, {}, now_ms);
      event.attributes["industry"] = std::string("saas");
      event.attributes["email"] = std::string("a@b.example");
      break;
  }
  event.key = support::Key("l" + std::to_string(chance.Upto(80)));
  return event;
}

core::Action RandomAction(Chance& chance, core::Stage stage) {
  core::Action action;
  const int64_t what = chance.Upto(10);
  if (stage == core::Stage::kOffered && what < 5) return action;
  if (stage == core::Stage::kOffered && what < 7) {
    action.type = ActionType::kDecline;
    action.reason = "AT_CAPACITY";
  } else if (what < 6) {
    action.type = ActionType::kLogTouch;
    action.channel = "call";
  } else if (what < 8) {
    action.type = ActionType::kReject;
    action.reason = "NO_NEED";
  } else if (chance.Percent(50)) {
    action.type = ActionType::kReroute;
    action.reason = "WRONG_SEGMENT";
    action.queue = support::QueueNamed(chance.Percent(50) ? "triage" : "inside");
  } else {
    action.type = ActionType::kReassign;
    if (chance.Percent(60)) action.to = support::RepNamed("r" + std::to_string(chance.Upto(4)));
    if (chance.Percent(30)) action.queue = support::QueueNamed("inside");
  }
  return action;
}

// What a rep does besides.
core::Action RandomPatience(Chance& chance, core::TimeMs now_ms) {
  core::Action action;
  switch (chance.Upto(6)) {
    case 0:
      action.type = ActionType::kResume;
      break;
    case 1:
      action.type = ActionType::kRelease;
      break;
    case 2:
      action.type = ActionType::kRecycle;
      action.reason = "BAD_TIMING";
      action.revisit_at_ms = now_ms + 1 + chance.Upto(core::kHourMs);
      break;
    default:
      action.type = ActionType::kPause;
      if (chance.Percent(80)) action.until_ms = now_ms + 1 + chance.Upto(10 * core::kMinuteMs);
      break;
  }
  return action;
}

Roster RandomRoster(Chance& chance) {
  Roster roster;
  for (int i = 0; i < 4; ++i) {
    core::Rep rep = support::SampleRep("r" + std::to_string(i));
    rep.queues = {support::QueueNamed("dach"), support::QueueNamed("inside"),
                  support::QueueNamed("triage")};
    if (i == 3) rep.queues = {support::QueueNamed("triage")};
    rep.capacity = static_cast<int32_t>(1 + chance.Upto(4));
    rep.weight = static_cast<int32_t>(1 + chance.Upto(3));
    roster.reps.push_back(rep);
  }
  return roster;
}

// Accounts are told of as the first of a batch; reps claim.
void PlayAccountsAndClaims(Chance& chance, int step, Installation& installation) {
  if (chance.Percent(10)) {
    installation.Advance(1);
    const std::string company = chance.Percent(50) ? "shop" : "other";
    core::AccountEvent event;
    event.key = {core::WorkspaceId::Trusted("acme"), core::AccountId::Trusted(company)};
    event.id = "a" + std::to_string(step);
    event.source = "crm";
    event.deleted = chance.Percent(20);
    event.account.domains = {company + ".example"};
    event.account.owner = support::RepNamed("r" + std::to_string(chance.Upto(4)));
    installation.Publish(event);
    installation.Advance(1);
    installation.FireTimers();
    installation.Intake();
  }
  if (chance.Percent(30)) installation.Claim("r" + std::to_string(chance.Upto(4)));
}

// People are erased, some of whom come back, and withdraw consent; leads are paused and recycled.
void PlayDepartures(Chance& chance, int step, Installation& installation) {
  const auto lead = [&chance] { return "l" + std::to_string(chance.Upto(80)); };
  if (chance.Percent(5)) installation.Erase(lead());
  if (chance.Percent(3)) {
    core::LeadEvent event = support::ConsentEvent("c" + std::to_string(step),
                                                  core::Consent::kWithdrawn, installation.now_ms());
    event.key = support::Key(lead());
    installation.Publish(event);
  }
  for (int i = 0; i < 5; ++i)
    installation.Act(lead(), RandomPatience(chance, installation.now_ms()));
}

using MorePlay = void (*)(Chance& chance, int step, Installation& installation);

void Play(Chance& chance, Installation& installation, MorePlay more = nullptr) {
  for (int step = 0; step < 600; ++step) {
    installation.Advance(chance.Percent(30) ? 0
                                            : chance.Upto(chance.Percent(5) ? 7'200'000 : 2000));
    installation.FireTimers();  // late by the whole step, but before anything else
    if (chance.Percent(60)) {
      installation.Publish(RandomEvent(chance, step, installation.now_ms()));
    }
    if (more != nullptr) more(chance, step, installation);
    if (chance.Percent(40)) installation.Intake(static_cast<size_t>(1 + chance.Upto(5)));
    if (chance.Percent(50)) {
      const std::string lead = "l" + std::to_string(chance.Upto(80));
      const core::LeadRecord record = installation.Lead(lead);
      if (core::IsOwned(record.stage)) installation.Act(lead, RandomAction(chance, record.stage));
    }
    if (chance.Percent(30)) installation.Drain();
  }
  installation.Intake();
}

class ReproductionPropertiesTest : public ::testing::TestWithParam<uint64_t> {};

void ExpectExact(const Installation& installation, const Recording& recording,
                 const core::Policy& policy) {
  const auto outcome = Simulate(recording, installation.SettingOf(policy));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  const Reproduction reproduction = Reproduce(recording, *outcome, policy.revision);
  EXPECT_GT(reproduction.mqls.of, 10);
  EXPECT_GT(reproduction.assignments.of, 10);
  EXPECT_EQ(reproduction.mqls.same, reproduction.mqls.of);
  EXPECT_EQ(reproduction.routes.same, reproduction.routes.of);
  EXPECT_EQ(reproduction.assignments.same, reproduction.assignments.of);
  for (const std::string& difference : reproduction.differences) ADD_FAILURE() << difference;
}

TEST_P(ReproductionPropertiesTest, TheActivePolicyDoesExactlyWhatHappened) {
  Chance chance(GetParam());
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RandomRoster(chance));
  Play(chance, installation);
  ExpectExact(installation, installation.Record(), policy);
}

TEST_P(ReproductionPropertiesTest, AlsoWithAccountsAndQueuesThatArePulledFrom) {
  Chance chance(GetParam());
  core::Policy policy = support::SamplePolicy();
  policy.routing.insert(policy.routing.begin(),
                        {"owned",
                         false,
                         support::When(policy, "has(account.owner) && account.owner != 'r0'"),
                         {support::QueueNamed("dach"), 7, {}, core::OwnerOf::kAccount, 0}});
  policy.queues[support::QueueNamed("triage")].mode = core::QueueMode::kPull;
  Installation installation(policy, RandomRoster(chance));
  Play(chance, installation, PlayAccountsAndClaims);
  ExpectExact(installation, installation.Record(), policy);
}

core::Sla Level(std::string name, core::SlaMetric metric, core::DurationMs target_ms,
                core::SlaBreach breach) {
  core::Sla level;
  level.name = std::move(name);
  level.metric = metric;
  level.target_ms = target_ms;
  level.warn_percent = 50;
  level.breach = breach;
  return level;
}

// How often each of these changes was published; "withdrawn" are the rejected ones that the policy
// made.
std::map<std::string, int> ChangesOf(Installation& installation) {
  std::map<std::string, int> changes;
  for (const platform::kafka::Record& record : installation.feedback()) {
    const nlohmann::json change = nlohmann::json::parse(record.value);
    ++changes[change.at("change")];
    if (change.at("change") == "rejected" && change.at("actor") == "policy") ++changes["withdrawn"];
  }
  return changes;
}

TEST_P(ReproductionPropertiesTest, AlsoWithServiceLevelsThatTakeLeadsFromTheirReps) {
  Chance chance(GetParam());
  core::Policy policy = support::SamplePolicy();
  policy.slas = {
      Level("touch", core::SlaMetric::kFirstTouch, 5 * core::kMinuteMs, core::SlaBreach::kReassign),
      Level("decision", core::SlaMetric::kDecision, core::kHourMs, core::SlaBreach::kReturn),
      Level("accept", core::SlaMetric::kAccept, core::kMinuteMs, core::SlaBreach::kNotify)};
  Installation installation(policy, RandomRoster(chance));
  Play(chance, installation);
  const std::map<std::string, int> changes = ChangesOf(installation);
  EXPECT_GT(changes.at("sla_breached"), 10);
  EXPECT_GT(changes.at("pulled_back"), 5);
  ExpectExact(installation, installation.Record(), policy);
}

TEST_P(ReproductionPropertiesTest, AlsoWithErasuresWithdrawalsPausesAndRecycledLeads) {
  Chance chance(GetParam());
  core::Policy policy = support::SamplePolicy();
  policy.slas = {
      Level("assign", core::SlaMetric::kAssign, core::kMinuteMs, core::SlaBreach::kNotify),
      Level("decision", core::SlaMetric::kDecision, core::kHourMs, core::SlaBreach::kNotify)};
  Installation installation(policy, RandomRoster(chance));
  Play(chance, installation, PlayDepartures);
  std::map<std::string, int> changes = ChangesOf(installation);
  for (const char* change : {"erased", "paused", "resumed", "recycled", "released", "withdrawn"}) {
    EXPECT_GT(changes[change], 0) << change;
  }
  ExpectExact(installation, installation.Record(), policy);
}

TEST_P(ReproductionPropertiesTest, AlsoWithConditionsOnSingleEvents) {
  Chance chance(GetParam());
  core::Policy policy = support::SamplePolicy();
  support::Declare(policy, policy.attributes, {{"seconds", core::AttributeType::kInt}});
  policy.intent = {{"demo request", "demo_request", 60, 0, 0},
                   {"long visit", "page_view", 60, 60, 7 * core::kDayMs}};
  for (core::IntentRule& rule : policy.intent) {
    rule.when = support::When(policy, "event.seconds > 30");
  }
  Installation installation(policy, RandomRoster(chance));
  Play(chance, installation);
  const Recording recording = installation.Record();
  ExpectExact(installation, recording, policy);

  // What a condition says of events is what makes the difference.
  core::Policy candidate = policy;
  for (core::IntentRule& rule : candidate.intent) {
    rule.when = support::When(candidate, "event.seconds > 3000");
  }
  Setting setting = installation.SettingOf(candidate);
  const auto one = Simulate(recording, installation.SettingOf(policy));
  setting.follows = false;
  setting.deferred = one->deferred;
  const auto other = Simulate(recording, setting);
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_GT(Compare(*one, *other, 0).differences.size(), 0u);
}

TEST_P(ReproductionPropertiesTest, EqualInputGivesEqualOutputWhateverTheOrderOfPartitions) {
  Chance chance(GetParam());
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RandomRoster(chance));
  Play(chance, installation);
  core::Policy candidate = policy;
  candidate.routing[0].to.queue = support::QueueNamed("triage");
  const Recording recording = installation.Record();
  // Feedback of other leads may be read in any order.
  std::vector<platform::kafka::Record> changes = installation.feedback();
  std::stable_sort(changes.begin(), changes.end(),
                   [](const auto& a, const auto& b) { return a.key > b.key; });
  Recorder recorder(core::WorkspaceId::Trusted("acme"));
  for (const auto& record : changes) ASSERT_TRUE(recorder.AddChange(record).ok());
  for (const auto& record : installation.input()) ASSERT_TRUE(recorder.AddEvent(record).ok());
  const Recording again = std::move(recorder).Finish(true);

  const auto one = Simulate(recording, installation.SettingOf(policy));
  const auto one_again = Simulate(again, installation.SettingOf(policy));
  Setting setting = installation.SettingOf(candidate);
  setting.follows = false;
  setting.deferred = one->deferred;
  const auto other = Simulate(recording, setting);
  const auto other_again = Simulate(again, setting);
  ASSERT_TRUE(one.ok() && other.ok() && one_again.ok() && other_again.ok());
  EXPECT_EQ(Compare(*one, *one_again, 0).differences.size(), 0u);
  EXPECT_EQ(Compare(*one, *other, 0).differences, Compare(*one_again, *other_again, 0).differences);
  EXPECT_GT(Compare(*one, *other, 0).moved, 0);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ReproductionPropertiesTest,
                         ::testing::Range<uint64_t>(0, support::WalkLength(20)));

}  // namespace
}  // namespace baton::simulation
