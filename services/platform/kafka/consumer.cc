#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/kafka/client.h"
#include "platform/kafka/convert.h"
#include "platform/log.h"
#include "platform/steady_time.h"

namespace baton::platform::kafka {
namespace {

constexpr absl::Duration kNameBound = absl::Milliseconds(200);
constexpr absl::Duration kSettleBound = absl::Seconds(2);
constexpr absl::Duration kCloseBound = absl::Seconds(1);
constexpr absl::Duration kCommitBound = absl::Seconds(5);
constexpr int kServeMs = 20;
constexpr int kHeartbeatsPerSession = 6;
constexpr int kRecordsPerPollMax = 10'000;
constexpr int kVersionDestroyFixed = 0x020300ff;

struct FreeMemory {
  void operator()(char* memory) const { rd_kafka_mem_free(nullptr, memory); }
};

class RdConsumer : public Consumer, public GroupMember {
 public:
  RdConsumer(RebalanceListener* listener, bool cooperative)
      : listener_(listener), cooperative_(cooperative) {}

  ~RdConsumer() override {
    Close();
    // Before 2.3, librdkafka aborts the process when a cooperative consumer is destroyed after it
    // has joined but before its first assignment (confluentinc/librdkafka issue 4312). It has left
    // its group, so what remains of it may live until the process ends.
    if (cooperative_ && !assigned_once_ && rd_kafka_version() < kVersionDestroyFixed) {
      (void)handle_.release();
    }
  }

