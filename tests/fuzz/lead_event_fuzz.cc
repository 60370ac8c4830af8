// A record of the topic of lead events (record.h).
#include <string>

#include "core/domain.h"
#include "core/facts.h"
#include "core/free_mail.h"
#include "events/dead_letter.h"
#include "events/lead_event_codec.h"
#include "fuzz/fuzz.h"
#include "fuzz/record.h"

namespace baton::fuzz {
namespace {

void CheckCaps(const core::LeadEvent& event, const platform::kafka::Record& record) {
  Require(core::IsValidId(event.key.workspace.str()), "the workspace is an id");
  Require(core::IsValidId(event.key.lead.str()), "the lead is an id");
  Require(!event.id.empty() && event.id.size() <= events::kEventIdBytesMax, "cap of the id");
  Require(!event.source.empty() && event.source.size() <= events::kEventSourceBytesMax,
          "cap of the source");
  Require(event.occurred_at_ms >= core::kTimeMsMin &&
              event.occurred_at_ms <= record.timestamp_ms + events::kAheadMax,
          "range of the time");
  Require(event.attributes.size() <= core::kAttributesMax, "cap of attributes");
  Require(event.attribution.size() <= core::kAttributionMax, "cap of attribution");
  Require(event.activity_count >= 1 && event.activity_count <= events::kActivityCountMax,
          "range of the count");
}

// What SubmitLeadEvents publishes must come back as it went in.
void CheckRoundTrip(const core::LeadEvent& event, const platform::kafka::Record& record) {
  const platform::kafka::OutRecord encoded = events::EncodeLeadEvent("leads", event);
  platform::kafka::Record again = record;
  again.headers = encoded.headers;
  again.value = encoded.value;
  // JSON may be longer than the Protobuf it comes from.
  if (again.value.size() > events::kEventBytesMax) return;
  const events::Decoded decoded = events::DecodeLeadEvent(again);
  const auto* same = std::get_if<core::LeadEvent>(&decoded);
  Require(same != nullptr, "an encoded event can be decoded");
  Require(same->key == event.key && same->id == event.id && same->source == event.source &&
              same->type == event.type && same->occurred_at_ms == event.occurred_at_ms,
          "the envelope comes back");
  Require(same->attributes == event.attributes && same->attribution == event.attribution,
          "attributes come back");
  Require(same->activity == event.activity && same->activity_count == event.activity_count &&
              same->consent == event.consent,
          "activity and consent come back");
}

void CheckAccount(const core::AccountEvent& event) {
  Require(core::IsValidId(event.key.account.str()), "the account is an id");
  Require(event.account.id == event.key.account, "the account is its own");
  Require(event.account.name.size() <= core::kAccountNameBytesMax, "cap of the name");
  Require(event.account.domains.size() <= core::kDomainsPerAccountMax, "cap of domains");
  for (const std::string& domain : event.account.domains) {
    Require(core::NormalDomain(domain) == domain, "a domain is in its normal form");
    Require(core::IsRegistrable(domain) && !core::IsFreeMail(domain), "a domain is a company's");
  }
}

}  // namespace
}  // namespace baton::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton;  // NOLINT: an entry point outside of the namespace
  const platform::kafka::Record record = fuzz::RecordOf(fuzz::Text(data, size));
  const events::DecodedEvent decoded = events::DecodeEvent(record);
  if (const auto* account = std::get_if<core::AccountEvent>(&decoded)) {
    fuzz::CheckAccount(*account);
    return 0;
  }
  if (const auto* event = std::get_if<core::LeadEvent>(&decoded)) {
    fuzz::CheckCaps(*event, record);
    fuzz::CheckRoundTrip(*event, record);
    return 0;
  }
  const auto& letter = std::get<events::DeadLetter>(decoded);
  fuzz::Require(!letter.reason.empty(), "a dead letter has a reason");
  fuzz::Require(letter.field.size() <= 2 * events::kFieldNameBytesMax, "cap of the field's name");
  const auto made = events::MakeDeadLetter(record, letter, "baton");
  fuzz::Require(made.value == record.value, "a dead letter keeps the bytes");
  return 0;
}
