// Values of the API as people write and read them.
#ifndef BATON_BATONCTL_FORMAT_H_
#define BATON_BATONCTL_FORMAT_H_

#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "baton/v1/lead.pb.h"
#include "core/time.h"

namespace baton::batonctl {

// "2026-03-31T09:30:00Z"; "" for the unset timestamp.
std::string FormatTime(const google::protobuf::Timestamp& time);

google::protobuf::Timestamp TimestampOf(core::TimeMs at_ms);

// RFC 3339, or a date (its midnight, UTC). A usage error names `option`.
absl::StatusOr<google::protobuf::Timestamp> ParseTime(const std::string& option,
                                                      const std::string& text);

// 90s, 5m, 2h, 30d. A usage error names `option`.
absl::StatusOr<core::DurationMs> ParsePeriod(const std::string& option, const std::string& text);

// A period that ends at `end_ms` (its beginning), or what ParseTime takes. A usage error names
// `option`.
absl::StatusOr<core::TimeMs> ParseSince(const std::string& option, const std::string& text,
                                        core::TimeMs end_ms);

// "ada" for "workspaces/demo/reps/ada".
std::string ShortName(const std::string& resource_name);

std::string StageText(v1::Stage stage);  // "OFFERED"; "" if unspecified
// Any case. A usage error lists the stages.
absl::StatusOr<v1::Stage> ParseStage(const std::string& option, const std::string& text);

std::string SlaStateText(v1::SlaState state);  // "WARNED"; "" if unspecified
std::string ConsentText(v1::Consent consent);  // "granted", "withdrawn", "unknown"
std::string AttributeText(const v1::AttributeValue& value);

// "k=v" as a pair. A usage error names `option`.
absl::StatusOr<std::pair<std::string, std::string>> ParseKeyValue(const std::string& option,
                                                                  const std::string& text);

// The fields as one line of a CSV file, with its end.
std::string CsvLine(const std::vector<std::string>& fields);

// "1 event", "2 events".
std::string Counted(int64_t count, const std::string& noun);

// The whole file; an error that says why it cannot be read. "-" is standard input. At most
// `bytes_max`.
absl::StatusOr<std::string> ReadFile(const std::string& path, size_t bytes_max);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_FORMAT_H_