  absl::Status Open(ConfPtr conf, const KafkaConfig& config,
                    const std::vector<std::string>& topics) {
    rd_kafka_conf_set_opaque(conf.get(), this);
    rd_kafka_conf_set_rebalance_cb(conf.get(), &RdConsumer::OnRebalance);
    rd_kafka_conf_set_error_cb(conf.get(), &RdConsumer::OnError);
    rd_kafka_conf_set_offset_commit_cb(conf.get(), &RdConsumer::OnOffsetsCommitted);
    absl::StatusOr<HandlePtr> handle = NewHandle(RD_KAFKA_CONSUMER, std::move(conf), config);
    if (!handle.ok()) return handle.status();
    handle_ = *std::move(handle);
    rd_kafka_poll_set_consumer(handle_.get());
    queue_.reset(rd_kafka_queue_get_consumer(handle_.get()));
    PartitionsPtr wanted(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
    for (const std::string& topic : topics) {
      rd_kafka_topic_partition_list_add(wanted.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    }
    return ToStatus(rd_kafka_subscribe(handle_.get(), wanted.get()), "subscribe");
  }

  absl::StatusOr<std::vector<Record>> Poll(int max, absl::Duration wait) override {
    if (closed_) return absl::FailedPreconditionError("the consumer is closed");
    if (fatal_) return absl::InternalError(problem_.message());
    max = std::clamp(max, 1, kRecordsPerPollMax);
    polled_.clear();
    for (int i = 0; i < max; ++i) {
      // One at a time: of a batch librdkafka 2.0.2 takes back what came before a rebalance's pause,
      // and goes on behind it all the same. Only the first one is waited for.
      rd_kafka_message_t* message = nullptr;
      const int wait_ms = i == 0 ? ToMs(wait) : 0;
      if (rd_kafka_consume_batch_queue(queue_.get(), wait_ms, &message, 1) != 1) break;
      Take(MessagePtr(message));
    }
    std::vector<Record> records = std::exchange(polled_, {});
    if (!records.empty() || problem_.ok()) return records;
    if (fatal_) return absl::InternalError(problem_.message());
    return std::exchange(problem_, absl::OkStatus());
  }

  absl::Status Commit(absl::Span<const Position> positions, bool wait) override {
    if (positions.empty()) return absl::OkStatus();
    PartitionsPtr list = ToPartitions(positions);
    if (!wait) return ToStatus(rd_kafka_commit(handle_.get(), list.get(), 1), "commit of offsets");
    QueuePtr answers(rd_kafka_queue_new(handle_.get()));
    absl::Status sent =
        ToStatus(rd_kafka_commit_queue(handle_.get(), list.get(), answers.get(), nullptr, nullptr),
                 "commit of offsets");
    if (!sent.ok()) return sent;
    EventPtr answer(rd_kafka_queue_poll(answers.get(), ToMs(kCommitBound)));
    if (answer == nullptr) {
      return absl::UnavailableError(
          absl::StrCat("commit of offsets: no answer in ", absl::FormatDuration(kCommitBound)));
    }
    return ToStatus(rd_kafka_event_error(answer.get()), "commit of offsets");
  }

  absl::Status Seek(const Position& position) override {
    PartitionsPtr list = ToPartitions({&position, 1});
    absl::Status status = ToStatus(
        ErrorPtr(rd_kafka_seek_partitions(handle_.get(), list.get(), ToMs(kCommitBound))), "seek");
    return status.ok() ? FirstError(*list, "seek") : status;
  }

  absl::Status Pause(absl::Span<const Position> partitions) override {
    PartitionsPtr list = ToPartitions(partitions);
    absl::Status status = ToStatus(rd_kafka_pause_partitions(handle_.get(), list.get()), "pause");
    return status.ok() ? FirstError(*list, "pause") : status;
  }

  absl::Status Resume(absl::Span<const Position> partitions) override {
    PartitionsPtr list = ToPartitions(partitions);
    absl::Status status = ToStatus(rd_kafka_resume_partitions(handle_.get(), list.get()), "resume");
    return status.ok() ? FirstError(*list, "resume") : status;
  }

  absl::StatusOr<std::vector<Position>> Committed(absl::Span<const Position> partitions,
                                                  absl::Duration deadline) override {
    PartitionsPtr list = ToPartitions(partitions);
    absl::Status status = ToStatus(rd_kafka_committed(handle_.get(), list.get(), ToMs(deadline)),
                                   "read of committed offsets");
    if (status.ok()) status = FirstError(*list, "read of committed offsets");
    if (!status.ok()) return status;
    return ToPositions(*list);
  }

  absl::StatusOr<std::vector<std::pair<int64_t, int64_t>>> Ends(
      absl::Span<const Position> partitions, absl::Duration deadline) override {
    const absl::Time give_up_at = absl::Now() + deadline;
    const auto first = OffsetsAt(partitions, RD_KAFKA_OFFSET_BEGINNING, give_up_at);
    if (!first.ok()) return first.status();
    const auto next = OffsetsAt(partitions, RD_KAFKA_OFFSET_END, give_up_at);
    if (!next.ok()) return next.status();
    std::vector<std::pair<int64_t, int64_t>> ends;
    for (size_t i = 0; i < partitions.size(); ++i) ends.emplace_back((*first)[i], (*next)[i]);
    return ends;
  }

  bool AssignmentLost() override { return rd_kafka_assignment_lost(handle_.get()) != 0; }

  void Close() override {
    if (std::exchange(closed_, true) || handle_ == nullptr) return;
    if (absl::Status left = Leave(); !left.ok()) {
      LogWarning("kafka.consumer_left_late", {{"reason", std::string(left.message())}});
    }
    queue_.reset();
  }

  // Brokers take offsets in a transaction from nobody in particular (no member id) for the sake of
  // old clients. An expelled member has no id until its revocation has been served here, so it must
  // not get that far.
  absl::StatusOr<GroupMetadataPtr> GroupMetadata() override {
    GroupMetadataPtr metadata(rd_kafka_consumer_group_metadata(handle_.get()));
    if (AssignmentLost() || !IsMember()) {
      return absl::AbortedError("the consumer has been expelled from its group");
    }
    return metadata;
  }

 private:
  // Gives all partitions back and leaves the group, so that others need not wait for the session to
  // end. Rebalances are served first, if they end soon: once librdkafka closes, a call that answers
  // one may wait for ever (its issues 4041, 4527 and 4884), so that only one is made then, when
  // partitions are taken. And who goes before it has heard its name cannot say who leaves.
  absl::Status Leave() {
    ServeWhile(kNameBound, [this] { return !IsMember(); });
    rd_kafka_unsubscribe(handle_.get());
    ServeWhile(kSettleBound, [this] { return !assigned_.empty() || IsMember(); });
    leaving_ = true;
    absl::Status status =
        ToStatus(ErrorPtr(rd_kafka_consumer_close_queue(handle_.get(), queue_.get())),
                 "close of a consumer");
    if (!status.ok()) return status;
    const auto is_closing = [this] { return rd_kafka_consumer_closed(handle_.get()) == 0; };
    ServeWhile(kCloseBound, is_closing);
    return is_closing() ? absl::DeadlineExceededError("no answer of the coordinator")
                        : absl::OkStatus();
  }

  // Serves what waits for this member, who reads no more: at least what there is at once, and for
  // as long as `goes_on`; no longer than `bound`, but for the time that the listener takes.
  template <typename Condition>
  void ServeWhile(absl::Duration bound, Condition goes_on) {
    const absl::Time begin = SteadyNow();
    listened_ = absl::ZeroDuration();
    bool served = true;
    while ((served || goes_on()) && SteadyNow() - begin < bound + listened_) {
      rd_kafka_message_t* message = nullptr;
      served = rd_kafka_consume_batch_queue(queue_.get(), kServeMs, &message, 1) == 1;
      if (served) rd_kafka_message_destroy(message);
    }
  }

  std::vector<Position> Owned() const {
    std::vector<Position> owned;
    for (const auto& [topic, partition] : assigned_) owned.push_back({topic, partition});
    return owned;
  }

  bool IsMember() const {
    std::unique_ptr<char, FreeMemory> name(rd_kafka_memberid(handle_.get()));
    return name != nullptr && *name != '\0';
  }

  // Offsets of one end of the partitions. (rd_kafka_query_watermark_offsets of librdkafka 2.0.2
  // waits for a broker that went away as long as it is away, whatever its timeout.)
  absl::StatusOr<std::vector<int64_t>> OffsetsAt(absl::Span<const Position> partitions, int64_t end,
                                                 absl::Time give_up_at) {
    PartitionsPtr list = ToPartitions(partitions);
    for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = end;
    absl::Status status = ToStatus(
        rd_kafka_offsets_for_times(handle_.get(), list.get(), ToMs(give_up_at - absl::Now())),
        "read of the ends of partitions");
    if (status.ok()) status = FirstError(*list, "read of the ends of partitions");
    if (!status.ok()) return status;
    std::vector<int64_t> offsets;
    for (const Position& position : partitions) {
      offsets.push_back(
          rd_kafka_topic_partition_list_find(list.get(), position.topic.c_str(), position.partition)
              ->offset);
    }
    return offsets;
  }

  // Adds the message's record to those of this Poll. An error becomes problem_; what was revoked
  // meanwhile is left out, because it belongs to somebody else now.
  void Take(MessagePtr message) {
    if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      const char* text = rd_kafka_message_errstr(message.get());
      Note(message->err, text == nullptr ? "" : text);
    } else if (assigned_.contains({rd_kafka_topic_name(message->rkt), message->partition})) {
      polled_.push_back(ToRecord(*message));
    }
  }

  void Note(rd_kafka_resp_err_t code, const char* text) {
    absl::Status problem = ToStatus(code, "consumer", text);
    if (TellsWhy(code)) cause_ = problem;
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN && !cause_.ok()) problem = cause_;
    LogWarning("kafka.consumer_error", {{"reason", std::string(problem.message())}});
    if (fatal_) return;
    problem_ = std::move(problem);
    fatal_ = code == RD_KAFKA_RESP_ERR__FATAL || code == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET;
  }

