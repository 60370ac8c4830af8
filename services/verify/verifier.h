// Checks an installation at rest: input, dead letters, the three output topics and the store
// against each other. Reads only; uses none of the services' counters, functions or decision code.
#ifndef BATON_VERIFY_VERIFIER_H_
#define BATON_VERIFY_VERIFIER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "platform/kafka/kafka.h"
#include "platform/redis/client.h"
#include "verify/findings.h"
#include "verify/input_history.h"

namespace baton::verify {

// The topics of which an intake reads: <prefix>.lead-events.v1 and <prefix>.sales-events.v1.
struct InputOption {
  std::string prefix;
  // How often each has been made, at least 1: intake.input_generation, sales_input_generation.
  int generation = 1, sales_generation = 1;
};

struct Options {
  platform::kafka::KafkaConfig kafka;
  platform::redis::ClientOptions redis;
  std::string topic_prefix = "baton";  // of what Baton publishes
  std::vector<InputOption> inputs;     // of all intakes; empty: one, of topic_prefix
  std::string relay_group = "baton-relay";
  absl::Duration wait;                          // for rest; zero: it must be at rest now
  absl::Duration patience = absl::Seconds(30);  // with servers that do not answer
};

struct Report {
  InputEquation equation;
  Findings findings;
  int64_t leads = 0, feedback = 0;
  int64_t largest_owed_nano = 0;
  int64_t latest_expiry_ms = 0;    // how late the latest offer expired
  std::vector<std::string> notes;  // what could be checked in part only, and what is worth knowing
  double seconds = 0;
};

// FAILED_PRECONDITION: not at rest (input unread, changes unpublished, a transaction of an output
// open, or something was written meanwhile), or no installation; else as the clients say. OK with
// findings.violations() > 0 is a broken installation.
absl::StatusOr<Report> Verify(const Options& options);

}  // namespace baton::verify

#endif  // BATON_VERIFY_VERIFIER_H_
