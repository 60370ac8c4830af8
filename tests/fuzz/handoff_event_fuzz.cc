// A record of the topics that Baton itself writes (record.h), as the relay, webhooks and
// simulations read it back.
#include <string>

#include "events/handoff_event_codec.h"
#include "fuzz/fuzz.h"
#include "fuzz/record.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace baton;  // NOLINT: an entry point outside of the namespace
  const platform::kafka::Record record = fuzz::RecordOf(fuzz::Text(data, size));
  const auto entry = events::DecodeHandoffEvent(record);
  if (!entry.ok()) return 0;
  const events::TopicNames topics = events::MakeTopicNames("baton");
  const auto encoded = events::EncodeHandoffEvent(*entry, topics);
  fuzz::Require(!encoded.empty(), "a change is told");
  fuzz::Require(encoded.front().value.size() < events::kHandoffEventBytesMax, "cap of the event");
  platform::kafka::Record again;
  again.key = encoded.front().key;
  again.headers = encoded.front().headers;
  again.value = encoded.front().value;
  const auto same = events::DecodeHandoffEvent(again);
  fuzz::Require(same.ok(), "what was written can be read");
  fuzz::Require(same->key == entry->key && same->version == entry->version &&
                    same->change.type == entry->change.type &&
                    same->change.stage == entry->change.stage,
                "the change comes back");
  return 0;
}
