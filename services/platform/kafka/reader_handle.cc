#include "platform/kafka/reader_handle.h"

#include <utility>

#include "absl/time/clock.h"
#include "platform/kafka/convert.h"

namespace baton::platform::kafka {
namespace {

constexpr absl::Duration kAskAgainAfter = absl::Milliseconds(100);

}  // namespace

absl::StatusOr<HandlePtr> NewReader(const KafkaConfig& config, const std::string& group,
                                    bool read_committed) {
  const Settings own = {
      {"group.id", group},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"auto.offset.reset", "error"},
      {"isolation.level", read_committed ? "read_committed" : "read_uncommitted"},
      {"queued.max.messages.kbytes", "65536"},
      {"allow.auto.create.topics", "false"},
  };
  absl::StatusOr<ConfPtr> conf = MakeConf(config, own);
  if (!conf.ok()) return conf.status();
  return NewHandle(RD_KAFKA_CONSUMER, *std::move(conf), config);
}

absl::Status FindOffsets(rd_kafka_t* handle, int64_t at, absl::Duration deadline,
                         rd_kafka_topic_partition_list_t& list) {
  const absl::Time give_up_at = absl::Now() + deadline;
  while (true) {
    for (int i = 0; i < list.cnt; ++i) list.elems[i].offset = at;
    absl::Status status =
        ToStatus(rd_kafka_offsets_for_times(handle, &list, ToMs(give_up_at - absl::Now())),
                 "search for offsets");
    if (status.ok()) status = FirstError(list, "search for offsets");
    const bool passes = absl::IsNotFound(status) || absl::IsUnavailable(status);
    if (!passes || absl::Now() + kAskAgainAfter >= give_up_at) return status;
    absl::SleepFor(kAskAgainAfter);
  }
}

}  // namespace baton::platform::kafka
