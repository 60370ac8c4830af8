#include "events/handoff_event_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <map>

#include "baton/events/v1/handoff_events.pb.h"

namespace baton::events {
namespace {

using core::ChangeType;
using ::testing::Contains;
using ::testing::Pair;

store::OutboxEntry FullEntry() {
  store::OutboxEntry entry;
  entry.sequence = 900;
  entry.key = {core::WorkspaceId::Trusted("acme"), core::LeadId::Trusted("lead-1")};
  entry.epoch = 2;
  entry.version = 7;
  entry.at_ms = 1'772'366'400'250;
  entry.due_at_ms = 1'772'373'600'250;
  entry.cycle = 1;
  entry.change = {.type = ChangeType::kAssigned,
                  .stage = core::Stage::kOffered,
                  .queue = core::QueueId::Trusted("dach"),
                  .rep = core::RepId::Trusted("ada"),
                  .generation = 3,
                  .reason = "AT_CAPACITY",
                  .actor = "policy",
                  .cause = "e-1",
                  .details = {{"note", "line 1\nline \"2\" \x01 東"}}};
  entry.policy_revision = 4;
  entry.fit = -20;
  entry.intent = 65;
  entry.factors = {{core::FactorKind::kFit, "student", -20},
                   {core::FactorKind::kIntent, "demo request", 65}};
  entry.attribution = {{"utm_campaign", "spring"}, {"gclid", "a\\b"}};
  entry.sources = {{1'772'355'600'000, "//crm.example", "e-0"}, {0, "//crm.example", "e-1"}};
  entry.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  return entry;
}

void SetTime(google::protobuf::Timestamp& time, core::TimeMs at_ms) {
  time.set_seconds(at_ms / 1000);
  time.set_nanos(static_cast<int32_t>(at_ms % 1000 * 1'000'000));
}

// The message that `entry` stands for, built field by field.
v1::LeadChanged Expected(const store::OutboxEntry& entry) {
  v1::LeadChanged message;
  message.set_workspace(entry.key.workspace.str());
  message.set_lead(entry.key.lead.str());
  message.set_change(std::string(core::ChangeTypeName(entry.change.type)));
  message.set_epoch(entry.epoch);
  message.set_version(entry.version);
  message.set_cycle(entry.cycle);
  message.set_stage(std::string(core::StageName(entry.change.stage)));
  message.set_queue(entry.change.queue.str());
  message.set_rep(entry.change.rep.str());
  message.set_generation(static_cast<int32_t>(entry.change.generation));
  if (entry.at_ms != 0) SetTime(*message.mutable_time(), entry.at_ms);
  if (entry.due_at_ms != 0) SetTime(*message.mutable_accept_deadline(), entry.due_at_ms);
  message.set_reason(entry.change.reason);
  message.set_actor(entry.change.actor);
  message.mutable_details()->insert(entry.change.details.begin(), entry.change.details.end());
  message.set_policy_revision(static_cast<int32_t>(entry.policy_revision));
  message.set_fit(entry.fit);
  message.set_intent(entry.intent);
  for (const core::Factor& factor : entry.factors) {
    v1::ScoreFactor& out = *message.add_factors();
    out.set_kind(factor.kind == core::FactorKind::kFit ? "fit" : "intent");
    out.set_rule(factor.rule);
    out.set_points(factor.points);
  }
  message.mutable_attribution()->insert(entry.attribution.begin(), entry.attribution.end());
  for (const core::SourceRef& source : entry.sources) {
    v1::OriginalSource& out = *message.add_sources();
    out.set_source(source.source);
    out.set_id(source.id);
    if (source.occurred_at_ms != 0) SetTime(*out.mutable_time(), source.occurred_at_ms);
  }
  message.set_sequence(entry.sequence);
  return message;
}

template <typename Message>
Message MustParse(const std::string& json) {
  Message message;
  google::protobuf::util::JsonParseOptions strict;
  strict.ignore_unknown_fields = false;
  const auto status = google::protobuf::util::JsonStringToMessage(json, &message, strict);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << json;
  return message;
}

std::map<std::string, std::string> HeadersOf(const platform::kafka::OutRecord& record) {
  return {record.headers.begin(), record.headers.end()};
}

std::vector<ChangeType> AllChanges() {
  std::vector<ChangeType> all;
  for (int i = 0; i <= static_cast<int>(ChangeType::kErased); ++i) {
    all.push_back(static_cast<ChangeType>(i));
  }
  return all;
}

TEST(HandoffEventCodecTest, WritesProto3JsonThatParsesStrictlyToTheSameMessage) {
  for (const ChangeType type : AllChanges()) {
    store::OutboxEntry entry = FullEntry();
    entry.change.type = type;
    for (const auto& record : EncodeHandoffEvent(entry, MakeTopicNames("baton"))) {
      const auto message = MustParse<v1::LeadChanged>(record.value);
      EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(message, Expected(entry)))
          << record.value;
    }
  }
}

TEST(HandoffEventCodecTest, LeavesOutWhatIsEmpty) {
  store::OutboxEntry entry;
  entry.key = FullEntry().key;
  entry.version = 1;
  entry.change.type = ChangeType::kNurtured;
  entry.change.stage = core::Stage::kNurture;
  const auto records = EncodeHandoffEvent(entry, MakeTopicNames("baton"));
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].value,
            R"({"workspace":"acme","lead":"lead-1","change":"nurtured","version":1,)"
            R"("stage":"NURTURE"})");
  EXPECT_EQ(EncodeLeadState(entry, MakeTopicNames("baton")).value,
            R"({"workspace":"acme","lead":"lead-1","version":1,"stage":"NURTURE"})");
  const auto headers = HeadersOf(records[0]);
  EXPECT_FALSE(headers.contains("ce_causationid"));
  EXPECT_FALSE(headers.contains("ce_traceparent"));
}

