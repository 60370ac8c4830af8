#include "api_fixture.h"

#include <functional>
#include <variant>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "core/decide.h"
#include "events/lead_event_codec.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"

namespace baton::dispatch {

const char kPolicy[] = R"(apiVersion: baton.dev/v1
kind: HandoffPolicy
metadata: {workspace: acme, name: inbound}
spec:
  attributes: {country: string, employees: int, email: string}
  scoring:
    fit:
      - {name: size, match: {employees: ">= 200"}, points: 30}
    intent:
      - {name: demo, activity: demo_request, points: 60}
  definition:
    mql: {match: {fit: ">= 30", intent: ">= 40"}}
  routing:
    - {name: DACH, match: {country: DE}, to: {queue: dach, skills: [german]}}
    - {default: true, to: {queue: triage}}
  queues:
    dach: {mode: offer, accept_within: 1h}
    triage: {mode: direct}
)";

class FakeBroker::Producer final : public platform::kafka::Producer {
 public:
  explicit Producer(FakeBroker& broker) : broker_(broker) {}

  absl::Status Produce(platform::kafka::OutRecord out,
                       std::function<void(absl::Status)> done) override {
    ++broker_.published_;
    switch (broker_.mode_) {
      case Mode::kRefuses:
        return absl::ResourceExhaustedError("queue full");
      case Mode::kSilent: {
        absl::MutexLock lock(&mutex_);
        unanswered_.push_back(std::move(done));
        return absl::OkStatus();
      }
      case Mode::kFails:
        done(absl::UnavailableError("no leader"));
        return absl::OkStatus();
      case Mode::kBreaks:
        done(absl::InternalError("fenced"));
        return absl::OkStatus();
      case Mode::kDecides:
        broker_.Apply(Decode(out));
        break;
      case Mode::kOnlyAcknowledges:
        break;
    }
    done(absl::OkStatus());
    return absl::OkStatus();
  }
  ~Producer() override {
    for (const auto& done : unanswered_) done(absl::UnavailableError("closed"));
  }
  absl::Status Flush(absl::Duration) override { return absl::OkStatus(); }
  absl::Status InitTransactions(absl::Duration) override { return absl::OkStatus(); }
  absl::Status BeginTransaction() override { return absl::OkStatus(); }
  absl::Status SendOffsets(absl::Span<const platform::kafka::Position>, platform::kafka::Consumer&,
                           absl::Duration) override {
    return absl::OkStatus();
  }
  absl::Status CommitTransaction(absl::Duration) override { return absl::OkStatus(); }
  absl::Status AbortTransaction(absl::Duration) override { return absl::OkStatus(); }

 private:
  static core::LeadEvent Decode(const platform::kafka::OutRecord& out) {
    platform::kafka::Record record;
    record.topic = out.topic;
    record.timestamp_ms = absl::ToUnixMillis(absl::Now());
    record.has_key = record.has_value = true;
    record.key = out.key;
    record.value = out.value;
    record.headers = out.headers;
    return std::get<core::LeadEvent>(events::DecodeLeadEvent(record));
  }

  FakeBroker& broker_;
  absl::Mutex mutex_;
  std::vector<std::function<void(absl::Status)>> unanswered_;
};

ProducerFactory FakeBroker::factory() {
  return [this]() -> absl::StatusOr<std::unique_ptr<platform::kafka::Producer>> {
    ++producers_;
    return std::make_unique<Producer>(*this);
  };
}

void FakeBroker::Apply(const core::LeadEvent& event) {
  while (true) {
    const auto policy = policies_.Active(event.key.workspace);
    const auto loaded = store_.Load({&event.key, 1});
    if (!policy.ok() || !loaded.ok()) return;
    const core::Plan plan = core::DecideEvents(
        *loaded->records[0], {&event, 1}, policy->policy.get(), loaded->now_ms,
        /*outcomes=*/nullptr, /*account=*/nullptr, policy->shadow ? &*policy->shadow : nullptr);
    const auto results = store_.Commit({&plan, 1});
    if (!results.ok()) return;
    const store::CommitCode code = results->front().code;
    if (code != store::CommitCode::kStaleRevision && code != store::CommitCode::kStalePolicy)
      return;
  }
}

