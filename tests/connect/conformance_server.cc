// The service of Connect's conformance suite behind our own listener. The suite starts it, says by
// its standard input how to listen, and is told by the output where.
#include <google/protobuf/any.pb.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "connect/connect_service.h"
#include "connectrpc/conformance/v1/server_compat.pb.h"
#include "connectrpc/conformance/v1/service.grpc.pb.h"
#include "google/rpc/status.pb.h"
#include "platform/grpc/server.h"
#include "platform/signals.h"

namespace {

namespace suite = connectrpc::conformance::v1;
using Headers = google::protobuf::RepeatedPtrField<suite::Header>;

constexpr size_t kMessageMax = 4 * 1024 * 1024;

// Of a name that ends with -bin, headers have base64.
std::string ToHeader(const std::string& name, const std::string& value) {
  if (!absl::EndsWith(name, "-bin")) return value;
  std::string text = absl::Base64Escape(value);
  while (absl::EndsWith(text, "=")) text.pop_back();
  return text;
}

std::string ToMetadata(const std::string& name, const std::string& value) {
  std::string bytes;
  return absl::EndsWith(name, "-bin") && absl::Base64Unescape(value, &bytes) ? bytes : value;
}

template <typename Add>
void AddAll(const Headers& headers, Add add) {
  for (const suite::Header& header : headers) {
    const std::string name = absl::AsciiStrToLower(header.name());
    for (const std::string& value : header.value()) add(name, ToMetadata(name, value));
  }
}

suite::ConformancePayload::RequestInfo InfoOf(const grpc::ServerContext& context,
                                              const google::protobuf::Message& request) {
  suite::ConformancePayload::RequestInfo info;
  std::map<std::string, suite::Header*> headers;
  for (const auto& [key, value] : context.client_metadata()) {
    const std::string name(key.data(), key.size());
    suite::Header*& header = headers[name];
    if (header == nullptr) header = info.add_request_headers();
    header->set_name(name);
    header->add_value(ToHeader(name, std::string(value.data(), value.size())));
  }
  const absl::Duration left = absl::FromChrono(context.deadline()) - absl::Now();
  if (left < absl::Hours(24 * 365)) info.set_timeout_ms(absl::ToInt64Milliseconds(left));
  info.add_requests()->PackFrom(request);
  return info;
}

grpc::Status ErrorOf(const suite::Error& wanted,
                     const suite::ConformancePayload::RequestInfo* info) {
  google::rpc::Status status;
  status.set_code(wanted.code());
  status.set_message(wanted.message());
  *status.mutable_details() = wanted.details();
  if (info != nullptr) status.add_details()->PackFrom(*info);
  return {static_cast<grpc::StatusCode>(wanted.code()), wanted.message(),
          status.SerializeAsString()};
}

class Service final : public suite::ConformanceService::Service {
  grpc::Status Unary(grpc::ServerContext* context, const suite::UnaryRequest* request,
                     suite::UnaryResponse* response) override {
    return Answer(*context, *request, *response);
  }

  grpc::Status IdempotentUnary(grpc::ServerContext* context,
                               const suite::IdempotentUnaryRequest* request,
                               suite::IdempotentUnaryResponse* response) override {
    return Answer(*context, *request, *response);
  }

  grpc::Status ServerStream(grpc::ServerContext* context, const suite::ServerStreamRequest* request,
                            grpc::ServerWriter<suite::ServerStreamResponse>* writer) override {
    const suite::StreamResponseDefinition& wanted = request->response_definition();
    const auto info = InfoOf(*context, *request);
    AddMetadata(wanted, *context);
    writer->SendInitialMetadata();
    for (int i = 0; i < wanted.response_data_size(); ++i) {
      absl::SleepFor(absl::Milliseconds(wanted.response_delay_ms()));
      suite::ServerStreamResponse response;
      response.mutable_payload()->set_data(wanted.response_data(i));
      if (i == 0) *response.mutable_payload()->mutable_request_info() = info;
      if (!writer->Write(response)) return grpc::Status::CANCELLED;
    }
    if (!wanted.has_error()) return grpc::Status::OK;
    return ErrorOf(wanted.error(), wanted.response_data_size() == 0 ? &info : nullptr);
  }

