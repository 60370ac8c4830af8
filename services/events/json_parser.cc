#include "events/json_parser.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace baton::events {

Refusal JsonParser::Parse(std::string_view text, std::string_view field,
                          simdjson::dom::element& root) {
  const auto refuse = [field](DeadLetterClass klass, std::string reason) {
    return DeadLetter{klass, std::string(field), std::move(reason)};
  };
  if (text.size() > kEventBytesMax) {
    return refuse(DeadLetterClass::kTooLarge,
                  absl::StrCat("an event has at most ", kEventBytesMax, " bytes"));
  }
  if (!ready_ && parser_.allocate(kEventBytesMax, kJsonDepthMax) != simdjson::SUCCESS) {
    return refuse(DeadLetterClass::kNotParseable, "out of memory");
  }
  ready_ = true;
  const simdjson::error_code error = parser_.parse(text.data(), text.size(), true).get(root);
  if (error == simdjson::SUCCESS) return std::nullopt;
  if (error == simdjson::DEPTH_ERROR) {
    return refuse(DeadLetterClass::kTooDeep,
                  absl::StrCat("JSON may be nested ", kJsonDepthMax, " deep"));
  }
  return refuse(DeadLetterClass::kNotParseable,
                absl::StrCat("not JSON: ", simdjson::error_message(error)));
}

}  // namespace baton::events
