// Two policies over one recording at once, as `batonctl policy simulate` does.
#include <gtest/gtest.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "installation.h"
#include "simulation/simulator.h"
#include "support/builders.h"

namespace baton::simulation {
namespace {

TEST(SimulationThreadsTest, RunsShareARecording) {
  constexpr size_t kLeads = 40;
  const core::Policy policy = support::SamplePolicy();
  Installation installation(policy, RosterOf({"ada", "ben"}));
  for (size_t i = 0; i < kLeads; ++i) {
    const std::string lead = absl::StrCat("l", i);
    core::LeadEvent event = support::QualifyingCapture("capture-" + lead, installation.now_ms());
    event.key = support::Key(lead);
    installation.Publish(event);
  }
  installation.Intake();
  const Recording recording = installation.Record();
  const Setting setting = installation.SettingOf(policy);
  Outcome one, other;
  std::thread thread([&] { one = MustSimulate(recording, setting); });
  other = MustSimulate(recording, setting);
  thread.join();
  ASSERT_EQ(one.cycles.size(), kLeads);
  ASSERT_EQ(other.cycles.size(), kLeads);
  for (size_t i = 0; i < kLeads; ++i) {
    EXPECT_EQ(one.cycles[i].assigned.size(), other.cycles[i].assigned.size());
  }
}

}  // namespace
}  // namespace baton::simulation
