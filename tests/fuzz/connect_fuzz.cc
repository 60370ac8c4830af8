// Requests by HTTP, once their bytes are headers and a body. Lines: verb, target, headers, an empty
// line, then the body.
#include <string>
#include <utility>
#include <variant>

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

std::string_view TakeLine(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

connect::Request RequestOf(std::string_view text) {
  connect::Request request;
  request.verb = std::string(TakeLine(text));
  request.target = std::string(TakeLine(text));
  while (!text.empty()) {
    const std::string_view line = TakeLine(text);
    if (line.empty()) break;
    const size_t colon = std::min(line.find(':'), line.size());
    request.headers.emplace_back(std::string(line.substr(0, colon)),
                                 std::string(line.substr(std::min(colon + 1, line.size()))));
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
    connect::Response& refusal = std::get<connect::Response>(read);
    fuzz::Require(!refusal.body.empty(), "a refusal says why");
  }
  const auto unpacked = connect::Gunzip(request.body, fuzz::kMessageMax);
  fuzz::Require(!unpacked.ok() || unpacked->size() <= fuzz::kMessageMax, "no bomb goes off");
  return 0;
}
