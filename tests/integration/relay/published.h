// What a foreign reader makes of the feedback topic.
#ifndef BATON_TESTS_INTEGRATION_RELAY_PUBLISHED_H_
#define BATON_TESTS_INTEGRATION_RELAY_PUBLISHED_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "events/handoff_event_codec.h"

namespace baton::relay {

inline constexpr int kShards = 4;
inline constexpr int kPartitions = 3;  // of the output topics

// Topics of a test of its own; MakeTopics creates them.
events::TopicNames UniqueTopics();
absl::Status MakeTopics(const events::TopicNames& topics);

struct Published {
  int64_t distinct = 0;
  int64_t duplicates = 0;
  int64_t out_of_order = 0;  // a lead's version that is not the one after the lead's last
};
absl::StatusOr<Published> ReadFeedback(const events::TopicNames& topics, bool read_committed);

// Reads as above, again and again, until `distinct` events are there or the time is over.
absl::StatusOr<Published> AwaitFeedback(const events::TopicNames& topics, int64_t distinct,
                                        absl::Duration patience);

}  // namespace baton::relay

#endif  // BATON_TESTS_INTEGRATION_RELAY_PUBLISHED_H_
