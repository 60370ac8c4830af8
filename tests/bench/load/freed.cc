#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "baton/v1/assignment_service.grpc.pb.h"
#include "demo/api.h"
#include "load/commands.h"
#include "load/quantile.h"

namespace baton::bench {
namespace {

// Accepts the lead and rejects it. When the call was made that gives the rep room; nullopt, and
// the reason on standard error, if one was refused.
std::optional<absl::Time> MakeRoom(v1::AssignmentService::Stub& stub, const std::string& name) {
  grpc::ClientContext accept_context, reject_context;
  v1::AcceptAssignmentRequest accept;
  v1::AcceptAssignmentResponse accepted;
  accept.set_name(name);
  grpc::Status status = stub.AcceptAssignment(&accept_context, accept, &accepted);
  const absl::Time freed = absl::Now();
  if (status.ok()) {
    v1::RejectLeadRequest reject;
    v1::RejectLeadResponse rejected;
    reject.set_name(name);
    reject.set_reason("WRONG_PERSONA");
    status = stub.RejectLead(&reject_context, reject, &rejected);
  }
  if (status.ok()) return freed;
  std::cerr << "freed: " << name << ": " << status.error_message() << "\n";
  return std::nullopt;
}

}  // namespace

int Freed(const FreedOptions& options) {
  const auto stub = v1::AssignmentService::NewStub(demo::Connect(options.server));
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Minutes(2)));
  v1::WatchAssignmentsRequest request;
  request.set_parent(
      absl::StrFormat("workspaces/%s/reps/rep-%03d", options.workspace, options.rep));
  const auto reader = stub->WatchAssignments(&context, request);
  v1::WatchAssignmentsResponse response;
  std::vector<double> ms;
  std::optional<absl::Time> freed;
  while (static_cast<int>(ms.size()) < options.times && reader->Read(&response)) {
    if (response.assignment().stage() != v1::STAGE_OFFERED) continue;
    if (freed.has_value()) ms.push_back(absl::ToDoubleMilliseconds(absl::Now() - *freed));
    freed = MakeRoom(*stub, response.assignment().name());
    if (!freed.has_value()) break;
  }
  context.TryCancel();
  reader->Finish();
  if (static_cast<int>(ms.size()) < options.times) {
    std::cerr << "freed: only " << ms.size() << " leads came\n";
    return 1;
  }
  std::sort(ms.begin(), ms.end());
  std::cout << absl::StrFormat(R"({"times": %d, "p50_ms": %.2f, "p99_ms": %.2f, "max_ms": %.2f})",
                               ms.size(), Quantile(ms, 50), Quantile(ms, 99), ms.back())
            << std::endl;
  return 0;
}

}  // namespace baton::bench
