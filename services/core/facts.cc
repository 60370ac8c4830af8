#include "core/facts.h"

#include <xxhash.h>

#include <algorithm>
#include <compare>
#include <tuple>
#include <type_traits>
#include <utility>

namespace baton::core {
namespace {

// A total order of values, also of those that < leaves unordered: two events by one writer (same
// time and id, another source) must give the same result in either order.
bool OrderedBefore(const AttributeValue& a, const AttributeValue& b) {
  if (a.index() != b.index()) return a.index() < b.index();
  return std::visit(
      [&b](const auto& left) {
        using Value = std::decay_t<decltype(left)>;
        const auto& right = std::get<Value>(b);
        if constexpr (std::is_same_v<Value, double>) {
          return std::is_lt(std::strong_order(left, right));
        } else {
          return left < right;
        }
      },
      a);
}

// Keeps the `max` smallest keys. Which ones stay does not depend on the order in which they came:
// a key that was once too large meets the same smaller ones again.
template <typename Map>
void KeepSmallest(Map& map, size_t max) {
  while (map.size() > max) map.erase(std::prev(map.end()));
}

void FoldAttributes(const LeadEvent& event, const Writer& writer, Facts& facts) {
  for (const auto& [name, value] : event.attributes) {
    const auto [entry, is_new] = facts.attributes.try_emplace(name, Attribute{value, writer});
    if (is_new) continue;
    Attribute& kept = entry->second;
    if (kept.writer < writer || (kept.writer == writer && OrderedBefore(kept.value, value))) {
      kept = {value, writer};
    }
  }
  KeepSmallest(facts.attributes, kAttributesMax);
}

void FoldAttribution(const LeadEvent& event, const Writer& writer, Facts& facts) {
  for (const auto& [key, value] : event.attribution) {
    const auto [entry, is_new] =
        facts.attribution.try_emplace(key, AttributionValue{value, writer});
    if (is_new) continue;
    AttributionValue& kept = entry->second;
    if (std::tie(writer, value) < std::tie(kept.writer, kept.value)) kept = {value, writer};
  }
  KeepSmallest(facts.attribution, kAttributionMax);
}

void FoldConsent(const LeadEvent& event, const Writer& writer, Facts& facts) {
  if (event.consent == Consent::kUnknown) return;
  // Unknown means that nobody has written yet. Of two answers by one writer a withdrawal stands.
  if (facts.consent == Consent::kUnknown ||
      std::tie(facts.consent_writer, facts.consent) < std::tie(writer, event.consent)) {
    facts.consent = event.consent;
    facts.consent_writer = writer;
  }
}

int64_t CountOf(const LeadEvent& event) {
  return std::clamp(event.activity_count, 1, 1000);
}

void FoldOccasion(const LeadEvent& event, Facts& facts) {
  if (event.properties.empty()) return;
  Occasions& occasions = facts.occasions[event.activity];
  occasions[{DayNumber(event.occurred_at_ms), event.properties}] += CountOf(event);
  KeepSmallest(occasions, kOccasionsMax);
  KeepSmallest(facts.occasions, kTypesWithPropertiesMax);
}

void FoldActivity(const LeadEvent& event, Facts& facts) {
  if (event.activity.empty()) return;
  DayCounts& days = facts.activities[event.activity];
  days[DayNumber(event.occurred_at_ms)] += CountOf(event);
  days.EraseBefore(days.back().first - static_cast<int32_t>(kActivityDaysMax));
  FoldOccasion(event, facts);
  KeepSmallest(facts.activities, kActivityTypesMax);
  const std::string& last_type = facts.activities.rbegin()->first;
  facts.occasions.erase(facts.occasions.upper_bound(last_type), facts.occasions.end());
}

void FoldTimesAndSource(const LeadEvent& event, Facts& facts) {
  // `sources` tells the first event: the epoch itself (0) is a time like any other.
  const bool is_first = facts.sources.empty();
  const TimeMs at_ms = event.occurred_at_ms;
  facts.first_event_at_ms = is_first ? at_ms : std::min(facts.first_event_at_ms, at_ms);
  facts.last_event_at_ms = is_first ? at_ms : std::max(facts.last_event_at_ms, at_ms);

  SourceRef source{at_ms, event.source, event.id};
  const auto place = std::lower_bound(facts.sources.begin(), facts.sources.end(), source);
  if (place != facts.sources.end() && *place == source) return;
  facts.sources.insert(place, std::move(source));
  if (facts.sources.size() > kSourcesMax) facts.sources.pop_back();
}

// Moves the log's applied offset on; false if the event was read and applied before.
bool AdvanceOffset(const SourcePosition& position, std::map<uint64_t, int64_t>& applied_offsets) {
  if (position.log == 0) return true;
  const auto [entry, is_new] = applied_offsets.try_emplace(position.log, position.offset);
  if (is_new) return true;
  if (position.offset <= entry->second) return false;
  entry->second = position.offset;
  return true;
}

}  // namespace

bool NewestFirst::operator()(const Occasion& a, const Occasion& b) const {
  if (a.day != b.day) return a.day > b.day;
  return std::lexicographical_compare(
      a.properties.begin(), a.properties.end(), b.properties.begin(), b.properties.end(),
      [](const auto& one, const auto& other) {
        return one.first != other.first ? one.first < other.first
                                        : OrderedBefore(one.second, other.second);
      });
}

bool Facts::SameFacts(const Facts& other) const {
  return attributes == other.attributes && consent == other.consent &&
         consent_writer == other.consent_writer && activities == other.activities &&
         occasions == other.occasions && attribution == other.attribution &&
         sources == other.sources && first_event_at_ms == other.first_event_at_ms &&
         last_event_at_ms == other.last_event_at_ms;
}

uint64_t EventFingerprint(std::string_view source, std::string_view id) {
  std::string text;
  text.reserve(source.size() + 1 + id.size());
  text.append(source).append(1, '\n').append(id);
  return XXH3_64bits(text.data(), text.size());
}

uint64_t LogFingerprint(std::string_view input, int32_t partition) {
  const uint64_t hash =
      XXH3_64bits_withSeed(input.data(), input.size(), static_cast<uint64_t>(partition));
  return hash == 0 ? 1 : hash;
}

FoldOutcome NoteEvent(const SourcePosition& position, std::string_view source, std::string_view id,
                      SeenEvents seen) {
  if (!AdvanceOffset(position, seen.applied_offsets)) return FoldOutcome::kRedelivered;
  const uint64_t fingerprint = EventFingerprint(source, id);
  std::vector<uint64_t>& recent = seen.recent_events;
  if (std::find(recent.begin(), recent.end(), fingerprint) != recent.end()) {
    return FoldOutcome::kDuplicate;
  }
  if (recent.size() >= kRecentEventsMax) recent.erase(recent.begin());
  recent.push_back(fingerprint);
  return FoldOutcome::kApplied;
}

FoldOutcome Fold(const LeadEvent& event, Facts& facts) {
  const FoldOutcome outcome = NoteEvent(event.position, event.source, event.id,
                                        {facts.applied_offsets, facts.recent_events});
  if (outcome != FoldOutcome::kApplied) return outcome;
  const Writer writer{event.occurred_at_ms, event.id};
  FoldAttributes(event, writer, facts);
  FoldAttribution(event, writer, facts);
  FoldConsent(event, writer, facts);
  FoldActivity(event, facts);
  FoldTimesAndSource(event, facts);
  return FoldOutcome::kApplied;
}

FoldOutcome PassOver(const LeadEvent& event, Facts& facts) {
  return AdvanceOffset(event.position, facts.applied_offsets) ? FoldOutcome::kErased
                                                              : FoldOutcome::kRedelivered;
}

int32_t DayNumber(TimeMs at_ms) {
  const TimeMs floored = at_ms >= 0 ? at_ms : at_ms - (kDayMs - 1);
  return static_cast<int32_t>(floored / kDayMs);
}

}  // namespace baton::core
