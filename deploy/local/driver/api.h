// Baton's API as the demo's parts use it: channels and what is read at the end. Thread-safe.
#ifndef BATON_DEMO_API_H_
#define BATON_DEMO_API_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"

namespace baton::demo {

// A channel of its own that reconnects within half a second. `server` is host:port, or several as
// "ipv4:host:port,host:port": calls go to one after the other.
std::shared_ptr<grpc::Channel> Connect(const std::string& server);

// "lead-1" of "workspaces/demo/leads/lead-1".
std::string LastPart(const std::string& name);

struct FinalLead {
  std::string lead;
  std::string stage;  // "STAGE_WON"
  int64_t version = 0;
};
// Every lead of a workspace.
absl::Status ListAllLeads(const std::string& server, const std::string& workspace,
                          std::vector<FinalLead>& leads);

// The explanation of one lead for people.
std::string ExplainForPeople(const std::string& server, const std::string& workspace,
                             const std::string& lead);

}  // namespace baton::demo

#endif  // BATON_DEMO_API_H_
