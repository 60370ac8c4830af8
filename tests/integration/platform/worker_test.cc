#include "platform/worker.h"

#include <atomic>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace baton::platform {
namespace {

TEST(WorkerTest, StopWakesItAndWaitsForIt) {
  Worker worker;
  std::atomic<bool> woken = false;
  worker.Start([&] {
    woken = worker.StopsWithin(absl::Hours(1));
    EXPECT_LT(worker.deadline(), absl::Now() + absl::Seconds(6));
  });
  EXPECT_FALSE(worker.stopping());
  EXPECT_EQ(worker.deadline(), absl::InfiniteFuture());
  worker.Stop(absl::Seconds(5));
  EXPECT_TRUE(woken);
  worker.Stop();  // again: nothing happens
}

TEST(WorkerTest, WaitsAreOver) {
  Worker worker;
  std::atomic<bool> stopped = true;
  worker.Start([&] { stopped = worker.StopsWithin(absl::Milliseconds(1)); });
  absl::SleepFor(absl::Milliseconds(20));
  worker.Stop();
  EXPECT_FALSE(stopped);
}

TEST(WorkerTest, NeverStartedMayBeStopped) {
  Worker worker;
  worker.Stop();
  EXPECT_TRUE(worker.stopping());
}

TEST(ReadyStateTest, BeginsNotReadyAndTellsTheLatest) {
  ReadyState state("part");
  EXPECT_FALSE(state.Get().ok());
  state.Set(absl::OkStatus());
  EXPECT_TRUE(state.Get().ok());
  state.Set(absl::UnavailableError("gone"));
  EXPECT_EQ(state.Get(), absl::UnavailableError("gone"));
}

}  // namespace
}  // namespace baton::platform