  template <typename Definition>
  static void AddMetadata(const Definition& wanted, grpc::ServerContext& context) {
    AddAll(wanted.response_headers(), [&context](const auto& name, const auto& value) {
      context.AddInitialMetadata(name, value);
    });
    AddAll(wanted.response_trailers(), [&context](const auto& name, const auto& value) {
      context.AddTrailingMetadata(name, value);
    });
  }

  template <typename Request, typename Response>
  static grpc::Status Answer(grpc::ServerContext& context, const Request& request,
                             Response& response) {
    const suite::UnaryResponseDefinition& wanted = request.response_definition();
    const auto info = InfoOf(context, request);
    AddMetadata(wanted, context);
    absl::SleepFor(absl::Milliseconds(wanted.response_delay_ms()));
    if (wanted.has_error()) return ErrorOf(wanted.error(), &info);
    response.mutable_payload()->set_data(wanted.response_data());
    *response.mutable_payload()->mutable_request_info() = info;
    return grpc::Status::OK;
  }
};

// Behind four bytes of length, the first one first.
suite::ServerCompatRequest ReadWish() {
  unsigned char head[4];
  std::cin.read(reinterpret_cast<char*>(head), sizeof(head));
  std::string bytes(head[0] << 24 | head[1] << 16 | head[2] << 8 | head[3], '\0');
  std::cin.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  suite::ServerCompatRequest wish;
  if (!wish.ParseFromString(bytes)) std::exit(EXIT_FAILURE);
  return wish;
}

void Tell(const suite::ServerCompatResponse& where) {
  const std::string bytes = where.SerializeAsString();
  for (const int shift : {24, 16, 8, 0}) std::cout.put(static_cast<char>(bytes.size() >> shift));
  std::cout << bytes << std::flush;
}

std::string Keep(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
  return path.string();
}

baton::connect::ConnectOptions OptionsOf(const suite::ServerCompatRequest& wish,
                                         const std::filesystem::path& folder) {
  baton::connect::ConnectOptions options;
  options.address = "127.0.0.1:0";
  options.limits.body_bytes_max =
      wish.message_receive_limit() > 0 ? wish.message_receive_limit() : kMessageMax;
  options.limits.header_bytes_max = 64 * 1024;  // some tests send long queries
  if (!wish.use_tls()) return options;
  options.tls.cert_file = Keep(folder / "tls.crt", wish.server_creds().cert());
  options.tls.key_file = Keep(folder / "tls.key", wish.server_creds().key());
  if (!wish.client_tls_cert().empty()) {
    options.tls.client_ca_file = Keep(folder / "clients.crt", wish.client_tls_cert());
  }
  return options;
}

}  // namespace

int main() {
  baton::platform::StopSignals signals;
  const suite::ServerCompatRequest wish = ReadWish();
  char folder[] = "/tmp/baton-conformance-XXXXXX";
  if (mkdtemp(folder) == nullptr) return EXIT_FAILURE;
  const auto metrics = baton::platform::NewMetrics();
  const std::string name = suite::ConformanceService::service_full_name();
  Service service;
  baton::platform::rpc::ServerOptions behind;
  behind.address = "127.0.0.1:0";
  baton::platform::rpc::ConnectionCount connections{baton::platform::rpc::ConnectionLimits()};
  baton::platform::rpc::Server server(behind, connections, *metrics);
  const baton::platform::rpc::PeerVoucher voucher;
  baton::connect::ConnectService door(
      OptionsOf(wish, folder),
      [&] {
        return baton::connect::Backend{server.InProcessChannel(), &voucher, {name}};
      },
      *metrics);
  absl::Status started = server.Start({&service}, {name});
  if (started.ok()) started = door.Start();
  if (!started.ok()) {
    std::cerr << started << "\n";
    return EXIT_FAILURE;
  }
  suite::ServerCompatResponse where;
  where.set_host("127.0.0.1");
  where.set_port(static_cast<uint32_t>(door.port()));
  if (wish.use_tls()) where.set_pem_cert(wish.server_creds().cert());
  Tell(where);
  signals.Wait();
  std::filesystem::remove_all(folder);
  door.Stop(absl::Seconds(1));
  server.Stop(absl::Seconds(1));
  return EXIT_SUCCESS;
}
