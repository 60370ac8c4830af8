#include <atomic>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/kafka/client.h"
#include "platform/log.h"

namespace baton::platform::kafka {
namespace {

constexpr absl::Duration kFlushAtEnd = absl::Seconds(1);
constexpr absl::Duration kReportsAtEnd = absl::Milliseconds(500);
constexpr absl::Duration kServeTick = absl::Milliseconds(50);
constexpr int kQueueKbMax = 262'144;  // memory of records buffered, whatever their number

using Done = std::function<void(absl::Status)>;

HeadersPtr ToHeaders(const Headers& headers) {
  HeadersPtr list(rd_kafka_headers_new(headers.size()));
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(list.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return list;
}

// librdkafka's queue of delivery reports is served by one thread of ours, so that `done` runs there
// and neither Flush nor CommitTransaction waits for a caller to poll.
class RdProducer : public Producer {
 public:
  RdProducer(HandlePtr handle, bool transactional)
      : transactional_(transactional),
        handle_(std::move(handle)),
        queue_(rd_kafka_queue_get_main(handle_.get())) {
    server_ = std::thread([this] {
      while (!stopping_.load()) ServeOnce();
    });
  }

  ~RdProducer() override {
    if (!Flush(kFlushAtEnd).ok()) {
      LogWarning("kafka.producer_dropped_records",
                 {{"records", absl::StrCat(rd_kafka_outq_len(handle_.get()))}});
      rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    }
    const absl::Time deadline = absl::Now() + kReportsAtEnd;
    while (rd_kafka_outq_len(handle_.get()) > 0 && absl::Now() < deadline) {
      absl::SleepFor(absl::Milliseconds(5));
    }
    stopping_.store(true);
    server_.join();
  }

  absl::Status Produce(OutRecord record, Done done) override {
    if (transactional_ && done) {
      return absl::InvalidArgumentError("a transactional producer reports by its commit only");
    }
    auto opaque = done ? std::make_unique<Done>(std::move(done)) : nullptr;
    HeadersPtr headers = ToHeaders(record.headers);
    rd_kafka_vu_t fields[6];
    fields[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    fields[0].u.cstr = record.topic.c_str();
    fields[1].vtype = RD_KAFKA_VTYPE_KEY;
    fields[1].u.mem = {record.key.data(), record.key.size()};
    fields[2].vtype = RD_KAFKA_VTYPE_VALUE;
    if (record.tombstone) {
      fields[2].u.mem = {nullptr, 0};
    } else {
      fields[2].u.mem = {record.value.data(), record.value.size()};
    }
    fields[3].vtype = RD_KAFKA_VTYPE_HEADERS;
    fields[3].u.headers = headers.get();
    fields[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    fields[4].u.i = RD_KAFKA_MSG_F_COPY;
    fields[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
    fields[5].u.ptr = opaque.get();
    absl::Status status = ToStatus(ErrorPtr(rd_kafka_produceva(handle_.get(), fields, 6)),
                                   absl::StrCat("produce to ", record.topic));
    if (status.ok()) {  // both belong to librdkafka until the delivery report
      headers.release();
      opaque.release();
    }
    return status;
  }

  absl::Status Flush(absl::Duration deadline) override {
    if (rd_kafka_flush(handle_.get(), ToMs(deadline)) == RD_KAFKA_RESP_ERR_NO_ERROR) {
      return absl::OkStatus();
    }
    return absl::DeadlineExceededError(absl::StrCat(rd_kafka_outq_len(handle_.get()),
                                                    " records not delivered in ",
                                                    absl::FormatDuration(deadline)));
  }

  absl::Status InitTransactions(absl::Duration deadline) override {
    return Checked(rd_kafka_init_transactions(handle_.get(), ToMs(deadline)),
                   "start of transactions");
  }

  absl::Status BeginTransaction() override {
    return Checked(rd_kafka_begin_transaction(handle_.get()), "begin of a transaction");
  }

  absl::Status SendOffsets(absl::Span<const Position> offsets, Consumer& group,
                           absl::Duration deadline) override {
    auto* member = dynamic_cast<GroupMember*>(&group);
    if (member == nullptr) return absl::InvalidArgumentError("the consumer is not a Kafka client");
    absl::StatusOr<GroupMetadataPtr> metadata = member->GroupMetadata();
    if (!metadata.ok()) return metadata.status();
    return Checked(rd_kafka_send_offsets_to_transaction(handle_.get(), ToPartitions(offsets).get(),
                                                        metadata->get(), ToMs(deadline)),
                   "offsets of a transaction");
  }

  absl::Status CommitTransaction(absl::Duration deadline) override {
    return Checked(rd_kafka_commit_transaction(handle_.get(), ToMs(deadline)),
                   "commit of a transaction");
  }

  absl::Status AbortTransaction(absl::Duration deadline) override {
    return Checked(rd_kafka_abort_transaction(handle_.get(), ToMs(deadline)),
                   "abort of a transaction");
  }

 private:
  static absl::Status Checked(rd_kafka_error_t* error, absl::string_view what) {
    return ToStatus(ErrorPtr(error), what);
  }

  void ServeOnce() {
    EventPtr event(rd_kafka_queue_poll(queue_.get(), ToMs(kServeTick)));
    if (event == nullptr) return;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) {
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get())) {
        std::unique_ptr<Done> done(static_cast<Done*>(message->_private));
        if (done != nullptr) (*done)(ToStatus(message->err, "delivery"));
      }
    } else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR) {
      LogWarning("kafka.producer_error", {{"reason", rd_kafka_event_error_string(event.get())}});
    }
  }

  const bool transactional_;
  HandlePtr handle_;  // destroyed last: the queue belongs to it
  QueuePtr queue_;
  std::atomic<bool> stopping_{false};
  std::thread server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Producer>> Producer::Create(const KafkaConfig& config,
                                                           const ProducerOptions& options) {
  Settings own = {
      {"enable.idempotence", "true"},
      {"acks", "all"},
      {"partitioner", "murmur2_random"},
      {"linger.ms", absl::StrCat(ToMs(options.linger))},
      {"queue.buffering.max.messages", absl::StrCat(options.queue_max)},
      {"message.max.bytes", absl::StrCat(options.record_bytes_max)},
      {"queue.buffering.max.kbytes", absl::StrCat(kQueueKbMax)},
  };
  if (options.transactional_id.empty()) {
    own["message.timeout.ms"] = "0";  // never dropped by time: the caller's memory is the cap
  } else {
    own["transactional.id"] = options.transactional_id;
    own["delivery.report.only.error"] = "true";  // the commit tells of all; each report costs
    own["transaction.timeout.ms"] = absl::StrCat(ToMs(options.transaction_timeout));
  }
  absl::StatusOr<ConfPtr> conf = MakeConf(config, own);
  if (!conf.ok()) return conf.status();
  rd_kafka_conf_set_events(conf->get(), RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR);
  absl::StatusOr<HandlePtr> handle = NewHandle(RD_KAFKA_PRODUCER, *std::move(conf), config);
  if (!handle.ok()) return handle.status();
  return std::make_unique<RdProducer>(*std::move(handle), !options.transactional_id.empty());
}

}  // namespace baton::platform::kafka
