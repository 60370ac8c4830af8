#include "intake_rig.h"

#include <gtest/gtest.h>

#include <iostream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "events/lead_event_codec.h"
#include "policy/parse_policy.h"
#include "support/builders.h"
#include "support/kafka_cluster.h"
#include "support/make_active.h"
#include "support/policy_text.h"

namespace baton::intake {
namespace {

std::unique_ptr<support::KafkaServer>& KafkaSlot() {
  static std::unique_ptr<support::KafkaServer> slot;
  return slot;
}

std::unique_ptr<store::RedisStore> OpenStore(const support::RedisServer& redis) {
  store::RedisStoreOptions options;
  options.url = redis.url();
  auto store = store::RedisStore::Open(options);
  EXPECT_TRUE(store.ok()) << store.status();
  return *std::move(store);
}

std::string HeaderOf(const platform::kafka::Record& record, std::string_view name) {
  for (const auto& [key, value] : record.headers) {
    if (key == name) return value;
  }
  return "";
}

}  // namespace

support::KafkaServer& KafkaOfThisProgram() {
  if (KafkaSlot() == nullptr) {
    auto server = support::KafkaServer::Start();
    if (!server.ok()) {
      std::cerr << server.status() << "\n";
      std::exit(1);
    }
    KafkaSlot() = *std::move(server);
    KafkaSlot()->BecomeKafkaOfTheRun();
  }
  return *KafkaSlot();
}

void EndKafkaOfThisProgram() {
  KafkaSlot().reset();
}

IntakeRig::IntakeRig() : group_(support::UniqueName("intake")) {
  const uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  random_.seed(seed);
  const platform::kafka::KafkaConfig kafka = KafkaOfThisProgram().config();
  topics_ = events::MakeTopicNames(group_);
  EXPECT_EQ(support::MakeTopic(topics_.lead_events, kPartitions), absl::OkStatus());
  EXPECT_EQ(support::MakeTopic(topics_.dead_letters, 1), absl::OkStatus());
  producer_ = *platform::kafka::Producer::Create(kafka, {});
  redis_ = *support::RedisServer::Start({});
  store_ = OpenStore(*redis_);
  EXPECT_TRUE(store_->CreateWorkspace(core::WorkspaceId::Trusted("acme"), "Acme").ok());
  const policy::ParsedPolicy parsed = policy::ParsePolicy(support::kPolicyText, "policy.yaml");
  EXPECT_TRUE(parsed.ok());
  EXPECT_TRUE(support::MakeActive(*store_, parsed.policy, support::kPolicyText).ok());
}

std::unique_ptr<IntakeRig::Member> IntakeRig::Join() {
  auto member = std::make_unique<Member>();
  member->store = OpenStore(*redis_);
  member->policies = std::make_unique<agreement::PolicyCache>(*member->store, *member->store, 100);
  member->metrics = platform::NewMetrics();
  IntakeServiceOptions options;
  options.topic = topics_.lead_events;
  options.group = group_;
  options.session_timeout = absl::Seconds(6);
  const IntakePorts ports{*member->store, *member->store, *member->store, *member->store,
                          *member->policies};
  member->service =
      std::make_unique<IntakeService>(*member->store, HandleMarketing(ports),
                                      KafkaOfThisProgram().config(), options, *member->metrics);
  EXPECT_TRUE(member->service->Start().ok());
  return member;
}

int IntakeRig::Below(int bound) {
  return std::uniform_int_distribution<int>(0, bound - 1)(random_);
}

core::LeadEvent IntakeRig::RandomEvent(int leads) {
  const std::string id = absl::StrCat("e", events_.size());
  // All in the past of the records' timestamps, in no order.
  const core::TimeMs at_ms = support::kNow - Below(1'000'000'000);
  core::LeadEvent event =
      Below(4) == 0 ? support::Updated(id, {{"employees", int64_t{Below(100)}}}, at_ms)
                    : support::Activity(id, Below(20) == 0 ? "demo_request" : "page_view", at_ms);
  event.key = support::Key(absl::StrCat("lead-", Below(leads)));
  return event;
}

void IntakeRig::Send(int count, int leads) {
  for (int i = 0; i < count; ++i) {
    if (Below(50) == 0) {
      SendBytes(Below(1000), "{\"specversion\":");
      continue;
    }
    const bool again = !events_.empty() && Below(10) == 0;
    if (again) {
      const size_t back =
          static_cast<size_t>(Below(static_cast<int>(std::min<size_t>(events_.size(), 10))));
      platform::kafka::OutRecord record =
          events::EncodeLeadEvent(topics_.lead_events, events_[events_.size() - 1 - back]);
      if (Below(2) == 0) record.key = absl::StrCat("another/", Below(1000));
      Produce(std::move(record));
      ++repeated_;
      continue;
    }
    events_.push_back(RandomEvent(leads));
    Produce(events::EncodeLeadEvent(topics_.lead_events, events_.back()));
  }
  EXPECT_TRUE(producer_->Flush(absl::Seconds(60)).ok());
}

void IntakeRig::SendBytes(int32_t key, std::string value) {
  platform::kafka::OutRecord record;
  record.topic = topics_.lead_events;
  record.key = absl::StrCat("bad/", key);
  record.value = std::move(value);
  Produce(std::move(record));
  ++bad_;
}

void IntakeRig::Produce(platform::kafka::OutRecord record) {
  while (true) {
    const absl::Status status = producer_->Produce(
        record, [](absl::Status delivered) { EXPECT_TRUE(delivered.ok()) << delivered; });
    if (status.ok()) break;
    ASSERT_TRUE(absl::IsResourceExhausted(status)) << status;
    absl::SleepFor(absl::Milliseconds(10));
  }
  ++sent_;
}

bool IntakeRig::AwaitSettled(absl::Duration within) {
  const absl::Time deadline = absl::Now() + within;
  while (absl::Now() < deadline) {
    const auto counters = store_->Counters(store::InputFlow::kMarketing);
    if (counters.ok() && counters->input >= sent_) return true;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return false;
}

std::vector<platform::kafka::Record> IntakeRig::ReadLetters() {
  auto records = support::ReadTopic(topics_.dead_letters, 1, true);
  EXPECT_TRUE(records.ok()) << records.status();
  return records.value_or(std::vector<platform::kafka::Record>());
}

void IntakeRig::ExpectNothingLostOrDoubled() {
  const store::InputCounters counters = *store_->Counters(store::InputFlow::kMarketing);
  EXPECT_EQ(counters.input, sent_);
  EXPECT_EQ(counters.input, counters.applied + counters.duplicates + counters.dead_lettered);
  EXPECT_EQ(counters.applied, static_cast<int64_t>(events_.size()));
  EXPECT_EQ(counters.duplicates, repeated_);
  EXPECT_EQ(counters.dead_lettered, bad_);

  std::set<std::string> places;
  for (const platform::kafka::Record& letter : ReadLetters()) {
    EXPECT_NE(HeaderOf(letter, "baton-error-class"), "");
    places.insert(absl::StrCat(HeaderOf(letter, "__dlq.errors.partition"), "/",
                               HeaderOf(letter, "__dlq.errors.offset")));
  }
  EXPECT_EQ(static_cast<int64_t>(places.size()), bad_);

  std::map<core::LeadKey, core::Facts> folded;
  for (const core::LeadEvent& event : events_) core::Fold(event, folded[event.key]);
  std::vector<core::LeadKey> keys;
  for (const auto& [key, facts] : folded) keys.push_back(key);
  const auto loaded = store_->Load(keys);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  for (size_t i = 0; i < keys.size(); ++i) {
    ASSERT_TRUE(loaded->records[i].ok()) << loaded->records[i].status();
    EXPECT_TRUE(loaded->records[i]->facts.SameFacts(folded[keys[i]])) << keys[i].lead.str();
  }
}

}  // namespace baton::intake
