// ClockService with its threads and the real time of this machine.
#include "clock/clock_service.h"

#include <atomic>

#include "absl/time/clock.h"
#include "core/decide.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/memory/memory_store.h"
#include "support/builders.h"
#include "support/flaky_store.h"
#include "support/make_active.h"

namespace baton::clock {
namespace {

using core::Stage;
using testing::HasSubstr;

constexpr absl::Duration kBound = absl::Seconds(10);

core::TimeMs Now() {
  return absl::ToUnixMillis(absl::Now());
}

class ClockServiceTest : public testing::Test {
 protected:
  ClockServiceTest() {
    EXPECT_TRUE(store_.CreateWorkspace(kAcme, "Acme").ok());
    for (auto& [id, queue] : policy_.queues) queue.accept_within_ms = core::kSecondMs;
    policy_.revision = support::MakeActive(store_, policy_, "policy")->revision;
  }

  std::unique_ptr<ClockService> StartClock(std::function<core::TimeMs()> now = &Now) {
    auto clock = std::make_unique<ClockService>(
        store_, store_, drained_,
        [this](absl::Span<const core::WorkspaceId> workspaces) {
          return Policies(workspaces.size(), std::make_shared<core::Policy>(policy_));
        },
        std::move(now), ClockOptions{}, *metrics_);
    EXPECT_TRUE(clock->Start().ok());
    return clock;
  }

  void AddRep(const std::string& id) {
    EXPECT_TRUE(store_.PutRep(kAcme, support::SampleRep(id), -1).ok());
  }

  void Capture() {
    const core::LeadEvent event = support::QualifyingCapture("e1", Now());
    const core::LeadRecord record = *store_.Load({event.key})->records[0];
    const core::Plan plan = core::DecideEvents(record, {event}, &policy_, Now());
    EXPECT_EQ(store_.Commit({plan})->at(0).code, store::CommitCode::kCommitted);
  }

  core::LeadRecord Lead() { return *store_.Load({support::Key()})->records[0]; }

  template <typename Done>
  static bool Await(Done done) {
    const absl::Time deadline = absl::Now() + kBound;
    while (!done() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
    return done();
  }

  const core::WorkspaceId kAcme = core::WorkspaceId::Trusted("acme");
  core::Policy policy_ = support::SamplePolicy();
  store::MemoryStore store_{4, {}, &Now};
  std::atomic<bool> away_ = false;
  support::FlakyStore drained_{
      store_, [this] { return away_ ? support::Fault::kNeverArrives : support::Fault::kNone; }};
  std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
};

TEST_F(ClockServiceTest, OfferExpiresInTimeAndGoesOn) {
  AddRep("ada");
  AddRep("bob");
  Capture();
  const core::TimeMs due_at_ms = Lead().due_at_ms;
  auto clock = StartClock();
  ASSERT_TRUE(Await([&] { return Lead().generation == 2; }));
  EXPECT_GE(Lead().offered_at_ms, due_at_ms);
  EXPECT_LT(Lead().offered_at_ms, due_at_ms + 250);
  EXPECT_TRUE(Await([&] { return clock->Ready().ok(); })) << clock->Ready();
  clock->Stop(absl::Seconds(1));
}

TEST_F(ClockServiceTest, SeveralClocksFireEachTimerOnce) {
  for (const char* rep : {"ada", "bob", "cyd"}) AddRep(rep);
  Capture();
  auto one = StartClock();
  auto two = StartClock();
  auto three = StartClock();
  ASSERT_TRUE(Await([&] { return Lead().generation == 3; }));
  EXPECT_EQ(Lead().passed.size(), 2u);
}

TEST_F(ClockServiceTest, WaitingLeadIsFoundWithinASecond) {
  Capture();
  ASSERT_EQ(Lead().stage, Stage::kQueued);
  auto clock = StartClock();
  const absl::Time begin = absl::Now();
  AddRep("ada");
  ASSERT_TRUE(Await([&] { return Lead().stage == Stage::kOffered; }));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(1));
}

TEST_F(ClockServiceTest, DisagreeingClocksHoldTimersAndTell) {
  AddRep("ada");
  AddRep("bob");
  Capture();
  auto clock = StartClock([] { return Now() - 1000; });
  ASSERT_TRUE(
      Await([&] { return clock->Ready().code() == absl::StatusCode::kFailedPrecondition; }));
  EXPECT_THAT(clock->Ready().message(), HasSubstr("clock is ahead"));
  absl::SleepFor(absl::Milliseconds(1500));
  EXPECT_EQ(Lead().generation, 1);
}

TEST_F(ClockServiceTest, IsNotReadyForAsLongAsBacklogsCannotBeRead) {
  auto clock = StartClock();
  const auto is_ready = [&] { return clock->Ready().ok(); };
  ASSERT_TRUE(Await(is_ready));
  away_ = true;
  ASSERT_TRUE(Await([&] { return !is_ready(); }));
  int said_ready = 0;
  const absl::Time until = absl::Now() + absl::Seconds(2);
  while (absl::Now() < until) {
    said_ready += is_ready() ? 1 : 0;
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_EQ(said_ready, 0);
  away_ = false;
  EXPECT_TRUE(Await(is_ready));
}

}  // namespace
}  // namespace baton::clock
