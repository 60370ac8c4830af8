#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/lead_event_codec.h"

namespace baton::events {
namespace {

using core::ToAbsl;

constexpr absl::string_view kOriginPrefix = "__dlq.errors.";
constexpr absl::string_view kErrorPrefix = "baton-error-";

}  // namespace

std::string_view DeadLetterClassName(DeadLetterClass klass) {
  switch (klass) {
    case DeadLetterClass::kNotParseable:
      return "not_parseable";
    case DeadLetterClass::kUnknownType:
      return "unknown_type";
    case DeadLetterClass::kMissingField:
      return "missing_field";
    case DeadLetterClass::kBadId:
      return "bad_id";
    case DeadLetterClass::kUnknownWorkspace:
      return "unknown_workspace";
    case DeadLetterClass::kBadValue:
      return "bad_value";
    case DeadLetterClass::kTooLarge:
      return "too_large";
    case DeadLetterClass::kTooDeep:
      return "too_deep";
    case DeadLetterClass::kUnknownSchemaVersion:
      return "unknown_schema_version";
    case DeadLetterClass::kWorkspaceFull:
      return "workspace_full";
    case DeadLetterClass::kDomainTaken:
      return "domain_taken";
    case DeadLetterClass::kStateUnreadable:
      return "state_unreadable";
    case DeadLetterClass::kUnknownLead:
      return "unknown_lead";
    case DeadLetterClass::kStale:
      return "stale";
    case DeadLetterClass::kWrongStage:
      return "wrong_stage";
  }
  return "";
}

platform::kafka::OutRecord MakeDeadLetter(const platform::kafka::Record& record,
                                          const DeadLetter& letter, const std::string& group,
                                          int attempts) {
  platform::kafka::OutRecord out;
  out.topic = absl::StrCat(record.topic, ToAbsl(kDeadLetterSuffix));
  out.key = record.key;
  out.value = record.value;
  out.tombstone = !record.has_value;
  for (const auto& header : record.headers) {
    if (!absl::StartsWith(header.first, kOriginPrefix) &&
        !absl::StartsWith(header.first, kErrorPrefix)) {
      out.headers.push_back(header);
    }
  }
  const auto add = [&out](absl::string_view prefix, absl::string_view name, std::string value) {
    out.headers.emplace_back(absl::StrCat(prefix, name), std::move(value));
  };
  add(kOriginPrefix, "topic", record.topic);
  add(kOriginPrefix, "partition", absl::StrCat(record.partition));
  add(kOriginPrefix, "offset", absl::StrCat(record.offset));
  add(kOriginPrefix, "group", group);
  add(kOriginPrefix, "message",
      absl::StrCat(ToAbsl(DeadLetterClassName(letter.klass)), letter.field.empty() ? "" : " ",
                   letter.field, ": ", letter.reason));
  add(kErrorPrefix, "class", std::string(DeadLetterClassName(letter.klass)));
  add(kErrorPrefix, "field", letter.field);
  add(kErrorPrefix, "reason", letter.reason);
  add(kErrorPrefix, "attempts", absl::StrCat(attempts));
  return out;
}

}  // namespace baton::events
