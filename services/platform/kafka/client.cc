#include "platform/kafka/client.h"

#include <algorithm>
#include <limits>
#include <thread>
#include <utility>

#include "absl/base/call_once.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "platform/log.h"
#include "platform/signals.h"

namespace baton::platform::kafka {
namespace {

constexpr absl::Duration kDestroyBound = absl::Seconds(2);

// Setting these would break what kafka.h promises: order, no loss, offsets committed by us alone.
constexpr std::string_view kReserved[] = {"bootstrap.servers",
                                          "metadata.broker.list",
                                          "group.id",
                                          "group.instance.id",
                                          "enable.auto.commit",
                                          "enable.auto.offset.store",
                                          "auto.offset.reset",
                                          "isolation.level",
                                          "enable.partition.eof",
                                          "partition.assignment.strategy",
                                          "enable.idempotence",
                                          "acks",
                                          "request.required.acks",
                                          "partitioner",
                                          "transactional.id",
                                          "message.timeout.ms",
                                          "delivery.timeout.ms"};

const Settings& CommonSettings() {
  static const auto& settings = *new Settings{
      {"client.id", "baton"},
      {"reconnect.backoff.ms", "100"},
      {"reconnect.backoff.max.ms", "1000"},  // work resumes within 2 s of a broker's return
      {"topic.metadata.refresh.interval.ms", "10000"},  // topics made later are found soon
      {"log.connection.close", "false"},  // brokers close idle connections, as they may
  };
  return settings;
}

void OnLog(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
  constexpr int kSyslogError = 3, kSyslogWarning = 4, kSyslogInfo = 6;
  LogLevel ours = LogLevel::kDebug;
  if (level <= kSyslogError) {
    ours = LogLevel::kError;
  } else if (level == kSyslogWarning) {
    ours = LogLevel::kWarning;
  } else if (level <= kSyslogInfo) {
    ours = LogLevel::kInfo;
  }
  Log(ours, "kafka.client",
      {{"client", handle == nullptr ? "" : rd_kafka_name(handle)},
       {"facility", facility},
       {"message", text}});
}

absl::Status Set(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  char reason[512];
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason, sizeof(reason)) !=
      RD_KAFKA_CONF_OK) {
    return absl::InvalidArgumentError(absl::StrCat("kafka property ", name, ": ", reason));
  }
  return absl::OkStatus();
}

// Before 2.6.1 librdkafka repeated its nonce in SCRAM's last message, which Kafka 4 refuses as a
// wrong password. Older brokers take it, so it is said, not refused.
void WarnOfScram(const Settings& settings) {
  constexpr int kMended = 0x020601ff;
  if (rd_kafka_version() >= kMended) return;
  const bool scram = std::any_of(settings.begin(), settings.end(), [](const auto& setting) {
    const auto& [name, value] = setting;
    return (name == "sasl.mechanism" || name == "sasl.mechanisms") &&
           absl::StartsWithIgnoreCase(value, "SCRAM");
  });
  static absl::once_flag told;
  if (!scram) return;
  absl::call_once(told, [] {
    LogWarning("kafka.scram_outdated",
               {{"librdkafka", rd_kafka_version_str()},
                {"reason",
                 "Kafka 4 refuses its SCRAM as a wrong password: use librdkafka 2.6.1 or newer (as "
                 "in Debian 13 and the image), or SASL PLAIN over TLS"}});
  });
}

absl::StatusCode CodeOf(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__FATAL:
    case RD_KAFKA_RESP_ERR__DESTROY:
      return absl::StatusCode::kInternal;
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID:
    case RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST:
      return absl::StatusCode::kAborted;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return absl::StatusCode::kResourceExhausted;
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      return absl::StatusCode::kNotFound;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return absl::StatusCode::kPermissionDenied;
    case RD_KAFKA_RESP_ERR__INVALID_ARG:
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
    case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
    case RD_KAFKA_RESP_ERR_INVALID_PARTITIONS:
    case RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return absl::StatusCode::kInvalidArgument;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
      return absl::StatusCode::kOutOfRange;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

absl::Status MakeStatus(absl::StatusCode code, absl::string_view what, rd_kafka_resp_err_t error,
                        absl::string_view detail) {
  return absl::Status(
      code, absl::StrCat(what, ": ", detail.empty() ? rd_kafka_err2str(error) : detail, " (",
                         rd_kafka_err2name(error), ")"));
}

}  // namespace

