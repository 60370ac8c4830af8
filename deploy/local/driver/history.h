// What the simulated reps saw and did, one JSON object a line, for whoever compares it with what
// Baton published:
// {"at":us,"rep":"rep-01","op":"offer","name":"lead-000001.1","result":"assigned"}, and for each
// attempt of a call {"begun":us,"at":us,"rep","op":"accept","name","result":"OK"|"ABORTED"...}.
// Times are microseconds since the epoch. Thread-safe.
#ifndef BATON_DEMO_HISTORY_H_
#define BATON_DEMO_HISTORY_H_

#include <cstdint>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace baton::demo {

class History {
 public:
  // Until a file is opened, nothing is kept.
  History() = default;
  // Begins the file anew.
  absl::Status Open(const std::string& path);

  // An assignment reached the rep's stream; `change` is empty in a snapshot.
  void Offer(const std::string& rep, const std::string& name, const std::string& change);
  // One attempt of a call, begun at `begun_us` and answered now with the gRPC code `code`.
  void Call(const std::string& rep, const std::string& operation, const std::string& name,
            int64_t begun_us, int code);

 private:
  absl::Mutex mutex_;
  std::ofstream file_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace baton::demo

#endif  // BATON_DEMO_HISTORY_H_
