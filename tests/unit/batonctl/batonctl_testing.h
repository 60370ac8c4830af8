// A run of batonctl without network: a server that answers from a table of responses, a Kafka that
// is a map, a clock that stands still.
#ifndef BATON_TESTS_UNIT_BATONCTL_BATONCTL_TESTING_H_
#define BATON_TESTS_UNIT_BATONCTL_BATONCTL_TESTING_H_

#include <google/protobuf/message.h>
#include <google/protobuf/util/message_differencer.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "batonctl/app.h"

namespace baton::batonctl {

using google::protobuf::Message;

// What a server would do, by the type of the request.
class FakeServer {
 public:
  // Answers each Request with what `answer` puts into the response.
  template <typename Request, typename Response>
  void On(std::function<absl::Status(const Request&, Response&)> answer) {
    answers_[Request::descriptor()->full_name()] = [answer](const Message& request,
                                                            Message& response) {
      return answer(static_cast<const Request&>(request), static_cast<Response&>(response));
    };
  }

  // One attempt of a stream: messages, then how it ends.
  struct StreamPart {
    std::vector<std::shared_ptr<const Message>> messages;
    absl::Status end;
  };

  absl::Status Answer(const Message& request, Message& response) {
    requests.push_back(Copy(request));
    const auto answer = answers_.find(request.GetDescriptor()->full_name());
    if (answer == answers_.end()) return absl::UnimplementedError(request.GetTypeName());
    return answer->second(request, response);
  }

  absl::Status Stream(const Message& request, Message& response,
                      const std::function<bool()>& on_response) {
    requests.push_back(Copy(request));
    if (stream_parts.empty()) return absl::NotFoundError("no more parts");
    const StreamPart part = std::move(stream_parts.front());
    stream_parts.pop_front();
    for (const std::shared_ptr<const Message>& message : part.messages) {
      response.CopyFrom(*message);
      if (!on_response()) return absl::OkStatus();
    }
    return part.end;
  }

  // The request number `index` that came, as a Request.
  template <typename Request>
  const Request& At(size_t index) const {
    return static_cast<const Request&>(*requests.at(index));
  }

  std::vector<std::shared_ptr<const Message>> requests;
  std::deque<StreamPart> stream_parts;

 private:
  static std::shared_ptr<const Message> Copy(const Message& message) {
    std::shared_ptr<Message> copy(message.New());
    copy->CopyFrom(message);
    return copy;
  }

