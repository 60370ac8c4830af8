#include "platform/kafka/properties_file.h"

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "platform/kafka/client.h"

namespace baton::platform::kafka {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Properties = PropertiesFile::Properties;

constexpr char kLogin[] = "sasl.username=ada\nsasl.password=first\n";

class PropertiesFileTest : public ::testing::Test {
 protected:
  PropertiesFileTest() { std::filesystem::remove_all(path_); }
  ~PropertiesFileTest() override { std::filesystem::remove_all(path_); }

  void Write(const std::string& text) { std::ofstream(path_) << text; }

  static HandlePtr NewClient(std::shared_ptr<PropertiesFile> file) {
    const KafkaConfig config{"127.0.0.1:1", {}, std::move(file)};
    auto conf = MakeConf(config, {});
    EXPECT_TRUE(conf.ok()) << conf.status();
    auto client = NewHandle(RD_KAFKA_PRODUCER, *std::move(conf), config);
    EXPECT_TRUE(client.ok()) << client.status();
    return *std::move(client);
  }

  static std::string ValueOf(const HandlePtr& client, const char* property) {
    char value[64];
    size_t size = sizeof(value);
    const auto found = rd_kafka_conf_get(rd_kafka_conf(client.get()), property, value, &size);
    return found == RD_KAFKA_CONF_OK ? value : "none";
  }

  const std::filesystem::path path_ =
      std::filesystem::path(::testing::TempDir()) /
      ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(PropertiesFileTest, IsLinesThatWinOverWhatIsGiven) {
  Write("# a login\n\nsasl.username = ada \nsasl.password=a=b;c\r\n");
  const auto file = PropertiesFile::Open(path_, {{"sasl.username", "eve"}, {"client.rack", "a"}});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(
      (*file)->properties(),
      (Properties{{"client.rack", "a"}, {"sasl.password", "a=b;c"}, {"sasl.username", "ada"}}));
}

TEST_F(PropertiesFileTest, IsAFolderAsKubernetesMountsASecret) {
  std::filesystem::create_directories(path_ / "..one");
  std::ofstream(path_ / "..one" / "sasl.password") << "a b\n";
  std::filesystem::create_directory_symlink("..one", path_ / "..data");
  std::filesystem::create_symlink("..data/sasl.password", path_ / "sasl.password");
  const auto file = PropertiesFile::Open(path_, {});
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ((*file)->properties(), (Properties{{"sasl.password", "a b"}}));
}

TEST_F(PropertiesFileTest, WhatCannotBeUsedIsRefusedWithoutItsValue) {
  EXPECT_THAT(std::string(PropertiesFile::Open(path_, {}).status().message()),
              HasSubstr("cannot be read"));
  const std::pair<const char*, const char*> broken[] = {
      {"\nsasl.username ada-secret\n", "line 2: each line is NAME=VALUE"},
      {"=ada-secret", "line 1: each line is NAME=VALUE"},
      {"sasl.pass=ada-secret", "kafka property sasl.pass: "},
      {"acks=ada-secret", "kafka property acks: is set by Baton"}};
  for (const auto& [text, problem] : broken) {
    Write(text);
    const absl::Status status = PropertiesFile::Open(path_, {}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr(problem));
    EXPECT_THAT(std::string(status.message()), HasSubstr(path_.string()));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("ada-secret")));
  }
}

TEST_F(PropertiesFileTest, AChangedLoginReachesTheClientsThatThereAre) {
  Write(kLogin);
  const auto file = PropertiesFile::Open(path_, {}).value();
  const HandlePtr one = NewClient(file), other = NewClient(file);
  EXPECT_EQ(ValueOf(one, "sasl.password"), "first");
  EXPECT_EQ(*file->Look(), false);
  Write("sasl.username=ada\nsasl.password=second\n");
  EXPECT_EQ(*file->Look(), true);
  EXPECT_EQ(*file->Look(), false);
  EXPECT_EQ(ValueOf(one, "sasl.username"), "ada");
  EXPECT_EQ(ValueOf(one, "sasl.password"), "second");
  EXPECT_EQ(ValueOf(other, "sasl.password"), "second");
}

TEST_F(PropertiesFileTest, AClientThatIsGoneIsLeftAlone) {
  Write(kLogin);
  const auto file = PropertiesFile::Open(path_, {}).value();
  NewClient(file).reset();
  const HandlePtr still = NewClient(file);
  Write("sasl.username=ada\nsasl.password=second\n");
  EXPECT_EQ(*file->Look(), true);
  EXPECT_EQ(ValueOf(still, "sasl.password"), "second");
}

TEST_F(PropertiesFileTest, OtherChangesAreThoseOfClientsMadeFromThenOn) {
  Write(kLogin);
  const auto file = PropertiesFile::Open(path_, {}).value();
  const HandlePtr old = NewClient(file);
  Write(std::string(kLogin) + "client.rack=b\n");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(*file->Look(), true);
  EXPECT_THAT(
      ::testing::internal::GetCapturedStderr(),
      HasSubstr("\"event\":\"kafka.properties_need_restart\",\"properties\":\"client.rack\""));
  EXPECT_EQ(ValueOf(old, "client.rack"), "");
  EXPECT_EQ(ValueOf(NewClient(file), "client.rack"), "b");
}

TEST_F(PropertiesFileTest, ABrokenFileChangesNothing) {
  Write(kLogin);
  const auto file = PropertiesFile::Open(path_, {}).value();
  const HandlePtr client = NewClient(file);
  Write("sasl.password");
  EXPECT_EQ(file->Look().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ValueOf(client, "sasl.password"), "first");
  EXPECT_EQ(file->properties().at("sasl.password"), "first");
}

}  // namespace
}  // namespace baton::platform::kafka
