#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_replace.h"
#include "batonctl/exit_codes.h"
#include "batonctl/topics_file.h"
#include "batonctl_testing.h"
#include "support/source_tree.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kTopics[] = "deploy/kafka/topics.yaml";

TEST(TopicsFileTest, ReadsTheDeclaredTopics) {
  const auto topics = ParseTopics(support::SourceText(kTopics), "topics.yaml", "acme");
  ASSERT_TRUE(topics.ok()) << topics.status();
  ASSERT_EQ(topics->size(), 8u);
  EXPECT_EQ(topics->at(0).name, "acme.lead-events.v1");
  EXPECT_EQ(topics->at(0).partitions, 12);
  EXPECT_EQ(topics->at(0).config.at("retention.ms"), "604800000");
  EXPECT_EQ(topics->at(1).name, "acme.lead-events.v1.dlq");
  EXPECT_EQ(topics->at(1).config.at("max.message.bytes"), "2097152");  // kDeadLetterBytesMax
  EXPECT_EQ(topics->at(2).name, "acme.sales-events.v1");
  EXPECT_EQ(topics->at(3).name, "acme.sales-events.v1.dlq");
  EXPECT_EQ(topics->at(3).config.at("max.message.bytes"), "2097152");
  EXPECT_EQ(topics->at(7).name, "acme.shards.v1");
}

TEST(TopicsFileTest, NamesWhatIsWrong) {
  const auto error = [](const std::string& topic) {
    const std::string yaml =
        "apiVersion: baton.dev/v1\nkind: Topics\nspec: {topics: [" + topic + "]}\n";
    return std::string(ParseTopics(yaml, "t.yaml", "baton").status().message());
  };
  EXPECT_THAT(error("{name: orders, partitions: 1, replication: 1}"),
              HasSubstr("must begin with baton."));
  EXPECT_THAT(error("{name: baton.a, partitions: 0, replication: 1}"),
              HasSubstr("from 1 to 10000"));
  EXPECT_THAT(error("{name: baton.a, partitons: 1, replication: 1}"),
              HasSubstr("did you mean 'partitions'?"));
  EXPECT_THAT(error("{name: baton.a, partitions: 1, replication: 1, config: [x]}"),
              HasSubstr("topics[0].config must be a mapping"));
}

class TopicsCommandsTest : public ::testing::Test {
 protected:
  RunResult Run(const std::string& verb, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {
        "topics", verb, "--file", support::SourcePath(kTopics), "--brokers", "k:9092"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Run(arguments);
  }

  World world_;
};

TEST_F(TopicsCommandsTest, CreatesWhatIsMissingOnce) {
  const RunResult first = Run("apply");
  EXPECT_EQ(first.code, kExitOk) << first.err;
  EXPECT_EQ(world_.kafka.topics.size(), 8u);
  EXPECT_EQ(world_.kafka.topics.at("baton.lead-state.v1").config.at("cleanup.policy"), "compact");
  EXPECT_THAT(first.out, HasSubstr("baton.lead-events.v1       12        12          created\n"));
  EXPECT_THAT(Run("apply").out, HasSubstr("baton.lead-events.v1       12        12          ok\n"));
  EXPECT_EQ(world_.kafka.config.brokers, "k:9092");
}

TEST_F(TopicsCommandsTest, ListCreatesNothing) {
  EXPECT_THAT(Run("list", {"-o", "json"}).out, AllOf(HasSubstr("\"name\": \"baton.feedback.v1\""),
                                                     HasSubstr("\"state\": \"missing\"")));
  EXPECT_TRUE(world_.kafka.topics.empty());
}

TEST_F(TopicsCommandsTest, RefusesOtherPartitionsAndCreatesNothing) {
  world_.kafka.topics["baton.shards.v1"] = {"baton.shards.v1", 4, 1, {}};
  const RunResult run = Run("apply");
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("baton.shards.v1 has 4 partitions, declared are 16"));
  EXPECT_EQ(world_.kafka.topics.size(), 1u);
  EXPECT_THAT(Run("list").out, HasSubstr("differs"));
}

TEST_F(TopicsCommandsTest, ACheckFindsSettingsThatAreNotAsDeclared) {
  EXPECT_EQ(Run("list", {"--check"}).code, kExitRefused) << "they are missing";
  ASSERT_EQ(Run("apply").code, kExitOk);
  EXPECT_EQ(Run("list", {"--check"}).code, kExitOk);
  world_.kafka.topics.at("baton.feedback.v1").config["retention.ms"] = "-1";
  const RunResult drifted = Run("list", {"--check"});
  EXPECT_EQ(drifted.code, kExitRefused);
  EXPECT_THAT(drifted.err,
              HasSubstr("baton.feedback.v1: retention.ms is -1, declared is 7776000000."));
  EXPECT_THAT(drifted.out, HasSubstr("differs"));
  EXPECT_EQ(Run("list").code, kExitOk) << "only asked, it says so and no more";
}

