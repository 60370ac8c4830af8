// One run of batonctl: the options that every command has, where it writes, and what it reaches.
#ifndef BATON_BATONCTL_SESSION_H_
#define BATON_BATONCTL_SESSION_H_

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "batonctl/server.h"
#include "batonctl/table.h"
#include "platform/kafka/kafka.h"
#include "platform/kafka/topic_reader.h"
#include "platform/kafka/topic_settings.h"
#include "verify/verifier.h"

namespace baton::batonctl {

class Settings;

enum class OutputFormat { kTable, kWide, kJson, kYaml, kName };

struct GlobalOptions {
  std::string server = "127.0.0.1:7400";
  std::string workspace;         // empty: none given
  std::string output = "table";  // the word of -o; of what it makes see output_choice.h
  OutputFormat format = OutputFormat::kTable;
  bool no_headers = false;
  absl::Duration timeout = absl::Seconds(10);  // per call
  Identity identity;
  std::string request_id;  // empty: a new one for each change

  // For a person's eyes, not as data.
  bool is_text() const { return format == OutputFormat::kTable || format == OutputFormat::kWide; }
  bool is_data() const { return format == OutputFormat::kJson || format == OutputFormat::kYaml; }
};

// The world outside: the terminal, the network and the clock, given by main.cc and by tests.
struct Surroundings {
  std::ostream& out;  // data
  std::ostream& err;  // notes and errors
  bool colour = false;
  std::function<std::unique_ptr<Server>(const std::string& address, absl::Duration timeout,
                                        const Identity& identity)>
      connect;
  std::function<absl::StatusOr<std::vector<platform::kafka::TopicInfo>>(
      const platform::kafka::KafkaConfig&, absl::Duration deadline)>
      list_topics;
  std::function<absl::Status(const platform::kafka::KafkaConfig&, const platform::kafka::TopicSpec&,
                             absl::Duration deadline)>
      create_topic;
  std::function<std::string()> new_id;  // unique, 1 to 64 characters
  std::function<absl::Time()> now;
  std::function<void(absl::Duration)> sleep;
  std::function<absl::StatusOr<verify::Report>(const verify::Options&)> verify;
  std::function<void()> catch_interrupts;  // interrupt.h
  std::function<bool()> interrupted;
  // Asks whoever sits at the terminal; nullopt: nobody does.
  std::function<std::optional<std::string>(const std::string& question)> ask;
  std::function<absl::StatusOr<std::unique_ptr<platform::kafka::Producer>>(
      const platform::kafka::KafkaConfig&)>
      make_producer;
  std::function<decltype(platform::kafka::TopicSpans)> topic_spans = platform::kafka::TopicSpans;
  std::function<decltype(platform::kafka::ReadTopic)> read_topic = platform::kafka::ReadTopic;
  std::function<decltype(platform::kafka::ReadTopicSettings)> topic_settings =
      platform::kafka::ReadTopicSettings;
};

// Not thread-safe.
class Session {
 public:
  explicit Session(Surroundings surroundings) : world_(std::move(surroundings)) {}

  GlobalOptions options;
  std::function<absl::Status()> action;  // the command chosen on the command line
  int exit_code = 0;                     // of a command that did what it is for
  const Settings* settings = nullptr;    // where the options come from
  bool needs_settings = true;            // false: the command works whatever the context says
  bool passes_server_by = false;         // the command sends nothing to options.server
  bool takes_request_id = false;         // the command makes one change: OnChange of commands.h

  const Surroundings& world() const { return world_; }
  Server& server();  // connects when first used

  // "workspaces/demo", or a usage error when none was given.
  absl::StatusOr<std::string> Workspace() const;
  // "workspaces/demo/<collection>/<text>"; a text that is a whole resource name stays.
  absl::StatusOr<std::string> Name(const std::string& collection, const std::string& text) const;
  // The id of the change that the command makes (AIP-155): what --request-id says, or a new one.
  // Fail tells how to repeat the command with it.
  std::string RequestId();
  // What an option of the command's own says of that id, if it says something. A usage error if
  // --request-id says something else.
  absl::Status TakeRequestId(const std::string& option, const std::string& id);

  TableStyle style() const;
  // Prints data in the format asked for: `message` as JSON or YAML, or the table, or the names.
  absl::Status Print(const google::protobuf::Message& message, const Table& table,
                     const std::vector<std::string>& names) const;
  // The same for data that is no message of the API.
  absl::Status Print(const nlohmann::ordered_json& json, const Table& table,
                     const std::vector<std::string>& names) const;
  // A JSON document as it is, or as YAML where that was asked for.
  std::string DataText(const std::string& json) const;
  // Flushes what was printed; DATA_LOSS if it could not be written.
  absl::Status Written() const;
  void Note(const std::string& text) const;
  // Prints message, reason and what to do; answers the exit code.
  int Fail(const absl::Status& status) const;

 private:
  absl::Status PrintText(const std::function<nlohmann::ordered_json()>& data, const Table& table,
                         const std::vector<std::string>& names) const;

  Surroundings world_;
  std::unique_ptr<Server> server_;
  std::string request_id_;  // the latest of RequestId
};

// One JSON object, on one line or indented. Fields with default values are there too.
std::string ToJson(const google::protobuf::Message& message, bool one_line);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_SESSION_H_
