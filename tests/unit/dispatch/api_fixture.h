// The whole API in this process: a dispatch service on a loopback port over a store, and a broker
// whose records are folded and decided at once, as intake would.
#ifndef BATON_TESTS_UNIT_DISPATCH_API_FIXTURE_H_
#define BATON_TESTS_UNIT_DISPATCH_API_FIXTURE_H_

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "agreement/policy_cache.h"
#include "baton/v1/account_service.grpc.pb.h"
#include "baton/v1/assignment_service.grpc.pb.h"
#include "baton/v1/lead_service.grpc.pb.h"
#include "baton/v1/policy_service.grpc.pb.h"
#include "baton/v1/report_service.grpc.pb.h"
#include "baton/v1/roster_service.grpc.pb.h"
#include "baton/v1/table_service.grpc.pb.h"
#include "baton/v1/webhook_service.grpc.pb.h"
#include "baton/v1/workspace_service.grpc.pb.h"
#include "dispatch/dispatch_service.h"
#include "grpcpp/channel.h"
#include "platform/grpc/status.h"
#include "store/memory/memory_store.h"

namespace baton::dispatch {

namespace v1 = ::baton::v1;
using platform::rpc::DetailsOf;

// What a unary call gave.
template <typename Response>
struct Outcome {
  ::grpc::Status status;
  Response response;

  bool ok() const { return status.ok(); }
  ::grpc::StatusCode code() const { return status.error_code(); }
  std::string reason() const { return DetailsOf(status).reason; }
};

// What Kafka and intake are to the API.
class FakeBroker {
 public:
  // kFails: it takes records and says later that they could not be delivered; kBreaks: so that the
  // producer is of no use any more.
  enum class Mode { kDecides, kOnlyAcknowledges, kSilent, kRefuses, kFails, kBreaks };

  FakeBroker(store::Store& store, agreement::PolicyCache& policies)
      : store_(store), policies_(policies) {}

  void set_mode(Mode mode) { mode_ = mode; }
  size_t published() const { return published_; }
  size_t producers() const { return producers_; }  // made so far
  ProducerFactory factory();

  // As intake: folds and decides; retries stale commits.
  void Apply(const core::LeadEvent& event);

 private:
  class Producer;
  store::Store& store_;
  agreement::PolicyCache& policies_;
  std::atomic<Mode> mode_ = Mode::kDecides;
  std::atomic<size_t> published_ = 0;
  std::atomic<size_t> producers_ = 0;
};

// Workspace "acme" with a policy: fit >= 30 (employees >= 200) and a demo request qualify; country
// DE goes to "dach" (offer, 1 h, skill german), the rest to "triage" (direct).
extern const char kPolicy[];

// A running API over any store. The store outlives it.
class RunningApi {
 public:
  static DispatchOptions DefaultOptions();

  // Publishes to broker().
  explicit RunningApi(store::Store& store, DispatchOptions options = DefaultOptions());
  // Publishes with `producers`.
  RunningApi(store::Store& store, DispatchOptions options, ProducerFactory producers);
  ~RunningApi();

  DispatchService& service() { return *service_; }
  FakeBroker& broker() { return broker_; }
  platform::Metrics& metrics() { return *metrics_; }
  // A connection of its own. With window_bytes > 0 no more than that is under way to its reader.
  std::shared_ptr<::grpc::Channel> NewChannel(int window_bytes = 0) const;

  std::unique_ptr<v1::WorkspaceService::Stub> workspaces;
  std::unique_ptr<v1::LeadService::Stub> leads;
  std::unique_ptr<v1::AssignmentService::Stub> assignments;
  std::unique_ptr<v1::RosterService::Stub> roster;
  std::unique_ptr<v1::PolicyService::Stub> policies;
  std::unique_ptr<v1::AccountService::Stub> accounts;
  std::unique_ptr<v1::TableService::Stub> tables;
  std::unique_ptr<v1::WebhookService::Stub> webhooks;
  std::unique_ptr<v1::ReportService::Stub> reports;

 private:
  void Start(store::Store& store, DispatchOptions options, ProducerFactory producers);

  agreement::PolicyCache policies_;
  FakeBroker broker_;
  std::unique_ptr<platform::Metrics> metrics_;
  std::unique_ptr<DispatchService> service_;
};

// Who a call says that it comes from.
struct Identity {
  std::string principal;
  std::string roles;
};
inline const Identity kMia = {"mia@acme.example", "marketing"};
inline const Identity kSam = {"sam@acme.example", "sales"};

// One call with a deadline: Call(*api.leads, &Stub::GetLead, request).
template <typename Stub, typename Request, typename Response>
Outcome<Response> Call(Stub& stub,
                       ::grpc::Status (Stub::*method)(::grpc::ClientContext*, const Request&,
                                                      Response*),
                       const Request& request, absl::Duration deadline = absl::Seconds(10),
                       const Identity& identity = {}) {
  ::grpc::ClientContext context;
  if (!identity.principal.empty()) context.AddMetadata("baton-principal", identity.principal);
  if (!identity.roles.empty()) context.AddMetadata("baton-roles", identity.roles);
  context.set_deadline(absl::ToChronoTime(absl::Now() + deadline));
  Outcome<Response> outcome;
  outcome.status = (stub.*method)(&context, request, &outcome.response);
  return outcome;
}

// The same as somebody: CallAs(kMia, *api.policies, ...).
template <typename Stub, typename Request, typename Response>
Outcome<Response> CallAs(const Identity& identity, Stub& stub,
                         ::grpc::Status (Stub::*method)(::grpc::ClientContext*, const Request&,
                                                        Response*),
                         const Request& request) {
  return Call(stub, method, request, absl::Seconds(10), identity);
}

// Makes `yaml` the active policy of workspace acme: kMia and kSam approve it.
void MakeActive(RunningApi& api, const std::string& yaml);

// grpc.health.v1.Health/Check without its generated code: field 1 of the request is the name of the
// service, field 1 of the response the status (1 SERVING, 2 NOT_SERVING).
std::pair<::grpc::StatusCode, int> Health(const std::shared_ptr<::grpc::Channel>& channel,
                                          const std::string& service);
inline constexpr int kServing = 1;
inline constexpr int kNotServing = 2;
// Within 5 s.
bool HealthBecomes(const std::shared_ptr<::grpc::Channel>& channel, int wanted);

// The setup that most tests want: workspace, policy, memory store, a server that is ready.
class ApiTest : public ::testing::Test {
 protected:
  explicit ApiTest(DispatchOptions options = RunningApi::DefaultOptions());

  // Rep online in dach and triage with skill german.
  void AddRep(const std::string& id, int32_t capacity = 5);
  // A qualified lead of queue dach.
  void AddLead(const std::string& id);
  v1::Lead GetLead(const std::string& id);
  std::string AssignmentOf(const std::string& lead) { return GetLead(lead).assignment(); }
  Outcome<v1::AcceptAssignmentResponse> Accept(const std::string& assignment,
                                               const std::string& request_id = "");
  Outcome<v1::DeclineAssignmentResponse> Decline(const std::string& assignment,
                                                 const std::string& reason = "AT_CAPACITY");
  // True when `lead` comes to `stage` within 2 s: drains run beside the call that caused them.
  bool Becomes(const std::string& lead, v1::Stage stage);

  store::MemoryStore store_;
  RunningApi api_;
};

v1::LeadEvent Captured(const std::string& lead, const std::string& id);

}  // namespace baton::dispatch

#endif  // BATON_TESTS_UNIT_DISPATCH_API_FIXTURE_H_
