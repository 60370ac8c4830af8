#include "platform/config.h"

#include <cstdio>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace baton::platform {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

// A program with one setting of each kind.
class ConfigTest : public testing::Test {
 protected:
  ConfigTest() : settings_("program", "Does things.", "THING_") {
    settings_.AddRole("what to do", &role, {"all", "part"});
    settings_.AddText("redis.url", "Redis", &url, CheckNotEmpty, Secrecy::kUrlPassword);
    settings_.AddText("redis.token", "token", &token, {}, Secrecy::kMasked);
    settings_.AddNumber("redis.min_replica_acks", "replicas", &acks, 0, 16);
    settings_.AddNumber("limits.leads", "leads", &leads, int64_t{1}, int64_t{1} << 40);
    settings_.AddSwitch("grpc.reflection", "reflection", &reflection);
    settings_.AddDuration("clock.tick", "tick", &tick, absl::Milliseconds(10), absl::Seconds(10));
    settings_.AddChoice("log.level", "level", &level, {"debug", "info"});
    settings_.AddPairs("kafka.properties", "--kafka-property", "a property", &properties);
  }

  ~ConfigTest() override {
    if (!path_.empty()) std::remove(path_.c_str());
  }

  std::string File(const std::string& text) {
    path_ = testing::TempDir() + "config_test.yaml";
    std::ofstream(path_) << text;
    return path_;
  }

  Settings settings_;
  std::string path_;
  std::string role = "all", url = "redis://localhost", token, level = "info";
  int acks = 0;
  int64_t leads = 1000;
  bool reflection = false;
  absl::Duration tick = absl::Milliseconds(100);
  std::map<std::string, std::string> properties;
};

TEST_F(ConfigTest, DefaultsStayWhereNothingIsGiven) {
  EXPECT_THAT(settings_.Load({"all"}, {}).errors, IsEmpty());
  EXPECT_EQ(url, "redis://localhost");
  EXPECT_EQ(tick, absl::Milliseconds(100));
  EXPECT_FALSE(reflection);
}

TEST_F(ConfigTest, EveryKindIsReadFromFlags) {
  const auto loaded = settings_.Load(
      {"part", "--redis-url", "redis://h", "--redis-min-replica-acks=2", "--limits-leads",
       "5000000000", "--grpc-reflection", "--clock-tick", "1s", "--log-level", "debug",
       "--kafka-property", "a=1", "--kafka-property", "b=x=y;z"},
      {});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.print, IsEmpty());
  EXPECT_EQ(role, "part");
  EXPECT_EQ(url, "redis://h");
  EXPECT_EQ(acks, 2);
  EXPECT_EQ(leads, 5'000'000'000);
  EXPECT_TRUE(reflection);
  EXPECT_EQ(tick, absl::Seconds(1));
  EXPECT_EQ(level, "debug");
  EXPECT_THAT(properties, ElementsAre(Pair("a", "1"), Pair("b", "x=y;z")));
}

TEST_F(ConfigTest, EveryKindIsReadFromTheFile) {
  const std::string path = File(R"(# comment
redis:
  url: redis://file
  min_replica_acks: 3
grpc: {reflection: true}
clock:
  tick: 250ms
log:
kafka:
  properties:
    security.protocol: SASL_SSL
    sasl.password: "a;b=c"
)");
  const auto loaded = settings_.Load({"all", "--config", path}, {});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(url, "redis://file");
  EXPECT_EQ(acks, 3);
  EXPECT_TRUE(reflection);
  EXPECT_EQ(tick, absl::Milliseconds(250));
  EXPECT_THAT(properties,
              ElementsAre(Pair("sasl.password", "a;b=c"), Pair("security.protocol", "SASL_SSL")));
}

