// Who may talk to Redis, and over what: passwords, users with too few rights,
// TLS; and readiness, which looks at the settings that decide whether
// acknowledged writes survive.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "contract/redis_functions/store_fixture.h"
#include "core/errors.h"

namespace baton::contract {
namespace {

using testing::HasSubstr;

store::RedisStoreOptions WithUser(const support::RedisServer& server, const std::string& user) {
  store::RedisStoreOptions options = OptionsFor(server);
  options.url = absl::StrCat("redis://", user, "@127.0.0.1:", server.port());
  return options;
}

TEST(RedisAccessTest, PasswordsComeFromTheUrlOrAFile) {
  const auto server = StartServer({});
  RunOn(*server, {"ACL", "SETUSER", "baton", "on", ">s3cret", "~{b*", "&*", "+@all"});
  RunOn(*server, {"ACL", "SETUSER", "default", "off"});
  const auto by_url = store::RedisStore::Open(WithUser(*server, "baton:s3cret"));
  ASSERT_TRUE(by_url.ok()) << by_url.status();
  EXPECT_TRUE((*by_url)->CheckReady().ok()) << (*by_url)->CheckReady();

  store::RedisStoreOptions options = WithUser(*server, "baton");
  options.password_file = absl::StrCat(server->folder(), "/password");
  std::ofstream(options.password_file) << "s3cret\n";
  const auto by_file = store::RedisStore::Open(options);
  ASSERT_TRUE(by_file.ok()) << by_file.status();
  EXPECT_TRUE((*by_file)->CheckReady().ok());
}

TEST(RedisAccessTest, AWrongPasswordIsToldWithoutRepeatingIt) {
  const auto server = StartServer({});
  RunOn(*server, {"CONFIG", "SET", "requirepass", "right"});
  const auto store = store::RedisStore::Open(WithUser(*server, ":hunter2"));
  ASSERT_TRUE(store.ok()) << store.status();
  const absl::Status status = (*store)->CheckReady();
  EXPECT_TRUE(absl::IsPermissionDenied(status)) << status;
  EXPECT_THAT(std::string(status.message()), testing::Not(HasSubstr("hunter2")));

  store::RedisStoreOptions options = OptionsFor(*server);
  const auto without = store::RedisStore::Open(options);
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_THAT(std::string((*without)->CheckReady().message()), HasSubstr("no password was given"));

  options.password_file = absl::StrCat(server->folder(), "/wrong");
  std::ofstream(options.password_file) << "hunter3\n";
  const auto of_file = store::RedisStore::Open(options);
  ASSERT_TRUE(of_file.ok()) << of_file.status();
  const std::string said((*of_file)->CheckReady().message());
  EXPECT_THAT(said, HasSubstr(absl::StrCat("the first line of \"", options.password_file)));
  EXPECT_THAT(said, testing::Not(HasSubstr("hunter3")));

  options.password_file = absl::StrCat(server->folder(), "/absent");
  EXPECT_TRUE(absl::IsFailedPrecondition(store::RedisStore::Open(options).status()));
}

// A denial in the middle of a function would leave half of it done
// (05-invariants, V1).
TEST(RedisAccessTest, AUserWithTooFewRightsIsRefusedBeforeTheFirstCall) {
  const auto server = StartServer({});
  RunOn(*server, {"ACL", "SETUSER", "few", "on", ">few", "~{b*", "&*", "+@all", "-xadd", "-zrem"});
  const absl::Status status = store::RedisStore::Open(WithUser(*server, "few:few")).status();
  EXPECT_EQ(core::ErrorReason(status), "REDIS_ACCESS_DENIED") << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("XADD"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("ZREM"));
}

TEST(RedisAccessTest, ReadinessFollowsTheServersSettings) {
  const auto server = StartServer({});
  const auto store = OpenStore(*server);
  EXPECT_TRUE(store->CheckReady().ok());
  const std::vector<std::pair<std::string, std::string>> unsafe = {
      {"maxmemory-policy", "allkeys-lru"}, {"appendfsync", "everysec"}, {"appendonly", "no"}};
  for (const auto& [setting, value] : unsafe) {
    const std::string safe = RunOn(*server, {"CONFIG", "GET", setting}).elements[1].text;
    RunOn(*server, {"CONFIG", "SET", setting, value});
    const absl::Status status = store->CheckReady();
    EXPECT_EQ(core::ErrorReason(status), "REDIS_LOSES_DATA") << setting << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(setting));
    RunOn(*server, {"CONFIG", "SET", setting, safe});
  }
  EXPECT_TRUE(store->CheckReady().ok());
}

// A server with TLS only, and certificates made for it by the openssl program.
class RedisTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = testing::TempDir() + "baton-redis-tls-XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    MakeAuthority("ca");
    MakeAuthority("stranger");
    MakeCertificate();
    const auto plain = StartServer({});  // its port is free once it is gone
    port_ = plain->port();
  }

  void TearDown() override { std::system(absl::StrCat("rm -rf ", folder_).c_str()); }

  void OpenSsl(const std::string& arguments) {
    const std::string command =
        absl::StrCat("cd ", folder_, " && openssl ", arguments, " >openssl.log 2>&1");
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  void MakeAuthority(const std::string& name) {
    OpenSsl(absl::StrCat("req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=", name, " -keyout ",
                         name, ".key -out ", name, ".pem"));
  }
  void MakeCertificate() {  // for localhost only, not for 127.0.0.1
    OpenSsl(
        "req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout "
        "server.key -out server.csr");
    std::ofstream(absl::StrCat(folder_, "/names")) << "subjectAltName=DNS:localhost\n";
    OpenSsl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
        "-days 2 -extfile names "
        "-out server.pem");
  }

  std::unique_ptr<support::RedisServer> Start(const std::string& client_certificates) {
    return StartServer({"--tls-port", absl::StrCat(port_), "--tls-cert-file", File("server.pem"),
                        "--tls-key-file", File("server.key"), "--tls-ca-cert-file", File("ca.pem"),
                        "--tls-auth-clients", client_certificates});
  }
  std::string File(const std::string& name) const { return absl::StrCat(folder_, "/", name); }

  absl::Status Connect(const std::string& host, const platform::redis::TlsOptions& tls) {
    store::RedisStoreOptions options;
    options.url = absl::StrCat("rediss://", host, ":", port_);
    options.shards = 4;
    options.tls = tls;
    const auto store = store::RedisStore::Open(options);
    return store.ok() ? (*store)->CheckReady() : store.status();
  }

  std::string folder_;
  int port_ = 0;
};

