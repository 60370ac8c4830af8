// The lead events with which everything is measured: structured CloudEvents in JSON, as marketing
// automation sends them. Pure; thread-safe.
#ifndef BATON_BENCH_EVENTS_H_
#define BATON_BENCH_EVENTS_H_

#include <cstdint>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace baton::bench {

struct LeadEvent {
  std::string key;  // "workspace/lead"
  std::string value;
};

// "lead-000000042".
std::string LeadName(int64_t number);

// The first event of a lead: ten facts. With `qualifies` the lead is a marketing qualified one by
// this event alone (see ../policy.yaml).
LeadEvent Captured(const std::string& workspace, int64_t lead, bool qualifies,
                   absl::Time at = absl::Now());

// The lead's event `step` (1 ...) after that: a page seen, a webinar, a changed fact. Never
// qualifies a lead that is not qualified.
LeadEvent Later(const std::string& workspace, int64_t lead, int step, absl::Time at = absl::Now());

}  // namespace baton::bench

#endif  // BATON_BENCH_EVENTS_H_
