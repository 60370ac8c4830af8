// Internal to this folder: RAII for librdkafka's handles, configuration and error mapping, shared
// by producer, consumer and administration.
#ifndef BATON_PLATFORM_KAFKA_CLIENT_H_
#define BATON_PLATFORM_KAFKA_CLIENT_H_

#include <librdkafka/rdkafka.h>

#include <map>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "platform/kafka/kafka.h"
#include "platform/kafka/properties_file.h"

namespace baton::platform::kafka {

template <auto kDestroy>
struct Deleter {
  template <typename T>
  void operator()(T* handle) const {
    kDestroy(handle);
  }
};

using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Deleter<rd_kafka_conf_destroy>>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, Deleter<rd_kafka_error_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;
using GroupMetadataPtr = std::unique_ptr<rd_kafka_consumer_group_metadata_t,
                                         Deleter<rd_kafka_consumer_group_metadata_destroy>>;
using HeadersPtr = std::unique_ptr<rd_kafka_headers_t, Deleter<rd_kafka_headers_destroy>>;
using MessagePtr = std::unique_ptr<rd_kafka_message_t, Deleter<rd_kafka_message_destroy>>;
using PartitionsPtr = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                      Deleter<rd_kafka_topic_partition_list_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;

// Destroys a client without leaving its group, within 2 s; a client that takes longer is left to a
// thread of its own, because a process that ends must not hang on a broker.
struct DestroyBounded {
  void operator()(rd_kafka_t* handle) const;
  std::shared_ptr<PropertiesFile> file;  // that the client follows; may be null
};
using HandlePtr = std::unique_ptr<rd_kafka_t, DestroyBounded>;

// A consumer as the offsets of a transaction need it.
class GroupMember {
 public:
  virtual ~GroupMember() = default;
  // ABORTED when it is no member any more.
  virtual absl::StatusOr<GroupMetadataPtr> GroupMetadata() = 0;
};

using Settings = std::map<std::string, std::string>;

// INVALID_ARGUMENT names the property that librdkafka does not take, or that carries the promises
// of kafka.h.
absl::Status CheckProperties(const Settings& properties);

// Common settings, `own`, then config.properties and what config.file says, which may override all
// that CheckProperties lets through. INVALID_ARGUMENT names the property.
absl::StatusOr<ConfPtr> MakeConf(const KafkaConfig& config, const Settings& own);

// The client follows config.file. INVALID_ARGUMENT with librdkafka's reason.
absl::StatusOr<HandlePtr> NewHandle(rd_kafka_type_t type, ConfPtr conf, const KafkaConfig& config);

// `what` was tried: "commit of the transaction".
absl::Status ToStatus(rd_kafka_resp_err_t code, absl::string_view what,
                      absl::string_view detail = {});
absl::Status ToStatus(ErrorPtr error, absl::string_view what);  // null: OK

// True for the errors that say why brokers cannot be talked to: a login or TLS that failed. Those
// that follow say only that no broker is left.
bool TellsWhy(rd_kafka_resp_err_t code);

PartitionsPtr ToPartitions(absl::Span<const Position> positions);

int ToMs(absl::Duration duration);  // 0..INT_MAX

}  // namespace baton::platform::kafka

#endif  // BATON_PLATFORM_KAFKA_CLIENT_H_
