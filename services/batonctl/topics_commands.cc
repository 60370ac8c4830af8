// batonctl topics apply|list
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/kafka_options.h"
#include "batonctl/topics_file.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using platform::kafka::KafkaConfig;
using platform::kafka::TopicInfo;
using platform::kafka::TopicSpec;

struct TopicsArguments {
  std::string file;
  bool check = false;
  KafkaArguments kafka;
};

// A declared topic and what the cluster has.
struct TopicState {
  const TopicSpec& declared;
  int partitions = 0;  // 0: missing
  int replicas = 0;
  bool created = false;
  std::vector<std::string> drift;  // what is not as declared, each as a sentence
};

std::string StateText(const TopicState& topic) {
  if (topic.created) return "created";
  if (topic.partitions == 0) return "missing";
  return topic.drift.empty() ? "ok" : "differs";
}

// What of a topic that is there the brokers have otherwise than declared.
std::vector<std::string> DriftOf(const TopicState& topic,
                                 const platform::kafka::TopicSettings& settings) {
  std::vector<std::string> drift;
  const TopicSpec& declared = topic.declared;
  const auto compare = [&](const std::string& what, const std::string& is,
                           const std::string& should) {
    if (is == should) return;
    drift.push_back(absl::StrCat(declared.name, ": ", what, " is ", is, ", declared is ", should));
  };
  compare("the number of partitions", absl::StrCat(topic.partitions),
          absl::StrCat(declared.partitions));
  compare("replication", absl::StrCat(topic.replicas), absl::StrCat(declared.replication));
  for (const auto& [name, value] : declared.config) {
    const auto found = settings.find(name);
    compare(name, found == settings.end() ? "not known" : found->second, value);
  }
  return drift;
}

absl::StatusOr<std::vector<TopicSpec>> Declared(const TopicsArguments& arguments) {
  const absl::StatusOr<std::string> yaml = ReadFile(arguments.file, policy::kDocumentBytesMax);
  if (!yaml.ok()) return yaml.status();
  return ParseTopics(*yaml, arguments.file, arguments.kafka.prefix);
}

absl::StatusOr<std::vector<TopicState>> Compare(const Session& session, const KafkaConfig& config,
                                                const std::vector<TopicSpec>& declared) {
  const absl::StatusOr<std::vector<TopicInfo>> existing =
      session.world().list_topics(config, session.options.timeout);
  if (!existing.ok()) return existing.status();
  std::vector<TopicState> states;
  for (const TopicSpec& topic : declared) {
    const auto found = std::find_if(existing->begin(), existing->end(),
                                    [&](const TopicInfo& info) { return info.name == topic.name; });
    TopicState& state = states.emplace_back(TopicState{topic});
    if (found == existing->end()) continue;
    state.partitions = found->partitions;
    state.replicas = found->replicas;
  }
  std::vector<std::string> names;
  for (const TopicState& topic : states) {
    if (topic.partitions != 0) names.push_back(topic.declared.name);
  }
  auto settings = session.world().topic_settings(config, names, session.options.timeout);
  if (!settings.ok()) return settings.status();
  for (TopicState& topic : states) {
    if (topic.partitions == 0) continue;
    topic.drift = DriftOf(topic, (*settings)[topic.declared.name]);
    for (const std::string& sentence : topic.drift) session.Note(sentence + ".");
  }
  return states;
}

absl::Status PrintStates(const Session& session, const std::vector<TopicState>& states) {
  Table table({"TOPIC", "DECLARED", "PARTITIONS", "STATE"},
              {"DECLARED REPLICATION", "REPLICATION"});
  nlohmann::ordered_json topics = nlohmann::ordered_json::array();
  std::vector<std::string> names;
  for (const TopicState& topic : states) {
    const std::string state = StateText(topic);
    table.AddRow({topic.declared.name, absl::StrCat(topic.declared.partitions),
                  absl::StrCat(topic.partitions), state, absl::StrCat(topic.declared.replication),
                  absl::StrCat(topic.replicas)});
    topics.push_back({{"name", topic.declared.name},
                      {"declaredPartitions", topic.declared.partitions},
                      {"partitions", topic.partitions},
                      {"declaredReplication", topic.declared.replication},
                      {"replication", topic.replicas},
                      {"state", state},
                      {"drift", topic.drift}});
    names.push_back(topic.declared.name);
  }
  return session.Print(nlohmann::ordered_json{{"topics", topics}}, table, names);
}

