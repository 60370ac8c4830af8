#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "batonctl_testing.h"

namespace baton::batonctl {
namespace {

using testing::HasSubstr;
using verify::Check;

const std::vector<std::string> kCommand = {"verify", "--brokers", "kafka:9092", "--redis-url",
                                           "redis://redis:6379"};

std::vector<std::string> With(const std::vector<std::string>& more) {
  std::vector<std::string> arguments = kCommand;
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

verify::Report SoundReport() {
  verify::Report report;
  report.equation = {5, 3, 1, 1};
  report.findings.LookedAt(Check::kConservation, 5);
  report.leads = 2;
  return report;
}

TEST(VerifyCommandTest, ShowsTheEquationAndEveryCheck) {
  World world;
  world.verify_report = SoundReport();
  const RunResult result = world.Run(kCommand);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("input 5 = applied 3 + duplicate 1 + dead-lettered 1   holds"));
  EXPECT_THAT(result.out, HasSubstr("violations: 0"));
  for (size_t i = 0; i < verify::kChecks; ++i) {
    EXPECT_THAT(result.out, HasSubstr(std::string(CheckName(static_cast<Check>(i)))));
  }
}

TEST(VerifyCommandTest, ItsTableMayBeWithoutItsFirstLine) {
  World world;
  world.verify_report = SoundReport();
  EXPECT_THAT(world.Run(kCommand).out, HasSubstr("WHAT MUST HOLD"));
  EXPECT_THAT(world.Run(With({"--no-headers"})).out, testing::Not(HasSubstr("WHAT MUST HOLD")));
}

TEST(VerifyCommandTest, NamesTheFirstTenViolationsAndExitsWith1) {
  World world;
  verify::Report report = SoundReport();
  for (int i = 0; i < 12; ++i) {
    report.findings.Violation(Check::kCapacity, "rep number " + std::to_string(i));
  }
  report.findings.Violation(Check::kOwner, "two own ann");
  world.verify_report = report;
  const RunResult result = world.Run(kCommand);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("13 violations"));
  EXPECT_THAT(result.err, HasSubstr("one-owner: two own ann"));
  EXPECT_THAT(result.err, HasSubstr("capacity: rep number 8"));
  EXPECT_THAT(result.err, testing::Not(HasSubstr("rep number 9")));
}

TEST(VerifyCommandTest, ExitsWith2WhenItCouldNotCheck) {
  for (const absl::Status& status :
       {absl::FailedPreconditionError("not at rest: 7 input records are not yet read"),
        absl::UnavailableError("redis is away")}) {
    World world;
    world.verify_report = status;
    const RunResult result = world.Run(kCommand);
    EXPECT_EQ(result.code, 2);
    EXPECT_EQ(result.out, "");
    EXPECT_THAT(result.err, HasSubstr("could not check: " + std::string(status.message())));
  }
}

TEST(VerifyCommandTest, PrintsJson) {
  World world;
  world.verify_report = SoundReport();
  const RunResult result = world.Run(With({"-o", "json"}));
  const nlohmann::json json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["equation"]["deadLettered"], 1);
  EXPECT_EQ(json["checks"].size(), verify::kChecks);
  EXPECT_EQ(json["violations"], 0);
}

TEST(VerifyCommandTest, RefusesAFormatThatItDoesNotHave) {
  World world;
  world.verify_report = SoundReport();
  EXPECT_EQ(world.Run(With({"-o", "wide"})).out, world.Run(kCommand).out);
  EXPECT_THAT(world.Run(With({"-o", "yaml"})).out, HasSubstr("deadLettered: 1\n"));
  const RunResult names = world.Run(With({"-o", "name"}));
  EXPECT_EQ(names.code, 2);
  EXPECT_EQ(names.out, "");
  EXPECT_THAT(names.err, HasSubstr("cannot make 'name' (-o); it makes table, wide, json, yaml"));
}

TEST(VerifyCommandTest, PassesItsOptionsOn) {
  World world;
  world.Run(With({"--prefix", "acme", "--relay-group", "relays", "--wait", "30s", "--property",
                  "security.protocol=ssl", "--redis-password-file", "secret"}));
  const verify::Options& options = world.verify_options;
  EXPECT_EQ(options.kafka.brokers, "kafka:9092");
  EXPECT_EQ(options.kafka.properties.at("security.protocol"), "ssl");
  EXPECT_EQ(options.redis.url, "redis://redis:6379");
  EXPECT_EQ(options.redis.password_file, "secret");
  EXPECT_EQ(options.topic_prefix, "acme");
  EXPECT_EQ(options.relay_group, "relays");
  EXPECT_EQ(options.wait, absl::Seconds(30));
  EXPECT_TRUE(options.inputs.empty());
}

TEST(VerifyCommandTest, ReachesARedisThatWantsACertificate) {
  World world;
  const std::vector<std::string> files = {"--redis-tls-ca-file",   "ca.pem",
                                          "--redis-tls-cert-file", "us.crt",
                                          "--redis-tls-key-file",  "us.key"};
  std::vector<std::string> arguments = {"verify", "--brokers", "kafka:9092", "--redis-url",
                                        "rediss://redis:6379"};
  arguments.insert(arguments.end(), files.begin(), files.end());
  world.Run(arguments);
  const platform::redis::TlsOptions& tls = world.verify_options.redis.tls;
  EXPECT_EQ(tls.ca_file, "ca.pem");
  EXPECT_EQ(tls.cert_file, "us.crt");
  EXPECT_EQ(tls.key_file, "us.key");
  const RunResult in_the_clear = world.Run(With(files));
  EXPECT_EQ(in_the_clear.code, 2);
  EXPECT_THAT(in_the_clear.err, HasSubstr("need --redis-url rediss://"));
}

TEST(VerifyCommandTest, IsToldOfEachIntakesTopics) {
  World world;
  world.Run(With({"--input", "baton", "--input", "acme@3", "--input", "own@1:2"}));
  const std::vector<verify::InputOption>& inputs = world.verify_options.inputs;
  ASSERT_EQ(inputs.size(), 3u);
  EXPECT_EQ(inputs[0].prefix, "baton");
  EXPECT_EQ(inputs[0].generation, 1);
  EXPECT_EQ(inputs[1].prefix, "acme");
  EXPECT_EQ(inputs[1].generation, 3);
  EXPECT_EQ(inputs[1].sales_generation, 1);
  EXPECT_EQ(inputs[2].generation, 1);
  EXPECT_EQ(inputs[2].sales_generation, 2);
  for (const char* wrong : {"acme@0", "acme@", "acme@two", "acme@1:", "acme@1:0", "@2", ""}) {
    const RunResult result = world.Run(With({"--input", wrong}));
    EXPECT_EQ(result.code, 2) << wrong;
    EXPECT_THAT(result.err, HasSubstr("baton@2")) << wrong;
  }
}

TEST(VerifyCommandTest, APrefixIsNamedOnce) {
  World world;
  const RunResult result = world.Run(With({"--input", "acme", "--input", "acme@2"}));
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("the topics of acme twice"));
}

TEST(VerifyCommandTest, RefusesAWrongCommandLine) {
  World world;
  EXPECT_EQ(world.Run(With({"--wait", "soon"})).code, 2);
  const RunResult result = world.Run({"verify", "--brokers", "kafka:9092"});
  EXPECT_EQ(result.code, 2);
  EXPECT_THAT(result.err, HasSubstr("BATON_REDIS_URL"));
}

}  // namespace
}  // namespace baton::batonctl
