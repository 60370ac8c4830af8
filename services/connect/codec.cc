#include "connect/codec.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <string_view>

#include "absl/strings/str_cat.h"
#include "connect/refusal.h"

namespace baton::connect {
namespace {

namespace protobuf = google::protobuf;

constexpr char kTypePrefix[] = "type.googleapis.com";

protobuf::util::TypeResolver& Resolver() {
  static auto& resolver = *protobuf::util::NewTypeResolverForDescriptorPool(
      kTypePrefix, protobuf::DescriptorPool::generated_pool());
  return resolver;
}

std::string UrlOf(const std::string& full_name) {
  return absl::StrCat(kTypePrefix, "/", full_name);
}

// Protobuf's words without what was sent: it quotes a wrong value, and below its sentence the place
// where the text is no JSON.
template <typename Status>  // of protobuf, which has had several
std::string MessageOf(const Status& status) {
  constexpr std::string_view kBefore = "invalid value", kBehind = " for type ";
  std::string text(status.message().data(), status.message().size());
  const size_t begin = text.find(kBefore), end = text.rfind(kBehind);
  if (begin < end && end != std::string::npos) {
    text.erase(begin + kBefore.size(), end - begin - kBefore.size());
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

absl::StatusOr<std::string> ReadMessage(const protobuf::Descriptor& type, Format format,
                                        absl::string_view bytes) {
  std::string given(bytes);
  if (format == Format::kProto) return given;
  std::string binary;
  const auto read =
      protobuf::util::JsonToBinaryString(&Resolver(), UrlOf(type.full_name()), given, &binary);
  if (!read.ok()) {
    return UnreadableMessage(
        absl::StrCat("the message is not the JSON of ", type.full_name(), ": ", MessageOf(read)));
  }
  return binary;
}

absl::StatusOr<std::string> WriteMessage(const protobuf::Descriptor& type, Format format,
                                         const std::string& bytes) {
  if (format == Format::kProto) return bytes;
  std::string json;
  const auto written =
      protobuf::util::BinaryToJsonString(&Resolver(), UrlOf(type.full_name()), bytes, &json);
  if (!written.ok()) {
    return absl::InternalError(
        absl::StrCat("the answer cannot be written as JSON: ", MessageOf(written)));
  }
  return json;
}

std::string DebugJson(const std::string& full_name, const std::string& bytes) {
  std::string json;
  const auto written =
      protobuf::util::BinaryToJsonString(&Resolver(), UrlOf(full_name), bytes, &json);
  return written.ok() ? json : "";
}

}  // namespace baton::connect
