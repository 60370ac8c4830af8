// Clients whose orders get lost or fail: for that no partition stays unread, and no record is
// skipped.
#include "intake/input_partitions.h"

#include <gmock/gmock.h>

#include "worker_fixture.h"

namespace baton::intake {
namespace {

using InputPartitionsTest = WorkerFixture;

TEST_F(InputPartitionsTest, APartitionWhoseResumeGotLostStartsAgain) {
  fault_ = [] { return support::Fault::kNeverArrives; };
  Steps(2);  // both partitions wait for their place
  fault_ = [] { return support::Fault::kNone; };
  kafka_.lost_resumes = {1};
  Append(0, View("a", "1"));
  Append(1, View("b", "2"));
  Steps(20);
  ExpectCounters(1, 1, 0, 0);
  Steps(400);  // 40 seconds
  ExpectCounters(2, 2, 0, 0);
}

TEST_F(InputPartitionsTest, NothingStartsAgainWhileAllIsRead) {
  Steps(2);
  const int seeks = kafka_.seeks;
  for (int i = 0; i < 50; ++i) {
    Append(i % 2, View("a", absl::StrCat(i)));
    Steps(10);
  }
  ExpectCounters(50, 50, 0, 0);
  EXPECT_EQ(kafka_.seeks, seeks);
}

TEST_F(InputPartitionsTest, OnePartitionThatCannotBePlacedKeepsNoOtherFromIt) {
  kafka_.seek_failures = {0};
  fault_ = [] { return support::Fault::kNeverArrives; };
  Steps(2);
  fault_ = [] { return support::Fault::kNone; };
  Append(0, View("a", "1"));
  Append(1, View("b", "2"));
  Steps(100);
  ExpectCounters(1, 1, 0, 0);
  EXPECT_FALSE(worker_->ready().ok());
  kafka_.seek_failures.clear();
  Steps(100);
  ExpectCounters(2, 2, 0, 0);
  EXPECT_TRUE(worker_->ready().ok()) << worker_->ready();
}

TEST_F(InputPartitionsTest, AResumeThatFailedIsTriedAgain) {
  kafka_.resume_failures = 1;
  fault_ = [] { return support::Fault::kNeverArrives; };
  Steps(2);
  fault_ = [] { return support::Fault::kNone; };
  Append(0, View("a", "1"));
  Append(1, View("b", "2"));
  Steps(20);
  ExpectCounters(2, 2, 0, 0);
}

TEST_F(InputPartitionsTest, WhatComesWhileABatchIsKeptIsReadAgain) {
  Append(0, View("a", "1"));
  Steps(1);
  Append(0, View("a", "2"));
  kafka_.pause_failures = 1;
  fault_ = [] { return support::Fault::kNeverArrives; };
  Steps(1);
  Append(0, View("a", "3"));
  Steps(1);
  ASSERT_EQ(kafka_.positions[0], 3) << "it came";
  fault_ = [] { return support::Fault::kNone; };
  Append(0, View("a", "4"));
  Steps(5);
  ExpectCounters(4, 4, 0, 0);
  EXPECT_EQ(Checkpoint(0), 4);
}

TEST_F(InputPartitionsTest, NothingIsTakenOfAPartitionBeforeItIsPlacedAgain) {
  Append(0, View("a", "1"));
  Steps(1);
  Append(0, View("a", "2"));
  kafka_.lost_pauses = {0};
  fault_ = [] { return support::Fault::kNeverArrives; };
  Steps(1);
  Append(0, View("a", "3"));
  kafka_.lost_pauses = {0};  // nor does the next one do anything
  Steps(1);
  ASSERT_EQ(kafka_.positions[0], 3) << "it came";
  fault_ = [] { return support::Fault::kNone; };
  kafka_.seek_failures = {0};
  Append(0, View("a", "4"));
  Steps(2);
  ASSERT_EQ(kafka_.positions[0], 4) << "it came";
  ExpectCounters(2, 2, 0, 0);
  kafka_.seek_failures.clear();
  Steps(5);
  ExpectCounters(4, 4, 0, 0);
  EXPECT_EQ(Checkpoint(0), 4);
}

}  // namespace
}  // namespace baton::intake
