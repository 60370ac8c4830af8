#include "platform/worker.h"

#include "absl/strings/cord.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "platform/steady_time.h"

namespace baton::platform {
namespace {

TEST(WorkerTest, APauseEndsAfterItsTimeOrAsSoonAsTheWorkerStops) {
  Worker worker;
  absl::Notification paused;
  worker.Start([&] {
    EXPECT_FALSE(worker.StopsWithin(absl::Milliseconds(5)));
    paused.Notify();
    EXPECT_TRUE(worker.StopsWithin(absl::InfiniteDuration()));
    EXPECT_TRUE(worker.StopsWithin(absl::Hours(1)));
    EXPECT_TRUE(worker.StopsWithin(absl::ZeroDuration()));
  });
  paused.WaitForNotification();
  EXPECT_FALSE(worker.stopping());
  const absl::Time begin = SteadyNow();
  worker.Stop();
  EXPECT_LT(SteadyNow() - begin, absl::Minutes(1));
  EXPECT_TRUE(worker.stopping());
}

TEST(WorkerTest, TheFirstStopSaysUntilWhenWorkMayGoOn) {
  Worker worker;
  EXPECT_EQ(worker.deadline(), absl::InfiniteFuture());
  worker.Stop(absl::Hours(1));
  worker.Stop(absl::ZeroDuration());
  EXPECT_GT(worker.deadline(), absl::Now() + absl::Minutes(59));
}

TEST(ReadyStateTest, TheLogSaysWhyInWordsForPeople) {
  absl::Status status = absl::UnavailableError("no answer");
  status.SetPayload("baton.dev/retry_after_ms", absl::Cord("200"));
  ReadyState state("intake");
  testing::internal::CaptureStderr();
  state.Set(status);
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_NE(written.find("UNAVAILABLE: no answer\""), std::string::npos) << written;
  EXPECT_EQ(state.Get(), status);
}

}  // namespace
}  // namespace baton::platform
