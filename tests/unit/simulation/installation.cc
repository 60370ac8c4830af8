#include "installation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/time/time.h"
#include "core/erasure.h"
#include "events/handoff_event_codec.h"
#include "events/lead_event_codec.h"
#include "support/builders.h"

namespace baton::simulation {
namespace {

const core::WorkspaceId kWorkspace = core::WorkspaceId::Trusted("acme");
constexpr char kTopic[] = "baton.lead-events.v1";

platform::kafka::Record AsRead(platform::kafka::OutRecord sent, int64_t offset) {
  platform::kafka::Record record;
  record.topic = std::move(sent.topic);
  record.partition = 0;
  record.offset = offset;
  record.has_key = record.has_value = true;
  record.key = std::move(sent.key);
  record.value = std::move(sent.value);
  record.headers = std::move(sent.headers);
  return record;
}

}  // namespace

Roster RosterOf(const std::vector<std::string>& reps, int32_t capacity) {
  Roster roster;
  for (const std::string& id : reps) {
    core::Rep rep = support::SampleRep(id);
    rep.queues = {support::QueueNamed("dach"), support::QueueNamed("triage")};
    rep.capacity = capacity;
    roster.reps.push_back(rep);
  }
  return roster;
}

Outcome MustSimulate(const Recording& recording, const Setting& setting) {
  auto outcome = Simulate(recording, setting);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.ok() ? *std::move(outcome) : Outcome();
}

Installation::Installation(const core::Policy& policy, Roster roster)
    : clock_(support::kNow), store_(1, {}, clock_.function()), roster_(std::move(roster)) {
  EXPECT_TRUE(store_.CreateWorkspace(kWorkspace, "").ok());
  for (const core::Rep& rep : roster_.reps) EXPECT_TRUE(store_.PutRep(kWorkspace, rep, -1).ok());
  for (const core::QueueSettings& queue : roster_.queues) {
    EXPECT_TRUE(store_.PutQueue(kWorkspace, queue, -1).ok());
  }
  published_ = store_.Bounds(0)->last_sequence;
  Activate(policy);
}

void Installation::Activate(const core::Policy& policy) {
  policy_ = policy;
  policy_.workspace = kWorkspace;
  const auto revision = store_.CreateRevision(policy_, policy.name, "mara");
  const store::RevisionKey key{kWorkspace, revision->revision};
  using store::ApproverRole;
  EXPECT_TRUE(store_.ApproveRevision(key, "", "mara", ApproverRole::kMarketing).ok());
  EXPECT_TRUE(store_.ApproveRevision(key, "", "sam", ApproverRole::kSales).ok());
  policy_.revision = revision->revision;
  store::Activation activation;
  activation.number = revision->latest_activation + 1;
  activation.principal = "mara";
  EXPECT_TRUE(store_.ActivateRevision(policy_, revision->fingerprint, activation).ok());
}

void Installation::Append(platform::kafka::OutRecord record) {
  input_.push_back(AsRead(std::move(record), static_cast<int64_t>(input_.size())));
  input_.back().timestamp_ms = now_ms();
}

void Installation::Publish(core::LeadEvent event) {
  Append(events::EncodeLeadEvent(kTopic, event));
}

void Installation::Publish(const core::AccountEvent& event) {
  nlohmann::json json = {
      {"specversion", "1.0"},
      {"id", event.id},
      {"source", event.source},
      {"type", event.deleted ? "dev.baton.account.deleted.v1" : "dev.baton.account.upserted.v1"},
      {"workspace", kWorkspace.str()},
      {"subject", event.key.account.str()},
      {"time", absl::FormatTime(absl::FromUnixMillis(now_ms()), absl::UTCTimeZone())},
      {"data", {{"domains", event.account.domains}, {"owner", event.account.owner.str()}}}};
  platform::kafka::OutRecord record;
  record.topic = kTopic;
  record.value = json.dump();
  Append(std::move(record));
}

void Installation::Intake(size_t records) {
  std::map<core::LeadKey, std::vector<core::LeadEvent>> batch;
  for (; records > 0 && decided_ < input_.size(); --records, ++decided_) {
    auto decoded = events::DecodeEvent(input_[decided_]);
    const core::SourcePosition position{core::LogFingerprint(kTopic, 0), input_[decided_].offset,
                                        input_[decided_].timestamp_ms};
    if (auto* account = std::get_if<core::AccountEvent>(&decoded)) {
      account->position = position;
      Apply(*account);  // before the leads of the batch
      continue;
    }
    ASSERT_TRUE(std::holds_alternative<core::LeadEvent>(decoded)) << input_[decided_].value;
    auto& event = std::get<core::LeadEvent>(decoded);
    event.position = position;
    batch[event.key].push_back(std::move(event));
  }
  for (const auto& [key, events] : batch) {
    const core::LeadRecord record = *store_.Load({&key, 1})->records.front();
    const core::AccountView account = AccountOf(record, events);
    Commit({core::DecideEvents(record, events, &policy_, now_ms(), nullptr, &account)});
  }
}

void Installation::Apply(const core::AccountEvent& event) {
  const core::AccountRecord record = *store_.LoadAccounts({&event.key, 1})->records.front();
  store::AccountChange change{record.revision, record, 1, 0};
  ASSERT_EQ(core::Fold(event, change.after), core::FoldOutcome::kApplied);
  EXPECT_TRUE(store_.CommitAccounts({&change, 1}).ok());
}

void Installation::PutAccount(const core::Account& account) {
  const core::AccountKey key{kWorkspace, account.id};
  const core::AccountRecord record = *store_.LoadAccounts({&key, 1})->records.front();
  store::AccountChange change{record.revision, record, 0, 0};
  core::Write(account, now_ms(), change.after);
  EXPECT_TRUE(store_.CommitAccounts({&change, 1}).ok());
}

core::AccountView Installation::AccountOf(const core::LeadRecord& record,
                                          const std::vector<core::LeadEvent>& events) {
  const store::AccountQuery query{kWorkspace, core::LookUpDomains(record, events, &policy_)};
  return query.domains.empty() ? core::AccountView() : *store_.MatchAccounts({&query, 1})->front();
}

bool Installation::Claim(const std::string& rep) {
  store::Claim claim;
  claim.workspace = kWorkspace;
  claim.rep = support::RepNamed(rep);
  const auto claimed = store_.ClaimNext(claim);
  return claimed.ok() && !claimed->lead.empty();
}

core::LeadRecord Installation::Lead(const std::string& lead) {
  const core::LeadKey key = support::Key(lead);
  return *store_.Load({&key, 1})->records.front();
}

bool Installation::Act(const std::string& lead, core::Action action) {
  const core::LeadRecord record = Lead(lead);
  action.generation = record.generation;
  const auto decision = core::DecideAction(record, action, &policy_, now_ms());
  if (!decision.ok()) return false;
  Commit({std::get<core::Plan>(*decision)});
  return true;
}

bool Installation::Erase(const std::string& lead) {
  const core::LeadRecord record = Lead(lead);
  if (!core::Exists(record)) return false;
  Commit({core::DecideErasure(record, {}, now_ms())});
  return true;
}

void Installation::Retain(const std::vector<std::string>& leads) {
  core::Erasure erasure;
  erasure.why = core::ErasureCause::kRetention;
  for (const std::string& lead : leads) {
    const core::LeadRecord record = Lead(lead);
    const auto erase_at_ms = core::EraseAt(record, policy_.retention);
    if (!erase_at_ms.has_value() || *erase_at_ms > now_ms()) continue;
    Commit({core::DecideErasure(record, erasure, now_ms())});
  }
}

void Installation::ComeBack(const std::string& rep) {
  const auto known =
      std::find_if(roster_.reps.begin(), roster_.reps.end(),
                   [&](const core::Rep& one) { return one.id == support::RepNamed(rep); });
  EXPECT_TRUE(store_.PutRep(kWorkspace, *known, -1).ok());
}

void Installation::FireTimers() {
  // A lead may have something else to do behind what was due first.
  for (bool moved = true; moved;) {
    std::vector<core::Plan> plans;
    const auto due = store_.Due(0, 1000, {});
    for (const store::DueTimer& timer : due->timers) {
      auto plan =
          core::DecideTimer(Lead(timer.key.lead.str()), &policy_, timer.due_at_ms, now_ms());
      if (plan.has_value()) plans.push_back(*std::move(plan));
    }
    Commit(plans);
    moved = !plans.empty();
  }
}

void Installation::Drain() {
  const auto queues = store_.ListQueues(kWorkspace);
  for (const store::QueueState& queue : *queues) {
    EXPECT_TRUE(store_.Drain(kWorkspace, queue.settings.id, 200).ok());
  }
}

void Installation::Commit(const std::vector<core::Plan>& plans) {
  const auto results = store_.Commit(plans);
  for (const store::CommitResult& result : *results) {
    EXPECT_EQ(result.code, store::CommitCode::kCommitted);
  }
}

const std::vector<platform::kafka::Record>& Installation::feedback() {
  const auto topics = events::MakeTopicNames("baton");
  while (true) {
    const auto read = store_.Read({{0, published_}}, 1000, absl::ZeroDuration());
    if (read->empty()) return feedback_;
    for (const store::OutboxEntry& entry : read->at(0)) {
      feedback_.push_back(AsRead(events::EncodeHandoffEvent(entry, topics).front(),
                                 static_cast<int64_t>(feedback_.size())));
      published_ = entry.sequence;
    }
  }
}

Recording Installation::Record() {
  Recorder recorder(kWorkspace);
  for (const auto& record : feedback()) EXPECT_TRUE(recorder.AddChange(record).ok());
  for (const auto& record : input_) EXPECT_TRUE(recorder.AddEvent(record).ok());
  return std::move(recorder).Finish(/*whole=*/true);
}

Setting Installation::SettingOf(const core::Policy& policy) const {
  Setting setting;
  setting.workspace = kWorkspace;
  setting.roster = roster_;
  setting.follows = true;
  setting.phases = {{0, &policy}};
  return setting;
}

}  // namespace baton::simulation
