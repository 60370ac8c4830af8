#include "batonctl/format.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "batonctl/exit_codes.h"
#include "policy/document_error.h"
#include "policy/values.h"

namespace baton::batonctl {
namespace {

constexpr char kStagePrefix[] = "STAGE_";
constexpr char kSlaStatePrefix[] = "SLA_STATE_";
constexpr int64_t kPeriodDaysMax = 3650;
constexpr int32_t kNanosOfMs = 1'000'000;

}  // namespace

std::string FormatTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

google::protobuf::Timestamp TimestampOf(core::TimeMs at_ms) {
  google::protobuf::Timestamp time;
  const int64_t rest_ms = (at_ms % core::kSecondMs + core::kSecondMs) % core::kSecondMs;
  time.set_seconds((at_ms - rest_ms) / core::kSecondMs);
  time.set_nanos(static_cast<int32_t>(rest_ms) * kNanosOfMs);
  return time;
}

absl::StatusOr<google::protobuf::Timestamp> ParseTime(const std::string& option,
                                                      const std::string& text) {
  absl::Time time;
  std::string why;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &why) &&
      !absl::ParseTime("%Y-%m-%d", text, &time, &why)) {
    return UsageError(absl::StrCat(option, " is a time like 2026-03-31T09:30:00Z or a date like ",
                                   "2026-03-31; this is ", policy::Quoted(text)));
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_seconds(absl::ToUnixSeconds(time));
  timestamp.set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(timestamp.seconds()))));
  return timestamp;
}

absl::StatusOr<core::DurationMs> ParsePeriod(const std::string& option, const std::string& text) {
  policy::YamlNode node;
  node.kind = policy::YamlNode::Kind::kScalar;
  node.text = text;
  policy::ErrorList errors(option);
  const auto period =
      policy::ReadDuration(node, option, core::kSecondMs, kPeriodDaysMax * core::kDayMs, errors);
  if (period.has_value()) return *period;
  return UsageError(std::move(errors).Take().front().message);
}

absl::StatusOr<core::TimeMs> ParseSince(const std::string& option, const std::string& text,
                                        core::TimeMs end_ms) {
  if (const auto period = ParsePeriod(option, text); period.ok()) return end_ms - *period;
  const auto time = ParseTime(option, text);
  if (time.ok()) {
    return time->seconds() * core::kSecondMs + time->nanos() / kNanosOfMs;
  }
  return UsageError(absl::StrCat(option, " is a period such as 30d or 12h, or a time such as ",
                                 "2026-03-31T09:30:00Z; this is ", policy::Quoted(text)));
}

std::string ShortName(const std::string& resource_name) {
  return resource_name.substr(resource_name.rfind('/') + 1);
}

std::string StageText(v1::Stage stage) {
  if (stage == v1::STAGE_UNSPECIFIED) return "";
  const std::string name = v1::Stage_Name(stage);
  return name.starts_with(kStagePrefix) ? name.substr(std::strlen(kStagePrefix)) : name;
}

std::string SlaStateText(v1::SlaState state) {
  if (state == v1::SLA_STATE_UNSPECIFIED) return "";
  const std::string name = v1::SlaState_Name(state);
  return name.starts_with(kSlaStatePrefix) ? name.substr(std::strlen(kSlaStatePrefix)) : name;
}

absl::StatusOr<v1::Stage> ParseStage(const std::string& option, const std::string& text) {
  std::vector<std::string> known;
  for (int number = v1::STAGE_UNSPECIFIED + 1; number <= v1::Stage_MAX; ++number) {
    if (!v1::Stage_IsValid(number)) continue;
    known.push_back(StageText(static_cast<v1::Stage>(number)));
    if (known.back() == absl::AsciiStrToUpper(text)) return static_cast<v1::Stage>(number);
  }
  return UsageError(absl::StrCat(option, " must be one of ", absl::StrJoin(known, ", "),
                                 "; this is ", policy::Quoted(text),
                                 policy::DidYouMean(text, known)));
}

std::string ConsentText(v1::Consent consent) {
  switch (consent) {
    case v1::CONSENT_GRANTED:
      return "granted";
    case v1::CONSENT_WITHDRAWN:
      return "withdrawn";
    default:
      return "unknown";
  }
}

std::string AttributeText(const v1::AttributeValue& value) {
  switch (value.kind_case()) {
    case v1::AttributeValue::kBoolValue:
      return value.bool_value() ? "true" : "false";
    case v1::AttributeValue::kIntValue:
      return absl::StrCat(value.int_value());
    case v1::AttributeValue::kDoubleValue:
      return absl::StrCat(value.double_value());
    case v1::AttributeValue::kStringValue:
      return value.string_value();
    case v1::AttributeValue::kListValue:
      return absl::StrCat("[", absl::StrJoin(value.list_value().values(), ", "), "]");
    case v1::AttributeValue::KIND_NOT_SET:
      break;
  }
  return "";
}

absl::StatusOr<std::pair<std::string, std::string>> ParseKeyValue(const std::string& option,
                                                                  const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return UsageError(absl::StrCat(option, " is NAME=VALUE; this is ", policy::Quoted(text)));
  }
  return std::make_pair(text.substr(0, equals), text.substr(equals + 1));
}

std::string CsvLine(const std::vector<std::string>& fields) {
  const auto quoted = [](std::string* out, const std::string& field) {
    const bool plain = field.find_first_of(",\"\r\n") == std::string::npos;
    absl::StrAppend(
        out,
        plain ? field : absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\""));
  };
  return absl::StrCat(absl::StrJoin(fields, ",", quoted), "\n");
}

std::string Counted(int64_t count, const std::string& noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max) {
  std::ifstream file;
  if (path != "-") {
    errno = 0;
    file.open(path, std::ios::binary);
    if (!file) {
      return FileError(absl::StrCat("cannot read ", path, ": ", std::strerror(errno)));
    }
  }
  std::istream& stream = path == "-" ? std::cin : file;
  std::string text(bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (stream.bad()) return FileError(absl::StrCat("cannot read ", path));
  text.resize(static_cast<size_t>(stream.gcount()));
  if (text.size() > bytes_max) {
    return FileError(absl::StrCat(path, " has more than ", bytes_max, " bytes"));
  }
  return text;
}

}  // namespace baton::batonctl