  static void OnError(rd_kafka_t* handle, int error, const char* reason, void* self) {
    auto code = static_cast<rd_kafka_resp_err_t>(error);
    char detail[512];
    if (code == RD_KAFKA_RESP_ERR__FATAL) {
      rd_kafka_fatal_error(handle, detail, sizeof(detail));
      reason = detail;
    }
    static_cast<RdConsumer*>(self)->Note(code, reason);
  }

  static void OnOffsetsCommitted(rd_kafka_t*, rd_kafka_resp_err_t code,
                                 rd_kafka_topic_partition_list_t*, void*) {
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
    LogWarning("kafka.commit_failed", {{"reason", rd_kafka_err2str(code)}});
  }

  static void OnRebalance(rd_kafka_t*, rd_kafka_resp_err_t code,
                          rd_kafka_topic_partition_list_t* list, void* opaque) {
    auto* self = static_cast<RdConsumer*>(opaque);
    if (self->leaving_ &&
        (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS || std::exchange(self->gave_back_, true))) {
      return;
    }
    const absl::Time begin = SteadyNow();
    if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
      self->Assign(ToPositions(*list));
    } else {
      self->Revoke(*list);
    }
    self->listened_ += SteadyNow() - begin;
  }

  void Assign(const std::vector<Position>& added) {
    assigned_once_ = true;
    cause_ = absl::OkStatus();
    std::vector<RebalanceListener::Start> starts;
    if (listener_ != nullptr) starts = listener_->OnAssigned(added);
    std::vector<Position> begin = added;
    std::vector<Position> paused;
    for (const RebalanceListener::Start& start : starts) {
      for (Position& position : begin) {
        if (position.topic != start.position.topic ||
            position.partition != start.position.partition)
          continue;
        position.offset = start.position.offset;
        if (!start.paused) continue;
        // Looked up, an offset might come behind a Seek and take the partition elsewhere
        // (librdkafka 2.0.2), or never come.
        position.offset = std::max<int64_t>(position.offset, 0);
        paused.push_back(position);
      }
    }
    for (const Position& position : added) assigned_.emplace(position.topic, position.partition);
    PartitionsPtr list = ToPartitions(begin);
    Report(cooperative_ ? ToStatus(ErrorPtr(rd_kafka_incremental_assign(handle_.get(), list.get())),
                                   "assign")
                        : ToStatus(rd_kafka_assign(handle_.get(), list.get()), "assign"));
    if (!paused.empty()) Report(Pause(paused));
  }

