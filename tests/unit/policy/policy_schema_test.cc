// The published JSON Schema and the parser know the same words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "policy/policy_keys.h"
#include "policy_testing.h"
#include "support/source_tree.h"

namespace baton::policy {
namespace {

using Json = nlohmann::json;

Json Schema() {
  return Json::parse(support::SourceText("services/policy/schema/handoff-policy.schema.json"));
}

TEST(PolicySchemaTest, HasTheKeysOfTheParser) {
  const Json definitions = Schema().at("$defs");
  for (const KeyTable& table : AllPolicyKeyTables()) {
    SCOPED_TRACE(std::string(table.name));
    const Json& definition = definitions.at(std::string(table.name));
    EXPECT_EQ(definition.at("additionalProperties"), false);
    std::set<std::string> accepted, required, in_schema;
    for (const KeyRule& rule : table.keys) {
      accepted.emplace(rule.key);
      if (rule.status == KeyStatus::kRequired) required.emplace(rule.key);
    }
    for (const auto& [key, value] : definition.at("properties").items()) in_schema.insert(key);
    EXPECT_EQ(in_schema, accepted);
    EXPECT_EQ(definition.at("required").get<std::set<std::string>>(), required);
  }
}

TEST(PolicySchemaTest, DefinesNoOtherMappings) {
  std::set<std::string> tables, closed;
  for (const KeyTable& table : AllPolicyKeyTables()) tables.emplace(table.name);
  const Json definitions = Schema().at("$defs");
  for (const auto& [name, definition] : definitions.items()) {
    if (definition.value("additionalProperties", Json(true)) == false) closed.insert(name);
  }
  EXPECT_EQ(closed, tables);
}

TEST(PolicySchemaTest, ReferencesWhatItDefines) {
  const Json schema = Schema();
  const std::string text = schema.dump();
  const std::string prefix = "\"$ref\":\"#/$defs/";
  for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
    const size_t begin = at + prefix.size();
    const std::string name = text.substr(begin, text.find('"', begin) - begin);
    EXPECT_TRUE(schema.at("$defs").contains(name)) << name;
  }
}

}  // namespace
}  // namespace baton::policy
