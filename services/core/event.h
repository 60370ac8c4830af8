// What happened to a lead, as marketing reports it; the input of the fold (facts.h).
#ifndef BATON_CORE_EVENT_H_
#define BATON_CORE_EVENT_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace baton::core {

using AttributeValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;
using Properties = std::map<std::string, AttributeValue>;  // of an activity; none is a list

enum class EventType { kCaptured, kUpdated, kActivity, kConsent };
enum class Consent { kUnknown, kGranted, kWithdrawn };

std::string_view EventTypeName(EventType type);  // "captured", "updated", "activity", "consent"
std::string_view ConsentName(Consent consent);   // "unknown", "granted", "withdrawn"

// Where an event was read: which log, and where in it. Offsets grow within one log, times need not.
struct SourcePosition {
  uint64_t log = 0;  // LogFingerprint; 0: not from a log
  int64_t offset = -1;
  TimeMs at_ms = 0;  // when the log took it; 0: not known
};

// Stable 64-bit name of a partition of an input, never 0. input: its topic and, if that was made
// anew, the generation.
uint64_t LogFingerprint(std::string_view input, int32_t partition);

struct LeadEvent {
  LeadKey key;
  std::string id;      // CloudEvents id, unique within source; 1..128 bytes
  std::string source;  // CloudEvents source; 1..256 bytes
  EventType type = EventType::kUpdated;
  TimeMs occurred_at_ms = 0;

  std::map<std::string, AttributeValue> attributes;  // kCaptured, kUpdated; see caps in facts.h
  std::string activity;                 // kActivity, optional in kCaptured: "demo_request"
  int32_t activity_count = 1;           // 1..1000
  Properties properties;                // of the activity: {"path": "/pricing"}; caps in facts.h
  Consent consent = Consent::kUnknown;  // kConsent, optional in kCaptured
  std::map<std::string, std::string> attribution;  // campaign, utm_*, gclid, external ids

  std::string traceparent;  // W3C trace context, empty if none
  SourcePosition position;
};

}  // namespace baton::core

#endif  // BATON_CORE_EVENT_H_
