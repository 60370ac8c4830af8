// The documents of tests/golden: valid, tested, without findings, and their rosters too.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "batonctl/exit_codes.h"
#include "batonctl/roster_file.h"
#include "batonctl_testing.h"
#include "support/source_tree.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

class GoldenPoliciesTest : public ::testing::TestWithParam<const char*> {
 protected:
  static std::string Path(const std::string& file) {
    return support::SourcePath(std::string("tests/golden/") + GetParam() + "/" + file);
  }

  World world_;
};

TEST_P(GoldenPoliciesTest, IsValid) {
  const RunResult run = world_.Run({"policy", "validate", "-f", Path("policy.yaml")});
  EXPECT_EQ(run.code, kExitOk) << run.err;
}

TEST_P(GoldenPoliciesTest, PassesItsTests) {
  const RunResult run = world_.Run({"policy", "test", "-f", Path("policy.yaml"), "-o", "json"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_GE(nlohmann::json::parse(run.out).at("passed"), 5);
}

TEST_P(GoldenPoliciesTest, HasNoFindings) {
  const RunResult run =
      world_.Run({"policy", "lint", "-f", Path("policy.yaml"), "--roster", Path("roster.yaml")});
  EXPECT_EQ(run.code, kExitOk) << run.out << run.err;
}

TEST_P(GoldenPoliciesTest, HasATestForEachRuleOfRouting) {
  const RunResult run =
      world_.Run({"policy", "lint", "-f", Path("policy.yaml"), "--severity", "note", "-o", "json"});
  ASSERT_NE(run.code, kExitUsage) << run.err;
  const auto lint = nlohmann::json::parse(run.out);
  for (const auto& finding : lint.at("findings")) {
    EXPECT_NE(finding.at("code"), "untested-rule") << finding.dump();
  }
}

TEST_P(GoldenPoliciesTest, SendsLeadsToRepsOfItsRoster) {
  const auto roster = ParseRoster(TemporaryFile::Read(Path("roster.yaml")), "roster.yaml");
  ASSERT_TRUE(roster.ok()) << roster.status();
  const auto leads = nlohmann::json::parse(TemporaryFile::Read(Path("leads.json")));
  ASSERT_GE(leads.size(), 5u);
  for (const auto& lead : leads) {
    if (!lead.contains("rep")) continue;
    const auto rep = lead.at("rep").get<std::string>();
    const auto wanted = lead.at("queue").get<std::string>();
    bool serves = false;
    for (const RosterEntry& entry : roster->reps) {
      if (entry.id != rep) continue;
      for (const std::string& queue : entry.rep.queues()) serves |= queue == wanted;
    }
    EXPECT_TRUE(serves) << lead.dump();
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenPoliciesTest,
                         ::testing::Values("inbound-saas", "real-estate", "marketplace",
                                           "course-sales", "named-accounts"),
                         [](const auto& instance) {
                           std::string name = instance.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace baton::batonctl