// A lead's events would go to another partition than its earlier ones: nothing batonctl may repair.
absl::Status CheckPartitions(const std::vector<TopicState>& states) {
  for (const TopicState& topic : states) {
    if (topic.partitions == 0 || topic.partitions == topic.declared.partitions) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(topic.declared.name, " has ", topic.partitions, " partitions, declared are ",
                     topic.declared.partitions,
                     "; partitions cannot be changed without losing the order of each ",
                     "lead's events: correct the file, or move to a new topic"));
  }
  return absl::OkStatus();
}

absl::Status List(Session& session, const TopicsArguments& arguments) {
  const absl::StatusOr<KafkaConfig> config = ConfigOf(arguments.kafka);
  if (!config.ok()) return config.status();
  const absl::StatusOr<std::vector<TopicSpec>> declared = Declared(arguments);
  if (!declared.ok()) return declared.status();
  const auto states = Compare(session, *config, *declared);
  if (!states.ok()) return states.status();
  if (absl::Status printed = PrintStates(session, *states); !printed.ok()) return printed;
  const bool all_as_declared =
      std::all_of(states->begin(), states->end(),
                  [](const TopicState& topic) { return StateText(topic) == "ok"; });
  if (all_as_declared || !arguments.check) return absl::OkStatus();
  return absl::FailedPreconditionError("the topics are not as declared");
}

absl::Status Apply(Session& session, const TopicsArguments& arguments) {
  const absl::StatusOr<KafkaConfig> config = ConfigOf(arguments.kafka);
  if (!config.ok()) return config.status();
  const absl::StatusOr<std::vector<TopicSpec>> declared = Declared(arguments);
  if (!declared.ok()) return declared.status();
  auto states = Compare(session, *config, *declared);
  if (!states.ok()) return states.status();
  if (absl::Status status = CheckPartitions(*states); !status.ok()) return status;
  for (TopicState& topic : *states) {
    if (topic.partitions != 0) continue;
    const absl::Status status =
        session.world().create_topic(*config, topic.declared, session.options.timeout);
    // Somebody else may have created it between the look and the act.
    if (!status.ok() && !absl::IsAlreadyExists(status)) return status;
    topic.partitions = topic.declared.partitions;
    topic.replicas = topic.declared.replication;
    topic.created = status.ok();
  }
  return PrintStates(session, *states);
}

void AddCommon(CLI::App& command, const std::shared_ptr<TopicsArguments>& arguments) {
  command.add_option("--file,-f", arguments->file, "deploy/kafka/topics.yaml")->required();
  AddKafkaOptions(command, arguments->kafka);
}

}  // namespace

void AddTopicsCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "topics", "The Kafka topics that Baton needs");
  auto arguments = std::make_shared<TopicsArguments>();

  CLI::App& apply = *group.add_subcommand("apply", "Creates the declared topics that are missing");
  AddCommon(apply, arguments);
  OnRun(apply, session, [&session, arguments] { return Apply(session, *arguments); });

  CLI::App& list =
      *group.add_subcommand("list", "Compares the declared topics and settings with the cluster's");
  AddCommon(list, arguments);
  list.add_flag("--check", arguments->check,
                "exit code 1 unless all are there, with the declared partitions, replication and "
                "settings");
  OnRun(list, session, [&session, arguments] { return List(session, *arguments); });
}

}  // namespace baton::batonctl
