// SubmitLeadEvents through a real Kafka.
#include <variant>

#include "absl/time/clock.h"
#include "api_fixture.h"
#include "events/lead_event_codec.h"
#include "support/kafka_cluster.h"

namespace baton::dispatch {
namespace {

class DispatchKafkaTest : public ::testing::Test {
 protected:
  DispatchKafkaTest() : store_(4, {}, [] { return absl::ToUnixMillis(absl::Now()); }) {
    EXPECT_TRUE(store_.CreateWorkspace(core::WorkspaceId::Trusted("acme"), "").ok());
  }

  static ProducerFactory ProducersFor(const platform::kafka::KafkaConfig& config) {
    return [config] { return platform::kafka::Producer::Create(config, {}); };
  }
  static v1::SubmitLeadEventsRequest TwoEvents() {
    v1::SubmitLeadEventsRequest request;
    request.set_parent("workspaces/acme");
    *request.add_events() = Captured("l1", "e1");
    *request.add_events() = Captured("l2", "e2");
    return request;
  }

  store::MemoryStore store_;
};

TEST_F(DispatchKafkaTest, AnsweredEventsAreInTheTopicAsSubmitted) {
  DispatchOptions options = RunningApi::DefaultOptions();
  options.lead_events_topic = support::UniqueName("dispatch-lead-events");
  ASSERT_TRUE(support::MakeTopic(options.lead_events_topic, 3).ok());
  RunningApi api(store_, options, ProducersFor(support::KafkaOfTheRun()));
  const auto submitted = Call(*api.leads, &v1::LeadService::Stub::SubmitLeadEvents, TwoEvents());
  ASSERT_TRUE(submitted.ok()) << submitted.status.error_message();
  EXPECT_EQ(submitted.response.accepted_count(), 2);

  const auto records = support::ReadTopic(options.lead_events_topic, 3, true);
  ASSERT_TRUE(records.ok()) << records.status();
  ASSERT_EQ(records->size(), 2u);
  std::map<std::string, std::string> ids;  // by key
  for (const platform::kafka::Record& record : *records) {
    const events::Decoded decoded = events::DecodeLeadEvent(record);
    ASSERT_TRUE(std::holds_alternative<core::LeadEvent>(decoded));
    const auto& event = std::get<core::LeadEvent>(decoded);
    EXPECT_EQ(event.activity, "demo_request");
    EXPECT_EQ(event.attributes.at("employees"), core::AttributeValue(int64_t{300}));
    ids[record.key] = event.id;
  }
  EXPECT_EQ(ids, (std::map<std::string, std::string>{{"acme/l1", "e1"}, {"acme/l2", "e2"}}));
}

TEST_F(DispatchKafkaTest, BrokerAwayIsUnavailableWithRetryWithinTheDeadline) {
  platform::kafka::KafkaConfig nowhere;
  nowhere.brokers = "127.0.0.1:1";
  RunningApi api(store_, RunningApi::DefaultOptions(), ProducersFor(nowhere));
  // The answer is sent 50 ms before the deadline: a busy machine may need several attempts at that.
  constexpr int kAttempts = 10;
  for (int attempt = 1; attempt <= kAttempts; ++attempt) {
    const absl::Time before = absl::Now();
    const auto submitted =
        Call(*api.leads, &v1::LeadService::Stub::SubmitLeadEvents, TwoEvents(), absl::Seconds(1));
    if (absl::Now() - before >= absl::Seconds(1) && attempt < kAttempts) continue;
    EXPECT_EQ(submitted.code(), ::grpc::StatusCode::UNAVAILABLE)
        << submitted.status.error_message();
    EXPECT_GT(DetailsOf(submitted.status).retry_delay, absl::ZeroDuration());
    return;
  }
}

}  // namespace
}  // namespace baton::dispatch
