// The API with its front door closed: callers show tokens of an issuer that the test plays.
#ifndef BATON_TESTS_UNIT_DISPATCH_SECURED_API_H_
#define BATON_TESTS_UNIT_DISPATCH_SECURED_API_H_

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "api_fixture.h"
#include "batonctl/grpc_server.h"
#include "support/flaky_store.h"
#include "token_maker.h"

namespace baton::dispatch {

class SecuredApiTest : public ApiTest {
 protected:
  SecuredApiTest() {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ + "/jwks.json") << identity::KeySetOf({&signer_});
    identity::AuthoritySettings settings;
    settings.key_set_file = folder_ + "/jwks.json";
    settings.token_rules.issuer = "https://id.example";
    settings.token_rules.audience = "baton";
    auto authority = identity::Authority::Open(settings);
    EXPECT_TRUE(authority.ok()) << authority.status();
    DispatchOptions options = RunningApi::DefaultOptions();
    options.authority = *std::move(authority);
    secured_ = std::make_unique<RunningApi>(watched_, std::move(options));
    EXPECT_TRUE(HealthBecomes(secured_->NewChannel(), kServing));
    AddRep("ada", 1000);
  }
  ~SecuredApiTest() override {
    secured_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string Token(const std::vector<std::string>& roles, const std::string& workspace,
                    const std::string& rep = "", absl::Duration lifetime = absl::Minutes(5)) {
    nlohmann::json claims = {{"iss", "https://id.example"},
                             {"aud", "baton"},
                             {"sub", "caller@acme.example"},
                             {"exp", absl::ToUnixSeconds(absl::Now() + lifetime)},
                             {"roles", roles},
                             {"workspaces", {workspace}}};
    if (!rep.empty()) claims["rep"] = rep;
    return signer_.Sign(claims);
  }
  static std::vector<std::string> AllRoles() { return {"marketing", "sales", "admin", "service"}; }

  // A connection of somebody who shows the token; none if it is empty.
  std::unique_ptr<batonctl::Server> Connect(const std::string& token) {
    batonctl::Identity identity;
    if (!token.empty()) {
      identity.token_file = folder_ + "/token";
      std::ofstream(identity.token_file) << token << "\n";
    }
    return batonctl::ConnectGrpc("127.0.0.1:" + std::to_string(secured_->service().bound_port()),
                                 absl::Seconds(10), identity);
  }

  const std::string folder_ = testing::TempDir() + "secured-api";
  const identity::Signer signer_{"EdDSA", "k1"};
  std::atomic<int> store_calls_ = 0;
  support::FlakyStore watched_{store_, [this] {
                                 ++store_calls_;
                                 return support::Fault::kNone;
                               }};
  std::unique_ptr<RunningApi> secured_;
};

}  // namespace baton::dispatch

#endif  // BATON_TESTS_UNIT_DISPATCH_SECURED_API_H_
