#include "webhooks/delivery_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "absl/strings/str_cat.h"

namespace baton::webhooks {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Outcome = DeliveryQueue::Outcome;
using Place = DeliveryQueue::Place;

constexpr double kEven = 0.5;  // no spread

class DeliveryQueueTest : public ::testing::Test {
 protected:
  static QueueLimits Limits() {
    QueueLimits limits;
    limits.pending_max = 100;
    limits.in_flight_max = 3;
    return limits;
  }
  void Add(int32_t partition, int64_t offset, const std::string& lead) {
    queue_.Add({partition, offset}, {absl::StrCat(partition, "/", offset), lead, "{}"});
  }
  static Delivery OfBytes(size_t bytes) { return {"id", "eve", std::string(bytes, 'x')}; }
  // What goes now.
  std::vector<std::string> Taken() {
    std::vector<std::string> ids;
    while (const auto next = queue_.Take(now_)) ids.push_back(next->second->id);
    return ids;
  }
  Outcome Settle(Place place, bool delivered, absl::Duration retry_after = absl::ZeroDuration()) {
    const auto outcome = queue_.Settle(place, delivered, retry_after, now_, kEven);
    EXPECT_TRUE(outcome.has_value()) << place.second;
    return outcome.value_or(Outcome::kWillRetry);
  }
  void Wait(absl::Duration duration) { now_ += duration; }

  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  ByteBudget budget_{kDeliveryBytesMax};
  DeliveryQueue queue_{Limits(), budget_};
};

TEST_F(DeliveryQueueTest, SendsAsManyAtOnceAsItMayAndPartitionsTakeTurns) {
  for (int i = 0; i < 3; ++i) Add(0, i, absl::StrCat("a", i));
  for (int i = 0; i < 3; ++i) Add(1, i, absl::StrCat("b", i));
  EXPECT_THAT(Taken(), ElementsAre("0/0", "1/0", "0/1"));
  EXPECT_EQ(queue_.in_flight(), 3);
  Settle({0, 0}, true);
  EXPECT_THAT(Taken(), ElementsAre("1/1"));
}

TEST_F(DeliveryQueueTest, ALeadsDeliveriesGoOneByOneInOrder) {
  Add(0, 1, "eve");
  Add(0, 2, "eve");
  Add(0, 3, "bob");
  EXPECT_THAT(Taken(), ElementsAre("0/1", "0/3"));
  Settle({0, 3}, true);
  EXPECT_THAT(Taken(), IsEmpty());
  Settle({0, 1}, true);
  EXPECT_THAT(Taken(), ElementsAre("0/2"));
}

TEST_F(DeliveryQueueTest, TheFirstPlaceIsTheFirstThatIsNotSettled) {
  EXPECT_EQ(queue_.FirstPending(0), std::nullopt);
  for (int i = 1; i <= 3; ++i) Add(0, i * 10, absl::StrCat("l", i));
  Taken();
  Settle({0, 20}, true);
  EXPECT_EQ(queue_.FirstPending(0), 10);
  EXPECT_EQ(queue_.pending(), 2u);
  Settle({0, 10}, true);
  EXPECT_EQ(queue_.FirstPending(0), 30);
  Settle({0, 30}, true);
  EXPECT_EQ(queue_.FirstPending(0), std::nullopt);
  EXPECT_EQ(queue_.pending(), 0u);
}

TEST_F(DeliveryQueueTest, WhatIsDeliveredBehindOneThatIsNotIsReleased) {
  constexpr int kOthers = 1000;
  constexpr size_t kBodyBytes = 50'000;
  Add(0, 0, "eve");
  EXPECT_THAT(Taken(), ElementsAre("0/0"));
  const size_t before = mallinfo2().uordblks;
  for (int i = 1; i <= kOthers; ++i) {
    queue_.Add({0, i}, {absl::StrCat("0/", i), "bob", std::string(kBodyBytes, 'x')});
    ASSERT_THAT(Taken(), ElementsAre(absl::StrCat("0/", i)));
    Settle({0, i}, true);
  }
  EXPECT_EQ(queue_.FirstPending(0), 0);
  EXPECT_EQ(queue_.pending(), 1u);
  EXPECT_LT(mallinfo2().uordblks, before + kOthers / 10 * kBodyBytes);
}

TEST_F(DeliveryQueueTest, AfterAFailureOnlyOneProbesAndEverMoreRarely) {
  for (int i = 0; i < 5; ++i) Add(0, i, absl::StrCat("l", i));
  Taken();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Settle({0, i}, false), Outcome::kWillRetry);
  // Those that failed side by side are one failure.
  Wait(absl::Seconds(4));
  EXPECT_THAT(Taken(), IsEmpty());
  Wait(absl::Seconds(1));
  EXPECT_THAT(Taken(), ElementsAre("0/3")) << "what has not failed yet goes first";
  Settle({0, 3}, false);
  Wait(absl::Seconds(19));
  EXPECT_THAT(Taken(), IsEmpty());
  Wait(absl::Seconds(1));
  EXPECT_THAT(Taken(), ElementsAre("0/4"));
}

TEST_F(DeliveryQueueTest, ASuccessEndsAnOutageForAll) {
  for (int i = 0; i < 4; ++i) Add(0, i, absl::StrCat("l", i));
  for (int round = 0; round < 4; ++round) {
    ASSERT_THAT(Taken(), ::testing::Not(IsEmpty()));
    for (int i = 0; i < 4; ++i) queue_.Settle({0, i}, false, {}, now_, kEven);
    Wait(absl::Hours(2));
  }
  const auto probe = queue_.Take(now_);
  ASSERT_TRUE(probe.has_value());
  Settle(probe->first, true);
  EXPECT_EQ(Taken().size(), 3u);
}