TEST_F(ConfigTest, FlagWinsOverEnvironmentOverFileOverDefault) {
  const std::string path = File(
      "redis: {url: 'redis://file', min_replica_acks: 1}\nclock: {tick: 1s}\n"
      "grpc: {reflection: true}\nkafka: {properties: {a: file, b: file, c: file}}\n");
  const auto loaded = settings_.Load(
      {"all", "--redis-url=redis://flag", "--grpc-reflection=false", "--kafka-property", "a=flag"},
      {{"THING_CONFIG", path},
       {"THING_REDIS_URL", "redis://environment"},
       {"THING_REDIS_MIN_REPLICA_ACKS", "2"},
       {"THING_KAFKA_PROPERTIES", "a=environment; b=environment"},
       {"OTHER_REDIS_URL", "x"}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_EQ(url, "redis://flag");
  EXPECT_EQ(acks, 2);
  EXPECT_EQ(tick, absl::Seconds(1));
  EXPECT_FALSE(reflection);
  EXPECT_THAT(properties,
              ElementsAre(Pair("a", "flag"), Pair("b", "environment"), Pair("c", "file")));
}

TEST_F(ConfigTest, AllErrorsAreFoundAtOnce) {
  const std::string path = File("redis:\n  ulr: x\n  url: ''\nclock:\n  tick: [1s]\nlog: fast\n");
  const auto loaded =
      settings_.Load({"everything", "--config", path, "--redis-min-replica-acks", "17",
                      "--clock-tick", "5 ms", "--no-such-flag", "--kafka-property", "novalue"},
                     {{"THING_GRPC_REFLECTION", "perhaps"}, {"THING_NO_SUCH", "1"}});
  EXPECT_THAT(
      loaded.errors,
      UnorderedElementsAre(
          AllOf(HasSubstr(path + ":2"), HasSubstr("redis.ulr")),
          AllOf(HasSubstr(path + ":3"), HasSubstr("must not be empty")),
          AllOf(HasSubstr(path + ":5"), HasSubstr("clock.tick")),
          AllOf(HasSubstr(path + ":6"), HasSubstr("unknown key log")),
          AllOf(HasSubstr("--redis-min-replica-acks"), HasSubstr("0 to 16")),
          AllOf(HasSubstr("--clock-tick"), HasSubstr("10ms to 10s")), HasSubstr("--no-such-flag"),
          AllOf(HasSubstr("--kafka-property"), HasSubstr("name=value")),
          AllOf(HasSubstr("THING_GRPC_REFLECTION"), HasSubstr("true or false")),
          HasSubstr("THING_NO_SUCH"), AllOf(HasSubstr("role"), HasSubstr("all | part"))));
  EXPECT_EQ(acks, 0);
}

TEST_F(ConfigTest, ErrorsDoNotShowValues) {
  const auto loaded = settings_.Load({"all"}, {{"THING_REDIS_MIN_REPLICA_ACKS", "hunter2"}});
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_THAT(loaded.errors[0], Not(HasSubstr("hunter2")));
}

TEST_F(ConfigTest, AnUnknownFlagIsTheOnlyErrorAboutIt) {
  const auto loaded =
      settings_.Load({"--redis-pasword", "hunter2", "all", "--clock-ticks=1s", "--no-such-switch",
                      "--log-level", "debug", "--grpc-reflektion"},
                     {});
  EXPECT_THAT(loaded.errors,
              ElementsAre("command line: unknown argument --redis-pasword; see program --help",
                          "command line: unknown argument --clock-ticks; see program --help",
                          "command line: unknown argument --no-such-switch; see program --help",
                          "command line: unknown argument --grpc-reflektion; see program --help"));
  EXPECT_EQ(role, "all");
  EXPECT_EQ(level, "debug");
}

TEST_F(ConfigTest, TheRoleBehindAnUnknownFlagIsTheRole) {
  EXPECT_THAT(settings_.Load({"--reflection", "part"}, {}).errors,
              ElementsAre(HasSubstr("--reflection")));
  EXPECT_EQ(role, "part");
}

TEST_F(ConfigTest, FilesThatCannotBeReadAreNamed) {
  EXPECT_THAT(settings_.Load({"all", "--config", "/no/such/file"}, {}).errors,
              ElementsAre(AllOf(HasSubstr("/no/such/file"), HasSubstr("cannot be read"))));
  EXPECT_THAT(settings_.Load({"all", "--config", "/"}, {}).errors,
              ElementsAre(HasSubstr("cannot be read")));
  EXPECT_THAT(settings_.Load({"all", "--config", File("redis: {url\n")}, {}).errors,
              ElementsAre(HasSubstr(path_ + ":")));
  EXPECT_THAT(settings_.Load({"all", "--config", File("- a\n")}, {}).errors,
              ElementsAre(HasSubstr("must be a mapping")));
  EXPECT_THAT(settings_.Load({"all", "--config", File("redis: {url: a, url: b}\n")}, {}).errors,
              ElementsAre(HasSubstr("given twice")));
  EXPECT_THAT(settings_.Load({"all", "--config", File("\"\": {redis: {url: a}}\n")}, {}).errors,
              ElementsAre(HasSubstr(path_ + ":1: a key must be a word")));
}

TEST_F(ConfigTest, FlagWithoutValueAndMissingRoleAreErrors) {
  EXPECT_THAT(settings_.Load({"all", "--redis-url"}, {}).errors,
              testing::Contains(HasSubstr("--redis-url")));
  EXPECT_THAT(settings_.Load({}, {}).errors, ElementsAre(HasSubstr("what to do")));
}

TEST_F(ConfigTest, PrintNeedsNoRole) {
  const auto loaded = settings_.Load({"--print-config"}, {});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.print, HasSubstr("role = all  # default\n"));
}

TEST_F(ConfigTest, PrintShowsSourcesAndMasksSecrets) {
  const std::string path = File("kafka: {properties: {sasl.password: geheim, linger.ms: 5}}\n");
  const auto loaded = settings_.Load(
      {"all", "--config", path, "--redis-token", "geheim", "--clock-tick=2s", "--print-config"},
      {{"THING_REDIS_URL", "redis://user:geheim@host:1/0"}});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.print, Not(HasSubstr("geheim")));
  EXPECT_THAT(loaded.print, HasSubstr("redis.url = redis://user:******@host:1/0  "
                                      "# environment THING_REDIS_URL\n"));
  EXPECT_THAT(loaded.print, HasSubstr("redis.token = ******  # flag --redis-token\n"));
  EXPECT_THAT(loaded.print, HasSubstr("clock.tick = 2s  # flag --clock-tick\n"));
  EXPECT_THAT(loaded.print, HasSubstr("limits.leads = 1000  # default\n"));
  EXPECT_THAT(loaded.print, HasSubstr("linger.ms=5;sasl.password=******  # " + path + ":1\n"));
}

TEST_F(ConfigTest, HelpNamesFlagVariableRangeAndDefault) {
  const auto loaded = settings_.Load({"--help"}, {});
  EXPECT_THAT(loaded.errors, IsEmpty());
  EXPECT_THAT(loaded.print, HasSubstr("Does things."));
  EXPECT_THAT(loaded.print, HasSubstr("--redis-min-replica-acks"));
  EXPECT_THAT(loaded.print, HasSubstr("THING_REDIS_MIN_REPLICA_ACKS"));
  EXPECT_THAT(loaded.print, HasSubstr("0 to 16; default 0"));
}

TEST(CheckAddressTest, WantsAPort) {
  for (const char* good : {"127.0.0.1:7400", "[::1]:0", ":80", "host:65535"}) {
    EXPECT_EQ(CheckAddress(good), "") << good;
  }
  for (const char* bad : {"", "host", "host:", "host:x", "host:65536", "host:-1"}) {
    EXPECT_NE(CheckAddress(bad), "") << bad;
  }
}

}  // namespace
}  // namespace baton::platform
