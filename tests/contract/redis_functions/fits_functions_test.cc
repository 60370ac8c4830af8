// put_fits, put_profile: what is known of requirements and profiles stays whole whoever adds to it
// at the same time, and stays small.
#include "absl/strings/str_cat.h"
#include "contract/redis_functions/function_fixture.h"
#include "store/redis/names.h"

namespace baton::contract {
namespace {

using store::redis::Outcome;

class FitsFunctionsTest : public FunctionTest {
 protected:
  Outcome Ends(const Call& call) {
    return store::redis::ValueOf(store::redis::kOutcomeNames, AnswerOf(call)).value();
  }

  Call PutFits(int64_t version, const std::string& requirement,
               const std::vector<std::string>& profiles = {}) {
    std::vector<std::string> args = {absl::StrCat(version), requirement};
    args.insert(args.end(), profiles.begin(), profiles.end());
    return {"put_fits", {acme_.Workspace(), acme_.Fits()}, args};
  }
  Call PutProfile(int64_t version, const std::string& profile,
                  const std::vector<std::string>& requirements = {}) {
    std::vector<std::string> args = {absl::StrCat(version), profile, "{}"};
    args.insert(args.end(), requirements.begin(), requirements.end());
    return {"put_profile", {acme_.Workspace(), acme_.Fits(), acme_.Profiles(), acme_.Reps()}, args};
  }
  Outcome PutRep(const std::string& rep, const std::string& skills) {
    return Ends({"put_rep",
                 {acme_.Workspace(), acme_.Reps()},
                 {rep, "-1", absl::StrCat("1|5|online|inside|", skills, "|Name"), "20000"}});
  }

  std::string Field(const std::string& key, const std::string& field) {
    return Run(Command{"HGET", key, field}).text;
  }
  int64_t SizeOf(const std::string& key) { return Run(Command{"HLEN", key}).integer; }
};

TEST_F(FitsFunctionsTest, WhoHasNotSeenTheLatestVersionAddsNothing) {
  ASSERT_EQ(Ends(PutFits(0, "?rep.a", {"@0"})), Outcome::kDone);
  const Dump before = DumpAll();
  EXPECT_EQ(Ends(PutFits(0, "?rep.b")), Outcome::kMismatch);
  EXPECT_EQ(Ends(PutProfile(0, "@aa")), Outcome::kMismatch);
  EXPECT_EQ(DumpAll(), before);
  EXPECT_EQ(Ends(PutProfile(1, "@aa", {"?rep.a"})), Outcome::kDone);
  EXPECT_EQ(Ends(PutFits(2, "?rep.b", {"@aa"})), Outcome::kDone);
  EXPECT_EQ(Field(acme_.Fits(), "?rep.a"), "@0,@aa");
  EXPECT_EQ(Field(acme_.Fits(), "?rep.b"), "@aa");
}

TEST_F(FitsFunctionsTest, AProfileIsNotAddedToARequirementThatIsGone) {
  ASSERT_EQ(Ends(PutFits(0, "?rep.a")), Outcome::kDone);
  ASSERT_EQ(Ends(PutProfile(1, "@aa", {"?rep.a", "?rep.gone"})), Outcome::kDone);
  EXPECT_EQ(Field(acme_.Fits(), "?rep.a"), "@aa");
  EXPECT_EQ(Field(acme_.Fits(), "?rep.gone"), "");
}

TEST_F(FitsFunctionsTest, ARepIsOnlyStoredWithAProfileThatIsKnown) {
  EXPECT_EQ(PutRep("ada", "de,@aa"), Outcome::kUnfitted);
  ASSERT_EQ(Ends(PutProfile(0, "@aa")), Outcome::kDone);
  EXPECT_EQ(PutRep("ada", "de,@aa"), Outcome::kDone);
}

TEST_F(FitsFunctionsTest, RequirementsThatNoLeadWaitsWithAreRemovedWhenThereAreMany) {
  int64_t version = 0;
  ASSERT_EQ(Ends(PutFits(version++, "?rep.waiting")), Outcome::kDone);
  Run(Command{"SADD", acme_.Waiting(), "inside"});
  Run(Command{"HSET", acme_.Lanes(QueueNamed("inside")), "lane", "de,?rep.waiting|||0"});
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(Ends(PutFits(version++, absl::StrCat("?rep.a", i))), Outcome::kDone);
    ASSERT_LE(SizeOf(acme_.Fits()), 66);
  }
  EXPECT_EQ(Run(Command{"HEXISTS", acme_.Fits(), "?rep.waiting"}).integer, 1);
  EXPECT_EQ(Field(acme_.Fits(), "version"), "201");
}

TEST_F(FitsFunctionsTest, ProfilesThatNoRepHasAreRemovedWhenThereAreMany) {
  ASSERT_EQ(Ends(PutProfile(0, "@ff")), Outcome::kDone);
  ASSERT_EQ(PutRep("ada", "@ff"), Outcome::kDone);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(Ends(PutProfile(i + 1, absl::StrCat("@", i))), Outcome::kDone);
    ASSERT_LE(SizeOf(acme_.Profiles()), 65);
  }
  EXPECT_EQ(Field(acme_.Profiles(), "@ff"), "{}");
}

TEST_F(FitsFunctionsTest, WhatIsNoRequirementOrNoProfileIsRefused) {
  const Dump before = DumpAll();
  EXPECT_TRUE(Run(PutFits(0, "german")).is_error());
  EXPECT_TRUE(Run(PutFits(0, "?a,b")).is_error());
  EXPECT_TRUE(Run(PutFits(0, "?a", {"german"})).is_error());
  EXPECT_TRUE(Run(PutProfile(0, "aa")).is_error());
  EXPECT_EQ(DumpAll(), before);
}

}  // namespace
}  // namespace baton::contract
