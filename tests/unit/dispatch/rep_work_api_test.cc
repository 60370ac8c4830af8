// RosterService: rules of work, skill levels and attributes of reps.
#include <gmock/gmock.h>

#include "absl/time/civil_time.h"
#include "api_fixture.h"
#include "policy/parse_policy.h"
#include "support/make_active.h"

namespace baton::dispatch {
namespace {

using RosterStub = v1::RosterService::Stub;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

class RepWorkApiTest : public ApiTest {
 protected:
  RepWorkApiTest() {
    yaml_ = std::string(kPolicy) +
            "  rep_attributes: {languages: list(string), level: int, quota: double}\n"
            "  calendars:\n"
            "    always: {zone: UTC, hours: {mon-sun: [\"00:00-24:00\"]}}\n"
            "    never: {zone: UTC, hours: {mon: [\"00:00-00:01\"]}, exceptions: {" +
            Closed() + "}}\n";
    Activate(yaml_);
    rep_.set_name("workspaces/acme/reps/ada");
    rep_.add_queues("workspaces/acme/queues/dach");
    rep_.add_skills("german");
    rep_.set_capacity(5);
    rep_.set_presence(v1::PRESENCE_ONLINE);
  }

  void Activate(const std::string& yaml) {
    const policy::ParsedPolicy parsed = policy::ParsePolicy(yaml, "policy.yaml");
    EXPECT_TRUE(parsed.ok());
    EXPECT_TRUE(support::MakeActive(store_, parsed.policy, yaml).ok());
  }

  v1::ExplainLeadResponse ExplainLead(const std::string& lead) {
    v1::ExplainLeadRequest request;
    request.set_name("workspaces/acme/leads/" + lead);
    const auto explained = Call(*api_.leads, &v1::LeadService::Stub::ExplainLead, request);
    EXPECT_TRUE(explained.ok()) << explained.status.error_message();
    return explained.response;
  }

  // Each Monday of some months, so that a rep of this calendar works at no time.
  static std::string Closed() {
    std::string dates;
    absl::CivilDay day(absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()));
    for (const absl::CivilDay end = day + 100; day < end; ++day) {
      if (absl::GetWeekday(day) != absl::Weekday::monday) continue;
      dates += (dates.empty() ? "" : ", ") + absl::FormatCivilTime(day) + ": []";
    }
    return dates;
  }

  static google::protobuf::Timestamp InHours(int hours) {
    google::protobuf::Timestamp time;
    time.set_seconds(absl::ToUnixSeconds(absl::Now() + absl::Hours(hours)));
    return time;
  }

  Outcome<v1::UpdateRepResponse> Put() {
    v1::UpdateRepRequest request;
    *request.mutable_rep() = rep_;
    request.set_allow_missing(true);
    return Call(*api_.roster, &RosterStub::UpdateRep, request);
  }

  // Fields of the violations.
  std::vector<std::string> RefusedFields() {
    const auto outcome = Put();
    EXPECT_EQ(outcome.code(), ::grpc::StatusCode::INVALID_ARGUMENT);
    std::vector<std::string> fields;
    for (const auto& violation : DetailsOf(outcome.status).violations) {
      fields.push_back(violation.field);
    }
    return fields;
  }

