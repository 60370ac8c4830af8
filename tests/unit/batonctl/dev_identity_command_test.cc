#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class DevIdentityCommandTest : public ::testing::Test {
 protected:
  ~DevIdentityCommandTest() override { fs::remove_all(folder_); }

  RunResult Make(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"dev-identity", folder_.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return World().Run(arguments);
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) /
                           ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(DevIdentityCommandTest, WritesWhatBatonAndItsCallersTakeAndSecretsForTheirOwnerOnly) {
  const RunResult run = Make({"-o", "name"});
  ASSERT_EQ(run.code, kExitOk) << run.err;
  const fs::perms owner = fs::perms::owner_read | fs::perms::owner_write;
  for (const char* name :
       {"tls.key", "admin.token", "marketing.token", "rep.token", "sales.token", "service.token"}) {
    EXPECT_EQ(fs::status(folder_ / name).permissions(), owner) << name;
  }
  for (const char* name : {"ca.pem", "tls.crt", "jwks.json"}) {
    EXPECT_NE(fs::status(folder_ / name).permissions() & fs::perms::others_read, fs::perms::none);
    EXPECT_THAT(run.out, HasSubstr((folder_ / name).string() + "\n"));
  }
  EXPECT_THAT(TemporaryFile::Read(folder_ / "tls.crt"), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 9);
}

TEST_F(DevIdentityCommandTest, KeepsWhatIsThere) {
  ASSERT_EQ(Make().code, kExitOk);
  const std::string before = TemporaryFile::Read(folder_ / "admin.token");
  const RunResult again = Make();
  EXPECT_EQ(again.code, kExitOk);
  EXPECT_THAT(again.err, HasSubstr("has an identity, which is kept"));
  EXPECT_EQ(TemporaryFile::Read(folder_ / "admin.token"), before);
}

TEST_F(DevIdentityCommandTest, SaysWhatIsWrong) {
  const RunResult host = Make({"--hosts", "localhost,a b"});
  EXPECT_EQ(host.code, kExitUsage);
  EXPECT_THAT(host.err, HasSubstr("--hosts: 'a b' is no host"));
  EXPECT_EQ(Make({"--days", "0"}).code, kExitUsage);
  const TemporaryFile file("");
  const RunResult run = World().Run({"dev-identity", file.path() + "/folder"});
  EXPECT_EQ(run.code, kExitUsage);
  EXPECT_THAT(run.err, HasSubstr("cannot be made"));
}

}  // namespace
}  // namespace baton::batonctl