// As where brokers made the topics, or a declared replication was raised later.
TEST_F(TopicsCommandsTest, ACheckFindsTopicsWithTooFewReplicas) {
  ASSERT_EQ(Run("apply").code, kExitOk);
  world_.kafka.topics.at("baton.feedback.v1").replication = 3;
  const TemporaryFile file(
      absl::StrReplaceAll(support::SourceText(kTopics), {{"replication: 1", "replication: 3"}}));
  const RunResult run = world_.Run(
      {"topics", "list", "--check", "-o", "json", "--file", file.path(), "--brokers", "k:9092"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("baton.shards.v1: replication is 1, declared is 3."));
  const nlohmann::json said = nlohmann::json::parse(run.out);
  ASSERT_FALSE(said["topics"].empty());
  for (const auto& topic : said["topics"]) {
    const bool raised = topic["name"] == "baton.feedback.v1";
    EXPECT_EQ(topic["state"], raised ? "ok" : "differs") << topic;
    EXPECT_EQ(topic["replication"], raised ? 3 : 1) << topic;
    EXPECT_EQ(topic["drift"].size(), raised ? 0 : 1) << topic;
  }
}

TEST_F(TopicsCommandsTest, DataSayWhatDiffers) {
  ASSERT_EQ(Run("apply").code, kExitOk);
  auto& feedback = world_.kafka.topics.at("baton.feedback.v1");
  feedback.partitions = 3;
  feedback.config.erase("retention.ms");
  const nlohmann::json said = nlohmann::json::parse(Run("list", {"-o", "json"}).out);
  ASSERT_FALSE(said["topics"].empty());
  for (const auto& topic : said["topics"]) {
    if (topic["name"] != "baton.feedback.v1") continue;
    EXPECT_THAT(
        topic["drift"].get<std::vector<std::string>>(),
        ElementsAre("baton.feedback.v1: the number of partitions is 3, declared is 12",
                    "baton.feedback.v1: retention.ms is not known, declared is 7776000000"));
  }
  EXPECT_THAT(Run("list", {"-o", "yaml"}).out, HasSubstr("the number of partitions is 3"));
}

TEST_F(TopicsCommandsTest, PassesPropertiesAndPrefix) {
  EXPECT_EQ(Run("apply", {"--prefix", "acme", "--property", "security.protocol=SSL"}).code,
            kExitOk);
  EXPECT_EQ(world_.kafka.topics.count("acme.shards.v1"), 1u);
  EXPECT_EQ(world_.kafka.config.properties.at("security.protocol"), "SSL");
}

TEST_F(TopicsCommandsTest, TakesPropertiesFromTheEnvironmentButAFlagWins) {
  setenv("BATON_KAFKA_PROPERTIES", "sasl.username=ada; sasl.password=a=b;security.protocol=SSL;",
         1);
  const RunResult run = Run("apply", {"--property", "security.protocol=SASL_SSL"});
  unsetenv("BATON_KAFKA_PROPERTIES");
  EXPECT_EQ(run.code, kExitOk) << run.err;
  const auto& properties = world_.kafka.config.properties;
  EXPECT_EQ(properties.at("sasl.username"), "ada");
  EXPECT_EQ(properties.at("sasl.password"), "a=b");
  EXPECT_EQ(properties.at("security.protocol"), "SASL_SSL");
}

TEST_F(TopicsCommandsTest, RefusesAPropertyWithoutAValue) {
  const RunResult run = Run("apply", {"--properties", "sasl.username"});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("--properties"));
}

TEST_F(TopicsCommandsTest, SaysWhenKafkaIsAway) {
  world_.kafka.reachable = absl::UnavailableError("no broker answers");
  EXPECT_EQ(Run("list").code, kExitUnreachable);
}

TEST_F(TopicsCommandsTest, NeedsBrokers) {
  unsetenv("BATON_KAFKA_BROKERS");
  const RunResult run = world_.Run({"topics", "list", "--file", support::SourcePath(kTopics)});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("BATON_KAFKA_BROKERS"));
}

}  // namespace
}  // namespace baton::batonctl
