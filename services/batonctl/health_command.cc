// batonctl health
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "core/errors.h"
#include "grpc/health/v1/health.pb.h"
#include "nlohmann/json.hpp"
#include "platform/outbound/http_client.h"

namespace baton::batonctl {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr absl::Duration kLook = absl::Milliseconds(10);  // between two looks for an answer

absl::Status CheckHealth(Session& session, const std::string& service) {
  HealthCheckRequest request;
  request.set_service(service);
  const auto response = Ask<HealthCheckResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  const std::string state = HealthCheckResponse::ServingStatus_Name(response->status());
  const std::string name = service.empty() ? "the server" : service;
  Table table({"SERVICE", "STATE"});
  table.AddRow({name, state});
  if (absl::Status status = session.Print(*response, table, {state}); !status.ok()) return status;
  if (response->status() == HealthCheckResponse::SERVING) return absl::OkStatus();
  return core::Error(absl::StatusCode::kFailedPrecondition, "NOT_SERVING",
                     absl::StrCat(session.options.server, ": ", name, " is ", state,
                                  "; its log and /readyz say why"));
}

// The answer of `url`, by TLS with the files of `identity` if it has any.
absl::StatusOr<platform::HttpResult> AskByHttp(const std::string& url, const Identity& identity,
                                               absl::Duration timeout) {
  for (const std::string& path : {identity.tls_ca, identity.tls_cert, identity.tls_key}) {
    if (path.empty()) continue;
    if (auto file = ReadFile(path, kPemBytesMax); !file.ok()) return file.status();
  }
  platform::HttpClient client({.ca_file = identity.tls_ca,
                               .cert_file = identity.tls_cert,
                               .key_file = identity.tls_key,
                               .timeout = timeout});
  client.Send({.url = url});
  std::vector<platform::HttpResult> results;
  while (results.empty()) {
    absl::SleepFor(kLook);
    results = client.TakeResults();
  }
  return std::move(results.front());
}

// What /readyz of a process says, whichever role it has.
absl::Status CheckReadiness(Session& session, const std::string& address) {
  const bool tls = !session.options.identity.tls_ca.empty();
  const Identity identity = tls ? session.options.identity : Identity();
  const std::string url = absl::StrCat(tls ? "https://" : "http://", address, "/readyz");
  const auto asked = AskByHttp(url, identity, session.options.timeout);
  if (!asked.ok()) return asked.status();
  const platform::HttpResult& result = *asked;
  if (result.status == 0) {
    return absl::UnavailableError(
        absl::StrCat(address, ": ", result.problem,
                     tls ? "\nIs its certificate one of --tls-ca, for this name? A listener "
                           "without TLS is asked with --tls-ca ''."
                         : "\nDoes it listen there? A listener with TLS wants --tls-ca."));
  }
  const std::string state = result.delivered() ? "READY" : "NOT_READY";
  Table table({"ADDRESS", "STATE"});
  table.AddRow({address, state});
  const nlohmann::ordered_json json = {{"address", address}, {"state", state}};
  if (absl::Status status = session.Print(json, table, {state}); !status.ok()) return status;
  if (result.delivered()) return absl::OkStatus();
  return core::Error(absl::StatusCode::kFailedPrecondition, "NOT_SERVING",
                     absl::StrCat(address, " is not ready: ", url, " and its log say why"));
}

}  // namespace

void AddHealthCommand(CLI::App& app, Session& session) {
  auto service = std::make_shared<std::string>(), http = std::make_shared<std::string>();
  CLI::App& health = *app.add_subcommand(
      "health", "Asks the server, or a role, whether it serves; exit code 0 if it does");
  health.add_option("--service", *service,
                    "baton.v1.LeadService: whether it is ready; without: whether it runs");
  health
      .add_option("--http", *http,
                  "HOST:PORT of the HTTP listener of any role, instead: whether it is ready; by "
                  "TLS if there is a --tls-ca")
      ->excludes("--service");
  health.callback([&session, service, http] {
    session.passes_server_by = !http->empty();
    session.action = [&session, service, http] {
      return http->empty() ? CheckHealth(session, *service) : CheckReadiness(session, *http);
    };
  });
}

}  // namespace baton::batonctl
