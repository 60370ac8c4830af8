// Shorthands that the tests of mappings share.
#ifndef BATON_TESTS_UNIT_VENDORS_VENDOR_RECORDS_H_
#define BATON_TESTS_UNIT_VENDORS_VENDOR_RECORDS_H_

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "support/source_tree.h"
#include "vendors/sales_mapping.h"

namespace baton::vendors {

inline constexpr core::TimeMs kRecordMs = 1'772'355'600'000;  // 2026-03-01T09:00:00Z

inline platform::kafka::Record RecordOf(std::string value) {
  platform::kafka::Record record;
  record.topic = "baton.sales-events.v1";
  record.timestamp_ms = kRecordMs;
  record.has_value = true;
  record.value = std::move(value);
  return record;
}

inline std::string Fixture(const std::string& name) {
  return support::SourceText(absl::StrCat("tests/unit/vendors/fixtures/", name, ".json"));
}

// "class field: reason", or "ok".
inline std::string RefusedAs(const MappedActions& mapped) {
  const auto* letter = std::get_if<events::DeadLetter>(&mapped);
  if (letter == nullptr) return "ok";
  return absl::StrCat(core::ToAbsl(events::DeadLetterClassName(letter->klass)), " ", letter->field,
                      ": ", letter->reason);
}

inline std::vector<core::SalesEvent> ActionsOf(const MappedActions& mapped) {
  const auto* actions = std::get_if<std::vector<core::SalesEvent>>(&mapped);
  return actions == nullptr ? std::vector<core::SalesEvent>() : *actions;
}

}  // namespace baton::vendors

#endif  // BATON_TESTS_UNIT_VENDORS_VENDOR_RECORDS_H_
