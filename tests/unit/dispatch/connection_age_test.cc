// Connections live for a while only, so that load spreads anew over the replicas: their streams end
// and are resumed, and calls do not notice.
#include <set>
#include <thread>

#include "watcher_client.h"

namespace baton::dispatch {
namespace {

class ConnectionAgeTest : public ApiTest {
 protected:
  ConnectionAgeTest() : ApiTest(Options()) {}
  static DispatchOptions Options() {
    DispatchOptions options = RunningApi::DefaultOptions();
    options.server.connection_age_max = absl::Milliseconds(200);
    options.server.connection_age_grace = absl::Milliseconds(100);
    return options;
  }
};

TEST_F(ConnectionAgeTest, StreamsEndWithTheirConnectionAndResumeWithoutGapAndCallsGoOn) {
  constexpr size_t kLeads = 50;
  AddRep("ada", 1000);
  std::atomic<bool> done = false;
  std::atomic<int> refused = 0;
  std::thread changes([&] {
    for (size_t i = 0; i < kLeads; ++i) {
      const std::string lead = "l" + std::to_string(i);
      AddLead(lead);
      if (!Accept(AssignmentOf(lead)).ok()) ++refused;
      absl::SleepFor(absl::Milliseconds(20));
    }
    done = true;
  });
  View view;
  std::set<std::string> seen;
  int ended = 0;
  for (bool caught_up = false; !caught_up;) {
    const bool last = done;
    WatcherClient watcher(*api_.assignments, "workspaces/acme/reps/ada", view.token());
    while (const auto response = watcher.Next()) {
      view.Apply(*response);
      if (!response->assignment().lead().empty()) seen.insert(response->assignment().lead());
      caught_up = last && response->kind() == v1::WatchAssignmentsResponse::KIND_BOOKMARK;
      if (caught_up) break;
    }
    if (caught_up) break;
    ++ended;
    EXPECT_EQ(watcher.Finish().error_code(), ::grpc::StatusCode::UNAVAILABLE)
        << watcher.Finish().error_message();
  }
  changes.join();
  EXPECT_GE(ended, 2);
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(seen.size(), kLeads);
  EXPECT_EQ(view.state().size(), kLeads);
}

}  // namespace
}  // namespace baton::dispatch
