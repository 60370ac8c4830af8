// What a candidate policy would have done otherwise than the baseline: two outcomes of the same
// recording against each other. Pure; thread-safe.
#ifndef BATON_SIMULATION_COMPARISON_H_
#define BATON_SIMULATION_COMPARISON_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "simulation/outcome.h"

namespace baton::simulation {

// Of one queue, rep or route: how many cycles it had, and how many of those that both runs have
// came to it or left it.
struct Share {
  int64_t baseline = 0;
  int64_t candidate = 0;
  int64_t came = 0;
  int64_t left = 0;
  bool operator==(const Share&) const = default;
};

// From becoming an MQL to the first rep. Who never got one is in it with the time until the end.
struct Waiting {
  int64_t leads = 0;
  int64_t never_assigned = 0;
  core::DurationMs p50_ms = 0, p90_ms = 0, p95_ms = 0;
  bool operator==(const Waiting&) const = default;
};

// A cycle that differs. `gained`: baseline is nullopt; `lost`: candidate is.
struct Difference {
  core::LeadId lead;
  int32_t life = 0;   // outcome.h
  int32_t cycle = 0;  // of the life
  struct Side {
    std::string route;
    core::QueueId queue;                        // of the route
    core::RepId rep;                            // who had it last; empty: nobody yet
    std::optional<core::DurationMs> waited_ms;  // until the first rep; nullopt: never assigned
    bool operator==(const Side&) const = default;
  };
  std::optional<Side> baseline, candidate;
  bool operator==(const Difference&) const = default;

  const char* kind() const { return !baseline ? "gained" : !candidate ? "lost" : "moved"; }
};

struct Comparison {
  int64_t mqls_baseline = 0, mqls_candidate = 0;
  int64_t gained = 0, lost = 0;
  int64_t moved = 0;                    // MQLs of both with another queue, route or rep
  std::map<std::string, Share> queues;  // by the route's queue
  std::map<std::string, Share> routes;  // by the rule
  std::map<std::string, Share> reps;    // by who had the lead last; "": nobody yet
  Waiting waiting_baseline, waiting_candidate;
  std::vector<Difference> differences;  // by lead, then life, then cycle
};

// Cycles that began before `since_ms` in both are left out.
Comparison Compare(const Outcome& baseline, const Outcome& candidate, core::TimeMs since_ms);

}  // namespace baton::simulation

#endif  // BATON_SIMULATION_COMPARISON_H_