TEST(HandoffEventCodecTest, PublishesEachChangeWhereItBelongs) {
  const std::map<ChangeType, bool> ownership = {
      {ChangeType::kNurtured, false},    {ChangeType::kQualified, false},
      {ChangeType::kQueued, false},      {ChangeType::kAssigned, true},
      {ChangeType::kAccepted, true},     {ChangeType::kDeclined, true},
      {ChangeType::kOfferExpired, true}, {ChangeType::kRerouted, true},
      {ChangeType::kTouched, false},     {ChangeType::kRejected, true},
      {ChangeType::kRecycled, true},     {ChangeType::kSqlConfirmed, false},
      {ChangeType::kSqoOpened, false},   {ChangeType::kWon, true},
      {ChangeType::kLost, true}};
  for (const auto& [type, expected] : ownership) {
    store::OutboxEntry entry = FullEntry();
    entry.change.type = type;
    std::vector<std::string> topics;
    for (const auto& record : EncodeHandoffEvent(entry, MakeTopicNames("x"))) {
      topics.push_back(record.topic);
      EXPECT_EQ(record.key, "acme/lead-1");
    }
    const std::vector<std::string> all = {"x.feedback.v1", "x.assignments.v1"};
    const std::vector<std::string> few = {"x.feedback.v1"};
    EXPECT_EQ(topics, expected ? all : few) << core::ChangeTypeName(type);
  }
}

TEST(HandoffEventCodecTest, CarriesTheAttributesOfCloudEvents) {
  const auto records = EncodeHandoffEvent(FullEntry(), MakeTopicNames("baton"));
  const std::map<std::string, std::string> expected = {{"ce_specversion", "1.0"},
                                                       {"ce_id", "acme/lead-1/2/7"},
                                                       {"ce_type", "dev.baton.lead.assigned.v1"},
                                                       {"ce_source", "//baton.dev/workspaces/acme"},
                                                       {"ce_subject", "lead-1"},
                                                       {"ce_time", "2026-03-01T12:00:00.250Z"},
                                                       {"ce_correlationid", "acme/lead-1"},
                                                       {"ce_causationid", "e-1"},
                                                       {"ce_sequence", "7"},
                                                       {"ce_partitionkey", "acme/lead-1"},
                                                       {"ce_traceparent", FullEntry().traceparent},
                                                       {"content-type", "application/json"}};
  EXPECT_EQ(HeadersOf(records[0]), expected);
  EXPECT_EQ(HeadersOf(records[1]), expected);
  const auto state = EncodeLeadState(FullEntry(), MakeTopicNames("x"));
  EXPECT_EQ(state.topic, "x.lead-state.v1");
  EXPECT_EQ(state.key, "acme/lead-1");
  EXPECT_THAT(HeadersOf(state), Contains(Pair("ce_type", "dev.baton.lead.state.v1")));
}

