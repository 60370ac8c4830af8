#include "dispatch/dispatch_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "dispatch/account_service.h"
#include "dispatch/action_batcher.h"
#include "dispatch/assignment_lister.h"
#include "dispatch/assignment_service.h"
#include "dispatch/backlog_drainer.h"
#include "dispatch/bulk_reassigner.h"
#include "dispatch/call_runner.h"
#include "dispatch/caller_gate.h"
#include "dispatch/decision_waiter.h"
#include "dispatch/event_publisher.h"
#include "dispatch/event_submitter.h"
#include "dispatch/lead_service.h"
#include "dispatch/policy_service.h"
#include "dispatch/report_service.h"
#include "dispatch/roster_service.h"
#include "dispatch/stream_guard.h"
#include "dispatch/table_service.h"
#include "dispatch/token_sealer.h"
#include "dispatch/watch_hub.h"
#include "dispatch/webhook_service.h"
#include "dispatch/workspace_service.h"
#include "platform/grpc/bounded_executor.h"
#include "platform/grpc/server.h"
#include "platform/log.h"

namespace baton::dispatch {
namespace {

constexpr int kWatchThreads = 2;

}  // namespace

// In the order of construction: what is used stands above its users.
struct DispatchService::Parts {
  Parts(DispatchOptions given, store::Store& store, PolicySource policies,
        ProducerFactory producers, platform::Metrics& metrics)
      : options(std::move(given)),
        sealer(options.token_secrets),
        connections(options.connections),
        gate(*options.authority, voucher, connections, options.call_limits),
        server(options.server, connections, metrics),
        hub(store, store, options, [this](bool readable) { server.SetServing(readable); }),
        stream_guard(options.call_limits.principal_streams_max,
                     options.call_limits.workspace_streams_max),
        drainer(store),
        batcher(store, store, policies, drainer, options.action_threads,
                options.actions_waiting_max, metrics),
        waiter(store, store, options.decision_waits_max),
        publisher(std::move(producers)),
        readers(options.reader_threads, options.reads_waiting_max),
        watch_fillers(kWatchThreads, options.watchers_max),
        runner(gate, store, readers, options.deadline_max),
        lister(store, store, store),
        claimer(store, store),
        submitter(store, publisher, waiter, options.lead_events_topic),
        eraser(store, store, drainer),
        leads(store, runner, submitter, eraser, sealer),
        assignments({gate, stream_guard, runner, batcher, lister, claimer, store, store, store, hub,
                     watch_fillers, sealer, options.watch_backlog_max}),
        reassigner(store, store, batcher),
        roster(store, store, std::move(policies), reassigner, drainer, runner, sealer),
        accounts(store, store, runner, sealer),
        workspaces(store, runner, sealer),
        agreements(store, store, store, store, drainer, runner, sealer, metrics),
        tables(store, store, runner, sealer),
        webhooks(store, store, options.egress, runner, sealer),
        report_thread(1, options.reports_waiting_max),
        report_runner(gate, store, report_thread, options.deadline_max),
        reports({store, store, store, store, report_runner, sealer, options.reports_keep,
                 options.report_cycles_max, [] { return absl::ToUnixMillis(absl::Now()); }}) {}

  const DispatchOptions options;
  TokenSealer sealer;
  const platform::rpc::PeerVoucher voucher;
  platform::rpc::ConnectionCount connections;
  const CallerGate gate;
  platform::rpc::Server server;
  WatchHub hub;
  StreamGuard stream_guard;
  BacklogDrainer drainer;
  ActionBatcher batcher;
  DecisionWaiter waiter;
  EventPublisher publisher;
  platform::rpc::BoundedExecutor readers;
  platform::rpc::BoundedExecutor watch_fillers;
  const CallRunner runner;
  AssignmentLister lister;
  LeadClaimer claimer;
  EventSubmitter submitter;
  LeadEraser eraser;
  LeadService leads;
  AssignmentService assignments;
  BulkReassigner reassigner;
  RosterService roster;
  AccountService accounts;
  WorkspaceService workspaces;
  PolicyService agreements;
  TableService tables;
  WebhookService webhooks;
  platform::rpc::BoundedExecutor report_thread;
  const CallRunner report_runner;
  ReportService reports;
};

DispatchService::DispatchService(DispatchOptions options, store::Store& store,
                                 PolicySource policies, ProducerFactory producers,
                                 platform::Metrics& metrics)
    : parts_(std::make_unique<Parts>(std::move(options), store, std::move(policies),
                                     std::move(producers), metrics)) {}

DispatchService::~DispatchService() {
  Stop(absl::ZeroDuration());
}

absl::Status DispatchService::Start() {
  Parts& parts = *parts_;
  if (absl::Status fit = TokenSealer::Check(parts.options.token_secrets); !fit.ok()) return fit;
  if (absl::Status made = parts.publisher.Start(); !made.ok()) return made;
  const absl::Status listening = parts.server.Start(
      {&parts.leads, &parts.assignments, &parts.roster, &parts.accounts, &parts.workspaces,
       &parts.agreements, &parts.tables, &parts.webhooks, &parts.reports},
      {v1::LeadService::service_full_name(), v1::AssignmentService::service_full_name(),
       v1::RosterService::service_full_name(), v1::AccountService::service_full_name(),
       v1::WorkspaceService::service_full_name(), v1::PolicyService::service_full_name(),
       v1::TableService::service_full_name(), v1::WebhookService::service_full_name(),
       v1::ReportService::service_full_name()});
  if (!listening.ok()) return listening;
  parts.drainer.Start();
  parts.batcher.Start();
  parts.waiter.Start();
  parts.hub.Start();
  parts.stream_guard.Start();
  platform::LogInfo("dispatch.started", {{"port", absl::StrCat(parts.server.port())}});
  return absl::OkStatus();
}

void DispatchService::Stop(absl::Duration grace) {
  Parts& parts = *parts_;
  parts.server.BeginStop();
  parts.hub.Drain();
  parts.server.Stop(grace);
  // No call is left; what follows only ends threads.
  parts.stream_guard.Stop();
  parts.hub.Stop();
  parts.watch_fillers.Stop();
  parts.readers.Stop();
  parts.report_thread.Stop();
  parts.batcher.Stop();
  parts.publisher.Stop();
  parts.waiter.Stop();
  parts.drainer.Stop();
}

absl::Status DispatchService::Ready() const {
  return parts_->hub.health();
}

void DispatchService::UseTokenSecrets(std::vector<std::string> secrets) {
  parts_->sealer.Use(std::move(secrets));
}

int DispatchService::bound_port() const {
  return parts_->server.port();
}

std::shared_ptr<::grpc::Channel> DispatchService::InProcessChannel() {
  return parts_->server.InProcessChannel();
}

const std::vector<std::string>& DispatchService::service_names() const {
  return parts_->server.service_names();
}

const platform::rpc::PeerVoucher& DispatchService::voucher() const {
  return parts_->voucher;
}

}  // namespace baton::dispatch
