#include "policy/yaml_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace baton::policy {
namespace {

using ::testing::HasSubstr;

std::vector<DocumentError> ErrorsOfText(const std::string& text) {
  ErrorList errors("f.yaml");
  ParseYaml(text, errors);
  return std::move(errors).Take();
}

std::string FirstErrorOfTree(const std::string& text) {
  const std::vector<DocumentError> errors = ErrorsOfText(text);
  return errors.empty() ? "" : ToString(errors.front());
}

std::string Repeated(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(YamlTreeTest, KeepsPlacesAndQuoting) {
  ErrorList errors("f.yaml");
  const auto root = ParseYaml("a: 1\nb:\n  - x\n  - 'y'\n", errors);
  ASSERT_TRUE(root.has_value());
  ASSERT_EQ(root->entries.size(), 2u);
  const YamlNode& list = root->entries[1].value;
  ASSERT_EQ(list.items.size(), 2u);
  EXPECT_EQ(list.items[1].line, 4);
  EXPECT_EQ(list.items[1].column, 5);
  EXPECT_FALSE(list.items[0].quoted);
  EXPECT_TRUE(list.items[1].quoted);
}

TEST(YamlTreeTest, FollowsAliases) {
  ErrorList errors("f.yaml");
  const auto root = ParseYaml("a: &x [1, 2]\nb: *x\n", errors);
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(root->entries[1].value.items.size(), 2u);
}

TEST(YamlTreeTest, RefusesRepeatedKeysAndGoesOn) {
  EXPECT_THAT(FirstErrorOfTree("a: 1\na: 2\n"), "f.yaml:2:1: key 'a' appears twice in one mapping");
  EXPECT_EQ(ErrorsOfText("a: 1\na: 2\nb: {c: 1, c: 2}\n").size(), 2u);
}

TEST(YamlTreeTest, RefusesWhatIsNoPlainDocument) {
  EXPECT_THAT(FirstErrorOfTree(""), HasSubstr("the document is empty"));
  EXPECT_THAT(FirstErrorOfTree("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
  EXPECT_THAT(FirstErrorOfTree("a: !!binary aGk=\n"), HasSubstr("tags such as"));
  EXPECT_THAT(FirstErrorOfTree("[a]: 1\n"), HasSubstr("a key must be text, this is a list"));
  EXPECT_THAT(FirstErrorOfTree("a: &x [*x]\n"), HasSubstr("an alias within itself"));
  EXPECT_THAT(FirstErrorOfTree("a: *nobody\n"), HasSubstr("f.yaml:1:"));
  EXPECT_THAT(FirstErrorOfTree("a: [1, 2\n"), HasSubstr("f.yaml:2:1"));
  EXPECT_THAT(FirstErrorOfTree("a: \x01\n"), "f.yaml:1:4: a control character");
  EXPECT_THAT(FirstErrorOfTree("a: \xC3\x28\n"), "f.yaml:1:4: not UTF-8 text");
  EXPECT_THAT(FirstErrorOfTree("a: \xED\xA0\x80\n"), "f.yaml:1:4: not UTF-8 text");
  EXPECT_EQ(FirstErrorOfTree("a: \xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\n"), "");
}

TEST(YamlTreeTest, RefusesWhatIsTooLargeOrTooDeep) {
  EXPECT_THAT(FirstErrorOfTree(std::string(kDocumentBytesMax + 1, 'a')),
              HasSubstr("at most 262144"));
  EXPECT_THAT(FirstErrorOfTree(Repeated("[", 17) + Repeated("]", 17)), HasSubstr("deeper than 16"));
  EXPECT_EQ(FirstErrorOfTree(Repeated("[", 16) + Repeated("]", 16)), "");
  EXPECT_THAT(FirstErrorOfTree("a: &x [[[[[[[[1]]]]]]]]\nb: [[[[[[[[*x]]]]]]]]\n"),
              HasSubstr("deeper than 16"));
}

TEST(YamlTreeTest, BoundsAliasBombs) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level < 10; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" +
            Repeated(below + ", ", 9) + below + "]\n";
  }
  EXPECT_THAT(FirstErrorOfTree(bomb), HasSubstr("more than 100000 values, aliases included"));
}

// Documents of full size that are all structure end within a bounded time.
TEST(YamlTreeTest, EndsOnHostileStructure) {
  for (const std::string piece : {"[", "{", "- ", "? ", "a: ", "&a ", "{a: [", "\"", "- - a\n",
                                  "a:\n ", "!t ", "|\n", ",", "%"}) {
    const auto start = std::chrono::steady_clock::now();
    ErrorsOfText(Repeated(piece, kDocumentBytesMax / piece.size()));
    const auto taken = std::chrono::steady_clock::now() - start;
    EXPECT_LT(taken, std::chrono::seconds(20)) << piece;
  }
}

}  // namespace
}  // namespace baton::policy
