#include "connect/error_json.h"

#include <array>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "connect/codec.h"
#include "google/rpc/status.pb.h"
#include "nlohmann/json.hpp"
#include "platform/grpc/status.h"

namespace baton::connect {
namespace {

using Json = nlohmann::ordered_json;

struct Code {
  const char* name;
  int http_status;
};

// By the number of the code.
constexpr std::array kCodes = {
    Code{"ok", 200},
    Code{"canceled", 499},
    Code{"unknown", 500},
    Code{"invalid_argument", 400},
    Code{"deadline_exceeded", 504},
    Code{"not_found", 404},
    Code{"already_exists", 409},
    Code{"permission_denied", 403},
    Code{"resource_exhausted", 429},
    Code{"failed_precondition", 400},
    Code{"aborted", 409},
    Code{"out_of_range", 400},
    Code{"unimplemented", 501},
    Code{"internal", 500},
    Code{"unavailable", 503},
    Code{"data_loss", 500},
    Code{"unauthenticated", 401},
};

const Code& CodeOf(::grpc::StatusCode code) {
  const auto number = static_cast<size_t>(code);
  return number < kCodes.size() ? kCodes[number] : kCodes[::grpc::StatusCode::UNKNOWN];
}

Json DetailOf(const google::protobuf::Any& any) {
  const std::string& url = any.type_url();
  const std::string type = url.substr(url.rfind('/') + 1);
  std::string value = absl::Base64Escape(any.value());
  while (absl::EndsWith(value, "=")) value.pop_back();
  Json detail = {{"type", type}, {"value", std::move(value)}};
  Json debug = Json::parse(DebugJson(type, any.value()), nullptr, false);
  if (!debug.is_discarded()) detail["debug"] = std::move(debug);
  return detail;
}

Json ErrorOf(const ::grpc::Status& status) {
  Json error = {{"code", CodeName(status.error_code())}};
  if (!status.error_message().empty()) error["message"] = status.error_message();
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& any : details.details()) {
      error["details"].push_back(DetailOf(any));
    }
  }
  return error;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string CodeName(::grpc::StatusCode code) {
  return CodeOf(code).name;
}

int HttpStatusOf(::grpc::StatusCode code) {
  return CodeOf(code).http_status;
}

std::string ErrorJson(const ::grpc::Status& status) {
  return Dump(ErrorOf(status));
}

std::string EndOfStreamJson(const ::grpc::Status& status, const Headers& trailers) {
  Json end = Json::object();
  if (!status.ok()) end["error"] = ErrorOf(status);
  for (const auto& [name, value] : trailers) end["metadata"][name].push_back(value);
  return Dump(end);
}

std::optional<absl::Duration> RetryAfterOf(const ::grpc::Status& status) {
  const absl::Duration delay = platform::rpc::DetailsOf(status).retry_delay;
  if (delay <= absl::ZeroDuration()) return std::nullopt;
  return delay;
}

}  // namespace baton::connect
