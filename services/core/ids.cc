#include "core/ids.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "core/text.h"

namespace baton::core {

bool IsValidId(std::string_view text) {
  return !text.empty() && text.size() <= kIdLengthMax &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '_' || c == '-';
         });
}

absl::Status CheckId(std::string_view what, std::string_view text) {
  if (IsValidId(text)) return absl::OkStatus();
  return FieldError(
      what, absl::StrCat("must be 1 to ", kIdLengthMax, " characters of [A-Za-z0-9_-], not \"",
                         absl::CHexEscape(Shortened(text, kIdLengthMax)), "\""));
}

}  // namespace baton::core
