#include "platform/kafka/convert.h"

#include <algorithm>

namespace baton::platform::kafka {
namespace {

std::string ToText(const void* data, size_t size) {
  return std::string(static_cast<const char*>(data), size);
}

Headers CopyHeaders(const rd_kafka_message_t& message) {
  Headers headers;
  rd_kafka_headers_t* list = nullptr;
  if (rd_kafka_message_headers(&message, &list) != RD_KAFKA_RESP_ERR_NO_ERROR) return headers;
  const char* name = nullptr;
  const void* value = nullptr;
  size_t size = 0;
  for (size_t i = 0;
       rd_kafka_header_get_all(list, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
    headers.emplace_back(name, value == nullptr ? std::string() : ToText(value, size));
  }
  return headers;
}

}  // namespace

Record ToRecord(const rd_kafka_message_t& message) {
  Record record;
  record.topic = rd_kafka_topic_name(message.rkt);
  record.partition = message.partition;
  record.offset = message.offset;
  record.timestamp_ms = std::max<int64_t>(rd_kafka_message_timestamp(&message, nullptr), 0);
  record.has_key = message.key != nullptr;
  if (record.has_key) record.key = ToText(message.key, message.key_len);
  record.has_value = message.payload != nullptr;
  if (record.has_value) record.value = ToText(message.payload, message.len);
  record.headers = CopyHeaders(message);
  return record;
}

std::vector<Position> ToPositions(const rd_kafka_topic_partition_list_t& list) {
  std::vector<Position> positions;
  for (int i = 0; i < list.cnt; ++i) {
    const int64_t offset = list.elems[i].offset;
    positions.push_back({list.elems[i].topic, list.elems[i].partition, offset < 0 ? -1 : offset});
  }
  return positions;
}

absl::Status FirstError(const rd_kafka_topic_partition_list_t& list, absl::string_view what) {
  for (int i = 0; i < list.cnt; ++i) {
    if (list.elems[i].err != RD_KAFKA_RESP_ERR_NO_ERROR) return ToStatus(list.elems[i].err, what);
  }
  return absl::OkStatus();
}

}  // namespace baton::platform::kafka
