// A mapping file of sales events, and a record that it maps.
#include <memory>
#include <variant>
#include <vector>

#include "fuzz/fuzz.h"
#include "vendors/sales_mapping.h"

namespace {

constexpr char kRecord[] = R"({"id": "7", "at": "2026-03-01T08:00:00Z", "leads": ["l1", "l2"],
  "by": "ada", "kind": "deal", "deal": {"state": "no", "why": "small", "amount": 12.5}})";

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using baton::fuzz::Require;
  using baton::vendors::SalesMapping;
  const std::string_view yaml = baton::fuzz::Text(data, size);
  const auto parsed = SalesMapping::Parse(yaml, "mapping.yaml");
  if (const auto* errors = std::get_if<1>(&parsed)) {
    Require(!errors->empty(), "what is no mapping has errors");
    return 0;
  }
  baton::platform::kafka::Record record;
  record.value = kRecord;
  record.timestamp_ms = 1'772'400'000'000;
  const auto mapped = std::get<0>(parsed)->Map(record);
  if (const auto* letter = std::get_if<baton::events::DeadLetter>(&mapped)) {
    Require(!letter->reason.empty(), "a refusal has a reason");
  }
  return 0;
}
