#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <iostream>

#include "absl/time/clock.h"
#include "intake_rig.h"
#include "support/kafka_cluster.h"

namespace baton::intake {
namespace {

using ::testing::HasSubstr;

class IntakeIntegrationTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { EndKafkaOfThisProgram(); }

  // The time until it holds, or InfiniteDuration.
  static absl::Duration Await(const std::function<bool()>& holds, absl::Duration within) {
    const absl::Time start = absl::Now();
    while (absl::Now() - start < within) {
      if (holds()) return absl::Now() - start;
      absl::SleepFor(absl::Milliseconds(10));
    }
    return absl::InfiniteDuration();
  }
};

// 5,000 records with repetitions, bad ones and disorder; the service is stopped and started again
// in the middle, and the end is what a pure fold of the events gives.
TEST_F(IntakeIntegrationTest, EveryRecordIsAppliedOrRepeatedOrDeadLettered) {
  IntakeRig rig;
  rig.Send(2000, 300);
  auto first = rig.Join();
  EXPECT_LT(Await([&] { return rig.store().Counters(store::InputFlow::kMarketing)->input > 200; },
                  absl::Seconds(30)),
            absl::Seconds(30));
  rig.Send(1500, 300);
  first->service->Stop(absl::Seconds(5));
  first.reset();
  auto second = rig.Join();
  rig.Send(1500, 300);
  ASSERT_TRUE(rig.AwaitSettled(absl::Seconds(60)));
  rig.ExpectNothingLostOrDoubled();
  EXPECT_LT(Await([&] { return second->service->Ready().ok(); }, absl::Seconds(10)),
            absl::Seconds(10))
      << second->service->Ready();
  EXPECT_THAT(second->metrics->Expose(), HasSubstr("baton_consumer_lag_records"));
}

TEST_F(IntakeIntegrationTest, RidesOutACrashOfRedis) {
  IntakeRig rig;
  auto member = rig.Join();
  rig.Send(1000, 100);
  ASSERT_TRUE(rig.AwaitSettled(absl::Seconds(30)));
  for (int round = 0; round < 3; ++round) {
    rig.Send(1000, 100);
    rig.redis().Kill();
    EXPECT_LT(Await([&] { return !member->service->Ready().ok(); }, absl::Seconds(10)),
              absl::Seconds(10));
    rig.Send(200, 100);
    ASSERT_TRUE(rig.redis().Restart().ok());
    const int64_t settled =
        rig.store().Counters(store::InputFlow::kMarketing).value_or(store::InputCounters()).input;
    EXPECT_LT(Await(
                  [&] {
                    const auto counters = rig.store().Counters(store::InputFlow::kMarketing);
                    return counters.ok() && counters->input > settled;
                  },
                  absl::Seconds(10)),
              absl::Seconds(2));
  }
  ASSERT_TRUE(rig.AwaitSettled(absl::Seconds(30)));
  rig.ExpectNothingLostOrDoubled();
  EXPECT_LT(Await([&] { return member->service->Ready().ok(); }, absl::Seconds(5)),
            absl::Seconds(5));
}

TEST_F(IntakeIntegrationTest, RidesOutACrashOfKafka) {
  IntakeRig rig;
  auto member = rig.Join();
  rig.Send(1000, 100);
  ASSERT_TRUE(KafkaOfThisProgram().Kill().ok());
  EXPECT_LT(Await([&] { return !member->service->Ready().ok(); }, absl::Seconds(15)),
            absl::Seconds(15));
  ASSERT_TRUE(KafkaOfThisProgram().Restart().ok());
  rig.Send(1000, 100);
  ASSERT_TRUE(rig.AwaitSettled(absl::Seconds(60)));
  rig.ExpectNothingLostOrDoubled();
  EXPECT_LT(Await([&] { return member->service->Ready().ok(); }, absl::Seconds(10)),
            absl::Seconds(10));
}

TEST_F(IntakeIntegrationTest, MembersComeAndGoUnderLoad) {
  IntakeRig rig;
  auto stays = rig.Join();
  // So many leads that, however far one partition falls behind another, no lead gets more events in
  // between than are remembered to recognise a repetition.
  constexpr int kManyLeads = 1000;
  for (int round = 0; round < 3; ++round) {
    rig.Send(600, kManyLeads);
    auto guest = rig.Join();
    const auto works = [&] {
      rig.Send(20, kManyLeads);
      const std::string text = guest->metrics->Expose();
      return text.find("baton_input_records_total 0") == std::string::npos;
    };
    EXPECT_LT(Await(works, absl::Seconds(20)), absl::Seconds(20));
    guest->service->Stop(absl::Seconds(5));
  }
  ASSERT_TRUE(rig.AwaitSettled(absl::Seconds(60)));
  rig.ExpectNothingLostOrDoubled();
}

TEST_F(IntakeIntegrationTest, DeadLettersARecordThatIsTooLargeToCopy) {
  IntakeRig rig;
  auto member = rig.Join();
  rig.SendBytes(1, std::string(999'000, '['));
  rig.Send(100, 10);
  ASSERT_TRUE(rig.AwaitSettled(absl::Seconds(30)));
  rig.ExpectNothingLostOrDoubled();
}

TEST_F(IntakeIntegrationTest, RefusesATopicThatWasMadeAnew) {
  IntakeRig rig;
  const std::string topic = events::MakeTopicNames(rig.group()).lead_events;
  const int64_t epoch = rig.store().Checkpoints(topic)->epoch;
  ASSERT_TRUE(rig.store()
                  .Advance(topic, epoch, std::vector<store::InputAdvance>{{2, 0, 1'000'000, 0, 0}})
                  .ok());
  auto member = rig.Join();
  EXPECT_LT(Await(
                [&] {
                  return member->service->Ready().message().find("beyond the end of the log") !=
                         absl::string_view::npos;
                },
                absl::Seconds(20)),
            absl::Seconds(20));
}

TEST_F(IntakeIntegrationTest, SettlesABacklogInBigBatches) {
  IntakeRig rig;
  rig.Send(20'000, 4000);
  auto member = rig.Join();
  ASSERT_LT(Await([&] { return rig.store().Counters(store::InputFlow::kMarketing)->input > 0; },
                  absl::Seconds(30)),
            absl::Seconds(30));
  const int64_t already = rig.store().Counters(store::InputFlow::kMarketing)->input;
  const absl::Time start = absl::Now();
  ASSERT_TRUE(rig.AwaitSettled(absl::Seconds(120)));
  const double rate =
      static_cast<double>(rig.sent() - already) / absl::ToDoubleSeconds(absl::Now() - start);
  std::cout << "settled " << static_cast<int64_t>(rate) << " records/s\n";
  rig.ExpectNothingLostOrDoubled();
}

}  // namespace
}  // namespace baton::intake
