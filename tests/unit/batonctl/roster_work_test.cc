// Rules of work, skill levels and attributes of reps on the command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "baton/v1/roster_service.pb.h"
#include "batonctl/exit_codes.h"
#include "batonctl/roster_file.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string RosterWith(const std::string& rep) {
  return "apiVersion: baton.dev/v1\nkind: Roster\nmetadata: {workspace: demo}\n"
         "spec: {reps: [{id: ada, queues: [], " +
         rep + "}]}\n";
}

std::string ErrorOfRep(const std::string& rep) {
  return std::string(ParseRoster(RosterWith(rep), "roster.yaml").status().message());
}

const char kWhole[] =
    "skills: {german: 4, french: 1}, daily_cap: 9, calendar: dach, time_zone: Europe/Vienna, "
    "absences: [{from: 2026-12-24T00:00:00Z, until: 2027-01-02T00:00:00+01:00, delegate: bob}], "
    "ramp_up: {start: 2026-12-01T00:00:00Z, days: 30, from_percent: 25}, "
    "attributes: {languages: [de, en], level: 3, quota: 2.5, remote: true, code: \"7\"}";

void ExpectWhole(const v1::Rep& rep, const std::string& delegate) {
  EXPECT_THAT(rep.skills(), testing::UnorderedElementsAre("german", "french"));
  EXPECT_EQ(rep.skill_levels().at("german"), 4);
  EXPECT_EQ(rep.daily_cap(), 9);
  EXPECT_EQ(rep.calendar(), "dach");
  EXPECT_EQ(rep.time_zone(), "Europe/Vienna");
  ASSERT_EQ(rep.absences_size(), 1);
  EXPECT_EQ(rep.absences(0).start_time().seconds(), 1'798'070'400);
  EXPECT_EQ(rep.absences(0).end_time().seconds(), 1'798'844'400);
  EXPECT_EQ(rep.absences(0).delegate(), delegate);
  EXPECT_EQ(rep.ramp_up().start_time().seconds(), 1'796'083'200);
  EXPECT_EQ(rep.ramp_up().days(), 30);
  EXPECT_EQ(rep.ramp_up().from_percent(), 25);
  EXPECT_THAT(rep.attributes().at("languages").list_value().values(), ElementsAre("de", "en"));
  EXPECT_EQ(rep.attributes().at("level").int_value(), 3);
  EXPECT_EQ(rep.attributes().at("quota").double_value(), 2.5);
  EXPECT_TRUE(rep.attributes().at("remote").bool_value());
}

TEST(RosterWorkTest, ADocumentSaysAllOfARep) {
  const auto roster = ParseRoster(RosterWith(kWhole), "roster.yaml");
  ASSERT_TRUE(roster.ok()) << roster.status();
  ExpectWhole(roster->reps[0].rep, "bob");
  EXPECT_EQ(roster->reps[0].rep.attributes().at("code").string_value(), "7");
  EXPECT_THAT(roster->reps[0].fields,
              ElementsAre("skill_levels", "daily_cap", "calendar", "time_zone", "absences",
                          "ramp_up", "attributes"));
}

TEST(RosterWorkTest, WhatADocumentDoesNotSpeakOfStaysAsItIs) {
  const auto roster = ParseRoster(RosterWith("skills: [german]"), "roster.yaml");
  ASSERT_TRUE(roster.ok()) << roster.status();
  EXPECT_TRUE(roster->reps[0].fields.empty());
}

TEST(RosterWorkTest, EachErrorHasItsPlace) {
  EXPECT_THAT(ErrorOfRep("skills: {german: 6}"), HasSubstr("the level of german must be"));
  EXPECT_THAT(ErrorOfRep("time_zone: Berlin"), HasSubstr("'Berlin' is no time zone"));
  EXPECT_THAT(ErrorOfRep("absences: [{from: tomorrow, until: 2026-12-24T00:00:00Z}]"),
              HasSubstr("reps[0].absences[0].from must be a time from 1970 on"));
  EXPECT_THAT(ErrorOfRep("absences: [{from: 2026-12-24T00:00:00Z}]"),
              HasSubstr("'until' is missing in reps[0].absences[0]"));
  EXPECT_THAT(ErrorOfRep("ramp_up: {start: 2026-12-24T00:00:00Z, days: 400, from_percent: 1}"),
              HasSubstr("reps[0].ramp_up.days must be a whole number from 1 to 365"));
  EXPECT_THAT(ErrorOfRep("attributes: [a]"), HasSubstr("must be a mapping of names to values"));
}

class RepOptionsTest : public ::testing::Test {
 protected:
  RepOptionsTest() {
    world_.server.On<v1::UpdateRepRequest, v1::UpdateRepResponse>(
        [](const v1::UpdateRepRequest& request, v1::UpdateRepResponse& response) {
          *response.mutable_rep() = request.rep();
          return absl::OkStatus();
        });
  }

  RunResult Apply(std::vector<std::string> options) {
    options.insert(options.begin(), {"-w", "demo", "rep", "apply", "ada"});
    return world_.Run(options);
  }

  World world_;
};

TEST_F(RepOptionsTest, SayAllOfARep) {
  const RunResult run = Apply({"--skill",     "german=4",
                               "--skill",     "french",
                               "--daily-cap", "9",
                               "--calendar",  "dach",
                               "--time-zone", "Europe/Vienna",
                               "--absence",   "2026-12-24T00:00:00Z,2027-01-02T00:00:00+01:00,bob",
                               "--ramp-up",   "2026-12-01T00:00:00Z,30,25",
                               "--attribute", "languages=[de,en]",
                               "--attribute", "level=3",
                               "--attribute", "quota=2.5",
                               "--attribute", "remote=true"});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  const auto& request = world_.server.At<v1::UpdateRepRequest>(0);
  ExpectWhole(request.rep(), "workspaces/demo/reps/bob");
  EXPECT_THAT(request.update_mask().paths(),
              ElementsAre("skills", "daily_cap", "calendar", "time_zone", "absences", "ramp_up",
                          "attributes", "skill_levels"));
  EXPECT_THAT(run.out, HasSubstr("9 a day, dach, Europe/Vienna, 1 absences, ramp-up"));
}

TEST_F(RepOptionsTest, EmptyOnesTakeAway) {
  const RunResult run = Apply({"--absence", "", "--ramp-up", "", "--calendar", ""});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  const auto& request = world_.server.At<v1::UpdateRepRequest>(0);
  EXPECT_EQ(request.rep().absences_size(), 0);
  EXPECT_FALSE(request.rep().has_ramp_up());
  EXPECT_THAT(request.update_mask().paths(), ElementsAre("calendar", "absences", "ramp_up"));
}

TEST_F(RepOptionsTest, WrongOnesAreExplained) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--skill", "german=x"},
                                                {"--absence", "2026-12-24T00:00:00Z"},
                                                {"--absence", "now,then"},
                                                {"--ramp-up", "30,25"},
                                                {"--attribute", "level"},
                                                {"--daily-cap", "-1"}}) {
    const RunResult run = Apply(wrong);
    EXPECT_EQ(run.code, kExitUsage) << wrong[1];
    EXPECT_THAT(run.err, HasSubstr(wrong[0]));
  }
}

}  // namespace
}  // namespace baton::batonctl
