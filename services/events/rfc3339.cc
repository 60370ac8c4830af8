#include "events/rfc3339.h"

#include "absl/strings/ascii.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "core/text.h"

namespace baton::events {
namespace {

// absl::ParseTime alone also takes "infinite-future", blanks around the text and one-digit fields.
bool HasRfc3339Shape(std::string_view text) {
  constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd";
  if (text.size() <= kShape.size()) return false;
  for (size_t i = 0; i < kShape.size(); ++i) {
    if (kShape[i] == 'd' ? !absl::ascii_isdigit(static_cast<unsigned char>(text[i]))
                         : absl::ascii_toupper(static_cast<unsigned char>(text[i])) != kShape[i]) {
      return false;
    }
  }
  const char last = text.back();
  return last == 'Z' || last == 'z' || absl::ascii_isdigit(static_cast<unsigned char>(last));
}

void AppendDigits(std::string& out, int64_t value, int width) {
  char digits[4];
  for (int i = width - 1; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  out.append(digits, static_cast<size_t>(width));
}

}  // namespace

std::optional<core::TimeMs> ParseRfc3339(std::string_view text) {
  absl::Time time;
  std::string error;
  if (!HasRfc3339Shape(text) ||
      !absl::ParseTime(absl::RFC3339_full, core::ToAbsl(text), &time, &error)) {
    return std::nullopt;
  }
  const core::TimeMs at_ms = absl::ToUnixMillis(time);
  if (at_ms < core::kTimeMsMin || at_ms > core::kTimeMsMax) return std::nullopt;
  return at_ms;
}

void AppendRfc3339(std::string& out, core::TimeMs at_ms) {
  const absl::Time time = absl::FromUnixMillis(at_ms);
  const absl::CivilSecond civil = absl::ToCivilSecond(time, absl::UTCTimeZone());
  AppendDigits(out, civil.year(), 4);
  out.push_back('-');
  AppendDigits(out, civil.month(), 2);
  out.push_back('-');
  AppendDigits(out, civil.day(), 2);
  out.push_back('T');
  AppendDigits(out, civil.hour(), 2);
  out.push_back(':');
  AppendDigits(out, civil.minute(), 2);
  out.push_back(':');
  AppendDigits(out, civil.second(), 2);
  out.push_back('.');
  AppendDigits(out, at_ms - absl::ToUnixSeconds(time) * core::kSecondMs, 3);
  out.push_back('Z');
}

}  // namespace baton::events