  void Revoke(const rd_kafka_topic_partition_list_t& list) {
    const std::vector<Position> removed = leaving_ ? Owned() : ToPositions(list);
    if (listener_ != nullptr) listener_->OnRevoked(removed, AssignmentLost());
    for (const Position& position : removed) {
      assigned_.erase({position.topic, position.partition});
      std::erase_if(polled_, [&position](const Record& record) {
        return record.partition == position.partition && record.topic == position.topic;
      });
    }
    Report(cooperative_
               ? ToStatus(ErrorPtr(rd_kafka_incremental_unassign(handle_.get(), &list)), "unassign")
               : ToStatus(rd_kafka_assign(handle_.get(), nullptr), "unassign"));
  }

  static void Report(const absl::Status& status) {
    if (status.ok()) return;
    LogWarning("kafka.rebalance_failed", {{"reason", std::string(status.message())}});
  }

  RebalanceListener* const listener_;
  const bool cooperative_;
  HandlePtr handle_;
  QueuePtr queue_;
  std::set<std::pair<std::string, int32_t>> assigned_;
  std::vector<Record> polled_;  // by the Poll under way; nothing of what has been revoked since
  absl::Status problem_;        // the latest one not yet returned by Poll
  absl::Status cause_;          // why no broker is left, until one assigns partitions
  bool fatal_ = false;
  bool assigned_once_ = false;
  bool closed_ = false;
  bool leaving_ = false;     // takes nothing any more
  bool gave_back_ = false;   // all that it had when it left
  absl::Duration listened_;  // so long rebalances took the listener
};

}  // namespace

absl::StatusOr<std::unique_ptr<Consumer>> Consumer::Create(const KafkaConfig& config,
                                                           const ConsumerOptions& options,
                                                           RebalanceListener* listener) {
  const int session_ms = ToMs(options.session_timeout);
  Settings own = {
      {"group.id", options.group},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", options.resets ? "earliest" : "error"},
      {"isolation.level", options.read_committed ? "read_committed" : "read_uncommitted"},
      {"partition.assignment.strategy", options.cooperative ? "cooperative-sticky" : "range"},
      {"session.timeout.ms", absl::StrCat(session_ms)},
      {"heartbeat.interval.ms", absl::StrCat(std::max(session_ms / kHeartbeatsPerSession, 100))},
      {"queued.max.messages.kbytes", absl::StrCat(options.fetch_queue_max_kb)},
      {"fetch.error.backoff.ms", "200"},
      {"allow.auto.create.topics", "false"},
  };
  absl::StatusOr<ConfPtr> conf = MakeConf(config, own);
  if (!conf.ok()) return conf.status();
  auto consumer = std::make_unique<RdConsumer>(listener, options.cooperative);
  absl::Status opened = consumer->Open(*std::move(conf), config, options.topics);
  if (!opened.ok()) return opened;
  return consumer;
}

}  // namespace baton::platform::kafka
