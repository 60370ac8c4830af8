#include "connect/call.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "connect/answer.h"
#include "connect/envelope.h"
#include "connect/gzip.h"
#include "connect/query.h"
#include "connect/refusal.h"
#include "platform/this_machine.h"

namespace baton::connect {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;

constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kContentTooLarge = 413;
constexpr int kUnsupportedMediaType = 415;
constexpr size_t kTimeoutDigitsMax = 10;
constexpr char kIdentity[] = "identity";
constexpr char kGzip[] = "gzip";

struct ContentType {
  const char* name;
  bool stream;
  Format format;
};

constexpr std::array kContentTypes = {
    ContentType{kJsonType, false, Format::kJson},
    ContentType{kProtoType, false, Format::kProto},
    ContentType{kJsonStreamType, true, Format::kJson},
    ContentType{kProtoStreamType, true, Format::kProto},
};

// Without parameters: "application/json; charset=utf-8".
const ContentType* ContentTypeOf(const Headers& headers) {
  const std::string given = absl::AsciiStrToLower(Find(headers, "content-type").value_or(""));
  const std::vector<absl::string_view> parts = absl::StrSplit(given, ';');
  const absl::string_view name = absl::StripAsciiWhitespace(parts[0]);
  const auto found = std::find_if(kContentTypes.begin(), kContentTypes.end(),
                                  [name](const ContentType& type) { return type.name == name; });
  if (found == kContentTypes.end()) return nullptr;
  for (size_t i = 1; i < parts.size(); ++i) {
    const absl::string_view parameter = absl::StripAsciiWhitespace(parts[i]);
    if (absl::StartsWith(parameter, "charset=") && parameter != "charset=utf-8" &&
        parameter != "charset=\"utf-8\"") {
      return nullptr;
    }
  }
  return &*found;
}

bool HasNoSideEffects(const MethodDescriptor& method) {
  return method.options().idempotency_level() == MethodOptions::NO_SIDE_EFFECTS &&
         !method.server_streaming();
}

// For all requests of a method: who is called, in which version, how long.
absl::Status ReadHead(const CallRules& rules, const Headers& headers, Call& call) {
  const absl::string_view host = Find(headers, "host").value_or("");
  if (rules.local_hosts_only && !platform::IsThisMachine(host)) return HostDenied(host);
  const auto version = Find(headers, "connect-protocol-version");
  if (version.has_value() && *version != "1") {
    return BadProtocol("connect-protocol-version must be 1");
  }
  if (call.method->client_streaming()) {
    return Unsupported("methods that take a stream can be called by gRPC only");
  }
  if (const auto timeout = Find(headers, "connect-timeout-ms"); timeout.has_value()) {
    int64_t milliseconds = 0;
    if (timeout->size() > kTimeoutDigitsMax || !absl::SimpleAtoi(*timeout, &milliseconds) ||
        milliseconds < 0) {
      return BadProtocol("connect-timeout-ms must be at most 10 digits");
    }
    call.timeout = absl::Milliseconds(milliseconds);
  }
  call.metadata = MetadataOf(headers);
  return absl::OkStatus();
}

// Sets call.message from what the client wrote.
absl::Status ReadBytes(const CallRules& rules, absl::string_view bytes, absl::string_view encoding,
                       Call& call) {
  std::string unpacked;
  if (encoding == kGzip) {
    auto bigger = Gunzip(bytes, rules.message_bytes_max);
    if (!bigger.ok()) return bigger.status();
    unpacked = *std::move(bigger);
    bytes = unpacked;
  } else if (encoding != kIdentity && !encoding.empty()) {
    return Unsupported(absl::StrCat("compression ", encoding, " is not known here; use gzip"));
  }
  if (bytes.size() > rules.message_bytes_max) return MessageTooLarge(rules.message_bytes_max);
  auto message = ReadMessage(*call.method->input_type(), call.format, bytes);
  if (!message.ok()) return message.status();
  call.message = *std::move(message);
  return absl::OkStatus();
}

absl::Status ReadUnaryBody(const CallRules& rules, const Request& request, Call& call) {
  call.gzip = Takes(Find(request.headers, "accept-encoding").value_or(""), kGzip);
  if (request.too_large) return MessageTooLarge(rules.message_bytes_max);
  return ReadBytes(rules, request.body, Find(request.headers, "content-encoding").value_or(""),
                   call);
}

absl::Status ReadStreamBody(const CallRules& rules, const Request& request, Call& call) {
  call.gzip = Takes(Find(request.headers, "connect-accept-encoding").value_or(""), kGzip);
  if (request.too_large) return MessageTooLarge(rules.message_bytes_max);
  const absl::string_view encoding =
      Find(request.headers, "connect-content-encoding").value_or(kIdentity);
  const auto frames = ReadEnvelopes(request.body);
  if (!frames.ok()) return frames.status();
  if (frames->size() != 1) return Unsupported("this method takes exactly one message");
  const Envelope& frame = frames->front();
  if ((frame.flags & ~kCompressed) != 0) return UnreadableMessage("unknown flags in the envelope");
  const bool packed = (frame.flags & kCompressed) != 0;
  if (packed && encoding == kIdentity) {
    return absl::InternalError("a compressed message without connect-content-encoding");
  }
  return ReadBytes(rules, frame.message, packed ? encoding : kIdentity, call);
}

absl::Status ReadQuery(const CallRules& rules, absl::string_view text, const Headers& headers,
                       Call& call) {
  const auto query = ParseQuery(text);
  if (!query.ok()) return query.status();
  const auto given = [&query](absl::string_view name) { return Find(*query, name).value_or(""); };
  call.gzip = Takes(Find(headers, "accept-encoding").value_or(""), kGzip);
  if (!given("connect").empty() && given("connect") != "v1") {
    return BadProtocol("connect must be v1");
  }
  const absl::string_view encoding = given("encoding");
  if (encoding != "json" && encoding != "proto") {
    return BadProtocol("give ?encoding=json or ?encoding=proto");
  }
  call.format = encoding == "json" ? Format::kJson : Format::kProto;
  if (!Find(*query, "message").has_value()) return BadProtocol("give &message=, such as {}");
  std::string message(given("message"));
  if (given("base64") == "1" &&
      !absl::WebSafeBase64Unescape(std::string(given("message")), &message)) {
    return UnreadableMessage("message is not URL-safe base64");
  }
  return ReadBytes(rules, message, given("compression"), call);
}

Response WrongVerb(const MethodDescriptor& method) {
  const bool get = HasNoSideEffects(method);
  Response response = Refused(
      WithDetails(WrongUse(get ? "call it by GET or POST"
                               : "call it by POST: GET is for reads that answer with one message")),
      kMethodNotAllowed);
  response.headers.emplace_back("allow", get ? "GET, POST" : "POST");
  return response;
}

Response WrongType(const MethodDescriptor& method) {
  const std::string types = method.server_streaming()
                                ? absl::StrCat(kJsonStreamType, ", ", kProtoStreamType)
                                : absl::StrCat(kJsonType, ", ", kProtoType);
  Response response =
      Refused(WithDetails(WrongUse(absl::StrCat("the content-type must be one of ", types))),
              kUnsupportedMediaType);
  response.headers.emplace_back("accept-post", types);
  return response;
}

}  // namespace

