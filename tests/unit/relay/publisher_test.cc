// The order of calls on the producer, when each of them fails.
#include "relay/publisher.h"

#include <deque>
#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::relay {
namespace {

using platform::kafka::Consumer;
using platform::kafka::OutRecord;
using platform::kafka::Position;
using platform::kafka::Record;
using testing::ElementsAre;

// Answers as told, OK otherwise, and notes what was called.
class ScriptedProducer : public platform::kafka::Producer {
 public:
  struct Script {
    std::vector<std::string> calls;
    std::map<std::string, std::deque<absl::Status>> answers;
  };
  explicit ScriptedProducer(Script& script) : script_(script) {}

  absl::Status Produce(OutRecord record, std::function<void(absl::Status)>) override {
    return Call("produce " + record.value);
  }
  absl::Status Flush(absl::Duration) override { return Call("flush"); }
  absl::Status InitTransactions(absl::Duration) override { return Call("init"); }
  absl::Status BeginTransaction() override { return Call("begin"); }
  absl::Status SendOffsets(absl::Span<const Position>, Consumer&, absl::Duration) override {
    return Call("offsets");
  }
  absl::Status CommitTransaction(absl::Duration) override { return Call("commit"); }
  absl::Status AbortTransaction(absl::Duration) override { return Call("abort"); }

 private:
  absl::Status Call(const std::string& name) {
    script_.calls.push_back(name);
    std::deque<absl::Status>& answers = script_.answers[name];
    if (answers.empty()) return absl::OkStatus();
    absl::Status answer = answers.front();
    answers.pop_front();
    return answer;
  }

  Script& script_;
};

class NoConsumer : public Consumer {
 public:
  absl::StatusOr<std::vector<Record>> Poll(int, absl::Duration) override { return Unused(); }
  absl::Status Commit(absl::Span<const Position>, bool) override { return Unused(); }
  absl::Status Seek(const Position&) override { return Unused(); }
  absl::Status Pause(absl::Span<const Position>) override { return Unused(); }
  absl::Status Resume(absl::Span<const Position>) override { return Unused(); }
  absl::StatusOr<std::vector<Position>> Committed(absl::Span<const Position>,
                                                  absl::Duration) override {
    return Unused();
  }
  absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>> Ends(absl::Span<const Position>,
                                                                absl::Duration) override {
    return Unused();
  }
  bool AssignmentLost() override { return false; }
  void Close() override {}

 private:
  static absl::Status Unused() { return absl::UnimplementedError("not used"); }
};

class PublisherTest : public testing::Test {
 protected:
  absl::Status Publish() {
    return publisher_.Publish({{"t", "k", "1"}, {"t", "k", "2"}}, {{"shards", 0, 3}}, group_);
  }

  ScriptedProducer::Script script_;
  int patience_asked_ = 0;
  int patience_ends_after_ = 100;
  NoConsumer group_;
  Publisher publisher_{std::make_unique<ScriptedProducer>(script_), [this] {
                         return ++patience_asked_ > patience_ends_after_ ? absl::ZeroDuration()
                                                                         : absl::Seconds(1);
                       }};
};

TEST_F(PublisherTest, RecordsAndOffsetsAreCommittedTogether) {
  EXPECT_TRUE(Publish().ok());
  EXPECT_THAT(script_.calls, ElementsAre("begin", "produce 1", "produce 2", "offsets", "commit"));
  EXPECT_TRUE(publisher_.Usable());
}

TEST_F(PublisherTest, RefusedOffsetsAbortTheTransaction) {
  script_.answers["offsets"] = {absl::AbortedError("expelled")};
  EXPECT_EQ(Publish().code(), absl::StatusCode::kAborted);
  EXPECT_THAT(script_.calls, ElementsAre("begin", "produce 1", "produce 2", "offsets", "abort"));
  EXPECT_TRUE(publisher_.Usable());
}

TEST_F(PublisherTest, RecordThatIsNotTakenAbortsTheTransaction) {
  script_.answers["produce 2"] = {absl::InvalidArgumentError("too large")};
  EXPECT_EQ(Publish().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(script_.calls, ElementsAre("begin", "produce 1", "produce 2", "abort"));
  EXPECT_TRUE(publisher_.Usable());
}

TEST_F(PublisherTest, FullQueueIsWaitedFor) {
  script_.answers["produce 2"] = {absl::ResourceExhaustedError("queue full"),
                                  absl::ResourceExhaustedError("queue full")};
  script_.answers["flush"] = {absl::DeadlineExceededError("1 record not delivered")};
  EXPECT_TRUE(Publish().ok());
  EXPECT_THAT(script_.calls, ElementsAre("begin", "produce 1", "produce 2", "flush", "produce 2",
                                         "flush", "produce 2", "offsets", "commit"));
}

TEST_F(PublisherTest, QueueThatStaysFullAbortsTheTransaction) {
  patience_ends_after_ = 2;
  script_.answers["produce 1"] =
      std::deque<absl::Status>(10, absl::ResourceExhaustedError("queue full"));
  EXPECT_EQ(Publish().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(script_.calls.back(), "abort");
  EXPECT_TRUE(publisher_.Usable());
}

TEST_F(PublisherTest, CommitThatMustBeAbortedIsAborted) {
  script_.answers["commit"] = {absl::AbortedError("a record failed")};
  EXPECT_EQ(Publish().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(script_.calls.back(), "abort");
  EXPECT_TRUE(publisher_.Usable());
}

TEST_F(PublisherTest, UnansweredStepsAreRepeated) {
  script_.answers["offsets"] = {absl::UnavailableError("timed out")};
  script_.answers["commit"] = {absl::UnavailableError("timed out"),
                               absl::UnavailableError("timed out")};
  EXPECT_TRUE(Publish().ok());
  EXPECT_THAT(script_.calls, ElementsAre("begin", "produce 1", "produce 2", "offsets", "offsets",
                                         "commit", "commit", "commit"));
}

TEST_F(PublisherTest, UndecidedCommitNeedsANewProducerAndIsNotAborted) {
  patience_ends_after_ = 3;
  script_.answers["commit"] = std::deque<absl::Status>(10, absl::UnavailableError("timed out"));
  EXPECT_EQ(Publish().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(script_.calls.back(), "commit");
  EXPECT_FALSE(publisher_.Usable());
}

TEST_F(PublisherTest, FatalErrorNeedsANewProducer) {
  script_.answers["produce 1"] = {absl::InternalError("fenced")};
  EXPECT_EQ(Publish().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(script_.calls, ElementsAre("begin", "produce 1"));
  EXPECT_FALSE(publisher_.Usable());
}

TEST_F(PublisherTest, FailedAbortNeedsANewProducer) {
  script_.answers["offsets"] = {absl::AbortedError("expelled")};
  script_.answers["abort"] = {absl::UnavailableError("timed out")};
  EXPECT_EQ(Publish().code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(publisher_.Usable());
}

TEST_F(PublisherTest, TransactionThatCannotBeginNeedsANewProducer) {
  script_.answers["begin"] = {absl::InternalError("state")};
  EXPECT_EQ(Publish().code(), absl::StatusCode::kInternal);
  EXPECT_FALSE(publisher_.Usable());
}

}  // namespace
}  // namespace baton::relay