DispatchOptions RunningApi::DefaultOptions() {
  DispatchOptions options;
  options.server.address = "127.0.0.1:0";
  options.authority = *identity::Authority::Open({.believe = true});
  options.token_secrets = {"a secret of the tests"};
  options.lead_events_topic = "baton.lead-events.v1";
  options.bookmark_interval = absl::Milliseconds(100);
  options.outbox_wait = absl::Milliseconds(10);
  return options;
}

RunningApi::RunningApi(store::Store& store, DispatchOptions options)
    : policies_(store, store, 100), broker_(store, policies_), metrics_(platform::NewMetrics()) {
  Start(store, std::move(options), broker_.factory());
}

RunningApi::RunningApi(store::Store& store, DispatchOptions options, ProducerFactory producers)
    : policies_(store, store, 100), broker_(store, policies_), metrics_(platform::NewMetrics()) {
  Start(store, std::move(options), std::move(producers));
}

void RunningApi::Start(store::Store& store, DispatchOptions options, ProducerFactory producers) {
  PolicySource active_policies = [this](absl::Span<const core::WorkspaceId> wanted)
      -> absl::StatusOr<std::vector<absl::StatusOr<SharedPolicy>>> {
    const auto active = policies_.Active(wanted);
    if (!active.ok()) return active.status();
    std::vector<absl::StatusOr<SharedPolicy>> found;
    for (const auto& one : *active) {
      found.push_back(one.ok() ? absl::StatusOr<SharedPolicy>(one->policy) : one.status());
    }
    return found;
  };
  service_ = std::make_unique<DispatchService>(
      std::move(options), store, std::move(active_policies), std::move(producers), *metrics_);
  const absl::Status started = service_->Start();
  EXPECT_TRUE(started.ok()) << started;
  const auto channel = NewChannel();
  workspaces = v1::WorkspaceService::NewStub(channel);
  policies = v1::PolicyService::NewStub(channel);
  leads = v1::LeadService::NewStub(channel);
  assignments = v1::AssignmentService::NewStub(channel);
  roster = v1::RosterService::NewStub(channel);
  accounts = v1::AccountService::NewStub(channel);
  tables = v1::TableService::NewStub(channel);
  webhooks = v1::WebhookService::NewStub(channel);
  reports = v1::ReportService::NewStub(channel);
}

RunningApi::~RunningApi() {
  service_->Stop(absl::Seconds(1));
}

std::shared_ptr<::grpc::Channel> RunningApi::NewChannel(int window_bytes) const {
  ::grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (window_bytes > 0) {
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, window_bytes);
  }
  return ::grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(service_->bound_port()),
                                     ::grpc::InsecureChannelCredentials(), arguments);
}

void MakeActive(RunningApi& api, const std::string& yaml) {
  using Stub = v1::PolicyService::Stub;
  v1::CreatePolicyRevisionRequest create;
  create.set_parent("workspaces/acme");
  create.set_yaml(yaml);
  const auto draft = CallAs(kMia, *api.policies, &Stub::CreatePolicyRevision, create);
  ASSERT_TRUE(draft.ok()) << draft.status.error_message();
  v1::ApprovePolicyRevisionRequest approve;
  approve.set_name(draft.response.policy().name());
  approve.set_role(v1::APPROVER_ROLE_MARKETING);
  ASSERT_TRUE(CallAs(kMia, *api.policies, &Stub::ApprovePolicyRevision, approve).ok());
  approve.set_role(v1::APPROVER_ROLE_SALES);
  ASSERT_TRUE(CallAs(kSam, *api.policies, &Stub::ApprovePolicyRevision, approve).ok());
  v1::ActivatePolicyRevisionRequest activate;
  activate.set_name(draft.response.policy().name());
  activate.set_etag(draft.response.policy().activation_etag());
  const auto active = CallAs(kSam, *api.policies, &Stub::ActivatePolicyRevision, activate);
  ASSERT_TRUE(active.ok()) << active.status.error_message();
}

