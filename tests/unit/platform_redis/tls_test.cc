#include "platform/redis/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "identity/dev_identity.h"

namespace baton::platform::redis {
namespace {

using testing::HasSubstr;

class RedisTlsTest : public ::testing::Test {
 protected:
  RedisTlsTest() {
    std::filesystem::create_directories(folder_);
    options_ = {folder_ + "ca.pem", folder_ + "client.crt", folder_ + "client.key"};
    Exchange();
  }
  ~RedisTlsTest() override { std::filesystem::remove_all(folder_); }

  // As operators and Kubernetes do: the new file takes the old one's place at once.
  static void Replace(const std::string& path, const std::string& text) {
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
  }
  // A new authority, and a certificate and key of it.
  void Exchange() const {
    const auto made = identity::MakeDevIdentity(
        {.hosts = {"localhost"}, .rep = "ada", .now = absl::Now(), .valid = absl::Hours(1)});
    ASSERT_TRUE(made.ok()) << made.status();
    Replace(options_.ca_file, made->ca);
    Replace(options_.cert_file, made->certificate);
    Replace(options_.key_file, made->key);
  }
  std::string Refusal() const {
    return std::string(TlsContext::Create(options_).status().message());
  }

  const std::string folder_ = testing::TempDir() + "redis-tls/";
  TlsOptions options_;
};

TEST_F(RedisTlsTest, ANewConnectionGoesByTheFilesAsTheyAreThen) {
  const auto tls = *TlsContext::Create(options_);
  const std::shared_ptr<SSL_CTX> first = tls->Current();
  EXPECT_EQ(tls->Current(), first);
  Exchange();
  const std::shared_ptr<SSL_CTX> second = tls->Current();
  EXPECT_NE(second, first);
  EXPECT_NE(X509_cmp(SSL_CTX_get0_certificate(second.get()), SSL_CTX_get0_certificate(first.get())),
            0);
  EXPECT_EQ(SSL_CTX_check_private_key(second.get()), 1);
  EXPECT_EQ(tls->Current(), second);
}

TEST_F(RedisTlsTest, ANewAuthorityAloneIsTaken) {
  const auto tls = *TlsContext::Create({.ca_file = options_.ca_file});
  const std::shared_ptr<SSL_CTX> first = tls->Current();
  Exchange();
  EXPECT_NE(tls->Current(), first);
}

TEST_F(RedisTlsTest, ABrokenFileKeepsWhatThereWasUntilItIsMended) {
  const auto tls = *TlsContext::Create(options_);
  const std::shared_ptr<SSL_CTX> first = tls->Current();
  for (const std::string& path : {options_.ca_file, options_.cert_file, options_.key_file}) {
    std::filesystem::rename(path, path + ".good");
    EXPECT_EQ(tls->Current(), first) << path << " is missing";
    Replace(path, "half a fi");
    EXPECT_EQ(tls->Current(), first) << path;
    std::filesystem::rename(path + ".good", path);
  }
  Exchange();
  EXPECT_NE(tls->Current(), first);
}

TEST_F(RedisTlsTest, WhatCannotBeUsedIsNamedAtTheStart) {
  Replace(options_.key_file, "half a fi");
  EXPECT_THAT(Refusal(), HasSubstr("client.key"));
  options_.key_file = "";
  EXPECT_THAT(Refusal(), HasSubstr("both a certificate and a key"));
}

}  // namespace
}  // namespace baton::platform::redis
