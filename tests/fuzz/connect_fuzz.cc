// Requests by HTTP, once their bytes are headers and a body. Lines: verb, target, headers, an empty
// line, then the body.
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_replace.h"
#include "baton/v1/assignment_service.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "connect/answer.h"
#include "connect/call.h"
#include "connect/cors.h"
#include "connect/envelope.h"
#include "connect/gzip.h"
#include "fuzz/fuzz.h"

namespace baton::fuzz {
namespace {

constexpr size_t kMessageMax = 4096;
constexpr char kCanary[] = "Kx7Canary";  // a word of a person

connect::Request RequestOf(std::string_view text) {
  connect::Request request;
  request.verb = TakeLine(text);
  request.target = TakeLine(text);
  while (!text.empty()) {
    const std::string line = TakeLine(text);
    if (line.empty()) break;
    const size_t colon = std::min(line.find(':'), line.size());
    request.headers.emplace_back(line.substr(0, colon),
                                 line.substr(std::min(colon + 1, line.size())));
  }
  request.body = std::string(text);
  return request;
}

void CheckMetadata(const connect::Headers& metadata) {
  for (const auto& [name, value] : metadata) {
    Require(name != "baton-peer-bin", "nobody vouches for itself");
    Require(name.find_first_of("\r\n :") == std::string::npos, "names are names");
  }
  for (const auto& [name, value] : connect::HeadersOf(metadata)) {
    Require(value.find_first_of("\r\n") == std::string::npos, "a value is one line");
  }
}

void CheckCall(connect::Call& call) {
  Require(call.message.size() <= 2 * kMessageMax, "a message keeps to its cap");
  CheckMetadata(call.metadata);
  connect::Outcome outcome;
  outcome.head = call.metadata;
  outcome.message = call.message;  // as if it came back: also what is no answer must be written
  const connect::Response answer = connect::Answer(call, outcome);
  Require(answer.status >= 200 && answer.status < 600, "an answer has a status");
}

// Every value that is a text in JSON begins with the canary.
connect::Request WithCanary(connect::Request request) {
  const std::string planted = std::string(":\"") + kCanary;
  absl::StrReplaceAll({{":\"", planted}}, &request.body);
  absl::StrReplaceAll({{":\"", planted}, {":%22", planted}}, &request.target);
  return request;
}

void CheckRefusal(const connect::Response& refusal) {
  Require(!refusal.body.empty(), "a refusal says why");
  Require(refusal.body.find(kCanary) == std::string::npos, "a refusal repeats no value");
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton;  // NOLINT: three of its folders
  static const connect::Methods methods(
      {v1::GetLeadRequest::descriptor()->file()->service(0)->full_name(),
       v1::WatchAssignmentsRequest::descriptor()->file()->service(0)->full_name()});
  static const connect::Cors cors = connect::Cors::Parse("https://a.example").value();
  const connect::Request request = fuzz::RequestOf(fuzz::Text(data, size));
  const connect::CallRules rules{.message_bytes_max = fuzz::kMessageMax, .local_hosts_only = false};
  cors.Preflight(request);
  auto read = connect::ReadCall(methods, rules, request);
  if (auto* call = std::get_if<connect::Call>(&read)) {
    fuzz::CheckCall(*call);
  } else {
    fuzz::CheckRefusal(std::get<connect::Response>(read));
  }
  const auto planted = connect::ReadCall(methods, rules, fuzz::WithCanary(request));
  if (const auto* refusal = std::get_if<connect::Response>(&planted)) fuzz::CheckRefusal(*refusal);
  const auto unpacked = connect::Gunzip(request.body, fuzz::kMessageMax);
  fuzz::Require(!unpacked.ok() || unpacked->size() <= fuzz::kMessageMax, "no bomb goes off");
  return 0;
}