TEST_F(RedisTlsTest, TrustsOnlyItsAuthorityAndOnlyTheRightName) {
  const auto server = Start("no");
  EXPECT_TRUE(Connect("localhost", {File("ca.pem"), "", ""}).ok())
      << Connect("localhost", {File("ca.pem"), "", ""});
  EXPECT_THAT(std::string(Connect("localhost", {File("stranger.pem"), "", ""}).message()),
              HasSubstr("certificate"));
  EXPECT_THAT(std::string(Connect("127.0.0.1", {File("ca.pem"), "", ""}).message()),
              HasSubstr("mismatch"));
  EXPECT_FALSE(Connect("localhost", {}).ok());  // the system's authorities do not know ours
}

TEST_F(RedisTlsTest, ShowsItsOwnCertificateIfItHasOne) {
  const auto server = Start("yes");
  EXPECT_FALSE(Connect("localhost", {File("ca.pem"), "", ""}).ok());
  EXPECT_TRUE(Connect("localhost", {File("ca.pem"), File("server.pem"), File("server.key")}).ok());
  const absl::Status half = Connect("localhost", {File("ca.pem"), File("server.pem"), ""});
  EXPECT_TRUE(absl::IsInvalidArgument(half)) << half;
}

}  // namespace
}  // namespace baton::contract
