// A record of the topic of sales events (record.h): a CloudEvent, or a CRM's own JSON by a mapping.
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/domain.h"
#include "events/lead_event_codec.h"
#include "events/sales_event_codec.h"
#include "fuzz/fuzz.h"
#include "fuzz/record.h"
#include "vendors/sales_mapping.h"

namespace baton::fuzz {
namespace {

constexpr char kMapping[] = R"(apiVersion: baton.dev/v1
kind: SalesMapping
spec:
  tables: {why: {small: NOT_ICP_SIZE}}
  let:
    - {name: deal, is: event.deal}
    - {name: cents, is: 'dyn(int(math.round(double(deal.amount) * 100.0)))'}
  refuse: [{when: 'deal.state == "gap"', reason: 'a gap'}]
  workspace: 'has(event.workspace) ? event.workspace : "acme"'
  source: '"/crm/" + event.kind'
  id: event.id
  time: event.at
  leads: event.leads
  rep: event.by
  generation: 'has(event.generation) ? event.generation : null'
  actions:
    - {name: no, action: rejected, when: deal.state == "no", fields: {reason: 'why[deal.why]'}}
    - {name: call, action: touched, when: 'deal.state.startsWith("t")',
       fields: {channel: deal.channel}}
    - {name: win, action: won, implied: true, when: deal.state == "won",
       fields: {amountMinor: cents, currency: deal.currency}}
)";

void CheckCaps(const core::SalesEvent& event) {
  Require(core::IsValidId(event.key.workspace.str()), "the workspace is an id");
  Require(core::IsValidId(event.key.lead.str()), "the lead is an id");
  Require(!event.id.empty() && event.id.size() <= events::kEventIdBytesMax, "cap of the id");
  Require(!event.source.empty() && event.source.size() <= events::kEventSourceBytesMax,
          "cap of the source");
  Require(event.occurred_at_ms >= core::kTimeMsMin, "range of the time");
  Require(!event.rep.empty() || event.action.generation != 0, "it says whose lead it is");
}

const vendors::SalesMapping& Mapping() {
  static const auto* const mapping =
      new auto(std::get<0>(vendors::SalesMapping::Parse(kMapping, "mapping.yaml")));
  return **mapping;
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton;  // NOLINT: an entry point outside of the namespace
  const platform::kafka::Record record = fuzz::RecordOf(fuzz::Text(data, size));
  const events::DecodedSalesEvent decoded = events::DecodeSalesEvent(record);
  if (const auto* event = std::get_if<core::SalesEvent>(&decoded)) {
    fuzz::CheckCaps(*event);
  } else {
    const auto& letter = std::get<events::DeadLetter>(decoded);
    fuzz::Require(!letter.reason.empty(), "a dead letter has a reason");
  }
  const vendors::MappedActions mapped = fuzz::Mapping().Map(record);
  if (const auto* actions = std::get_if<std::vector<core::SalesEvent>>(&mapped)) {
    fuzz::Require(actions->size() <= vendors::kActionsPerRecordMax, "cap of actions");
    for (const core::SalesEvent& event : *actions) fuzz::CheckCaps(event);
  } else {
    fuzz::Require(!std::get<events::DeadLetter>(mapped).reason.empty(), "a refusal has a reason");
  }
  return 0;
}
