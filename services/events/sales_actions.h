// The events of sales: which there are, what each may carry, and how a field gets into an action.
// One table: who adds an action to core adds a line here, and codec, mapping files and schemas
// know it.
#ifndef BATON_EVENTS_SALES_ACTIONS_H_
#define BATON_EVENTS_SALES_ACTIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "absl/types/span.h"
#include "core/sales_event.h"
#include "events/event_fields.h"

namespace baton::events {

enum class SalesFieldKind { kId, kText, kCount, kTime };

// A field of the data.
struct SalesField {
  std::string_view name;   // as JSON has it: "touchTime"
  std::string_view alias;  // and as Protobuf would: "touch_time"
  SalesFieldKind kind = SalesFieldKind::kText;
};

// A type dev.baton.sales.<word>.v1.
struct SalesAction {
  std::string_view word;  // as in the feedback event about it: "accepted"
  core::ActionType type = core::ActionType::kAccept;
  core::Stage outcome = core::Stage::kSql;  // of kReportOutcome
  std::string_view own_fields;              // besides rep, generation and note; by blanks
};

absl::Span<const SalesAction> SalesActions();
const SalesAction* FindSalesAction(std::string_view word);  // nullptr: there is no such one
std::string SalesActionWords();                             // "accepted,declined,..."

absl::Span<const SalesField> SalesFields();
// By name or alias; nullptr for a field that no action has.
const SalesField* FindSalesField(std::string_view name);
bool HasField(const SalesAction& action, const SalesField& field);

// An instant is RFC 3339, or a date, which stands for its first moment in UTC.
using SalesValue = std::variant<int64_t, std::string_view>;
Refusal SetSalesField(const SalesField& field, const SalesValue& value, core::SalesEvent& event);

// What no event of sales can do without.
Refusal CheckComplete(const core::SalesEvent& event);

}  // namespace baton::events

#endif  // BATON_EVENTS_SALES_ACTIONS_H_