TEST(HandoffEventCodecTest, StateNamesARepOnlyWhileItOwnsTheLead) {
  const auto rep_at = [](core::Stage stage) {
    store::OutboxEntry entry = FullEntry();
    entry.change.stage = stage;
    return MustParse<v1::LeadState>(EncodeLeadState(entry, MakeTopicNames("b")).value).rep();
  };
  EXPECT_EQ(rep_at(core::Stage::kOffered), "ada");
  EXPECT_EQ(rep_at(core::Stage::kSqo), "ada");
  EXPECT_EQ(rep_at(core::Stage::kWon), "ada");
  EXPECT_EQ(rep_at(core::Stage::kQueued), "");
  EXPECT_EQ(rep_at(core::Stage::kRejected), "");
}

TEST(HandoffEventCodecTest, StaysBelowTheLimitAndSaysWhatWasCut) {
  store::OutboxEntry entry = FullEntry();
  for (int i = 0; i < 1000; ++i) {
    entry.factors.push_back({core::FactorKind::kFit, "rule " + std::to_string(i), 1});
    entry.attribution["key" + std::to_string(i)] = std::string(1000, '\x01');
    entry.sources.push_back({1, std::string(256, 's'), std::string(128, 'i')});
    entry.change.details["d" + std::to_string(i)] = std::string(1000, '"');
  }
  for (const auto& record : EncodeHandoffEvent(entry, MakeTopicNames("baton"))) {
    EXPECT_LT(record.value.size(), kHandoffEventBytesMax) << record.topic;
    const auto message = MustParse<v1::LeadChanged>(record.value);
    EXPECT_EQ(message.details().at("truncated"), "factors,attribution,sources,details");
    EXPECT_GT(message.factors_size(), 100);
    EXPECT_EQ(message.attribution().count("gclid"), 1U);
  }
}

TEST(HandoffEventCodecTest, NamesTopicsByPrefix) {
  const TopicNames names = MakeTopicNames("eu.baton");
  EXPECT_EQ(names.lead_events, "eu.baton.lead-events.v1");
  EXPECT_EQ(names.dead_letters, "eu.baton.lead-events.v1.dlq");
  EXPECT_EQ(names.assignments, "eu.baton.assignments.v1");
  EXPECT_EQ(names.feedback, "eu.baton.feedback.v1");
  EXPECT_EQ(names.lead_state, "eu.baton.lead-state.v1");
  EXPECT_EQ(names.shards, "eu.baton.shards.v1");
}

TEST(HandoffEventCodecTest, BehindAnErasureTheStateIsATombstone) {
  store::OutboxEntry entry = FullEntry();
  const TopicNames topics = MakeTopicNames("baton");
  EXPECT_FALSE(EncodeLeadState(entry, topics).tombstone);
  entry.change.type = ChangeType::kErased;
  const auto state = EncodeLeadState(entry, topics);
  EXPECT_TRUE(state.tombstone);
  EXPECT_EQ(state.key, "acme/lead-1");
  EXPECT_EQ(state.value, "");
  const auto records = EncodeHandoffEvent(entry, topics);
  ASSERT_EQ(records.size(), 2u) << "who owns it hears that the assignment is over";
  EXPECT_EQ(HeadersOf(records[0])["ce_type"], "dev.baton.lead.erased.v1");
}

}  // namespace
}  // namespace baton::events
