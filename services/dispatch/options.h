// What the composition root decides about dispatch, and what it hands in.
#ifndef BATON_DISPATCH_OPTIONS_H_
#define BATON_DISPATCH_OPTIONS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "core/ids.h"
#include "core/policy.h"
#include "dispatch/call_limits.h"
#include "identity/authority.h"
#include "platform/grpc/server.h"
#include "platform/kafka/kafka.h"
#include "webhooks/egress_rules.h"

namespace baton::dispatch {

using SharedPolicy = std::shared_ptr<const core::Policy>;

// The active policies of workspaces, compiled, in their order; nullptr for one that has none yet or
// does not exist, an error in place of one that cannot be read. Called on worker threads, may block
// on the store; thread-safe. Must notice a newly activated revision by itself.
using PolicySource = std::function<absl::StatusOr<std::vector<absl::StatusOr<SharedPolicy>>>(
    absl::Span<const core::WorkspaceId>)>;

// A new producer; called at start and again after a fatal error of the previous one.
using ProducerFactory = std::function<absl::StatusOr<std::unique_ptr<platform::kafka::Producer>>()>;

struct DispatchOptions {
  platform::rpc::ServerOptions server;
  platform::rpc::ConnectionLimits connections;           // of the server
  std::shared_ptr<const identity::Authority> authority;  // who calls and what they may call
  CallLimits call_limits;
  // Of page and resume tokens, as TokenSealer takes them; the same on every replica.
  std::vector<std::string> token_secrets;
  std::string lead_events_topic;  // where SubmitLeadEvents publishes
  webhooks::EgressRules egress;   // where webhooks may go

  absl::Duration deadline_max = absl::Seconds(5);  // of a unary call, also of one that names none
  int reader_threads = 4;                          // for reads and administration
  size_t reads_waiting_max = 2000;
  int action_threads = 1;  // each takes batches of rep actions
  size_t actions_waiting_max = 4000;
  size_t decision_waits_max = 2000;  // SubmitLeadEvents calls that wait for a decision

  size_t reports_waiting_max = 64;  // calls of ReportService that wait for its thread
  absl::Duration reports_keep = absl::Hours(400 * 24);  // so long cycles count in reports
  int64_t report_cycles_max = 1'500'000;                // in memory, about 400 bytes each

  size_t watchers_max = 5000;       // streams of WatchAssignments
  size_t watch_backlog_max = 1000;  // responses that a stream may not have read yet
  absl::Duration bookmark_interval = absl::Seconds(5);
  absl::Duration outbox_wait =
      absl::Milliseconds(200);  // of one read of the outbox; Stop may take it
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_OPTIONS_H_
