// What `policy simulate` is given: recorded topics or files, a roster, policies.
#ifndef BATON_BATONCTL_SIMULATE_INPUT_H_
#define BATON_BATONCTL_SIMULATE_INPUT_H_

#include <string>
#include <vector>

#include "batonctl/kafka_options.h"
#include "batonctl/session.h"
#include "core/account.h"
#include "core/policy.h"
#include "simulation/recorder.h"
#include "simulation/simulator.h"

namespace baton::batonctl {

// Reads the feedback and the input topic of `kafka` to their present ends, without a consumer
// group: nothing is written, no offset committed. Input begins at `from_offset` of each partition.
absl::StatusOr<simulation::Recording> ReadTopics(const Session& session,
                                                 const KafkaArguments& kafka, int64_t from_offset,
                                                 simulation::Recorder recorder);

// Reads files, "-" is standard input. Each line is a CloudEvent in structured mode (a lead event,
// as `lead submit --file` takes them) or a record as `kcat -J` prints it (of the input topic, or of
// a topic whose name ends in .feedback.v1). An error names file and line;
// the first events that are refused are told, and it is an error if there is nothing else.
absl::StatusOr<simulation::Recording> ReadFiles(const Session& session,
                                                const std::vector<std::string>& files,
                                                simulation::Recorder recorder);

struct SimulatedPolicy {
  core::Policy policy;
  int64_t revision = 0;  // of the server; 0: of a file
  std::string name;      // for people
};
// `which`: "active", NAME@REVISION, or a file.
absl::StatusOr<SimulatedPolicy> FindPolicy(Session& session, const std::string& which);
absl::StatusOr<SimulatedPolicy> PolicyOfFile(const Session& session, const std::string& file);

// Of a document of accounts, or, without a file, the server's.
absl::StatusOr<std::vector<core::Account>> FindAccounts(Session& session, const std::string& file);

// Of a roster document, or, without a file, the server's.
absl::StatusOr<simulation::Roster> FindRoster(Session& session, const std::string& file);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_SIMULATE_INPUT_H_
