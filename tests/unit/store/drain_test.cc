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

// A roster whose calls of Drain answer as told and are noted as "queue@cursor".
class ScriptedRoster : public RosterStore {
 public:
  std::map<RepId, std::vector<QueueId>> reps;
  std::map<QueueId, std::deque<absl::StatusOr<DrainResult>>> answers;
  std::vector<std::string> calls;

  absl::StatusOr<RepState> GetRep(const WorkspaceId&, const RepId& rep) override {
    if (!reps.contains(rep)) return absl::NotFoundError(rep.str());
    RepState state;
    state.rep.queues = reps[rep];
    return state;
  }
  absl::StatusOr<DrainResult> Drain(const WorkspaceId&, const QueueId& queue, int max,
                                    const std::string& cursor) override {
    EXPECT_EQ(max, kDrainScanMax);
    calls.push_back(queue.str() + "@" + cursor);
    auto& queued = answers[queue];
    if (queued.empty()) return DrainResult();
    auto answer = queued.front();
    queued.pop_front();
    return answer;
  }
  absl::StatusOr<core::Rep> PutRep(const WorkspaceId&, const core::Rep&, int64_t) override {
    return Unused();
  }
  absl::Status DeleteRep(const WorkspaceId&, const RepId&) override { return Unused(); }
  absl::StatusOr<std::vector<RepState>> ListReps(const WorkspaceId&) override { return Unused(); }
  absl::StatusOr<std::vector<QueueState>> ListQueues(const WorkspaceId&) override {
    return Unused();
  }
  absl::StatusOr<core::QueueSettings> PutQueue(const WorkspaceId&, const core::QueueSettings&,
                                               int64_t) override {
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

TEST(DrainQueueTest, GoesOnUntilTheCursorIsEmpty) {
  ScriptedRoster roster;
  roster.answers[kSmb] = {DrainResult{3, "c1"}, DrainResult{0, "c2"}, DrainResult{1, ""}};
  const auto drained = DrainQueue(roster, kAcme, kSmb, "c0");
  EXPECT_EQ(drained->assigned, 4);
  EXPECT_EQ(drained->cursor, "");
  EXPECT_THAT(roster.calls, ElementsAre("smb@c0", "smb@c1", "smb@c2"));
}

TEST(DrainQueueTest, EndsAfterABoundedNumberOfCalls) {
  ScriptedRoster roster;
  roster.answers[kSmb].assign(100, DrainResult{0, "more"});
  EXPECT_EQ(DrainQueue(roster, kAcme, kSmb, "")->cursor, "more");
  EXPECT_EQ(roster.calls.size(), static_cast<size_t>(kDrainCallsMax));
}

TEST(DrainQueuesOfTest, DrainsEachQueueOfTheRepsOnce) {
  ScriptedRoster roster;
  roster.reps = {{kAda, {kDach, kSmb}}, {kBob, {kSmb}}};
  roster.answers[kDach] = {DrainResult{2, ""}};
  roster.answers[kSmb] = {DrainResult{1, ""}};
  EXPECT_EQ(DrainQueuesOf(roster, kAcme, {kAda, kBob, RepId::Trusted("gone")}).value(), 3);
  EXPECT_THAT(roster.calls, ElementsAre("dach@", "smb@"));
}

TEST(DrainQueuesOfTest, TellsTheFirstError) {
  ScriptedRoster roster;
  roster.reps = {{kAda, {kSmb}}};
  roster.answers[kSmb] = {absl::UnavailableError("away")};
  EXPECT_EQ(DrainQueuesOf(roster, kAcme, {kAda}).status(), absl::UnavailableError("away"));
}

}  // namespace
}  // namespace baton::store
