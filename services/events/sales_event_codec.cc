#include "events/sales_event_codec.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "events/cloud_event_reader.h"
#include "events/sales_actions.h"

namespace baton::events {
namespace {

using simdjson::dom::element;

Refusal ReadSalesField(const SalesField& field, const element& value, core::SalesEvent& event) {
  int64_t number = 0;
  std::string_view text;
  if (value.is_null()) return std::nullopt;
  if (value.get(text) == simdjson::SUCCESS) return SetSalesField(field, text, event);
  if (value.get(number) == simdjson::SUCCESS) return SetSalesField(field, number, event);
  return BadValue(absl::StrCat("data.", core::ToAbsl(field.name)),
                  "must be a string or a whole number");
}

class IncomingSalesEvent final : public IncomingEvent {
 public:
  Refusal ReadHead(const Envelope& envelope, core::TimeMs record_timestamp_ms) override {
    EventHead head;
    if (Refusal refusal = ReadEnvelope(envelope, record_timestamp_ms, EventFamily::kSales, head)) {
      return refusal;
    }
    type_ = std::get<const SalesAction*>(head.type);
    event_.action.type = type_->type;
    event_.action.outcome = type_->outcome;
    event_.key = {head.workspace, core::LeadId::Trusted(head.subject)};
    event_.id = std::move(head.id);
    event_.source = std::move(head.source);
    event_.occurred_at_ms = head.occurred_at_ms;
    event_.traceparent = std::move(head.traceparent);
    return std::nullopt;
  }

  bool WantsData() const override { return true; }

  Refusal ReadJson(const element& data) override {
    simdjson::dom::object object;
    if (data.get(object) != simdjson::SUCCESS) return BadValue("data", "data must be an object");
    for (const auto& [name, value] : object) {
      const SalesField* const field = FindSalesField(name);
      if (field == nullptr || !HasField(*type_, *field)) continue;
      if (Refusal refusal = ReadSalesField(*field, value, event_)) return refusal;
    }
    return CheckComplete(event_);
  }

  Refusal ReadProtobuf(std::string_view) override {
    return BadValue("datacontenttype", "data of an event of sales must be application/json");
  }

  core::SalesEvent Take() { return std::move(event_); }

 private:
  const SalesAction* type_ = nullptr;
  core::SalesEvent event_;
};

}  // namespace

DecodedSalesEvent DecodeSalesEvent(const platform::kafka::Record& record) {
  IncomingSalesEvent event;
  if (Refusal refusal = ReadCloudEvent(record, event)) return *std::move(refusal);
  return event.Take();
}

}  // namespace baton::events
