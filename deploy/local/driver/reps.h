// Simulated reps: each watches its assignments over gRPC and accepts, declines or stays silent;
// those who accept touch the lead and report what came of it, which frees their capacity again.
#ifndef BATON_DEMO_REPS_H_
#define BATON_DEMO_REPS_H_

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "demo/history.h"

namespace baton::demo {

struct RepsOptions {
  std::string server;  // as of Connect
  std::string workspace;
  int reps = 8;
  uint64_t seed = 1;
  double decline_share = 0.05;
  double silent_share = 0.03;
  double idle_share = 0;  // of the leads accepted: nothing is done with them
  bool brief = false;  // who accepts rejects at once, which frees the capacity
  absl::Duration patience = absl::Seconds(60);  // with a server that is away
};

class Reps {
 public:
  Reps(RepsOptions options, History& history);  // `history` outlives it
  ~Reps();                                      // stops

  // Creates the reps through RosterService, online, spread over the policy's queues; calls that a
  // server does not answer are repeated for as long as the options' patience.
  absl::Status Enlist();
  // Starts one watching and one working thread per rep. They ride out restarts of the server.
  void Start();
  void Stop();

  // When each lead's first assignment reached a rep's stream, microseconds since the epoch.
  std::map<std::string, int64_t> FirstSeen() const;
  // Errors that no restart explains, in sentences.
  std::vector<std::string> Failures() const;

 private:
  class One;
  const RepsOptions options_;
  History& history_;
  std::vector<std::unique_ptr<One>> reps_;
};

}  // namespace baton::demo

#endif  // BATON_DEMO_REPS_H_
