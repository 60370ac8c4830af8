#include "demo/api.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "baton/v1/lead_service.grpc.pb.h"

namespace baton::demo {

std::shared_ptr<grpc::Channel> Connect(const std::string& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 500);
  arguments.SetLoadBalancingPolicyName("round_robin");
  return grpc::CreateCustomChannel(server, grpc::InsecureChannelCredentials(), arguments);
}

std::string LastPart(const std::string& name) {
  return name.substr(name.rfind('/') + 1);
}

absl::Status ListAllLeads(const std::string& server, const std::string& workspace,
                          std::vector<FinalLead>& leads) {
  auto stub = v1::LeadService::NewStub(Connect(server));
  v1::ListLeadsRequest request;
  request.set_parent(absl::StrCat("workspaces/", workspace));
  request.set_page_size(1000);
  do {
    v1::ListLeadsResponse response;
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    if (grpc::Status status = stub->ListLeads(&context, request, &response); !status.ok()) {
      return absl::UnavailableError(status.error_message());
    }
    for (const v1::Lead& lead : response.leads()) {
      leads.push_back({LastPart(lead.name()), v1::Stage_Name(lead.stage()), lead.version()});
    }
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

std::string ExplainForPeople(const std::string& server, const std::string& workspace,
                             const std::string& lead) {
  auto stub = v1::LeadService::NewStub(Connect(server));
  v1::ExplainLeadRequest request;
  request.set_name(absl::StrCat("workspaces/", workspace, "/leads/", lead));
  v1::ExplainLeadResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  if (grpc::Status status = stub->ExplainLead(&context, request, &response); !status.ok()) {
    return absl::StrCat("(no explanation: ", status.error_message(), ")");
  }
  return response.summary();
}

}  // namespace baton::demo
