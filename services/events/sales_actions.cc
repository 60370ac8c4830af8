#include "events/sales_actions.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/text.h"
#include "events/rfc3339.h"

namespace baton::events {
namespace {

using core::ActionType;
using core::Stage;
using enum SalesFieldKind;

constexpr std::string_view kCommonFields = "rep generation note";
constexpr std::string_view kDealFields = "amountMinor currency closeTime";

constexpr SalesAction kActions[] = {
    {"accepted", ActionType::kAccept, {}, ""},
    {"declined", ActionType::kDecline, {}, "reason"},
    {"touched", ActionType::kLogTouch, {}, "channel direction outcome touchTime"},
    {"rejected", ActionType::kReject, {}, "reason"},
    {"recycled", ActionType::kRecycle, {}, "reason revisitTime"},
    {"rerouted", ActionType::kReroute, {}, "reason queue"},
    {"reassigned", ActionType::kReassign, {}, "reason queue to"},
    {"released", ActionType::kRelease, {}, "reason"},
    {"paused", ActionType::kPause, {}, "resumeTime"},
    {"resumed", ActionType::kResume, {}, ""},
    {"sql_confirmed", ActionType::kReportOutcome, Stage::kSql, ""},
    {"sqo_opened", ActionType::kReportOutcome, Stage::kSqo, kDealFields},
    {"won", ActionType::kReportOutcome, Stage::kWon, kDealFields},
    {"lost", ActionType::kReportOutcome, Stage::kLost, "reason"},
};

constexpr SalesField kFields[] = {
    {"rep", "rep", kId},
    {"generation", "generation", kCount},
    {"note", "note", kText},
    {"reason", "reason", kText},
    {"channel", "channel", kText},
    {"direction", "direction", kText},
    {"outcome", "outcome", kText},
    {"touchTime", "touch_time", kTime},
    {"revisitTime", "revisit_time", kTime},
    {"resumeTime", "resume_time", kTime},
    {"queue", "queue", kId},
    {"to", "to", kId},
    {"amountMinor", "amount_minor", kCount},
    {"currency", "currency", kText},
    {"closeTime", "close_time", kTime},
};

std::string FieldPath(const SalesField& field) {
  return absl::StrCat("data.", core::ToAbsl(field.name));
}

Refusal SetSalesId(const SalesField& field, std::string_view text, core::SalesEvent& event) {
  if (text.empty()) return std::nullopt;
  if (!core::IsValidId(text)) {
    return BadValue(FieldPath(field), absl::StrCat("an id has 1 to ", core::kIdLengthMax,
                                                   " characters of [A-Za-z0-9_-]"));
  }
  if (field.name == "rep") event.rep = core::RepId::Trusted(text);
  if (field.name == "queue") event.action.queue = core::QueueId::Trusted(text);
  if (field.name == "to") event.action.to = core::RepId::Trusted(text);
  return std::nullopt;
}

void SetSalesText(const SalesField& field, std::string_view text, core::Action& action) {
  if (field.name == "note") action.note = std::string(text);
  if (field.name == "reason") action.reason = std::string(text);
  if (field.name == "channel") action.channel = std::string(text);
  if (field.name == "direction") action.direction = std::string(text);
  if (field.name == "outcome") action.touch_outcome = std::string(text);
  if (field.name == "currency") action.currency = std::string(text);
}

Refusal SetCount(const SalesField& field, int64_t number, core::Action& action) {
  if (number < 0 || number > core::kAmountMinorMax) {
    return BadValue(FieldPath(field), absl::StrCat("must be 0 to ", core::kAmountMinorMax));
  }
  if (field.name == "generation") action.generation = number;
  if (field.name == "amountMinor") action.amount_minor = number;
  return std::nullopt;
}

Refusal SetSalesTime(const SalesField& field, std::string_view text, core::Action& action) {
  if (text.empty()) return std::nullopt;
  std::optional<core::TimeMs> at_ms = ParseRfc3339(text);
  if (!at_ms) at_ms = ParseRfc3339(absl::StrCat(core::ToAbsl(text), "T00:00:00Z"));
  if (!at_ms) return BadValue(FieldPath(field), "must be an RFC 3339 timestamp or a date");
  if (field.name == "touchTime") action.touched_at_ms = *at_ms;
  if (field.name == "revisitTime") action.revisit_at_ms = *at_ms;
  if (field.name == "resumeTime") action.until_ms = *at_ms;
  if (field.name == "closeTime") action.close_date_ms = *at_ms;
  return std::nullopt;
}

bool IsListed(std::string_view names, std::string_view name) {
  const std::vector<absl::string_view> all = absl::StrSplit(core::ToAbsl(names), ' ');
  return std::find(all.begin(), all.end(), core::ToAbsl(name)) != all.end();
}

}  // namespace

absl::Span<const SalesAction> SalesActions() {
  return kActions;
}

const SalesAction* FindSalesAction(std::string_view word) {
  const auto* const found =
      std::find_if(std::begin(kActions), std::end(kActions),
                   [&](const SalesAction& action) { return action.word == word; });
  return found == std::end(kActions) ? nullptr : found;
}

std::string SalesActionWords() {
  return absl::StrJoin(
      kActions, ",", [](std::string* out, const SalesAction& action) { out->append(action.word); });
}

absl::Span<const SalesField> SalesFields() {
  return kFields;
}

const SalesField* FindSalesField(std::string_view name) {
  const auto* const found = std::find_if(
      std::begin(kFields), std::end(kFields),
      [&](const SalesField& field) { return field.name == name || field.alias == name; });
  return found == std::end(kFields) ? nullptr : found;
}

bool HasField(const SalesAction& action, const SalesField& field) {
  return IsListed(kCommonFields, field.name) || IsListed(action.own_fields, field.name);
}

Refusal SetSalesField(const SalesField& field, const SalesValue& value, core::SalesEvent& event) {
  const auto* const number = std::get_if<int64_t>(&value);
  if ((field.kind == kCount) != (number != nullptr)) {
    return BadValue(FieldPath(field),
                    field.kind == kCount ? "must be a whole number" : "must be a string");
  }
  const std::string_view text = number == nullptr ? std::get<std::string_view>(value) : "";
  switch (field.kind) {
    case kId:
      return SetSalesId(field, text, event);
    case kText:
      SetSalesText(field, text, event.action);
      return std::nullopt;
    case kCount:
      return SetCount(field, *number, event.action);
    case kTime:
      return SetSalesTime(field, text, event.action);
  }
  return std::nullopt;
}

Refusal CheckComplete(const core::SalesEvent& event) {
  if (!event.rep.empty() || event.action.generation != 0) return std::nullopt;
  return DeadLetter{DeadLetterClass::kMissingField, "data.rep",
                    "say whose lead it is: the rep, or the generation of the assignment"};
}

}  // namespace baton::events
