// A lead's facts: what all its events add up to, and the fold that adds one event.
//
// The fold is commutative and idempotent: any order and any repetition of the same events gives
// equal facts (within the window of kRecentEventsMax distinct events per lead for repetitions that
// arrive by another route than a redelivered offset). Judgments (scores, stages) are never stored
// here: they are computed from facts (qualification.h).
//
// Caps keep one lead small and the fold total. An attribute, activity or attribution key beyond its
// cap is not applied; of keys competing for the last place the smallest names stay, so that the
// result does not depend on the order of arrival. Of the properties of activities the newest stay:
// what is dropped has as many newer ones beside it as may stay, and these only become more. Value
// types, no I/O, not thread-safe.
#ifndef BATON_CORE_FACTS_H_
#define BATON_CORE_FACTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/day_counts.h"
#include "core/event.h"

namespace baton::core {

inline constexpr size_t kAttributesMax = 64;           // names per lead
inline constexpr size_t kAttributeBytesMax = 1024;     // per value (sum over a list)
inline constexpr size_t kActivityTypesMax = 64;        // per lead
inline constexpr size_t kActivityDaysMax = 400;        // days kept before the newest day of a type
inline constexpr size_t kPropertiesMax = 8;            // names per event
inline constexpr size_t kPropertyBytesMax = 1024;      // names and texts of an event's together
inline constexpr size_t kOccasionsMax = 64;            // per activity type, see Occasion
inline constexpr size_t kTypesWithPropertiesMax = 16;  // per lead
inline constexpr size_t kAttributionMax = 32;          // keys per lead
inline constexpr size_t kSourcesMax = 16;              // original (source, id) pairs kept per lead
inline constexpr size_t kRecentEventsMax = 64;         // event fingerprints kept per lead

// Who wrote a value: the later occurred_at wins, then the greater event id.
struct Writer {
  TimeMs occurred_at_ms = 0;
  std::string event_id;
  auto operator<=>(const Writer&) const = default;
};

struct Attribute {
  AttributeValue value;
  Writer writer;
  bool operator==(const Attribute&) const = default;
};

// Attribution is first-touch: the earliest writer wins (then the smaller event id).
struct AttributionValue {
  std::string value;
  Writer writer;
  bool operator==(const AttributionValue&) const = default;
};

// An event that reached us from outside, by the names its sender knows it by.
struct SourceRef {
  TimeMs occurred_at_ms = 0;
  std::string source;
  std::string id;
  auto operator<=>(const SourceRef&) const = default;
};

// What the occurrences of an activity on a UTC day that had these properties have in common.
struct Occasion {
  int32_t day = 0;
  Properties properties;
  bool operator==(const Occasion&) const = default;
};

// The later day first; of one day a total order of the properties.
struct NewestFirst {
  bool operator()(const Occasion& a, const Occasion& b) const;
};

using Occasions = std::map<Occasion, int64_t, NewestFirst>;  // -> occurrences

struct Facts {
  std::map<std::string, Attribute> attributes;
  Consent consent = Consent::kUnknown;
  Writer consent_writer;
  std::map<std::string, DayCounts> activities;  // by type
  // type -> its kOccasionsMax newest occasions, of the kTypesWithPropertiesMax smallest types that
  // have some. Their occurrences are among those of `activities`, but for days not kept there.
  std::map<std::string, Occasions> occasions;
  std::map<std::string, AttributionValue> attribution;
  std::vector<SourceRef> sources;  // the kSourcesMax earliest, ordered
  TimeMs first_event_at_ms = 0;    // 0: no event yet
  TimeMs last_event_at_ms = 0;

  // Bookkeeping of the fold, not part of what a policy sees.
  std::map<uint64_t, int64_t> applied_offsets;  // LogFingerprint -> highest offset applied
  std::vector<uint64_t> recent_events;  // fingerprints of (source, id), oldest arrival first

  // Equal facts for a policy: bookkeeping is left out.
  bool SameFacts(const Facts& other) const;
};

enum class FoldOutcome {
  kApplied,
  kDuplicate,    // same (source, id) among the last kRecentEventsMax events: no effect
  kRedelivered,  // offset not above the one applied of its log: no effect, counted earlier
  kErased,       // of a person who was erased after it: no effect, counted as a duplicate
};

// Stable 64-bit fingerprint of (source, id).
uint64_t EventFingerprint(std::string_view source, std::string_view id);

// Which events have been taken in already: bookkeeping of a fold.
struct SeenEvents {
  std::map<uint64_t, int64_t>& applied_offsets;  // LogFingerprint -> highest offset applied
  std::vector<uint64_t>& recent_events;          // at most kRecentEventsMax, oldest arrival first
};

// Notes an event; kApplied: it was not there before.
FoldOutcome NoteEvent(const SourcePosition& position, std::string_view source, std::string_view id,
                      SeenEvents seen);

// Adds `event` to `facts`. For kDuplicate only the applied offset moves on.
FoldOutcome Fold(const LeadEvent& event, Facts& facts);

// Takes nothing of `event` but that it was read: kErased, or kRedelivered.
FoldOutcome PassOver(const LeadEvent& event, Facts& facts);

// UTC day number (floor of days since the epoch).
int32_t DayNumber(TimeMs at_ms);

}  // namespace baton::core

#endif  // BATON_CORE_FACTS_H_
