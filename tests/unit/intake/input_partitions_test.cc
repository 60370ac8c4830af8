// Clients whose orders get lost or fail: no partition stays unread for that.
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

}  // namespace
}  // namespace baton::intake
