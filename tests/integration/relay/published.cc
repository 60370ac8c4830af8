#include "relay_test_outbox/published.h"

#include <map>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "support/kafka_cluster.h"

namespace baton::relay {
namespace {

std::string HeaderOf(const platform::kafka::Record& record, const std::string& name) {
  for (const auto& [header, value] : record.headers) {
    if (header == name) return value;
  }
  return "";
}

}  // namespace

events::TopicNames UniqueTopics() {
  return events::MakeTopicNames(support::UniqueName("relay"));
}

absl::Status MakeTopics(const events::TopicNames& topics) {
  absl::Status status = support::MakeTopic(topics.shards, kShards);
  for (const std::string& topic : {topics.feedback, topics.assignments, topics.lead_state}) {
    if (status.ok()) status = support::MakeTopic(topic, kPartitions);
  }
  return status;
}

absl::StatusOr<Published> ReadFeedback(const events::TopicNames& topics, bool read_committed) {
  absl::StatusOr<std::vector<platform::kafka::Record>> records =
      support::ReadTopic(topics.feedback, kPartitions, read_committed);
  if (!records.ok()) return records.status();
  Published published;
  std::set<std::string> ids;
  std::map<std::string, int64_t> versions;  // by lead
  for (const platform::kafka::Record& record : *records) {
    const bool is_new = ids.insert(HeaderOf(record, "ce_id")).second;
    published.distinct += is_new ? 1 : 0;
    published.duplicates += is_new ? 0 : 1;
    int64_t version = 0;
    if (!absl::SimpleAtoi(HeaderOf(record, "ce_sequence"), &version)) {
      return absl::InternalError(absl::StrCat("no sequence at offset ", record.offset));
    }
    published.out_of_order += version == versions[record.key] + 1 ? 0 : 1;
    versions[record.key] = version;
  }
  return published;
}

absl::StatusOr<Published> AwaitFeedback(const events::TopicNames& topics, int64_t distinct,
                                        absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  absl::StatusOr<Published> published = ReadFeedback(topics, true);
  while (published.ok() && published->distinct < distinct && absl::Now() < deadline) {
    published = ReadFeedback(topics, true);
  }
  return published;
}

}  // namespace baton::relay
