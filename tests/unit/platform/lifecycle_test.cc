#include "platform/lifecycle.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::platform {
namespace {

using testing::ElementsAre;

class NotedService : public Service {
 public:
  NotedService(std::string name, std::vector<std::string>& notes)
      : name_(std::move(name)), notes_(notes) {}

  std::string_view name() const override { return name_; }
  absl::Status Start() override {
    notes_.push_back("start " + name_);
    return start;
  }
  void Stop(absl::Duration grace) override {
    EXPECT_LE(grace, absl::Seconds(5));
    notes_.push_back("stop " + name_);
  }
  absl::Status Ready() const override { return ready; }

  absl::Status start;
  absl::Status ready;

 private:
  const std::string name_;
  std::vector<std::string>& notes_;
};

class LifecycleTest : public testing::Test {
 protected:
  void SetUp() override {
    for (Service* service : {&a_, &b_, &c_}) lifecycle_.Add(*service);
  }

  std::vector<std::string> notes_;
  NotedService a_{"a", notes_}, b_{"b", notes_}, c_{"c", notes_};
  Lifecycle lifecycle_{absl::Seconds(5)};
};

TEST_F(LifecycleTest, StopsInTheReverseOrderOfTheStart) {
  EXPECT_TRUE(lifecycle_.Start().ok());
  lifecycle_.Stop();
  EXPECT_THAT(notes_, ElementsAre("start a", "start b", "start c", "stop c", "stop b", "stop a"));
  lifecycle_.Stop();
  EXPECT_EQ(notes_.size(), 6u);
}

TEST_F(LifecycleTest, FailedStartStopsWhatRunsAndNamesTheService) {
  b_.start = absl::UnavailableError("port taken");
  EXPECT_EQ(lifecycle_.Start(), absl::UnavailableError("b: port taken"));
  EXPECT_THAT(notes_, ElementsAre("start a", "start b", "stop a"));
}

TEST_F(LifecycleTest, ReadyWhenAllAreAndNamesTheFirstThatIsNot) {
  EXPECT_TRUE(lifecycle_.Start().ok());
  EXPECT_TRUE(ReadyOf(lifecycle_.States()).ok());
  b_.ready = absl::UnavailableError("no broker");
  EXPECT_EQ(ReadyOf(lifecycle_.States()), absl::UnavailableError("b: no broker"));
}

TEST_F(LifecycleTest, NotReadyOnceStopping) {
  EXPECT_TRUE(lifecycle_.Start().ok());
  lifecycle_.Stop();
  EXPECT_EQ(ReadyOf(lifecycle_.States()), absl::UnavailableError("lifecycle: stopping"));
}

}  // namespace
}  // namespace baton::platform
