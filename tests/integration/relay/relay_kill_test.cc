// Relays in processes of their own that are killed or stopped for a while, at random moments.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "platform/kafka/kafka.h"
#include "relay_test_outbox/fake_outbox.h"
#include "relay_test_outbox/published.h"
#include "support/kafka_cluster.h"

namespace baton::relay {
namespace {

constexpr absl::Duration kBound = absl::Seconds(90);

class RelayKillTest : public testing::Test {
 protected:
  void SetUp() override {
    prefix_ = support::UniqueName("relay-kill");
    topics_ = events::MakeTopicNames(prefix_);
    group_ = support::UniqueName("relay-group");
    ASSERT_TRUE(MakeTopics(topics_).ok());
  }

  void TearDown() override {
    for (pid_t relay : std::vector<pid_t>(running_)) End(relay, SIGKILL);
  }

  pid_t StartRelay(int64_t entries) {
    const std::vector<std::string> words = {RELAY_PROCESS, prefix_, group_, absl::StrCat(kShards),
                                            absl::StrCat(entries)};
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t relay = 0;
    EXPECT_EQ(posix_spawn(&relay, RELAY_PROCESS, nullptr, nullptr, arguments.data(), environ), 0);
    running_.push_back(relay);
    return relay;
  }

  // Returns the exit code, or -1 if it was ended by the signal.
  int End(pid_t relay, int signal) {
    kill(relay, signal);
    int status = 0;
    waitpid(relay, &status, 0);
    std::erase(running_, relay);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void ExpectExactlyOnce(int64_t entries) {
    const auto published = AwaitFeedback(topics_, kShards * entries, kBound);
    ASSERT_TRUE(published.ok()) << published.status();
    EXPECT_EQ(published->distinct, kShards * entries);
    EXPECT_EQ(published->duplicates, 0);
    EXPECT_EQ(published->out_of_order, 0);
  }

  std::string prefix_;
  std::string group_;
  events::TopicNames topics_;
  std::vector<pid_t> running_;
};

TEST_F(RelayKillTest, KilledRelaysPublishNothingTwice) {
  constexpr int64_t kEntries = 15'000;
  constexpr int kKills = 8;
  absl::BitGen random;
  std::vector<pid_t> relays = {StartRelay(kEntries), StartRelay(kEntries)};
  for (int i = 0; i < kKills; ++i) {
    absl::SleepFor(absl::Milliseconds(absl::Uniform(random, 1000, 3000)));
    pid_t& victim = relays[absl::Uniform<size_t>(random, 0, relays.size())];
    ASSERT_EQ(End(victim, SIGKILL), -1);
    victim = StartRelay(kEntries);
  }
  ExpectExactlyOnce(kEntries);
  // Kills that fell into a transaction left records that only careless readers see.
  const auto all = ReadFeedback(topics_, false);
  ASSERT_TRUE(all.ok()) << all.status();
  RecordProperty("uncommitted_duplicates", static_cast<int>(all->duplicates));
  for (pid_t relay : std::vector<pid_t>(running_)) EXPECT_EQ(End(relay, SIGTERM), 0);
}

TEST_F(RelayKillTest, RelayThatSleptThroughItsExpulsionPublishesNothing) {
  constexpr int64_t kEntries = 15'000;
  const pid_t sleeper = StartRelay(kEntries);
  const absl::Time deadline = absl::Now() + kBound;
  while (ReadFeedback(topics_, true).value().distinct == 0) ASSERT_LT(absl::Now(), deadline);
  kill(sleeper, SIGSTOP);
  StartRelay(kEntries);
  absl::SleepFor(absl::Seconds(12));  // session of 6 s and transaction of 10 s are over
  kill(sleeper, SIGCONT);
  ExpectExactlyOnce(kEntries);
}

}  // namespace
}  // namespace baton::relay
