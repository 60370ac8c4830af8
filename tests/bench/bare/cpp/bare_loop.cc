// bare-loop: the shortest honest handoff in C++, a yardstick for Baton. Consumes lead events in
// batches, gives each lead to a rep with one Redis script (../assign.lua), produces one event per
// lead, commits the offsets once those are acknowledged. No policy, no scoring, no capacity, no
// history, and a crash may publish twice. Runs until SIGTERM.
#include <hiredis/hiredis.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "simdjson.h"

namespace {

constexpr size_t kBatch = 500;
constexpr int kWaitMs = 50;
std::atomic<bool> stopping{false};

struct Options {
  std::string brokers, redis_host = "127.0.0.1", script, in, out, group, prefix;
  int redis_port = 6379;
};

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "bare-loop: %s\n", what.c_str());
  std::exit(1);
}

rd_kafka_conf_t* Configure(const std::map<std::string, std::string>& settings) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char why[256];
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), why, sizeof(why)) !=
        RD_KAFKA_CONF_OK) {
      Fail(why);
    }
  }
  return conf;
}

rd_kafka_t* Client(rd_kafka_type_t type, rd_kafka_conf_t* conf) {
  char why[256];
  rd_kafka_t* client = rd_kafka_new(type, conf, why, sizeof(why));
  if (client == nullptr) Fail(why);
  return client;
}

// One lead event, as far as the script needs it.
struct Lead {
  std::string event, at, id, source, email, country, score, trace;
};

// A batch whose output is not yet acknowledged.
struct Batch {
  size_t unacknowledged = 0;
  rd_kafka_topic_partition_list_t* offsets = nullptr;
};

