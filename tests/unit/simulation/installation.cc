#include "installation.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>

#include "events/handoff_event_codec.h"
#include "events/lead_event_codec.h"
#include "support/builders.h"

namespace baton::simulation {
namespace {

const core::WorkspaceId kWorkspace = core::WorkspaceId::Trusted("acme");

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

void Installation::Publish(core::LeadEvent event) {
  auto record = AsRead(events::EncodeLeadEvent("baton.lead-events.v1", event),
                       static_cast<int64_t>(input_.size()));
  record.timestamp_ms = now_ms();
  input_.push_back(std::move(record));
}

void Installation::Intake(size_t records) {
  std::map<core::LeadKey, std::vector<core::LeadEvent>> batch;
  for (; records > 0 && decided_ < input_.size(); --records, ++decided_) {
    auto decoded = events::DecodeLeadEvent(input_[decided_]);
    auto& event = std::get<core::LeadEvent>(decoded);
    event.position = {core::LogFingerprint("baton.lead-events.v1", 0), input_[decided_].offset};
    batch[event.key].push_back(std::move(event));
  }
  for (const auto& [key, events] : batch) {
    const auto loaded = store_.Load({&key, 1});
    Commit(core::DecideEvents(*loaded->records.front(), events, &policy_, now_ms()));
  }
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
  Commit(std::get<core::Plan>(*decision));
  return true;
}

void Installation::FireTimers() {
  const auto due = store_.Due(0, 1000);
  for (const store::DueTimer& timer : due->timers) {
    const auto plan =
        core::DecideTimer(Lead(timer.key.lead.str()), &policy_, timer.due_at_ms, now_ms());
    if (plan.has_value()) Commit(*plan);
  }
}

void Installation::Drain() {
  const auto queues = store_.ListQueues(kWorkspace);
  for (const store::QueueState& queue : *queues) {
    EXPECT_TRUE(store_.Drain(kWorkspace, queue.settings.id, 200).ok());
  }
}

void Installation::Commit(const core::Plan& plan) {
  const auto results = store_.Commit({&plan, 1});
  EXPECT_EQ(results->front().code, store::CommitCode::kCommitted);
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
