// batonctl health
#include <memory>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "core/errors.h"
#include "grpc/health/v1/health.pb.h"

namespace baton::batonctl {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

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

}  // namespace

void AddHealthCommand(CLI::App& app, Session& session) {
  auto service = std::make_shared<std::string>();
  CLI::App& health = *app.add_subcommand(
      "health", "Asks the server whether it serves (gRPC health); exit code 0 if it does");
  health.add_option("--service", *service,
                    "baton.v1.LeadService: whether it is ready; without: whether it runs");
  OnRun(health, session, [&session, service] { return CheckHealth(session, *service); });
}

}  // namespace baton::batonctl
