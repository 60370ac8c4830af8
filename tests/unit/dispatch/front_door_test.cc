// Every method of the API against every kind of caller (broken object level authorization). The
// methods come from the descriptors: a new one without a row fails here.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "core/errors.h"
#include "grpcpp/generic/generic_stub.h"
#include "identity/method_policy.h"
#include "secured_api.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

using google::protobuf::FileDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// A request of each method: {w} workspace, {r} rep, {l} a lead of that rep. The second part says
// what a rep gets for the resources of another one: what it would get if they did not exist.
enum class ForOtherRep { kRepNotFound, kLeadNotFound, kNotForReps, kShared, kDenied };
struct Row {
  std::string request;
  ForOtherRep other_rep = ForOtherRep::kDenied;
};

const std::map<std::string, Row>& Rows() {
  using enum ForOtherRep;
  const std::string parent = "parent: 'workspaces/{w}' ";
  const std::string lead = "name: 'workspaces/{w}/leads/{l}' ";
  const std::string assignment = "name: 'workspaces/{w}/assignments/{l}.1' ";
  const std::string rep = "name: 'workspaces/{w}/reps/{r}' ";
  const std::string account = "name: 'workspaces/{w}/accounts/a' ";
  const std::string policy = "name: 'workspaces/{w}/policies/inbound@1' ";
  const std::string webhook = "name: 'workspaces/{w}/webhooks/h' ";
  const std::string table = "name: 'workspaces/{w}/tables/t@0123456789ab' ";
  static const auto* const rows = new std::map<std::string, Row>{
      {"LeadService/SubmitLeadEvents", {parent + "events {id: 'e' type: 1 lead: 'x'}"}},
      {"LeadService/GetLead", {lead, kLeadNotFound}},
      {"LeadService/ListLeads", {parent}},
      {"LeadService/GetLeadJourney", {lead, kLeadNotFound}},
      {"LeadService/ExplainLead", {lead, kLeadNotFound}},
      {"LeadService/RecomputeDecision", {lead}},
      {"LeadService/EraseLead", {lead + "validate_only: true"}},
      {"AssignmentService/WatchAssignments", {"parent: 'workspaces/{w}/reps/{r}'", kRepNotFound}},
      {"AssignmentService/ListAssignments", {"parent: 'workspaces/{w}/reps/{r}'", kRepNotFound}},
      {"AssignmentService/ClaimNextLead", {"rep: 'workspaces/{w}/reps/{r}'", kRepNotFound}},
      {"AssignmentService/AcceptAssignment", {assignment, kLeadNotFound}},
      {"AssignmentService/DeclineAssignment", {assignment + "reason: 'AWAY'", kLeadNotFound}},
      {"AssignmentService/LogTouch", {assignment + "channel: 'call'", kLeadNotFound}},
      {"AssignmentService/RejectLead", {assignment + "reason: 'VENDOR'", kLeadNotFound}},
      {"AssignmentService/RecycleLead", {assignment + "reason: 'NO_BUDGET'", kLeadNotFound}},
      {"AssignmentService/RerouteLead", {assignment + "reason: 'OWNER_LEFT'", kLeadNotFound}},
      {"AssignmentService/ReassignLead", {assignment}},
      {"AssignmentService/ReleaseLead", {assignment, kLeadNotFound}},
      {"AssignmentService/PauseLead", {assignment, kLeadNotFound}},
      {"AssignmentService/ResumeLead", {assignment, kLeadNotFound}},
      {"AssignmentService/ReportOutcome",
       {assignment + "outcome: STAGE_LOST reason: 'PRICE'", kLeadNotFound}},
      {"RosterService/CreateRep", {parent + "rep_id: 'new' rep {capacity: 1}"}},
      {"RosterService/GetRep", {rep, kRepNotFound}},
      {"RosterService/ListReps", {parent}},
      {"RosterService/UpdateRep",
       {"rep {" + rep + " capacity: 2} update_mask {paths: 'capacity'}"}},
      {"RosterService/DeleteRep", {rep}},
      {"RosterService/SetRepPresence", {rep + "presence: PRESENCE_ONLINE", kRepNotFound}},
      {"RosterService/ReassignLeads", {rep + "validate_only: true"}},
      {"RosterService/OffboardRep", {rep + "validate_only: true"}},
      {"RosterService/GetQueue", {"name: 'workspaces/{w}/queues/dach'", kShared}},
      {"RosterService/ListQueues", {parent, kShared}},
      {"RosterService/UpdateQueue", {"queue {name: 'workspaces/{w}/queues/dach'}"}},
      {"AccountService/CreateAccount", {parent + "account_id: 'a'"}},
      {"AccountService/GetAccount", {account}},
      {"AccountService/ListAccounts", {parent}},
      {"AccountService/UpdateAccount", {"account {" + account + "}"}},
      {"AccountService/DeleteAccount", {account}},
      {"AccountService/LookupAccount", {parent + "email_or_domain: 'shop.example'"}},
      {"PolicyService/CreatePolicyRevision", {parent + "yaml: 'x'"}},
      {"PolicyService/GetPolicy", {policy}},
      {"PolicyService/ListPolicyRevisions", {"parent: 'workspaces/{w}/policies/-'"}},
      {"PolicyService/ApprovePolicyRevision", {policy + "role: APPROVER_ROLE_SALES"}},
      {"PolicyService/RevokePolicyApproval", {policy}},
      {"PolicyService/ActivatePolicyRevision", {policy}},
      {"PolicyService/RollbackPolicy", {policy + "reason: 'x'"}},
      {"PolicyService/WithdrawPolicyRevision", {policy}},
      {"PolicyService/DeletePolicyRevision", {policy}},
      {"PolicyService/StartShadow", {policy}},
      {"PolicyService/StopShadow", {"name: 'workspaces/{w}/shadow'"}},
      {"PolicyService/GetShadow", {"name: 'workspaces/{w}/shadow'"}},
      {"PolicyService/ListShadowDifferences", {"parent: 'workspaces/{w}/shadow'"}},
      {"TableService/CreateTable", {parent + "table_id: 't'"}},
      {"TableService/GetTable", {table}},
      {"TableService/ListTables", {parent}},
      {"TableService/DeleteTable", {table}},
      {"WebhookService/CreateWebhook", {parent + "webhook_id: 'h'"}},
      {"WebhookService/GetWebhook", {webhook}},
      {"WebhookService/ListWebhooks", {parent}},
      {"WebhookService/UpdateWebhook", {"webhook {" + webhook + "}"}},
      {"WebhookService/DeleteWebhook", {webhook}},
      {"WebhookService/RotateWebhookSecret", {webhook}},
      {"WebhookService/TestWebhook", {webhook}},
      {"WebhookService/ReplayWebhook", {webhook}},
      {"ReportService/GetReport", {parent}},
      {"ReportService/ListReportLeads",
       {parent + "cell {section: 'funnel' figure: 'reached' item: 'mql'}"}},
      {"WorkspaceService/CreateWorkspace", {"workspace_id: '{w}'"}},
      {"WorkspaceService/GetWorkspace", {"name: 'workspaces/{w}'", kShared}},
      {"WorkspaceService/ListWorkspaces", {"", kShared}},
  };
  return *rows;
}

