// What marketing publishes in the demo: realistic lead events, the same for the same seed.
#ifndef BATON_DEMO_WORKLOAD_H_
#define BATON_DEMO_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace baton::demo {

// One record for the input topic: a structured CloudEvent, or something that only pretends to be
// one.
struct Publication {
  std::string key;  // "workspace/lead"
  std::string value;
  std::string id;    // CloudEvents id, empty for what is not parseable
  bool bad = false;  // must end as a dead letter
};

struct WorkloadOptions {
  std::string workspace = "demo";
  int leads = 2000;
  uint64_t seed = 1;
  int64_t start_ms = 0;           // the leads' stories end about now
  double duplicate_share = 0.02;  // of all records: sent twice
  double bad_share = 0.01;        // of all records: broken in one of several ways
  double late_share = 0.05;       // of a lead's events: published after a later one
  int reorder = 0;                // each record moves back by up to so many places
  bool brief = false;  // a lead is one event that qualifies it for a queue without skills
};

// Several events per lead, interleaved with other leads' as in life.
std::vector<Publication> MakeWorkload(const WorkloadOptions& options);

// One structured CloudEvent a line; a line that does not parse counts as bad.
absl::StatusOr<std::vector<Publication>> ReadWorkload(const std::string& path);

}  // namespace baton::demo

#endif  // BATON_DEMO_WORKLOAD_H_