  std::map<std::string, std::function<absl::Status(const Message&, Message&)>> answers_;
};

struct FakeKafka {
  absl::Status reachable;
  std::map<std::string, platform::kafka::TopicSpec> topics;
  platform::kafka::KafkaConfig config;  // of the latest call
};

struct RunResult {
  int code = -1;
  std::string out;
  std::string err;
};

class World {
 public:
  RunResult Run(const std::vector<std::string>& arguments) {
    std::ostringstream out, err;
    if (out_fails) out.setstate(std::ios::badbit);
    RunResult result;
    result.code = batonctl::Run(
        arguments,
        {out, err, colour,
         [this](const std::string& to, absl::Duration wait,
                const Identity& caller) -> std::unique_ptr<batonctl::Server> {
           identity = caller;
           address = to;
           timeout = wait;
           return std::make_unique<Connection>(server);
         },
         [this](const platform::kafka::KafkaConfig& config,
                absl::Duration) -> absl::StatusOr<std::vector<platform::kafka::TopicInfo>> {
           kafka.config = config;
           if (!kafka.reachable.ok()) return kafka.reachable;
           std::vector<platform::kafka::TopicInfo> infos;
           for (const auto& [name, topic] : kafka.topics) {
             infos.push_back({name, topic.partitions, topic.replication});
           }
           return infos;
         },
         [this](const platform::kafka::KafkaConfig&, const platform::kafka::TopicSpec& topic,
                absl::Duration) {
           return kafka.topics.emplace(topic.name, topic).second
                      ? absl::OkStatus()
                      : absl::AlreadyExistsError(topic.name);
         },
         [this] { return "id-" + std::to_string(++ids_); },
         [] { return absl::FromUnixSeconds(1'800'000'000); },
         [this](absl::Duration pause) {
           pauses.push_back(pause);
           if (on_pause) on_pause(pauses.size());
         },
         [this](const verify::Options& options) {
           verify_options = options;
           return verify_report;
         },
         [this] { interrupts_caught = true; },
         [this] { return stop_after_pauses >= 0 && pauses.size() >= size_t(stop_after_pauses); },
         [this](const std::string& question) {
           questions.push_back(question);
           return answer;
         },
         [this](const platform::kafka::KafkaConfig&)
             -> absl::StatusOr<std::unique_ptr<platform::kafka::Producer>> {
           return std::make_unique<FakeProducer>(*this);
         },
         [this](const platform::kafka::KafkaConfig&, const std::string& topic, bool,
                absl::Duration) -> absl::StatusOr<std::vector<platform::kafka::PartitionSpan>> {
           const auto records = static_cast<int64_t>(topics[topic].size());
           return std::vector<platform::kafka::PartitionSpan>{{0, 0, records}};
         },
         [this](const platform::kafka::KafkaConfig&, const std::string& topic, const auto&, bool,
                absl::Duration, const auto& take) {
           for (const platform::kafka::Record& record : topics[topic]) take(record, {});
           return absl::OkStatus();
         },
         [this](const platform::kafka::KafkaConfig&, const std::vector<std::string>& names,
                absl::Duration) {
           std::map<std::string, platform::kafka::TopicSettings> settings;
           for (const std::string& name : names) settings[name] = kafka.topics.at(name).config;
           return absl::StatusOr<std::map<std::string, platform::kafka::TopicSettings>>(settings);
         }});
    result.out = out.str();
    result.err = err.str();
    return result;
  }

  bool colour = false;
  bool out_fails = false;  // standard output takes nothing
  FakeServer server;
  FakeKafka kafka;
  std::string address;
  absl::Duration timeout;
  Identity identity;  // of the latest run that called the server
  std::vector<absl::Duration> pauses;
  absl::StatusOr<verify::Report> verify_report = verify::Report();
  verify::Options verify_options;                                      // of the latest call
  std::map<std::string, std::vector<platform::kafka::Record>> topics;  // what they hold
  bool interrupts_caught = false;
  std::function<void(size_t pauses)> on_pause;
  int stop_after_pauses = -1;  // so many sleeps, then Ctrl-C; -1: never
  std::vector<std::string> questions;
  std::optional<std::string> answer;  // to each; nullopt: nobody is there
  std::vector<platform::kafka::OutRecord> produced;
  absl::Status delivery;  // of each

 private:
  class Connection : public batonctl::Server {
   public:
    explicit Connection(FakeServer& server) : server_(server) {}
    absl::Status Call(const Message& request, Message& response) override {
      return server_.Answer(request, response);
    }
    absl::Status Stream(const Message& request, Message& response,
                        const std::function<bool()>& on_response) override {
      return server_.Stream(request, response, on_response);
    }

   private:
    FakeServer& server_;
  };

  class FakeProducer : public platform::kafka::Producer {
   public:
    explicit FakeProducer(World& world) : world_(world) {}
    absl::Status Produce(platform::kafka::OutRecord record,
                         std::function<void(absl::Status)> done) override {
      if (world_.delivery.ok()) world_.produced.push_back(std::move(record));
      done(world_.delivery);
      return absl::OkStatus();
    }
    absl::Status Flush(absl::Duration) override { return absl::OkStatus(); }
    absl::Status InitTransactions(absl::Duration) override { return absl::OkStatus(); }
    absl::Status BeginTransaction() override { return absl::OkStatus(); }
    absl::Status SendOffsets(absl::Span<const platform::kafka::Position>,
                             platform::kafka::Consumer&, absl::Duration) override {
      return absl::OkStatus();
    }
    absl::Status CommitTransaction(absl::Duration) override { return absl::OkStatus(); }
    absl::Status AbortTransaction(absl::Duration) override { return absl::OkStatus(); }

   private:
    World& world_;
  };

  int ids_ = 0;
};

}  // namespace baton::batonctl

#endif  // BATON_TESTS_UNIT_BATONCTL_BATONCTL_TESTING_H_