class Loop {
 public:
  explicit Loop(const Options& options) : options_(options) {
    redis_ = redisConnect(options.redis_host.c_str(), options.redis_port);
    if (redis_ == nullptr || redis_->err != 0) Fail("cannot connect to Redis");
    LoadScript();
    consumer_ = Client(RD_KAFKA_CONSUMER, Configure({{"bootstrap.servers", options.brokers},
                                                     {"group.id", options.group},
                                                     {"auto.offset.reset", "earliest"},
                                                     {"enable.auto.commit", "false"}}));
    rd_kafka_poll_set_consumer(consumer_);
    queue_ = rd_kafka_queue_get_consumer(consumer_);
    rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, options.in.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(consumer_, topics);
    rd_kafka_topic_partition_list_destroy(topics);
    rd_kafka_conf_t* conf = Configure({{"bootstrap.servers", options.brokers},
                                       {"enable.idempotence", "true"},
                                       {"acks", "all"},
                                       {"linger.ms", "2"}});
    rd_kafka_conf_set_dr_msg_cb(conf, [](rd_kafka_t*, const rd_kafka_message_t* message, void*) {
      if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) Fail(rd_kafka_err2str(message->err));
      --static_cast<Batch*>(message->_private)->unacknowledged;
    });
    producer_ = Client(RD_KAFKA_PRODUCER, conf);
    out_ = rd_kafka_topic_new(producer_, options.out.c_str(), nullptr);
  }

  void Run() {
    while (!stopping) {
      std::vector<Lead> leads;
      auto batch = std::make_unique<Batch>();
      batch->offsets = rd_kafka_topic_partition_list_new(16);
      Consume(leads, *batch);
      if (!leads.empty()) {
        Ask(leads);
        Produce(leads, *batch);
      }
      waiting_.push_back(std::move(batch));
      CommitAcknowledged();
    }
    rd_kafka_flush(producer_, 5000);
    CommitAcknowledged();
    rd_kafka_consumer_close(consumer_);
  }

 private:
  void LoadScript() {
    std::ifstream file(options_.script, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto* reply =
        static_cast<redisReply*>(redisCommand(redis_, "SCRIPT LOAD %b", text.data(), text.size()));
    if (reply == nullptr || reply->type != REDIS_REPLY_STRING) Fail("cannot load the script");
    sha_ = reply->str;
    freeReplyObject(reply);
  }

  void Consume(std::vector<Lead>& leads, Batch& batch) {
    std::array<rd_kafka_message_t*, kBatch> messages{};
    const int wait_ms = waiting_.empty() ? kWaitMs : 1;
    ssize_t count = rd_kafka_consume_batch_queue(queue_, wait_ms, messages.data(), 1);
    if (count == 1) {
      count += std::max<ssize_t>(
          0, rd_kafka_consume_batch_queue(queue_, 0, messages.data() + 1, kBatch - 1));
    }
    for (ssize_t i = 0; i < count; ++i) {
      rd_kafka_message_t* message = messages[static_cast<size_t>(i)];
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        Read(*message, leads);
        auto* position = rd_kafka_topic_partition_list_find(batch.offsets, options_.in.c_str(),
                                                            message->partition);
        if (position == nullptr) {
          position = rd_kafka_topic_partition_list_add(batch.offsets, options_.in.c_str(),
                                                       message->partition);
        }
        position->offset = message->offset + 1;
      }
      rd_kafka_message_destroy(message);
    }
  }

  void Read(const rd_kafka_message_t& message, std::vector<Lead>& leads) {
    simdjson::dom::element event;
    const auto* text = static_cast<const char*>(message.payload);
    if (parser_.parse(text, message.len).get(event) != simdjson::SUCCESS) return;
    Lead& lead = leads.emplace_back();
    lead.event = Text(event["id"]);
    lead.at = Text(event["time"]);
    lead.id = Text(event["subject"]);
    lead.source = Text(event["source"]);
    const simdjson::simdjson_result<simdjson::dom::element> facts = event["data"]["attributes"];
    lead.email = Text(facts["email"]);
    lead.country = Text(facts["country"]);
    int64_t employees = 0;
    if (facts["employees"].get(employees) != simdjson::SUCCESS) employees = 0;
    lead.score = std::to_string(employees / 100);
    lead.trace = "lead=" + lead.id + ";event=" + lead.event + ";company=" + Text(facts["company"]);
  }

  static std::string Text(simdjson::simdjson_result<simdjson::dom::element> value) {
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
  }

  // All leads in one round trip.
  void Ask(const std::vector<Lead>& leads) {
    for (const Lead& lead : leads) {
      const std::string key = options_.prefix + ":lead:" + lead.id;
      const std::array<std::string_view, 15> words = {
          "EVALSHA",   sha_,       "4",          key,        reps_,
          deadlines_,  trace_,     lead.event,   "0",        lead.id,
          lead.source, lead.email, lead.country, lead.score, lead.trace};
      std::array<const char*, 15> data{};
      std::array<size_t, 15> sizes{};
      for (size_t i = 0; i < words.size(); ++i) {
        data[i] = words[i].data();
        sizes[i] = words[i].size();
      }
      redisAppendCommandArgv(redis_, static_cast<int>(words.size()), data.data(), sizes.data());
    }
  }

  void Produce(const std::vector<Lead>& leads, Batch& batch) {
    batch.unacknowledged = leads.size();
    for (const Lead& lead : leads) {
      void* answer = nullptr;
      if (redisGetReply(redis_, &answer) != REDIS_OK) Fail("Redis went away");
      auto* reply = static_cast<redisReply*>(answer);
      if (reply->type != REDIS_REPLY_STRING) Fail(std::string("Redis: ") + reply->str);
      const std::string event = R"({"lead":")" + lead.id + R"(","rep":")" + reply->str +
                                R"(","change":"assigned","cause":")" + lead.event +
                                R"(","country":")" + lead.country + R"(","email":")" + lead.email +
                                R"(","source":")" + lead.source + R"("})";
      freeReplyObject(answer);
      while (rd_kafka_produce(out_, RD_KAFKA_PARTITION_UA, RD_KAFKA_MSG_F_COPY,
                              const_cast<char*>(event.data()), event.size(), lead.id.data(),
                              lead.id.size(), &batch) != 0) {
        rd_kafka_poll(producer_, 5);
      }
    }
  }

  void CommitAcknowledged() {
    rd_kafka_poll(producer_, 0);
    while (!waiting_.empty() && waiting_.front()->unacknowledged == 0) {
      rd_kafka_topic_partition_list_t* offsets = waiting_.front()->offsets;
      if (offsets->cnt > 0) rd_kafka_commit(consumer_, offsets, 1);
      rd_kafka_topic_partition_list_destroy(offsets);
      waiting_.pop_front();
    }
  }

  const Options options_;
  const std::string reps_ = options_.prefix + ":reps";
  const std::string deadlines_ = options_.prefix + ":deadlines";
  const std::string trace_ = options_.prefix + ":trace";
  redisContext* redis_ = nullptr;
  std::string sha_;
  rd_kafka_t* consumer_ = nullptr;
  rd_kafka_queue_t* queue_ = nullptr;
  rd_kafka_t* producer_ = nullptr;
  rd_kafka_topic_t* out_ = nullptr;
  simdjson::dom::parser parser_;
  std::deque<std::unique_ptr<Batch>> waiting_;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("The shortest honest handoff in C++, a yardstick for Baton");
  app.add_option("--brokers", options.brokers, "Kafka, host:port")->required();
  app.add_option("--redis-port", options.redis_port, "Redis on 127.0.0.1")->required();
  app.add_option("--script", options.script, "assign.lua")->required();
  app.add_option("--in", options.in, "topic of lead events")->required();
  app.add_option("--out", options.out, "topic of assignments")->required();
  app.add_option("--group", options.group, "consumer group")->required();
  app.add_option("--prefix", options.prefix, "first part of every key")->required();
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGTERM, [](int) { stopping = true; });
  Loop(options).Run();
  return 0;
}
