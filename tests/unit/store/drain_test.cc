#include "store/drain.h"

#include <deque>
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::store {
namespace {

using core::QueueId;
using core::RepId;
using core::WorkspaceId;
using testing::ElementsAre;

// A roster whose calls of Drain answer as told and are noted by their queues.
class ScriptedRoster : public RosterStore {
 public:
  std::map<RepId, std::vector<QueueId>> reps;
  std::map<RepId, std::vector<QueueId>> awaited;
  std::map<QueueId, std::deque<absl::StatusOr<int>>> answers;
  std::map<QueueId, std::vector<core::LeadId>> unreadable;
  std::vector<std::string> calls;

  absl::StatusOr<RepState> GetRep(const WorkspaceId&, const RepId& rep) override {
    if (!reps.contains(rep)) return absl::NotFoundError(rep.str());
    RepState state;
    state.rep.queues = reps[rep];
    state.awaited_in = awaited[rep];
    return state;
  }
  absl::StatusOr<Drained> Drain(const WorkspaceId&, const QueueId& queue, int max) override {
    EXPECT_EQ(max, kDrainMax);
    calls.push_back(queue.str());
    auto& queued = answers[queue];
    if (queued.empty()) return Drained();
    const absl::StatusOr<int> answer = queued.front();
    queued.pop_front();
    if (!answer.ok()) return answer.status();
    return Drained{*answer, unreadable[queue]};
  }
  absl::StatusOr<WaitingOutlook> OutlookOf(const core::LeadKey&) override { return Unused(); }
  absl::StatusOr<ClaimResult> ClaimNext(const Claim&) override { return Unused(); }
  absl::StatusOr<core::Rep> PutRep(const WorkspaceId&, const core::Rep&, int64_t) override {
    return Unused();
  }
  absl::Status DeleteRep(const WorkspaceId&, const RepId&) override { return Unused(); }
  absl::StatusOr<std::vector<RepState>> ListReps(const WorkspaceId&) override { return Unused(); }
  absl::StatusOr<std::vector<QueueState>> ListQueues(const WorkspaceId&) override {
    return Unused();
  }
  absl::StatusOr<std::vector<WorkspaceId>> ListWaiting() override { return Unused(); }
  absl::StatusOr<core::QueueSettings> PutQueue(const WorkspaceId&, const core::QueueSettings&,
                                               int64_t) override {
    return Unused();
  }
  absl::Status PutHours(const WorkspaceId&, int64_t, const std::map<std::string, core::Hours>&,
                        bool) override {
    return Unused();
  }

 private:
  static absl::Status Unused() { return absl::UnimplementedError("not used"); }
};

const WorkspaceId kAcme = WorkspaceId::Trusted("acme");
const QueueId kSmb = QueueId::Trusted("smb");
const QueueId kDach = QueueId::Trusted("dach");
const RepId kAda = RepId::Trusted("ada");
const RepId kBob = RepId::Trusted("bob");

TEST(DrainQueueTest, GoesOnWhileACallAssignsAllItMay) {
  ScriptedRoster roster;
  roster.answers[kSmb] = {kDrainMax, kDrainMax, 1};
  EXPECT_EQ(DrainQueue(roster, kAcme, kSmb).value().assigned, 2 * kDrainMax + 1);
  EXPECT_THAT(roster.calls, ElementsAre("smb", "smb", "smb"));
}

TEST(DrainQueueTest, EndsAfterABoundedNumberOfCalls) {
  ScriptedRoster roster;
  roster.answers[kSmb].assign(100, kDrainMax);
  EXPECT_EQ(DrainQueue(roster, kAcme, kSmb).value().assigned, kDrainCallsMax * kDrainMax);
  EXPECT_EQ(roster.calls.size(), static_cast<size_t>(kDrainCallsMax));
}

TEST(DrainQueueTest, NamesThoseWhoCannotBeReadOnceHoweverManyCallsMeetThem) {
  ScriptedRoster roster;
  roster.answers[kSmb] = {kDrainMax, 1};
  roster.unreadable[kSmb] = {core::LeadId::Trusted("l1"), core::LeadId::Trusted("l2")};
  EXPECT_EQ(DrainQueue(roster, kAcme, kSmb).value().unreadable, roster.unreadable[kSmb]);
}

TEST(DrainQueuesOfTest, DrainsEachQueueOfTheRepsOnce) {
  ScriptedRoster roster;
  roster.reps = {{kAda, {kDach, kSmb}}, {kBob, {kSmb}}};
  roster.answers[kDach] = {2};
  roster.answers[kSmb] = {1};
  EXPECT_EQ(DrainQueuesOf(roster, kAcme, {kAda, kBob, RepId::Trusted("gone")}).value(), 3);
  EXPECT_THAT(roster.calls, ElementsAre("dach", "smb"));
}

TEST(DrainQueuesOfTest, DrainsAlsoWhereLeadsWaitForTheirOwner) {
  ScriptedRoster roster;
  roster.reps = {{kAda, {kSmb}}};
  roster.awaited = {{kAda, {kDach}}};
  EXPECT_EQ(DrainQueuesOf(roster, kAcme, {kAda}).value(), 0);
  EXPECT_THAT(roster.calls, ElementsAre("dach", "smb"));
}

TEST(DrainQueuesOfTest, AQueueThatCannotBeReadHoldsUpNoOther) {
  ScriptedRoster roster;
  roster.reps = {{kAda, {kDach, kSmb}}};
  roster.answers[kDach] = {absl::InternalError("damaged")};
  EXPECT_EQ(DrainQueuesOf(roster, kAcme, {kAda}).status(), absl::InternalError("damaged"));
  EXPECT_THAT(roster.calls, ElementsAre("dach", "smb"));
}

TEST(DrainQueuesOfTest, AStoreThatIsAwayIsAskedOnce) {
  ScriptedRoster roster;
  roster.reps = {{kAda, {kDach, kSmb}}};
  roster.answers[kDach] = {absl::UnavailableError("away")};
  EXPECT_EQ(DrainQueuesOf(roster, kAcme, {kAda}).status(), absl::UnavailableError("away"));
  EXPECT_THAT(roster.calls, ElementsAre("dach"));
}

}  // namespace
}  // namespace baton::store
