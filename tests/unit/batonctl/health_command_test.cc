// batonctl health: what it asks, prints and answers with.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "batonctl/exit_codes.h"
#include "batonctl_testing.h"
#include "core/errors.h"
#include "grpc/health/v1/health.pb.h"
#include "identity/dev_identity.h"
#include "platform/http_server.h"
#include "temporary_file.h"

namespace baton::batonctl {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using ::testing::HasSubstr;

class HealthCommandTest : public ::testing::Test {
 protected:
  void Answer(HealthCheckResponse::ServingStatus state) {
    world_.server.On<HealthCheckRequest, HealthCheckResponse>(
        [state](const HealthCheckRequest&, HealthCheckResponse& response) {
          response.set_status(state);
          return absl::OkStatus();
        });
  }

  World world_;
};

TEST_F(HealthCommandTest, AServerThatServesIsExitCodeNought) {
  Answer(HealthCheckResponse::SERVING);
  const RunResult run = world_.Run({"health"});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("SERVING"));
  EXPECT_EQ(world_.server.At<HealthCheckRequest>(0).service(), "");
}

TEST_F(HealthCommandTest, AsksForTheServiceNamed) {
  Answer(HealthCheckResponse::NOT_SERVING);
  const RunResult run = world_.Run({"health", "--service", "baton.v1.LeadService"});
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("baton.v1.LeadService is NOT_SERVING"));
  EXPECT_EQ(world_.server.At<HealthCheckRequest>(0).service(), "baton.v1.LeadService");
}

TEST_F(HealthCommandTest, NobodyThereIsUnreachable) {
  world_.server.On<HealthCheckRequest, HealthCheckResponse>(
      [](const HealthCheckRequest&, HealthCheckResponse&) {
        return core::Error(absl::StatusCode::kUnavailable, "UNREACHABLE", "no answer");
      });
  EXPECT_EQ(world_.Run({"health"}).code, kExitUnreachable);
}

// The HTTP listener of a process with one service, which is ready or not.
class ReadinessTest : public HealthCommandTest {
 protected:
  void SetUp() override { ASSERT_TRUE(listener_.Start().ok()); }
  RunResult AskByHttp() {
    return world_.Run({"health", "--http", absl::StrCat("127.0.0.1:", listener_.port())});
  }

  absl::Status ready_;
  const std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  platform::HttpServer listener_{"127.0.0.1:0", {}, *metrics_, [this] {
                                   return std::vector<platform::ServiceState>{{"clock", ready_}};
                                 }};
};

TEST_F(ReadinessTest, ARoleThatIsReadyIsExitCodeNought) {
  const RunResult run = AskByHttp();
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("READY"));
}

TEST_F(ReadinessTest, ARoleThatIsNotReadyIsRefused) {
  ready_ = absl::UnavailableError("Redis is away");
  const RunResult run = AskByHttp();
  EXPECT_EQ(run.code, kExitRefused);
  EXPECT_THAT(run.err, HasSubstr("is not ready"));
}

TEST_F(ReadinessTest, WhereNobodyListensIsUnreachable) {
  listener_.Stop(absl::ZeroDuration());
  EXPECT_EQ(AskByHttp().code, kExitUnreachable);
}

TEST_F(ReadinessTest, OneAsksByGrpcOrByHttp) {
  EXPECT_EQ(world_.Run({"health", "--http", "x:1", "--service", "y"}).code, kExitUsage);
}

// The same with TLS, by the certificate of a trial identity.
class TlsReadinessTest : public HealthCommandTest {
 protected:
  void SetUp() override { ASSERT_TRUE(listener_.Start().ok()); }

  RunResult Ask(std::vector<std::string> more) {
    more.insert(more.begin(), {"health", "--http", absl::StrCat("127.0.0.1:", listener_.port())});
    return world_.Run(more);
  }

  static identity::DevIdentity MakeIdentity() {
    return identity::MakeDevIdentity({{"127.0.0.1"}, "ada", absl::Now(), absl::Hours(1)}).value();
  }

  const identity::DevIdentity identity_ = MakeIdentity();
  const TemporaryFile ca_{identity_.ca}, certificate_{identity_.certificate}, key_{identity_.key};
  const std::unique_ptr<platform::Metrics> metrics_ = platform::NewMetrics();
  platform::HttpServer listener_{
      "127.0.0.1:0", {certificate_.path(), key_.path(), ""}, *metrics_, [] {
        return std::vector<platform::ServiceState>{};
      }};
};

TEST_F(TlsReadinessTest, AListenerWithTlsIsAskedWithItsCa) {
  const RunResult run = Ask({"--tls-ca", ca_.path()});
  EXPECT_EQ(run.code, kExitOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("READY"));
}

TEST_F(TlsReadinessTest, AskedWithoutItsCaThereIsAHint) {
  const TemporaryFile stranger(MakeIdentity().ca);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, {"--tls-ca", stranger.path()}}) {
    const RunResult run = Ask(words);
    EXPECT_EQ(run.code, kExitUnreachable);
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, HasSubstr(words.empty() ? "A listener with TLS wants --tls-ca."
                                                 : "Is its certificate one of --tls-ca"));
  }
}

TEST_F(TlsReadinessTest, AFileThatIsNotThereIsAWrongCommandLine) {
  const TemporaryFile bad("no certificate");
  EXPECT_EQ(Ask({"--tls-ca", "/no/such/ca"}).code, kExitUsage);
  EXPECT_EQ(Ask({"--tls-ca", ca_.path(), "--tls-cert", "/no/such", "--tls-key", key_.path()}).code,
            kExitUsage);
  EXPECT_EQ(Ask({"--tls-ca", ca_.path(), "--tls-cert", bad.path(), "--tls-key", key_.path()}).code,
            kExitUnreachable)
      << "a certificate that is none";
}

TEST_F(ReadinessTest, AnEmptyFlagAsksWithoutTlsWhateverTheEnvironmentSays) {
  const TemporaryFile file("");
  const std::vector<std::pair<const char*, std::string>> variables = {
      {"BATONCTL_SERVER", "baton.acme.example:7400"},
      {"BATONCTL_TLS_CA", file.path()},
      {"BATONCTL_TLS_CERT", file.path()},
      {"BATONCTL_TLS_KEY", file.path()},
      {"BATONCTL_TOKEN_FILE", file.path()},
  };
  for (const auto& [name, value] : variables) setenv(name, value.c_str(), 1);
  const std::string address = absl::StrCat("127.0.0.1:", listener_.port());
  const RunResult with_tls = AskByHttp();
  EXPECT_EQ(with_tls.code, kExitUnreachable);
  EXPECT_THAT(with_tls.err, HasSubstr("A listener without TLS is asked with --tls-ca ''."));
  const RunResult without = world_.Run({"health", "--http", address, "--tls-ca", ""});
  EXPECT_EQ(without.code, kExitOk) << without.err;
  const RunResult by_grpc = world_.Run({"health", "--tls-ca", ""});
  EXPECT_EQ(by_grpc.code, kExitUsage) << "which would show the token";
  for (const auto& [name, value] : variables) unsetenv(name);
}

TEST_F(TlsReadinessTest, ACertificateWithoutItsKeyIsAWrongCommandLine) {
  EXPECT_EQ(Ask({"--tls-ca", ca_.path(), "--tls-cert", certificate_.path()}).code, kExitUsage);
}

}  // namespace
}  // namespace baton::batonctl
