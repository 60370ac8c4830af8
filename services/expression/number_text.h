// Numbers, durations and timestamps as CEL's conversions write and read them.
#ifndef BATON_EXPRESSION_NUMBER_TEXT_H_
#define BATON_EXPRESSION_NUMBER_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace baton::expression {

// The shortest text that reads back as the same number: "0.1", "1e+30", "NaN", "+Inf".
std::string NumberText(double number);

// "90.5s"
std::string DurationText(absl::Duration duration);
// "1h30m", "-1.5s"; nullopt: not a duration, or beyond CEL's range.
std::optional<absl::Duration> ParseDuration(std::string_view text);
bool IsInRange(absl::Duration duration);  // about 292 years either way

// RFC 3339 in UTC: "2026-11-24T09:00:00.5Z"
std::string TimestampText(absl::Time timestamp);
std::optional<absl::Time> ParseTimestamp(std::string_view text);
bool IsInRange(absl::Time timestamp);  // years 1 to 9999

}  // namespace baton::expression

#endif  // BATON_EXPRESSION_NUMBER_TEXT_H_
