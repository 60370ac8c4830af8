// An intake worker on the memory store and a Kafka in this process, for tests of its loop.
#ifndef BATON_TESTS_UNIT_INTAKE_WORKER_FIXTURE_H_
#define BATON_TESTS_UNIT_INTAKE_WORKER_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "fake_kafka.h"
#include "intake/intake_service.h"
#include "platform/metrics.h"
#include "policy/parse_policy.h"
#include "store/memory/memory_store.h"
#include "support/builders.h"
#include "support/flaky_store.h"
#include "support/make_active.h"
#include "support/policy_text.h"

namespace baton::intake {

inline constexpr char kTopic[] = "baton.lead-events.v1";

class WorkerFixture : public ::testing::Test {
 protected:
  explicit WorkerFixture(const store::StoreLimits& limits = {})
      : store_(4, limits, clock_.function()) {
    EXPECT_TRUE(store_.CreateWorkspace(core::WorkspaceId::Trusted("acme"), "Acme").ok());
    Activate(support::kPolicyText);
    NewWorker();
  }

  void Activate(const std::string& yaml) {
    policy::ParsedPolicy parsed = policy::ParsePolicy(yaml, "policy.yaml");
    ASSERT_TRUE(parsed.ok()) << policy::InvalidPolicy(parsed.errors);
    ASSERT_TRUE(support::MakeActive(store_, parsed.policy, yaml).ok());
  }

  // As after a crash: nothing of the old worker is finished. It joins with partitions 0 and 1.
  void NewWorker() {
    worker_.reset();
    const IntakePorts ports{*leads_, flaky_, *input_, flaky_, policies_};
    IntakeClients clients;
    clients.make_consumer = [this](platform::kafka::RebalanceListener* listener) {
      return std::make_unique<FakeConsumer>(kafka_, listener);
    };
    clients.make_producer = [this] { return std::make_unique<FakeProducer>(kafka_); };
    clients.now = [this] { return absl::FromUnixMillis(clock_.now_ms()); };
    IntakeOptions options;
    options.topic = kTopic;
    options.batch_max = batch_max_;
    options.letters_wait = absl::ZeroDuration();
    worker_ = std::make_unique<IntakeWorker>(*input_, HandleMarketing(ports, filter_, slice_leads_),
                                             clients, options, *metrics_);
    ASSERT_TRUE(worker_->Open().ok());
    AssignAtNextPoll({0, 1});
  }

  void AssignAtNextPoll(const std::vector<int32_t>& partitions) {
    kafka_.at_next_poll.push_back([this, partitions] { kafka_.Assign(partitions, kTopic); });
  }
  void RevokeAtNextPoll(const std::vector<int32_t>& partitions) {
    kafka_.at_next_poll.push_back([this, partitions] { kafka_.Revoke(partitions, kTopic, false); });
  }

  void Append(int32_t partition, const core::LeadEvent& event) {
    kafka_.Append(partition, events::EncodeLeadEvent(kTopic, event));
  }
  void AppendBytes(int32_t partition, const std::string& value) {
    platform::kafka::OutRecord record;
    record.topic = kTopic;
    record.value = value;
    kafka_.Append(partition, record);
  }

  void Steps(int count) {
    for (int i = 0; i < count; ++i) worker_->Step();
  }

  store::InputCounters Counters() { return *store_.Counters(store::InputFlow::kMarketing); }
  void ExpectCounters(int64_t input, int64_t applied, int64_t duplicates, int64_t dead_lettered) {
    const store::InputCounters counters = Counters();
    EXPECT_EQ(counters.input, input);
    EXPECT_EQ(counters.applied, applied);
    EXPECT_EQ(counters.duplicates, duplicates);
    EXPECT_EQ(counters.dead_lettered, dead_lettered);
  }
  core::LeadRecord Lead(std::string_view lead, std::string_view workspace = "acme") {
    const core::LeadKey key = support::Key(lead, workspace);
    return *store_.Load({&key, 1})->records.front();
  }
  int64_t Checkpoint(int32_t partition) {
    const auto stored = store_.Checkpoints(kTopic)->offsets;
    return stored.contains(partition) ? stored.at(partition) : -1;
  }

  bool MoveCheckpoint(int32_t partition, int64_t offset) {
    const int64_t epoch = store_.Checkpoints(kTopic)->epoch;
    return store_
        .Advance(kTopic, epoch, std::vector<store::InputAdvance>{{partition, 0, offset, 0, 0}})
        .ok();
  }

  static core::LeadEvent View(std::string_view lead, const std::string& id) {
    core::LeadEvent event = support::Activity(id, "page_view");
    event.key = support::Key(lead);
    return event;
  }

  int batch_max_ = 500;
  size_t slice_leads_ = kSliceLeads;
  WorkspaceFilter filter_;  // of workers made from now on
  support::ManualClock clock_{support::kNow};
  FakeKafka kafka_{clock_};
  store::MemoryStore store_;
  std::function<support::Fault()> fault_ = [] { return support::Fault::kNone; };
  support::FlakyStore flaky_{store_, [this] { return fault_(); }};
  store::LeadStore* leads_ = &flaky_;
  store::InputStore* input_ = &flaky_;
  agreement::PolicyCache policies_{flaky_, flaky_, 100};
  std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  std::unique_ptr<IntakeWorker> worker_;
};

}  // namespace baton::intake

#endif  // BATON_TESTS_UNIT_INTAKE_WORKER_FIXTURE_H_
