#include "events/dead_letter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/text.h"

namespace baton::events {
namespace {

using core::ToAbsl;

constexpr absl::string_view kOriginPrefix = "__dlq.errors.";
constexpr absl::string_view kErrorPrefix = "baton-error-";
constexpr char kAttempts[] = "baton-error-attempts";
constexpr char kReplayOf[] = "baton-replay-of";
constexpr int64_t kAttemptsMax = 1'000'000;  // what a stranger's header may claim

bool IsOfLetter(const std::string& header) {
  return absl::StartsWith(header, kOriginPrefix) || absl::StartsWith(header, kErrorPrefix);
}

std::string HeaderOf(const platform::kafka::Record& record, absl::string_view name) {
  const auto found = std::find_if(record.headers.begin(), record.headers.end(),
                                  [name](const auto& header) { return header.first == name; });
  return found == record.headers.end() ? "" : found->second;
}

// -1: there is none.
int64_t NumberOf(const platform::kafka::Record& record, absl::string_view name) {
  int64_t number = 0;
  return absl::SimpleAtoi(HeaderOf(record, name), &number) && number >= 0 ? number : -1;
}

int64_t AttemptsBefore(const platform::kafka::Record& record) {
  return std::clamp<int64_t>(NumberOf(record, kAttempts), 0, kAttemptsMax);
}

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
    case DeadLetterClass::kForeignWorkspace:
      return "foreign_workspace";
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
                                          const DeadLetter& letter, const std::string& group) {
  platform::kafka::OutRecord out;
  out.topic = absl::StrCat(record.topic, ToAbsl(kDeadLetterSuffix));
  out.key = record.key;
  out.value = record.value;
  out.tombstone = !record.has_value;
  for (const auto& header : record.headers) {
    if (!IsOfLetter(header.first)) out.headers.push_back(header);
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
  add(kErrorPrefix, "attempts", absl::StrCat(AttemptsBefore(record) + 1));
  return out;
}

LetterFacts ReadLetter(const platform::kafka::Record& letter) {
  LetterFacts facts;
  facts.origin_topic = HeaderOf(letter, "__dlq.errors.topic");
  facts.origin_partition = NumberOf(letter, "__dlq.errors.partition");
  facts.origin_offset = NumberOf(letter, "__dlq.errors.offset");
  facts.group = HeaderOf(letter, "__dlq.errors.group");
  facts.klass = HeaderOf(letter, "baton-error-class");
  facts.field = HeaderOf(letter, "baton-error-field");
  facts.reason = HeaderOf(letter, "baton-error-reason");
  facts.attempts = AttemptsBefore(letter);
  facts.replay_of = HeaderOf(letter, kReplayOf);
  facts.cut = !HeaderOf(letter, "baton-error-value-bytes").empty();
  return facts;
}

std::optional<platform::kafka::OutRecord> MakeReplay(const platform::kafka::Record& letter) {
  const LetterFacts facts = ReadLetter(letter);
  if (facts.cut || facts.origin_topic.empty() ||
      letter.topic != absl::StrCat(facts.origin_topic, ToAbsl(kDeadLetterSuffix))) {
    return std::nullopt;
  }
  platform::kafka::OutRecord out;
  out.topic = facts.origin_topic;
  out.key = letter.key;
  out.value = letter.value;
  out.tombstone = !letter.has_value;
  for (const auto& header : letter.headers) {
    if (!IsOfLetter(header.first) && header.first != kReplayOf) out.headers.push_back(header);
  }
  out.headers.emplace_back(kAttempts, absl::StrCat(facts.attempts));
  out.headers.emplace_back(kReplayOf,
                           absl::StrCat(letter.topic, "/", letter.partition, "/", letter.offset));
  return out;
}

}  // namespace baton::events