void DestroyBounded::operator()(rd_kafka_t* handle) const {
  if (file != nullptr) file->Leave(handle);
  auto done = std::make_shared<absl::Notification>();
  std::thread([handle, done] {
    rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    done->Notify();
  }).detach();
  if (!done->WaitForNotificationWithTimeout(kDestroyBound)) {
    LogWarning("kafka.close_abandoned", {{"after", absl::FormatDuration(kDestroyBound)}});
  }
}

absl::Status CheckProperties(const Settings& properties) {
  const ConfPtr conf(rd_kafka_conf_new());
  for (const auto& [name, value] : properties) {
    if (std::find(std::begin(kReserved), std::end(kReserved), name) != std::end(kReserved)) {
      return absl::InvalidArgumentError(
          absl::StrCat("kafka property ", name, ": is set by Baton and cannot be changed"));
    }
    if (absl::Status status = Set(conf.get(), name, value); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<ConfPtr> MakeConf(const KafkaConfig& config, const Settings& own) {
  if (config.brokers.empty()) return absl::InvalidArgumentError("kafka brokers: none given");
  Settings asked = config.properties;
  if (config.file != nullptr) {
    for (const auto& [name, value] : config.file->properties()) asked[name] = value;
  }
  if (absl::Status fit = CheckProperties(asked); !fit.ok()) return fit;
  Settings all = std::move(asked);
  all.insert(own.begin(), own.end());
  all.insert(CommonSettings().begin(), CommonSettings().end());
  all["bootstrap.servers"] = config.brokers;
  WarnOfScram(all);
  ConfPtr conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), &OnLog);
  for (const auto& [name, value] : all) {
    if (absl::Status status = Set(conf.get(), name, value); !status.ok()) return status;
  }
  return conf;
}

absl::StatusOr<HandlePtr> NewHandle(rd_kafka_type_t type, ConfPtr conf, const KafkaConfig& config) {
  IgnoreBrokenPipes();
  char reason[512];
  rd_kafka_t* handle = rd_kafka_new(type, conf.get(), reason, sizeof(reason));
  if (handle == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("kafka configuration: ", reason));
  }
  conf.release();  // owned by the handle now
  if (config.file != nullptr) config.file->Join(handle);
  return HandlePtr(handle, DestroyBounded{config.file});
}

absl::Status ToStatus(rd_kafka_resp_err_t code, absl::string_view what, absl::string_view detail) {
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return MakeStatus(CodeOf(code), what, code, detail);
}

absl::Status ToStatus(ErrorPtr error, absl::string_view what) {
  if (error == nullptr) return absl::OkStatus();
  absl::StatusCode code = CodeOf(rd_kafka_error_code(error.get()));
  if (rd_kafka_error_is_fatal(error.get())) {
    code = absl::StatusCode::kInternal;
  } else if (rd_kafka_error_txn_requires_abort(error.get())) {
    code = absl::StatusCode::kAborted;
  } else if (rd_kafka_error_is_retriable(error.get())) {
    code = absl::StatusCode::kUnavailable;
  }
  return MakeStatus(code, what, rd_kafka_error_code(error.get()),
                    rd_kafka_error_string(error.get()));
}

bool TellsWhy(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR__AUTHENTICATION || code == RD_KAFKA_RESP_ERR__SSL;
}

PartitionsPtr ToPartitions(absl::Span<const Position> positions) {
  PartitionsPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const Position& position : positions) {
    rd_kafka_topic_partition_list_add(list.get(), position.topic.c_str(), position.partition)
        ->offset = position.offset < 0 ? RD_KAFKA_OFFSET_STORED : position.offset;
  }
  return list;
}

int ToMs(absl::Duration duration) {
  return static_cast<int>(
      std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 0, std::numeric_limits<int>::max()));
}

}  // namespace baton::platform::kafka
