#include "batonctl/yaml_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using Json = nlohmann::ordered_json;

TEST(YamlTextTest, ShowsMapsAndListsAsBlocks) {
  const Json data = {{"name", "ada"},
                     {"queues", {"dach", "uk"}},
                     {"absences", {{{"from", "2026-01-01"}, {"days", 3}}, {{"from", "x"}}}},
                     {"none", Json::array()},
                     {"more", {{"deep", true}}}};
  EXPECT_EQ(ToYaml(data),
            "name: ada\n"
            "queues:\n"
            "  - dach\n"
            "  - uk\n"
            "absences:\n"
            "  - from: \"2026-01-01\"\n"
            "    days: 3\n"
            "  - from: x\n"
            "none: []\n"
            "more:\n"
            "  deep: true\n");
}

TEST(YamlTextTest, WhatIsTextIsReadAsTextAgain) {
  const std::vector<std::string> texts = {
      "true", "No",    "null", "~",   "",   "12", "1e3", "a: b",   "# c",       "- d",
      "'e'",  "\"f\"", "g\nh", " i ", "*j", "&k", "!l",  "{m: n}", "2026-01-01"};
  for (const std::string& text : texts) {
    const std::string yaml = ToYaml({{"key", text}});
    policy::ErrorList errors("test");
    const auto root = policy::ParseYaml(yaml, errors);
    ASSERT_TRUE(root.has_value() && errors.empty()) << yaml;
    const policy::YamlNode& value = root->entries.at(0).value;
    EXPECT_EQ(value.text, text);
    EXPECT_TRUE(value.quoted) << yaml;
  }
}

}  // namespace
}  // namespace baton::batonctl
