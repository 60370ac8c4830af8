#include "relay/topics_check.h"

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace baton::relay {

absl::Status CheckTopics(const std::vector<platform::kafka::TopicInfo>& found,
                         const events::TopicNames& wanted, int shards) {
  std::map<std::string, int> partitions;
  for (const platform::kafka::TopicInfo& topic : found) partitions[topic.name] = topic.partitions;
  std::vector<std::string> missing;
  for (const std::string& name :
       {wanted.assignments, wanted.feedback, wanted.lead_state, wanted.shards}) {
    if (!partitions.contains(name)) missing.push_back(name);
  }
  if (!missing.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("missing topics: ", absl::StrJoin(missing, ", "),
                     "; create them with: batonctl topics apply"));
  }
  if (partitions[wanted.shards] != shards) {
    return absl::FailedPreconditionError(
        absl::StrCat("topic ", wanted.shards, " has ", partitions[wanted.shards],
                     " partitions, but the store has ", shards, " shards: both must be the same"));
  }
  return absl::OkStatus();
}

}  // namespace baton::relay
