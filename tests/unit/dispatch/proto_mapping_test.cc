#include "dispatch/proto_mapping.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/errors.h"
#include "dispatch/action_mapping.h"
#include "dispatch/roster_mapping.h"
#include "support/builders.h"

namespace baton::dispatch {
namespace {

TEST(ProtoMappingTest, EveryStageComesBackAndHasItsName) {
  for (int number = v1::STAGE_NEW; number <= v1::STAGE_ERASED; ++number) {
    const auto message = static_cast<v1::Stage>(number);
    const auto stage = FromProto("stage", message);
    ASSERT_TRUE(stage.ok());
    EXPECT_EQ(ToProto(*stage), message);
    EXPECT_EQ("STAGE_" + std::string(core::StageName(*stage)), v1::Stage_Name(message));
  }
  EXPECT_FALSE(FromProto("stage", v1::STAGE_UNSPECIFIED).ok());
  EXPECT_FALSE(FromProto("stage", static_cast<v1::Stage>(99)).ok());
}

TEST(ProtoMappingTest, EveryKindOfAttributeComesBack) {
  const std::vector<core::AttributeValue> values = {true,
                                                    int64_t{-5},
                                                    std::numeric_limits<int64_t>::max(),
                                                    2.5,
                                                    std::string("text"),
                                                    std::vector<std::string>{"a", "b"},
                                                    std::vector<std::string>{}};
  for (const core::AttributeValue& value : values) {
    EXPECT_EQ(*FromProto("f", ToProto(value)), value);
  }
  EXPECT_FALSE(FromProto("f", v1::AttributeValue()).ok());
  v1::AttributeValue infinite;
  infinite.set_double_value(std::numeric_limits<double>::infinity());
  EXPECT_FALSE(FromProto("f", infinite).ok());
}

TEST(ProtoMappingTest, TimesComeBackToTheMillisecond) {
  for (const core::TimeMs at_ms : {core::kTimeMsMin, core::TimeMs{-1}, core::TimeMs{0},
                                   core::TimeMs{1'772'355'600'123}, core::kTimeMsMax}) {
    EXPECT_EQ(*FromTimestamp("f", ToTimestamp(at_ms)), at_ms);
    EXPECT_GE(ToTimestamp(at_ms).nanos(), 0);
  }
  google::protobuf::Timestamp wrong;
  wrong.set_seconds(253'402'300'800);
  EXPECT_FALSE(FromTimestamp("f", wrong).ok());
  wrong.set_seconds(0);
  wrong.set_nanos(-1);
  EXPECT_FALSE(FromTimestamp("f", wrong).ok());
}

TEST(ProtoMappingTest, CountersAreClamped) {
  EXPECT_EQ(ToInt32(int64_t{1} << 40), std::numeric_limits<int32_t>::max());
  EXPECT_EQ(ToInt32(-(int64_t{1} << 40)), std::numeric_limits<int32_t>::min());
}

TEST(ProtoMappingTest, LeadShowsWhatTheRecordHolds) {
  const v1::Lead lead = ToProto(support::RecordIn(core::Stage::kOffered));
  EXPECT_EQ(lead.name(), "workspaces/acme/leads/l1");
  EXPECT_EQ(lead.stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(lead.rep(), "workspaces/acme/reps/ada");
  EXPECT_EQ(lead.assignment(), "workspaces/acme/assignments/l1.1");
  EXPECT_EQ(ToProto(support::RecordIn(core::Stage::kLost)).assignment(), "");
}

TEST(ProtoMappingTest, EventKeepsItsFieldsAndDefaults) {
  v1::LeadEvent message;
  message.set_id("e1");
  message.set_lead("l1");
  message.set_type(v1::LEAD_EVENT_TYPE_ACTIVITY);
  message.set_activity("demo_request");
  const auto event = FromProto("events[0]", core::WorkspaceId::Trusted("acme"), message, 77);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->source, "//baton.dev/api");
  EXPECT_EQ(event->occurred_at_ms, 77);
  EXPECT_EQ(event->activity_count, 1);
  (*message.mutable_properties())["form"].set_string_value("f1");
  EXPECT_EQ(FromProto("events[0]", core::WorkspaceId::Trusted("acme"), message, 77)
                ->properties.at("form"),
            core::AttributeValue("f1"));
  message.set_consent(v1::CONSENT_GRANTED);
  EXPECT_EQ(core::ErrorVariables(
                FromProto("events[0]", core::WorkspaceId::Trusted("acme"), message, 77).status())
                .at("field"),
            "events[0].consent");
}

TEST(RosterMappingTest, RepComesBack) {
  const RepName name{core::WorkspaceId::Trusted("acme"), core::RepId::Trusted("ada")};
  core::Rep rep = support::SampleRep("ada");
  rep.weight = 3;
  rep.presence = core::Presence::kAway;
  const auto back = FromProto(name, ToProto(name.workspace, rep, 0));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->display_name, rep.display_name);
  EXPECT_EQ(back->queues, rep.queues);
  EXPECT_EQ(back->weight, rep.weight);
  EXPECT_EQ(back->capacity, rep.capacity);
  EXPECT_EQ(back->skills, rep.skills);
  EXPECT_EQ(back->presence, rep.presence);
}

TEST(ActionMappingTest, FingerprintIsOfTheBodyAndItsKind) {
  v1::RejectLeadRequest reject;
  reject.set_name("workspaces/acme/assignments/l1.1");
  reject.set_reason("NO_NEED");
  reject.set_request_id("a");
  v1::RejectLeadRequest same = reject;
  same.set_request_id("b");
  EXPECT_EQ(ToAction(reject)->action.fingerprint, ToAction(same)->action.fingerprint);
  same.set_note("really");
  EXPECT_NE(ToAction(reject)->action.fingerprint, ToAction(same)->action.fingerprint);
  v1::DeclineAssignmentRequest decline;
  decline.set_name(reject.name());
  decline.set_reason(reject.reason());
  decline.set_request_id("a");
  EXPECT_NE(ToAction(reject)->action.fingerprint, ToAction(decline)->action.fingerprint);
}

TEST(ActionMappingTest, RepeatedAnswerShowsTheLeadAsItWas) {
  core::LeadRecord now = support::RecordIn(core::Stage::kWorking);
  now.version = 9;
  core::AnsweredRequest first;
  first.stage = core::Stage::kAccepted;
  first.rep = support::RepNamed("ada");
  first.generation = 1;
  first.version = 4;
  const core::LeadRecord shown = AnsweredRecord({now, first}, core::RepId());
  EXPECT_EQ(shown.stage, core::Stage::kAccepted);
  EXPECT_EQ(shown.version, 4);
  first.stage = core::Stage::kQueued;  // handed back: where it went then is not remembered
  EXPECT_EQ(AnsweredRecord({now, first}, core::RepId()).version, 9);
  EXPECT_EQ(AnsweredRecord({now, first}, now.rep).version, 9);
}

TEST(ActionMappingTest, RepeatedAnswerShowsARepNothingElseOfALeadThatIsAnothers) {
  core::LeadRecord now = support::RecordIn(core::Stage::kOffered);
  now.rep = support::RepNamed("bob");
  now.version = 9;
  now.reason = "AWAY";
  now.facts.consent = core::Consent::kGranted;
  for (const core::Stage stage : {core::Stage::kAccepted, core::Stage::kQueued}) {
    core::AnsweredRequest first;
    first.stage = stage;
    first.generation = 1;
    first.version = 4;
    v1::Lead expected = ToProto(core::LeadRecord{.key = now.key});
    expected.set_stage(ToProto(stage));
    expected.set_version(4);
    if (stage == core::Stage::kAccepted) expected.set_assignment(FormatAssignment(now.key, 1));
    const v1::Lead shown = ToProto(AnsweredRecord({now, first}, support::RepNamed("ada")));
    EXPECT_EQ(shown.DebugString(), expected.DebugString());
  }
}

}  // namespace
}  // namespace baton::dispatch