Methods::Methods(const std::vector<std::string>& services) {
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor* method = service->method(i);
      by_path_[absl::StrCat("/", name, "/", method->name())] = method;
    }
  }
}

const MethodDescriptor* Methods::Find(absl::string_view path) const {
  const auto found = by_path_.find(std::string_view(path.data(), path.size()));
  return found == by_path_.end() ? nullptr : found->second;
}

const MethodDescriptor* Methods::FindTarget(absl::string_view target) const {
  return Find(target.substr(0, target.find('?')));
}

std::variant<Call, Response> ReadCall(const Methods& methods, const CallRules& rules,
                                      const Request& request) {
  Call call;
  call.method = methods.FindTarget(request.target);
  if (call.method == nullptr) {
    return Refused(WithDetails(UnknownMethod(
                       "there is no such method; paths are /baton.v1.LeadService/GetLead")),
                   kNotFound);
  }
  const bool get = request.verb == "GET" && HasNoSideEffects(*call.method);
  if (!get && request.verb != "POST") return WrongVerb(*call.method);
  const ContentType* type = get ? nullptr : ContentTypeOf(request.headers);
  if (!get && (type == nullptr || type->stream != call.stream())) return WrongType(*call.method);
  if (type != nullptr) call.format = type->format;
  absl::Status read = ReadHead(rules, request.headers, call);
  if (read.ok()) {
    const size_t query = std::min(request.target.find('?'), request.target.size() - 1);
    read = get             ? ReadQuery(rules, absl::string_view(request.target).substr(query + 1),
                                       request.headers, call)
           : call.stream() ? ReadStreamBody(rules, request, call)
                           : ReadUnaryBody(rules, request, call);
  }
  if (read.ok()) return call;
  if (call.stream()) return RefusedStream(call, WithDetails(read));
  return Refused(WithDetails(read), request.too_large ? kContentTooLarge : 0);
}

}  // namespace baton::connect