  v1::Rep rep_;
  std::string yaml_;
};

TEST_F(RepWorkApiTest, ComesBackAsItWasGiven) {
  AddRep("bob");
  rep_.clear_skills();
  rep_.add_skills("french");
  (*rep_.mutable_skill_levels())["german"] = 4;
  rep_.set_daily_cap(9);
  rep_.set_calendar("always");
  rep_.set_time_zone("Europe/Vienna");
  v1::Absence& absence = *rep_.add_absences();
  *absence.mutable_start_time() = InHours(24);
  *absence.mutable_end_time() = InHours(48);
  absence.set_delegate("workspaces/acme/reps/bob");
  *rep_.mutable_ramp_up()->mutable_start_time() = InHours(0);
  rep_.mutable_ramp_up()->set_days(30);
  rep_.mutable_ramp_up()->set_from_percent(25);
  (*rep_.mutable_attributes())["level"].set_int_value(3);
  (*rep_.mutable_attributes())["languages"].mutable_list_value()->add_values("de");
  const auto stored = Put();
  ASSERT_TRUE(stored.ok()) << stored.status.error_message();
  const v1::Rep& rep = stored.response.rep();
  EXPECT_THAT(rep.skills(), ElementsAre("french", "german"));
  EXPECT_EQ(rep.skill_levels().size(), 1u);
  EXPECT_EQ(rep.skill_levels().at("german"), 4);
  EXPECT_EQ(rep.daily_cap(), 9);
  EXPECT_EQ(rep.calendar(), "always");
  EXPECT_EQ(rep.time_zone(), "Europe/Vienna");
  ASSERT_EQ(rep.absences_size(), 1);
  EXPECT_EQ(rep.absences(0).start_time().seconds(), absence.start_time().seconds());
  EXPECT_EQ(rep.absences(0).delegate(), "workspaces/acme/reps/bob");
  EXPECT_EQ(rep.ramp_up().from_percent(), 25);
  EXPECT_EQ(rep.attributes().at("level").int_value(), 3);
}

TEST_F(RepWorkApiTest, ARepWorksByACalendarFromTheMomentItIsStored) {
  rep_.set_calendar("never");
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  EXPECT_EQ(GetLead("l1").stage(), v1::STAGE_QUEUED);
  rep_.set_calendar("always");
  ASSERT_TRUE(Put().ok());
  EXPECT_TRUE(Becomes("l1", v1::STAGE_OFFERED));
}

// A lead that waits because of the rules of work of its only rep, explained.
TEST_F(RepWorkApiTest, ALeadWhoseOnlyRepIsOutsideItsHoursWaitsForThem) {
  rep_.set_calendar("never");
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  const v1::ExplainLeadResponse waiting = ExplainLead("l1");
  EXPECT_EQ(waiting.blocked_by(), "outside_hours");
  EXPECT_THAT(waiting.waiting_for(),
              HasSubstr("of 1 reps 1 outside hours. It is offered as soon as "
                        "the hours of a rep begin."));
}

TEST_F(RepWorkApiTest, ALeadWhoseOnlyRepIsOnLeaveWaitsForItsReturn) {
  v1::Absence& absence = *rep_.add_absences();
  *absence.mutable_start_time() = InHours(-1);
  *absence.mutable_end_time() = InHours(24);
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  const v1::ExplainLeadResponse waiting = ExplainLead("l1");
  EXPECT_EQ(waiting.blocked_by(), "on_leave");
  EXPECT_THAT(waiting.waiting_for(), HasSubstr("back from leave"));
}

TEST_F(RepWorkApiTest, ALeadWhoseRepIsOnLeaveWaitsForTheDelegatesRoom) {
  AddRep("bob", 0);
  v1::Absence& absence = *rep_.add_absences();
  *absence.mutable_start_time() = InHours(-1);
  *absence.mutable_end_time() = InHours(24);
  absence.set_delegate("workspaces/acme/reps/bob");
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  EXPECT_EQ(ExplainLead("l1").blocked_by(), "at_capacity") << "bob stands in, and is full";
}

TEST_F(RepWorkApiTest, ALeadWhoseOnlyRepHasHadItsLeadsOfTheDayWaitsForTheNext) {
  rep_.set_daily_cap(1);
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  AddLead("l2");
  const v1::ExplainLeadResponse waiting = ExplainLead("l2");
  EXPECT_EQ(waiting.blocked_by(), "daily_cap");
  EXPECT_THAT(waiting.waiting_for(), HasSubstr("next day begins"));
}

TEST_F(RepWorkApiTest, ALeadWaitsForTheRoomThatANewRepHasAlready) {
  rep_.mutable_ramp_up()->mutable_start_time()->CopyFrom(InHours(0));
  rep_.mutable_ramp_up()->set_days(30);
  rep_.mutable_ramp_up()->set_from_percent(20);  // of 5
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  AddLead("l2");
  EXPECT_EQ(GetLead("l1").stage(), v1::STAGE_OFFERED);
  EXPECT_EQ(ExplainLead("l2").blocked_by(), "at_capacity");
}

TEST_F(RepWorkApiTest, ALeadWaitsForARepWhoseAttributesMeetWhatItsQueueRequires) {
  const std::string queue = "accept_within: 1h";
  yaml_.replace(yaml_.find(queue), queue.size(),
                queue + ", requires: 'lead.country != \"DE\" || rep.level >= 3'");
  Activate(yaml_);
  (*rep_.mutable_attributes())["level"].set_int_value(2);
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  EXPECT_EQ(GetLead("l1").stage(), v1::STAGE_QUEUED);
  const v1::ExplainLeadResponse waiting = ExplainLead("l1");
  EXPECT_EQ(waiting.requirement(), "rep.level >= 3");
  EXPECT_EQ(waiting.blocked_by(), "missing_skill");
  EXPECT_THAT(waiting.waiting_for(), HasSubstr("It needs a rep with the skills german and for whom "
                                               "rep.level >= 3 holds."));
  (*rep_.mutable_attributes())["level"].set_int_value(3);
  ASSERT_TRUE(Put().ok());
  EXPECT_TRUE(Becomes("l1", v1::STAGE_OFFERED));
  EXPECT_EQ(ExplainLead("l1").requirement(), "rep.level >= 3");
  v1::RecomputeDecisionRequest request;
  request.set_name("workspaces/acme/leads/l1");
  const auto recomputed = Call(*api_.leads, &v1::LeadService::Stub::RecomputeDecision, request);
  ASSERT_TRUE(recomputed.ok()) << recomputed.status.error_message();
  EXPECT_THAT(recomputed.response.differences(), testing::IsEmpty());
}

TEST_F(RepWorkApiTest, OnLeaveTheDelegateGetsWhatComes) {
  v1::Rep ada = rep_;
  rep_.set_name("workspaces/acme/reps/zoe");
  rep_.clear_queues();
  ASSERT_TRUE(Put().ok());
  rep_ = ada;
  v1::Absence& absence = *rep_.add_absences();
  *absence.mutable_start_time() = InHours(-1);
  *absence.mutable_end_time() = InHours(1);
  absence.set_delegate("workspaces/acme/reps/zoe");
  ASSERT_TRUE(Put().ok());
  AddLead("l1");
  EXPECT_EQ(GetLead("l1").rep(), "workspaces/acme/reps/zoe");
}

TEST_F(RepWorkApiTest, EveryWrongFieldIsNamed) {
  rep_.set_daily_cap(-1);
  rep_.set_calendar("no spaces");
  rep_.set_time_zone("../etc/passwd");
  (*rep_.mutable_skill_levels())["german"] = 6;
  rep_.add_absences()->set_delegate("workspaces/acme/reps/ada");
  v1::Absence& backwards = *rep_.add_absences();
  *backwards.mutable_start_time() = InHours(2);
  *backwards.mutable_end_time() = InHours(1);
  rep_.mutable_ramp_up();
  (*rep_.mutable_attributes())["a b"].set_bool_value(true);
  EXPECT_THAT(RefusedFields(),
              UnorderedElementsAre(
                  "rep.daily_cap", "rep.calendar", "rep.time_zone", "rep.skill_levels",
                  "rep.absences[0].start_time", "rep.absences[0].end_time",
                  "rep.absences[0].delegate", "rep.absences[1].end_time", "rep.ramp_up.start_time",
                  "rep.ramp_up.days", "rep.ramp_up.from_percent", "rep.attributes"));
}

TEST_F(RepWorkApiTest, WhatThePolicyDoesNotKnowIsRefused) {
  rep_.set_calendar("emea");
  EXPECT_THAT(RefusedFields(), ElementsAre("rep.calendar"));
  rep_.clear_calendar();
  (*rep_.mutable_attributes())["team"].set_string_value("x");
  EXPECT_THAT(RefusedFields(), ElementsAre("rep.attributes.team"));
  rep_.clear_attributes();
  (*rep_.mutable_attributes())["level"].set_string_value("x");
  EXPECT_THAT(RefusedFields(), ElementsAre("rep.attributes.level"));
  rep_.clear_attributes();
  (*rep_.mutable_attributes())["quota"].set_int_value(2);  // a whole number is a double, too
  EXPECT_TRUE(Put().ok());
}

TEST_F(RepWorkApiTest, ADelegateMustExist) {
  v1::Absence& absence = *rep_.add_absences();
  *absence.mutable_start_time() = InHours(1);
  *absence.mutable_end_time() = InHours(2);
  absence.set_delegate("workspaces/acme/reps/nobody");
  EXPECT_THAT(RefusedFields(), ElementsAre("rep.absences[0].delegate"));
}

TEST_F(RepWorkApiTest, AMaskChangesOneOfThem) {
  rep_.set_daily_cap(9);
  rep_.set_time_zone("Europe/Berlin");
  ASSERT_TRUE(Put().ok());
  v1::UpdateRepRequest request;
  request.mutable_rep()->set_name(rep_.name());
  request.mutable_update_mask()->add_paths("daily_cap");
  const auto stored = Call(*api_.roster, &RosterStub::UpdateRep, request);
  ASSERT_TRUE(stored.ok()) << stored.status.error_message();
  EXPECT_EQ(stored.response.rep().daily_cap(), 0);
  EXPECT_EQ(stored.response.rep().time_zone(), "Europe/Berlin");
}

}  // namespace
}  // namespace baton::dispatch
