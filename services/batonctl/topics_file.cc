#include "batonctl/topics_file.h"

#include <algorithm>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "batonctl/document_status.h"
#include "policy/document_head.h"
#include "policy/map_reader.h"
#include "policy/values.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using platform::kafka::TopicSpec;
using policy::ErrorList;
using policy::KeyRule;
using policy::KeyStatus;
using policy::KeyTable;
using policy::MapReader;
using policy::YamlNode;

constexpr char kPrefixInFile[] = "baton.";
constexpr size_t kTopicNameMax = 249;  // Kafka's limit
constexpr int64_t kPartitionsMax = 10'000;
constexpr int64_t kReplicationMax = 100;
constexpr size_t kConfigBytesMax = 1024;

constexpr KeyRule kTopicsSpec[] = {{"topics", KeyStatus::kRequired}};
constexpr KeyRule kTopic[] = {{"name", KeyStatus::kRequired},
                              {"partitions", KeyStatus::kRequired},
                              {"replication", KeyStatus::kRequired},
                              {"config"}};
constexpr KeyTable kTopicsSpecKeys = {"spec", kTopicsSpec};
constexpr KeyTable kTopicKeys = {"topic", kTopic};

std::string ReadTopicName(const MapReader& map, const std::string& prefix,
                          std::set<std::string>& seen) {
  const YamlNode* node = map.Find("name");
  if (node == nullptr) return "";
  const std::string name =
      policy::ReadText(*node, map.PathOf("name"), kTopicNameMax, map.errors()).value_or("");
  const bool legal = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-';
  });
  if (!legal || !name.starts_with(kPrefixInFile)) {
    policy::AddError(
        *node,
        absl::StrCat(map.PathOf("name"), " must begin with ", kPrefixInFile,
                     " and have only A-Z, a-z, 0-9, ., _ and -; this is ", policy::Quoted(name)),
        map.errors());
    return "";
  }
  if (!seen.insert(name).second) {
    policy::AddError(*node, absl::StrCat("topic ", name, " appears twice"), map.errors());
  }
  return absl::StrCat(prefix, name.substr(sizeof(kPrefixInFile) - 2));
}

int ReadCount(const MapReader& map, const std::string& key, int64_t max) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return 1;
  return static_cast<int>(
      policy::ReadInt(*node, map.PathOf(key), 1, max, map.errors()).value_or(1));
}

TopicSpec ReadTopic(const MapReader& map, const std::string& prefix, std::set<std::string>& seen) {
  TopicSpec topic;
  topic.name = ReadTopicName(map, prefix, seen);
  topic.partitions = ReadCount(map, "partitions", kPartitionsMax);
  topic.replication = ReadCount(map, "replication", kReplicationMax);
  const YamlNode* config = map.Find("config");
  if (config == nullptr) return topic;
  if (config->kind != YamlNode::Kind::kMap) {
    policy::AddError(*config, absl::StrCat(map.PathOf("config"), " must be a mapping"),
                     map.errors());
  }
  for (const auto& [key, value] : config->entries) {
    const std::string path = absl::StrCat(map.PathOf("config"), ".", key.text);
    topic.config[key.text] =
        policy::ReadText(value, path, kConfigBytesMax, map.errors()).value_or("");
  }
  return topic;
}

std::vector<TopicSpec> ReadTopics(const YamlNode& list, const std::string& prefix,
                                  ErrorList& errors) {
  std::vector<TopicSpec> topics;
  std::set<std::string> seen;
  const absl::Span<const YamlNode> items = policy::ReadList(list, "topics", errors);
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], policy::ItemPath("topics", i), kTopicKeys, errors);
    topics.push_back(ReadTopic(map, prefix, seen));
  }
  return topics;
}

}  // namespace

absl::StatusOr<std::vector<TopicSpec>> ParseTopics(const std::string& yaml,
                                                   const std::string& file_name,
                                                   const std::string& prefix) {
  std::vector<TopicSpec> topics;
  ErrorList errors(file_name);
  if (const std::optional<YamlNode> root = policy::ParseYaml(yaml, errors); root.has_value()) {
    const policy::DocumentHead head =
        policy::ReadDocumentHead(*root, "Topics", /*with_workspace=*/false, errors);
    if (head.spec != nullptr) {
      const MapReader spec(*head.spec, "spec", kTopicsSpecKeys, errors);
      if (const YamlNode* list = spec.Find("topics"); list != nullptr) {
        topics = ReadTopics(*list, prefix, errors);
      }
    }
  }
  if (!errors.empty()) return DocumentStatus(file_name, std::move(errors));
  return topics;
}

}  // namespace baton::batonctl
