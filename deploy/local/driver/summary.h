// What the demo found, for people and for programs.
#ifndef BATON_DEMO_SUMMARY_H_
#define BATON_DEMO_SUMMARY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "demo/audit.h"

namespace baton::demo {

struct Summary {
  int64_t published = 0;  // records that Kafka acknowledged to the publisher
  int64_t input = 0, applied = 0, duplicate = 0, dead_lettered = 0;  // Baton's own count
  int64_t dead_letters_read = 0;                                     // on the dead letter topic
  int64_t leads = 0;
  AuditCounts audit;
  double latency_p50_ms = 0, latency_p99_ms = 0;  // published -> the rep's stream
  int64_t latency_samples = 0;
  double seconds = 0;
};

// q in 0..1 of `values` (sorted in place); 0 if empty.
double Quantile(std::vector<double>& values, double q);

std::string ToTable(const Summary& summary);
std::string ToJson(const Summary& summary);

}  // namespace baton::demo

#endif  // BATON_DEMO_SUMMARY_H_