TEST_F(DeliveryQueueTest, RetryAfterIsKeptUpToTheLongestWait) {
  Add(0, 1, "eve");
  Taken();
  Settle({0, 1}, false, absl::Minutes(2));
  Wait(absl::Seconds(119));
  EXPECT_THAT(Taken(), IsEmpty());
  Wait(absl::Seconds(1));
  EXPECT_THAT(Taken(), ElementsAre("0/1"));
  Settle({0, 1}, false, absl::Hours(48));
  Wait(absl::Hours(1));
  EXPECT_THAT(Taken(), ElementsAre("0/1"));
}

TEST_F(DeliveryQueueTest, WhatFailsWhileOthersSucceedIsGivenUp) {
  Add(0, 1, "eve");
  Add(0, 2, "eve");
  int64_t other = 10;
  Outcome outcome = Outcome::kWillRetry;
  int attempts = 0;
  while (outcome == Outcome::kWillRetry) {
    ASSERT_LT(attempts, 10);
    Add(0, other++, "bob");
    while (const auto next = queue_.Take(now_)) {
      if (next->first == Place(0, 1)) {
        ++attempts;
        outcome = Settle(next->first, false);
      } else {
        Settle(next->first, true);
      }
    }
    Wait(absl::Minutes(30));
  }
  EXPECT_EQ(outcome, Outcome::kGivenUp);
  EXPECT_EQ(attempts, Limits().attempts_max);
  EXPECT_THAT(Taken(), ::testing::Contains("0/2"));
}

TEST_F(DeliveryQueueTest, NothingIsGivenUpWhileEverythingFails) {
  Add(0, 1, "eve");
  for (int i = 0; i < 30; ++i) {
    ASSERT_THAT(Taken(), ElementsAre("0/1"));
    EXPECT_EQ(Settle({0, 1}, false), Outcome::kWillRetry);
    Wait(absl::Hours(2));
  }
}

TEST_F(DeliveryQueueTest, WhatWasDroppedIsNotSettled) {
  Add(0, 1, "eve");
  Add(1, 1, "bob");
  Taken();
  EXPECT_TRUE(queue_.HasInFlight(0));
  queue_.Drop(0);
  EXPECT_FALSE(queue_.HasInFlight(0));
  EXPECT_EQ(queue_.in_flight(), 1);
  EXPECT_EQ(queue_.Settle({0, 1}, true, {}, now_, kEven), std::nullopt);
  queue_.DropAll();
  EXPECT_EQ(queue_.pending(), 0u);
  Add(1, 1, "bob");
  EXPECT_EQ(queue_.Settle({1, 1}, true, {}, now_, kEven), std::nullopt) << "it is not in flight";
  EXPECT_THAT(Taken(), ElementsAre("1/1"));
}

TEST_F(DeliveryQueueTest, HoldsNoMoreThanItMay) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(queue_.HasRoomFor(OfBytes(2)));
    EXPECT_EQ(queue_.HasRoomToCatchUp(), i <= 50);
    Add(0, i, "eve");
  }
  EXPECT_FALSE(queue_.HasRoomFor(OfBytes(2)));
}

TEST_F(DeliveryQueueTest, QueuesShareABudgetAndNobodyWaitsForTheRoomOfOthers) {
  ByteBudget budget(1'000'000);
  DeliveryQueue hog(Limits(), budget);
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(hog.HasRoomFor(OfBytes(100'000)));
    EXPECT_EQ(hog.HasRoomToCatchUp(), i < 5);
    hog.Add({0, i}, OfBytes(100'000));
  }
  EXPECT_FALSE(hog.HasRoomFor(OfBytes(100'000)));

  DeliveryQueue other(Limits(), budget);
  EXPECT_TRUE(other.HasRoomToCatchUp());
  EXPECT_TRUE(other.HasRoomFor(OfBytes(100'000))) << "of one there always is";
  other.Add({0, 0}, OfBytes(30'000));
  EXPECT_TRUE(other.HasRoomToCatchUp());
  other.Add({0, 1}, OfBytes(30'000));
  EXPECT_FALSE(other.HasRoomToCatchUp());
  EXPECT_TRUE(other.HasRoomFor(OfBytes(4'000))) << "64 KiB are its own";
  EXPECT_FALSE(other.HasRoomFor(OfBytes(40'000)));

  ASSERT_TRUE(hog.Take(now_).has_value());
  hog.Settle({0, 0}, true, {}, now_, kEven);
  EXPECT_TRUE(other.HasRoomFor(OfBytes(40'000)));
}

TEST_F(DeliveryQueueTest, WhatIsNoLongerHeldIsGivenBackToTheBudget) {
  for (int32_t partition = 0; partition < 3; ++partition) Add(partition, 1, "eve");
  const size_t each = budget_.used() / 3;
  EXPECT_GT(each, 100u);
  queue_.Drop(0);
  EXPECT_EQ(budget_.used(), 2 * each);
  Taken();
  Settle({1, 1}, false);
  EXPECT_EQ(budget_.used(), 2 * each) << "it is tried again";
  Settle({2, 1}, true);
  EXPECT_EQ(budget_.used(), each);
  queue_.DropAll();
  EXPECT_EQ(budget_.used(), 0u);
  {
    DeliveryQueue deleted(Limits(), budget_);
    deleted.Add({0, 1}, OfBytes(1));
    EXPECT_GT(budget_.used(), 0u);
  }
  EXPECT_EQ(budget_.used(), 0u);
}

}  // namespace
}  // namespace baton::webhooks
