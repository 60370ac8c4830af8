#include "batonctl/queue_policy.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "baton/v1/policy_service.pb.h"
#include "batonctl/format.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using policy::YamlNode;

const YamlNode* Child(const YamlNode* node, const std::string& key) {
  if (node == nullptr) return nullptr;
  for (const policy::YamlEntry& entry : node->entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace

void AddQueuePolicy(Session& session, const std::string& queue_name, Table& details) {
  v1::GetPolicyRequest request;
  request.set_name(absl::StrCat(queue_name.substr(0, queue_name.find("/queues/")), "/policies/-"));
  const auto response = Ask<v1::GetPolicyResponse>(session.server(), request);
  policy::ErrorList errors("policy");
  const std::optional<YamlNode> root =
      response.ok() ? policy::ParseYaml(response->policy().yaml(), errors) : std::nullopt;
  if (!root.has_value()) {
    return session.Note(
        absl::StrCat("What the queue requires of reps, its calendar and away_after ",
                     "stand in the policy, which cannot be read: ", response.status().message()));
  }
  const YamlNode* queue = Child(Child(Child(&*root, "spec"), "queues"), ShortName(queue_name));
  for (const char* key : {"requires", "calendar", "away_after"}) {
    if (const YamlNode* value = Child(queue, key); value != nullptr) {
      details.AddRow(
          {std::string(key) == "away_after" ? "away after" : key,
           value->kind == YamlNode::Kind::kScalar ? value->text : policy::FlowText(*value)});
    }
  }
}

}  // namespace baton::batonctl
