#include "expression/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace baton::expression {
namespace {

// What nanoseconds in 64 bits can say: about 292 years. The official cases want no more.
constexpr absl::Duration kDurationMax = absl::Nanoseconds(INT64_MAX);

}  // namespace

std::string NumberText(double number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number > 0 ? "+Inf" : "-Inf";
  std::array<char, 64> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number);
  return {text.data(), end.ptr};
}

std::string DurationText(absl::Duration duration) {
  absl::Duration rest;
  const int64_t seconds = absl::IDivDuration(duration, absl::Seconds(1), &rest);
  const int64_t nanos = absl::ToInt64Nanoseconds(rest);
  std::string text =
      absl::StrCat(duration < absl::ZeroDuration() && seconds == 0 ? "-" : "", seconds);
  if (nanos != 0) {
    std::string fraction = absl::StrCat(absl::Dec(std::abs(nanos), absl::kZeroPad9));
    while (fraction.back() == '0') fraction.pop_back();
    absl::StrAppend(&text, ".", fraction);
  }
  return text + "s";
}

std::optional<absl::Duration> ParseDuration(std::string_view text) {
  absl::Duration duration;
  if (!absl::ParseDuration({text.data(), text.size()}, &duration)) return std::nullopt;
  if (!IsInRange(duration)) return std::nullopt;
  return duration;
}

bool IsInRange(absl::Duration duration) {
  return duration >= -kDurationMax && duration <= kDurationMax;
}

std::string TimestampText(absl::Time timestamp) {
  return absl::FormatTime("%E4Y-%m-%d%ET%H:%M:%E*SZ", timestamp, absl::UTCTimeZone());
}

std::optional<absl::Time> ParseTimestamp(std::string_view text) {
  absl::Time timestamp;
  const absl::string_view copy(text.data(), text.size());
  if (!absl::ParseTime(absl::RFC3339_full, copy, &timestamp, nullptr)) return std::nullopt;
  if (!IsInRange(timestamp)) return std::nullopt;
  return timestamp;
}

bool IsInRange(absl::Time timestamp) {
  static const absl::Time first = absl::FromCivil(absl::CivilSecond(1, 1, 1), absl::UTCTimeZone());
  static const absl::Time end =
      absl::FromCivil(absl::CivilSecond(10000, 1, 1), absl::UTCTimeZone());
  return timestamp >= first && timestamp < end;
}

}  // namespace baton::expression