// Of every service under proto/baton/v1.
std::vector<const MethodDescriptor*> Methods() {
  // The generated code adds its file to the pool when it is linked.
  std::vector<const MethodDescriptor*> methods;
  for (const absl::string_view path : absl::StrSplit(BATON_SERVICE_PROTOS, ',')) {
    const FileDescriptor* file =
        google::protobuf::DescriptorPool::generated_pool()->FindFileByName(std::string(path));
    EXPECT_NE(file, nullptr) << path;
    for (int s = 0; file != nullptr && s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::string ShortName(const MethodDescriptor& method) {
  return method.service()->name() + "/" + method.name();
}

class FrontDoorTest : public SecuredApiTest {
 protected:
  // What `method` answers to its row's request.
  absl::Status Ask(const MethodDescriptor& method, const std::string& token,
                   const std::string& workspace, const std::string& rep = "ada",
                   const std::string& lead = "none") {
    auto* const factory = google::protobuf::MessageFactory::generated_factory();
    const std::unique_ptr<Message> request(factory->GetPrototype(method.input_type())->New());
    const std::unique_ptr<Message> response(factory->GetPrototype(method.output_type())->New());
    const std::string text = absl::StrReplaceAll(Rows().at(ShortName(method)).request,
                                                 {{"{w}", workspace}, {"{r}", rep}, {"{l}", lead}});
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    const auto server = Connect(token);
    if (!method.server_streaming()) return server->Call(*request, *response);
    return server->Stream(*request, *response, [] { return false; });
  }
  // The same to a request of these bytes, whatever they are.
  absl::Status AskRaw(const MethodDescriptor& method, const std::string& token,
                      const std::string& bytes) {
    ::grpc::GenericStub stub(secured_->NewChannel());
    ::grpc::ClientContext context;
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    const ::grpc::Slice slice(bytes);
    ::grpc::ByteBuffer request(&slice, 1);
    ::grpc::ByteBuffer response;
    ::grpc::Status status;
    absl::Notification answered;
    stub.UnaryCall(&context, "/" + method.service()->full_name() + "/" + method.name(), {},
                   &request, &response, [&](const ::grpc::Status& answer) {
                     status = answer;
                     answered.Notify();
                   });
    answered.WaitForNotification();
    const std::string reason = DetailsOf(status).reason;
    return core::Error(static_cast<absl::StatusCode>(status.error_code()), reason,
                       status.error_message());
  }
};

std::string ReasonOf(const absl::Status& status) {
  return core::ErrorReason(status);
}

TEST_F(FrontDoorTest, EveryMethodHasARowAndAPlaceInThePolicy) {
  const auto policy = identity::MethodPolicy::Parse(identity::BuiltInMethods());
  ASSERT_TRUE(policy.ok()) << policy.status();
  std::set<std::string> names;
  for (const MethodDescriptor* method : Methods()) {
    EXPECT_TRUE(Rows().contains(ShortName(*method)))
        << ShortName(*method) << ": add a row to this matrix and to identity/methods.yaml";
    names.insert(method->service()->full_name() + "/" + method->name());
  }
  EXPECT_EQ(Rows().size(), names.size());
  for (const std::string& name : names) {
    EXPECT_THAT(policy->RolesFor(name), Not(testing::IsEmpty())) << name;
  }
  for (const auto& [name, roles] : policy->methods()) {
    EXPECT_THAT(names, Contains(name)) << "identity/methods.yaml names no method of the API";
  }
}

TEST_F(FrontDoorTest, NobodyIsLetThrough) {
  for (const MethodDescriptor* method : Methods()) {
    const absl::Status without = Ask(*method, "", "acme");
    EXPECT_EQ(without.code(), absl::StatusCode::kUnauthenticated) << method->name();
    EXPECT_EQ(ReasonOf(without), "CREDENTIALS_MISSING") << method->name();
    const absl::Status late = Ask(*method, Token(AllRoles(), "acme", "", -absl::Hours(1)), "acme");
    EXPECT_EQ(ReasonOf(late), "EXPIRED_TOKEN") << method->name();
  }
}

// Bytes that are no message are refused as such only once it is known who sent them.
TEST_F(FrontDoorTest, NothingIsReadOfARequestBeforeItIsLetThrough) {
  const std::set<std::string> documents = {"SubmitLeadEvents", "CreatePolicyRevision",
                                           "CreateTable"};
  for (const MethodDescriptor* method : Methods()) {
    const std::string no_message = "\xff";
    const absl::Status unknown = AskRaw(*method, "", no_message);
    EXPECT_EQ(ReasonOf(unknown), "CREDENTIALS_MISSING") << method->name() << " " << unknown;
    EXPECT_EQ(ReasonOf(AskRaw(*method, Token({}, "acme"), no_message)), "METHOD_DENIED");
    const absl::Status large = AskRaw(*method, "", std::string(300 * 1024, '\xff'));
    EXPECT_EQ(ReasonOf(large),
              documents.contains(method->name()) ? "CREDENTIALS_MISSING" : "MESSAGE_TOO_LARGE")
        << method->name() << " " << large;
  }
  const MethodDescriptor* get_lead =
      v1::GetLeadRequest::descriptor()->file()->service(0)->FindMethodByName("GetLead");
  const absl::Status known = AskRaw(*get_lead, Token({"admin"}, "acme"), "\xff");
  EXPECT_EQ(known.code(), absl::StatusCode::kInvalidArgument) << known;
  EXPECT_EQ(ReasonOf(known), "INVALID_FIELD");
}

TEST_F(FrontDoorTest, WithoutARoleOfTheMethodItIsDenied) {
  const auto policy = identity::MethodPolicy::Parse(identity::BuiltInMethods());
  for (const MethodDescriptor* method : Methods()) {
    EXPECT_EQ(ReasonOf(Ask(*method, Token({}, "acme"), "acme")), "METHOD_DENIED");
    const std::string name = method->service()->full_name() + "/" + method->name();
    for (const char* role : {"marketing", "sales", "admin", "service"}) {
      if (policy->RolesFor(name).count(*identity::RoleNamed(role)) > 0) continue;
      const absl::Status denied = Ask(*method, Token({role}, "acme"), "acme");
      EXPECT_EQ(denied.code(), absl::StatusCode::kPermissionDenied) << name << " " << role;
      EXPECT_EQ(ReasonOf(denied), "METHOD_DENIED") << name << " " << role;
    }
  }
}

TEST_F(FrontDoorTest, AnotherWorkspaceDoesNotExist) {
  const std::string token = Token(AllRoles(), "other");
  for (const MethodDescriptor* method : Methods()) {
    if (method->name() == "ListWorkspaces") continue;  // below
    const absl::Status there = Ask(*method, token, "acme");
    EXPECT_EQ(there, store::WorkspaceNotFound(core::WorkspaceId::Trusted("acme")))
        << method->name();
    // What does not exist gets the same words.
    const absl::Status nowhere = Ask(*method, token, "ghost");
    EXPECT_EQ(nowhere, store::WorkspaceNotFound(core::WorkspaceId::Trusted("ghost")))
        << method->name();
  }
  v1::ListWorkspacesRequest request;
  v1::ListWorkspacesResponse response;
  const auto server = Connect(token);
  ASSERT_TRUE(server->Call(request, response).ok());
  EXPECT_EQ(response.workspaces_size(), 0);
}

TEST_F(FrontDoorTest, AnotherRepsLeadsDoNotExist) {
  AddLead("hers");
  const std::string token = Token({"rep"}, "acme", "bob");
  for (const MethodDescriptor* method : Methods()) {
    const absl::Status there = Ask(*method, token, "acme", "ada", "hers");
    const absl::Status nowhere = Ask(*method, token, "acme", "ghost", "ghost");
    const std::string renamed =
        absl::StrReplaceAll(there.message(), {{"ada", "ghost"}, {"hers", "ghost"}});
    EXPECT_EQ(there.code(), nowhere.code()) << method->name();
    EXPECT_EQ(renamed, nowhere.message()) << method->name();
    switch (Rows().at(ShortName(*method)).other_rep) {
      case ForOtherRep::kRepNotFound:
        EXPECT_EQ(there, store::RepNotFound(core::RepId::Trusted("ada"))) << method->name();
        break;
      case ForOtherRep::kLeadNotFound:
        EXPECT_EQ(ReasonOf(there), "LEAD_NOT_FOUND") << method->name();
        break;
      case ForOtherRep::kNotForReps:
        EXPECT_EQ(ReasonOf(there), "NOT_FOR_REPS") << method->name();
        break;
      case ForOtherRep::kShared:
        EXPECT_THAT(ReasonOf(there), AnyOf("", "QUEUE_NOT_FOUND")) << method->name();
        break;
      case ForOtherRep::kDenied:
        EXPECT_EQ(ReasonOf(there), "METHOD_DENIED") << method->name();
        break;
    }
  }
  EXPECT_EQ(GetLead("hers").stage(), v1::STAGE_OFFERED);  // and nothing happened to it
}

// With an address a request names no lead: its workspace alone says whose it is.
TEST_F(FrontDoorTest, ErasingByAddressHasTheDoorOfErasingByName) {
  AddLead("hers");
  v1::EraseLeadRequest request;
  v1::EraseLeadResponse response;
  request.set_name("workspaces/acme");
  request.set_email("a@shop.example");
  const auto ask = [&](const std::string& token) {
    return Connect(token)->Call(request, response);
  };
  EXPECT_EQ(ReasonOf(ask("")), "CREDENTIALS_MISSING");
  for (const char* role : {"marketing", "sales", "service"}) {
    EXPECT_EQ(ReasonOf(ask(Token({role}, "acme"))), "METHOD_DENIED") << role;
  }
  for (const char* rep : {"ada", "bob"}) {
    EXPECT_EQ(ReasonOf(ask(Token({"rep"}, "acme", rep))), "METHOD_DENIED") << rep;
  }
  EXPECT_EQ(ask(Token(AllRoles(), "other")),
            store::WorkspaceNotFound(core::WorkspaceId::Trusted("acme")));
  EXPECT_EQ(GetLead("hers").stage(), v1::STAGE_OFFERED);
  ASSERT_TRUE(ask(Token({"admin"}, "acme")).ok());
  ASSERT_EQ(response.leads_size(), 1);
  EXPECT_EQ(response.leads(0).name(), "workspaces/acme/leads/hers");
}

TEST_F(FrontDoorTest, OnesOwnIsLetThrough) {
  const auto policy = identity::MethodPolicy::Parse(identity::BuiltInMethods());
  const std::vector<std::string> refusals = {"CREDENTIALS_MISSING", "INVALID_TOKEN",
                                             "METHOD_DENIED",       "NOT_FOR_REPS",
                                             "WORKSPACE_NOT_FOUND", "LEAD_NOT_FOUND"};
  for (const MethodDescriptor* method : Methods()) {
    const std::string name = method->service()->full_name() + "/" + method->name();
    for (const identity::Role role : policy->RolesFor(name)) {
      const std::string lead = method->name() + "-" + NameOf(role);  // of this caller alone
      AddLead(lead);
      const bool is_rep = role == identity::Role::kRep;
      const std::string token = Token({NameOf(role)}, "acme", is_rep ? "ada" : "");
      const absl::Status answer = Ask(*method, token, "acme", "ada", lead);
      EXPECT_THAT(refusals, Not(Contains(ReasonOf(answer)))) << name << " " << answer;
    }
  }
}

TEST_F(FrontDoorTest, ARepWhoRepeatsItsRejectGetsTheFirstAnswerAlthoughTheLeadIsNoLongerItsOwn) {
  for (const char* reason : {"NO_NEED", "DO_NOT_CONTACT"}) {
    AddLead(reason);
    v1::RejectLeadRequest reject;
    reject.set_name(AssignmentOf(reason));
    reject.set_reason(reason);
    reject.set_request_id("request-1");
    const auto ada = Connect(Token({"rep"}, "acme", "ada"));
    v1::RejectLeadResponse first;
    v1::RejectLeadResponse again;
    ASSERT_TRUE(ada->Call(reject, first).ok());
    EXPECT_EQ(first.lead().stage(), v1::STAGE_REJECTED);
    const absl::Status repeated = ada->Call(reject, again);
    ASSERT_TRUE(repeated.ok()) << repeated;
    EXPECT_EQ(again.lead().stage(), first.lead().stage());
    EXPECT_EQ(again.lead().version(), first.lead().version());
    reject.set_note("another body");
    const auto bob = Connect(Token({"rep"}, "acme", "bob"));
    EXPECT_EQ(ReasonOf(bob->Call(reject, again)), "LEAD_NOT_FOUND");
  }
}

TEST_F(FrontDoorTest, ARepeatedAnswerShowsNothingOfALeadThatWentToAnotherRep) {
  AddLead("l");
  AddRep("bob");
  v1::DeclineAssignmentRequest decline;
  decline.set_name(AssignmentOf("l"));
  decline.set_reason("AWAY");
  decline.set_request_id("request-1");
  const auto ada = Connect(Token({"rep"}, "acme", "ada"));
  v1::DeclineAssignmentResponse first;
  v1::DeclineAssignmentResponse again;
  ASSERT_TRUE(ada->Call(decline, first).ok());
  ASSERT_EQ(GetLead("l").rep(), "workspaces/acme/reps/bob");
  ASSERT_TRUE(ada->Call(decline, again).ok());
  v1::Lead expected;
  expected.set_name("workspaces/acme/leads/l");
  expected.set_etag("0");
  expected.set_stage(v1::STAGE_QUEUED);
  expected.set_version(again.lead().version());
  EXPECT_EQ(again.lead().DebugString(), expected.DebugString());
  const auto all = Connect(Token({"sales"}, "acme"));
  EXPECT_EQ(ReasonOf(all->Call(decline, again)), "REQUEST_ID_REUSED");
}

TEST_F(FrontDoorTest, ARepDoesNotGetTheAnswerOfAnothersRequest) {
  AddLead("l");
  v1::AcceptAssignmentRequest accept;
  accept.set_name(AssignmentOf("l"));
  accept.set_request_id("request-1");
  v1::AcceptAssignmentResponse answer;
  ASSERT_TRUE(Connect(Token({"rep"}, "acme", "ada"))->Call(accept, answer).ok());
  const auto bob = Connect(Token({"rep"}, "acme", "bob"));
  EXPECT_EQ(ReasonOf(bob->Call(accept, answer)), "LEAD_NOT_FOUND");
  EXPECT_TRUE(Connect(Token({"rep"}, "acme", "ada"))->Call(accept, answer).ok());
}

TEST_F(FrontDoorTest, ARepAsksForNobodyElse) {
  const std::string token = Token({"rep"}, "acme", "ada");
  const auto server = Connect(token);
  for (const char* parent : {"workspaces/acme", "workspaces/acme/queues/dach"}) {
    v1::ListAssignmentsRequest request;
    v1::ListAssignmentsResponse response;
    request.set_parent(parent);
    EXPECT_EQ(ReasonOf(server->Call(request, response)), "NOT_FOR_REPS") << parent;
    v1::WatchAssignmentsRequest watch;
    v1::WatchAssignmentsResponse event;
    watch.set_parent(parent);
    EXPECT_EQ(ReasonOf(server->Stream(watch, event, [] { return false; })), "NOT_FOR_REPS");
  }
}

TEST_F(FrontDoorTest, WhatIsNoResourceIsAFieldError) {
  const auto server = Connect(Token(AllRoles(), "acme"));
  for (const std::string& name :
       {std::string(), std::string("acme/leads/x"), std::string("workspaces/"),
        std::string("workspaces/a{b}/leads/x"), std::string("workspaces/a\nb/leads/x"),
        std::string("workspaces/a\0b/leads/x", 23), std::string("workspaces//leads/x"),
        "workspaces/" + std::string(10'000, 'a')}) {
    v1::GetLeadRequest request;
    v1::GetLeadResponse response;
    request.set_name(name);
    const absl::Status refused = server->Call(request, response);
    EXPECT_EQ(ReasonOf(refused), "INVALID_FIELD") << name.substr(0, 40);
  }
}

}  // namespace
}  // namespace baton::dispatch
