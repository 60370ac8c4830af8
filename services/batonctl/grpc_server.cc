#include "batonctl/grpc_server.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/interrupt.h"
#include "core/errors.h"
#include "platform/grpc/status.h"

namespace baton::batonctl {
namespace {

using google::protobuf::Message;
using GenericStub = grpc::TemplatedGenericStub<Message, Message>;

constexpr int kMessageBytesMax = 64 * 1024 * 1024;  // a page of large leads
// A connection that died without a word is noticed after these; servers allow a ping every 10 s.
constexpr int kKeepaliveTimeMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr absl::Duration kInterruptLook = absl::Milliseconds(100);
constexpr size_t kTokenBytesMax = 8 * 1024;  // what a server takes

// "/baton.v1.LeadService/GetLead" for a GetLeadRequest; INTERNAL if no method takes `request` or
// answers with `response`.
absl::StatusOr<std::string> MethodFor(const Message& request, const Message& response) {
  const google::protobuf::FileDescriptor* file = request.GetDescriptor()->file();
  for (int s = 0; s < file->service_count(); ++s) {
    const google::protobuf::ServiceDescriptor* service = file->service(s);
    for (int m = 0; m < service->method_count(); ++m) {
      const google::protobuf::MethodDescriptor* method = service->method(m);
      if (method->input_type() != request.GetDescriptor()) continue;
      if (method->output_type() != response.GetDescriptor()) break;
      return absl::StrCat("/", service->full_name(), "/", method->name());
    }
  }
  return absl::InternalError(absl::StrCat("no method for ", request.GetTypeName()));
}

struct PemFile {
  const char* option;
  const std::string& path;
  const char* label;  // of what it holds, as PEM says it
  std::string& text;
};

// gRPC takes any text and then fails each handshake, as if nobody were there.
absl::Status Read(const PemFile& file) {
  if (file.path.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> text = ReadFile(file.path, kPemBytesMax);
  if (!text.ok()) return text.status();
  if (!absl::StrContains(*text, "-----BEGIN ") ||
      !absl::StrContains(*text, absl::StrCat(file.label, "-----"))) {
    return FileError(absl::StrCat(file.option, " ", file.path, " holds no ",
                                  absl::AsciiStrToLower(file.label), " in PEM"));
  }
  file.text = *std::move(text);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(
    const Identity& identity) {
  if (identity.tls_ca.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  absl::Status status = Read({"--tls-ca", identity.tls_ca, "CERTIFICATE", options.pem_root_certs});
  status.Update(Read({"--tls-cert", identity.tls_cert, "CERTIFICATE", options.pem_cert_chain}));
  status.Update(Read({"--tls-key", identity.tls_key, "PRIVATE KEY", options.pem_private_key}));
  if (!status.ok()) return status;
  return grpc::SslCredentials(options);
}

class GrpcServer : public Server {
 public:
  GrpcServer(const std::string& address, absl::Duration timeout, Identity identity)
      : address_(address),
        timeout_(timeout),
        identity_(std::move(identity)),
        credentials_(MakeCredentials(identity_)),
        stub_(MakeChannel(
            address, credentials_.ok() ? *credentials_ : grpc::InsecureChannelCredentials())) {}

  ~GrpcServer() override {
    queue_.Shutdown();
    void* tag = nullptr;
    bool ok = false;
    while (queue_.Next(&tag, &ok)) {
    }
  }

  absl::Status Call(const Message& request, Message& response) override {
    const absl::StatusOr<std::string> method = MethodFor(request, response);
    if (!method.ok()) return method.status();
    grpc::ClientContext context;
    if (absl::Status status = SayWhoCalls(context); !status.ok()) return status;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout_));
    const auto call = stub_.PrepareUnaryCall(&context, *method, request, &queue_);
    call->StartCall();
    grpc::Status status;
    call->Finish(&response, &status, this);
    Wait();
    return FromGrpc(status);
  }

  absl::Status Stream(const Message& request, Message& response,
                      const std::function<bool()>& on_response) override {
    const absl::StatusOr<std::string> method = MethodFor(request, response);
    if (!method.ok()) return method.status();
    grpc::ClientContext context;
    if (absl::Status status = SayWhoCalls(context); !status.ok()) return status;
    const auto call = stub_.PrepareCall(&context, *method, &queue_);
    call->StartCall(this);
    bool open = Wait();
    if (open) {
      call->WriteLast(request, grpc::WriteOptions(), this);
      open = Wait();
    }
    bool stopped = false;
    while (open && !stopped) {
      call->Read(&response, this);
      open = WaitOrCancel(context);
      stopped = Interrupted() || (open && !on_response());
    }
    if (stopped) context.TryCancel();
    grpc::Status status;
    call->Finish(&status, this);
    Wait();
    return stopped ? absl::OkStatus() : FromGrpc(status);
  }

 private:
  static std::shared_ptr<grpc::Channel> MakeChannel(
      const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    return grpc::CreateCustomChannel(address, credentials, arguments);
  }

  absl::Status SayWhoCalls(grpc::ClientContext& context) const {
    if (!credentials_.ok()) return credentials_.status();
    if (!identity_.principal.empty()) context.AddMetadata("baton-principal", identity_.principal);
    if (!identity_.roles.empty()) context.AddMetadata("baton-roles", identity_.roles);
    if (identity_.token_file.empty()) return absl::OkStatus();
    absl::StatusOr<std::string> token = ReadFile(identity_.token_file, kTokenBytesMax);
    if (!token.ok()) return token.status();
    absl::StripAsciiWhitespace(&*token);
    if (token->empty() || !IsPlain(*token)) {
      return FileError(absl::StrCat("--token-file ", identity_.token_file, " holds no token"));
    }
    context.AddMetadata("authorization", absl::StrCat("Bearer ", *token));
    return absl::OkStatus();
  }

  // The one operation under way; false: it found the call at its end.
  bool Wait() {
    void* tag = nullptr;
    bool ok = false;
    return queue_.Next(&tag, &ok) && ok;
  }

  // The same, cancelled by an interrupt.
  bool WaitOrCancel(grpc::ClientContext& context) {
    void* tag = nullptr;
    bool ok = false;
    while (true) {
      const auto soon = absl::ToChronoTime(absl::Now() + kInterruptLook);
      const auto next = queue_.AsyncNext(&tag, &ok, soon);
      if (next != grpc::CompletionQueue::TIMEOUT) {
        return next == grpc::CompletionQueue::GOT_EVENT && ok;
      }
      if (Interrupted()) context.TryCancel();
    }
  }

  absl::Status FromGrpc(const grpc::Status& status) const {
    if (status.ok()) return absl::OkStatus();
    const platform::rpc::ErrorDetails details = platform::rpc::DetailsOf(status);
    const auto code = static_cast<absl::StatusCode>(status.error_code());
    if (details.reason.empty() && code == absl::StatusCode::kUnavailable) {
      return core::Error(code, "UNREACHABLE",
                         absl::StrCat("no answer from ", address_, ": ", status.error_message()));
    }
    if (details.reason.empty() && code == absl::StatusCode::kDeadlineExceeded) {
      return core::Error(
          code, "NO_ANSWER_IN_TIME",
          absl::StrCat(address_, " did not answer within ", absl::FormatDuration(timeout_)));
    }
    // A server gives a reason; these are gRPC's own, of either side.
    if (details.reason.empty() &&
        (code == absl::StatusCode::kCancelled || code == absl::StatusCode::kInternal)) {
      return core::Error(
          code, "CUT_OFF",
          absl::StrCat("the call to ", address_, " was cut off: ", status.error_message()));
    }
    std::string message = status.error_message();
    for (const platform::rpc::FieldViolation& violation : details.violations) {
      if (message.find(violation.description) != std::string::npos) continue;
      absl::StrAppend(&message, "\n", violation.field, violation.field.empty() ? "" : ": ",
                      violation.description);
    }
    const absl::Status refused = core::Error(code, details.reason, message, details.metadata);
    return details.retry_delay > absl::ZeroDuration()
               ? core::WithRetryAfter(refused, details.retry_delay)
               : refused;
  }

  const std::string address_;
  const absl::Duration timeout_;
  const Identity identity_;
  const absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials_;
  GenericStub stub_;
  grpc::CompletionQueue queue_;
};

}  // namespace

std::unique_ptr<Server> ConnectGrpc(const std::string& address, absl::Duration timeout,
                                    const Identity& identity) {
  return std::make_unique<GrpcServer>(address, timeout, identity);
}

}  // namespace baton::batonctl
