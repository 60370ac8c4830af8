// deploy/kafka/topics.yaml: the topics that Baton needs, declared.
//
//   apiVersion: baton.dev/v1
//   kind: Topics
//   spec:
//     topics:
//       - {name: baton.feedback.v1, partitions: 12, replication: 1, config: {retention.ms:
//       "604800000"}}
#ifndef BATON_BATONCTL_TOPICS_FILE_H_
#define BATON_BATONCTL_TOPICS_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "platform/kafka/kafka.h"

namespace baton::batonctl {

// The topics in the order of the file; `prefix` takes the place of the names' first part "baton".
// INVALID_ARGUMENT that names every error with its place in `file_name`.
absl::StatusOr<std::vector<platform::kafka::TopicSpec>> ParseTopics(const std::string& yaml,
                                                                    const std::string& file_name,
                                                                    const std::string& prefix);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_TOPICS_FILE_H_