std::pair<::grpc::StatusCode, int> Health(const std::shared_ptr<::grpc::Channel>& channel,
                                          const std::string& service) {
  std::string bytes;
  if (!service.empty()) {
    bytes = "\x0a" + std::string(1, static_cast<char>(service.size())) + service;
  }
  const ::grpc::Slice slice(bytes);
  const ::grpc::ByteBuffer request(&slice, 1);
  ::grpc::ByteBuffer response;
  ::grpc::TemplatedGenericStub<::grpc::ByteBuffer, ::grpc::ByteBuffer> stub(channel);
  ::grpc::ClientContext context;
  absl::Notification done;
  ::grpc::Status status;
  stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &response,
                 [&](::grpc::Status answered) {
                   status = std::move(answered);
                   done.Notify();
                 });
  done.WaitForNotification();
  if (!status.ok()) return {status.error_code(), 0};
  ::grpc::Slice answer;
  response.DumpToSingleSlice(&answer);
  return {status.error_code(), answer.size() == 2 ? answer.begin()[1] : 0};
}

bool HealthBecomes(const std::shared_ptr<::grpc::Channel>& channel, int wanted) {
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  while (Health(channel, "baton.v1.LeadService").second != wanted) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

ApiTest::ApiTest(DispatchOptions options)
    : store_(4, {}, [] { return absl::ToUnixMillis(absl::Now()); }),
      api_(store_, std::move(options)) {
  v1::CreateWorkspaceRequest workspace;
  workspace.set_workspace_id("acme");
  EXPECT_TRUE(Call(*api_.workspaces, &v1::WorkspaceService::Stub::CreateWorkspace, workspace).ok());
  MakeActive(api_, kPolicy);
  EXPECT_TRUE(HealthBecomes(api_.NewChannel(), kServing));
}

void ApiTest::AddRep(const std::string& id, int32_t capacity) {
  v1::CreateRepRequest request;
  request.set_parent("workspaces/acme");
  request.set_rep_id(id);
  v1::Rep& rep = *request.mutable_rep();
  rep.add_queues("workspaces/acme/queues/dach");
  rep.add_queues("workspaces/acme/queues/triage");
  rep.set_capacity(capacity);
  rep.add_skills("german");
  rep.set_presence(v1::PRESENCE_ONLINE);
  const auto created = Call(*api_.roster, &v1::RosterService::Stub::CreateRep, request);
  EXPECT_TRUE(created.ok()) << created.status.error_message();
}

v1::LeadEvent Captured(const std::string& lead, const std::string& id) {
  v1::LeadEvent event;
  event.set_id(id);
  event.set_type(v1::LEAD_EVENT_TYPE_CAPTURED);
  event.set_lead(lead);
  (*event.mutable_attributes())["country"].set_string_value("DE");
  (*event.mutable_attributes())["employees"].set_int_value(300);
  (*event.mutable_attributes())["email"].set_string_value("a@shop.example");
  event.set_activity("demo_request");
  (*event.mutable_attribution())["utm_campaign"] = "spring";
  return event;
}

void ApiTest::AddLead(const std::string& id) {
  v1::SubmitLeadEventsRequest request;
  request.set_parent("workspaces/acme");
  *request.add_events() = Captured(id, "capture-" + id);
  request.set_wait_for_decision(true);
  const auto submitted = Call(*api_.leads, &v1::LeadService::Stub::SubmitLeadEvents, request);
  EXPECT_TRUE(submitted.ok()) << submitted.status.error_message();
}

v1::Lead ApiTest::GetLead(const std::string& id) {
  v1::GetLeadRequest request;
  request.set_name("workspaces/acme/leads/" + id);
  const auto found = Call(*api_.leads, &v1::LeadService::Stub::GetLead, request);
  EXPECT_TRUE(found.ok()) << found.status.error_message();
  return found.response.lead();
}

Outcome<v1::AcceptAssignmentResponse> ApiTest::Accept(const std::string& assignment,
                                                      const std::string& request_id) {
  v1::AcceptAssignmentRequest request;
  request.set_name(assignment);
  request.set_request_id(request_id);
  return Call(*api_.assignments, &v1::AssignmentService::Stub::AcceptAssignment, request);
}

Outcome<v1::DeclineAssignmentResponse> ApiTest::Decline(const std::string& assignment,
                                                        const std::string& reason) {
  v1::DeclineAssignmentRequest request;
  request.set_name(assignment);
  request.set_reason(reason);
  return Call(*api_.assignments, &v1::AssignmentService::Stub::DeclineAssignment, request);
}

bool ApiTest::Becomes(const std::string& lead, v1::Stage stage) {
  const absl::Time deadline = absl::Now() + absl::Seconds(2);
  while (GetLead(lead).stage() != stage) {
    if (absl::Now() > deadline) return false;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return true;
}

}  // namespace baton::dispatch
