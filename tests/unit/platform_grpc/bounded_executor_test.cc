#include "platform/grpc/bounded_executor.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace baton::platform::rpc {
namespace {

TEST(BoundedExecutorTest, StopRunsWhatWaits) {
  std::atomic<int> ran = 0;
  BoundedExecutor executor(3, 1000);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(executor.TrySubmit([&ran] { ++ran; }));
  }
  executor.Stop();
  EXPECT_EQ(ran, 1000);
  EXPECT_FALSE(executor.TrySubmit([&ran] { ++ran; }));
}

TEST(BoundedExecutorTest, RefusesBeyondTheCap) {
  absl::Notification begun;
  absl::Notification go_on;
  BoundedExecutor executor(1, 2);
  ASSERT_TRUE(executor.TrySubmit([&] {
    begun.Notify();
    go_on.WaitForNotification();
  }));
  begun.WaitForNotification();
  EXPECT_TRUE(executor.TrySubmit([] {}));
  EXPECT_TRUE(executor.TrySubmit([] {}));
  EXPECT_FALSE(executor.TrySubmit([] {}));
  go_on.Notify();
}

TEST(BoundedExecutorTest, WhatNobodyWantsAnyMoreMakesRoomInAFullQueue) {
  absl::Notification begun;
  absl::Notification go_on;
  std::atomic<int> ran = 0;
  bool wanted = true;
  BoundedExecutor executor(1, 2);
  ASSERT_TRUE(executor.TrySubmit([&] {
    begun.Notify();
    go_on.WaitForNotification();
  }));
  begun.WaitForNotification();
  ASSERT_TRUE(executor.TrySubmit([&] { ++ran; }, [&] { return wanted; }));
  ASSERT_TRUE(executor.TrySubmit([&] { ++ran; }));
  EXPECT_FALSE(executor.TrySubmit([&] { ++ran; }));
  wanted = false;
  EXPECT_TRUE(executor.TrySubmit([&] { ++ran; }));
  EXPECT_FALSE(executor.TrySubmit([&] { ++ran; })) << "what is wanted stays";
  go_on.Notify();
  executor.Stop();
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace baton::platform::rpc
