// Any order and any repetition of the same events gives the same facts.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "core/facts.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;

// What one event is made of: id, time, what it says, which names.
using Seed = std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>;

std::string Name(std::string_view stem, int number) {
  return std::string(stem) + std::to_string(100 + number);
}

AttributeValue ValueOf(int number) {
  switch (number % 5) {
    case 0:
      return number % 2 == 0;
    case 1:
      return int64_t{number};
    case 2:
      return number / 2.0;
    case 3:
      return Name("v", number);
    default:
      return std::vector<std::string>{Name("v", number), "w"};
  }
}

// Few ids and times, so that writers tie; many names, so that caps are exceeded.
LeadEvent EventOf(const Seed& seed) {
  const auto [id, time, what, names] = seed;
  LeadEvent event;
  event.key = support::Key();
  event.id = Name("e", id % 40);
  event.source = id % 2 == 0 ? "/forms" : "/ads";
  event.occurred_at_ms = kNow + (time % 4) * kHourMs - (time % 16 == 0 ? 401 * kDayMs : 0);
  event.type = EventType::kCaptured;
  for (int i = 0; i < what % 8; ++i) {
    event.attributes[Name("a", (names * 7 + i * 13) % 120)] = ValueOf(what + i);
    event.attribution[Name("u", (names * 5 + i * 11) % 60)] = Name("v", what + i);
  }
  if (what % 3 == 0) event.activity = Name("t", names % 90);
  event.activity_count = 1 + what % 5;
  for (int i = 0; i < id % 3; ++i) {
    event.properties[Name("p", (names + i) % 4)] = ValueOf((what + i * 3) % 4);
  }
  event.consent = static_cast<Consent>(what % 3);
  return event;
}

// At most kRecentEventsMax events, each (source, id) once: that is the window of repetitions.
std::vector<LeadEvent> DistinctEvents(const std::vector<Seed>& seeds) {
  std::vector<LeadEvent> events;
  std::set<std::pair<std::string, std::string>> seen;
  for (const Seed& seed : seeds) {
    LeadEvent event = EventOf(seed);
    if (events.size() == kRecentEventsMax) break;
    if (seen.emplace(event.source, event.id).second) events.push_back(std::move(event));
  }
  return events;
}

Facts FoldAll(const std::vector<LeadEvent>& events) {
  Facts facts;
  for (const LeadEvent& event : events) Fold(event, facts);
  return facts;
}

void CheckCaps(const Facts& facts) {
  RC_ASSERT(facts.attributes.size() <= kAttributesMax);
  RC_ASSERT(facts.activities.size() <= kActivityTypesMax);
  RC_ASSERT(facts.occasions.size() <= kTypesWithPropertiesMax);
  for (const auto& [type, occasions] : facts.occasions) {
    RC_ASSERT(facts.activities.contains(type));
    RC_ASSERT(occasions.size() <= kOccasionsMax);
  }
  RC_ASSERT(facts.attribution.size() <= kAttributionMax);
  RC_ASSERT(facts.sources.size() <= kSourcesMax);
  RC_ASSERT(facts.recent_events.size() <= kRecentEventsMax);
}

RC_GTEST_PROP(FactsProperties, OrderAndRepetitionDoNotMatter,
              (const std::vector<Seed>& seeds, uint32_t shuffle)) {
  const std::vector<LeadEvent> events = DistinctEvents(seeds);
  const Facts expected = FoldAll(events);
  CheckCaps(expected);

  std::mt19937 random(shuffle);
  std::vector<LeadEvent> delivered = events;
  for (const LeadEvent& event : events) {
    for (auto copies = random() % 3; copies > 0; --copies) delivered.push_back(event);
  }
  std::shuffle(delivered.begin(), delivered.end(), random);
  const Facts facts = FoldAll(delivered);
  CheckCaps(facts);
  RC_ASSERT(facts.SameFacts(expected));
}

RC_GTEST_PROP(FactsProperties, SpreadOverPartitionsGivesTheSame,
              (const std::vector<Seed>& seeds, uint32_t shuffle)) {
  const std::vector<LeadEvent> events = DistinctEvents(seeds);
  std::mt19937 random(shuffle);
  std::vector<LeadEvent> delivered = events;
  std::shuffle(delivered.begin(), delivered.end(), random);
  int64_t next[3] = {0, 0, 0};
  for (LeadEvent& event : delivered) {
    const auto partition = static_cast<int32_t>(random() % 3);
    event.position = {LogFingerprint("leads", partition), next[partition]++};
  }
  Facts facts = FoldAll(delivered);
  RC_ASSERT(facts.SameFacts(FoldAll(events)));

  // Redelivery from the start of each partition changes nothing at all.
  const Facts before = facts;
  for (const LeadEvent& event : delivered) {
    RC_ASSERT(Fold(event, facts) == FoldOutcome::kRedelivered);
  }
  RC_ASSERT(facts.SameFacts(before));
  RC_ASSERT(facts.recent_events == before.recent_events);
}

// Every name cap is exceeded in every run.
RC_GTEST_PROP(FactsProperties, CapsDoNotDependOnTheOrder, (uint32_t shuffle)) {
  std::vector<LeadEvent> events;
  for (int i = 0; i < 64; ++i) {
    LeadEvent event = EventOf({});
    event.id = Name("e", i);
    event.occurred_at_ms = kNow + i % 5;
    event.activity = Name("t", i * 3 % 64);
    for (int name = 0; name < 3; ++name) {
      event.attributes[Name("a", i * 3 + name)] = int64_t{i};
      event.attribution[Name("u", (i + name * 17) % 70)] = Name("v", i);
    }
    if (i % 2 == 0) event.activity = Name("s", i);
    events.push_back(event);
  }
  const Facts expected = FoldAll(events);
  RC_ASSERT(expected.attributes.size() == kAttributesMax);
  RC_ASSERT(expected.attribution.size() == kAttributionMax);
  RC_ASSERT(expected.sources.size() == kSourcesMax);
  std::mt19937 random(shuffle);
  std::shuffle(events.begin(), events.end(), random);
  RC_ASSERT(FoldAll(events).SameFacts(expected));
}

// Beyond the window of repetitions, offsets alone still make a replay a no-op.
RC_GTEST_PROP(FactsProperties, ReplayOfALongLogChangesNothing, (uint32_t shuffle)) {
  std::mt19937 random(shuffle);
  std::vector<LeadEvent> log;
  for (int i = 0; i < 300; ++i) {
    LeadEvent event = EventOf({static_cast<uint8_t>(random()), static_cast<uint8_t>(random()),
                               static_cast<uint8_t>(random()), static_cast<uint8_t>(random())});
    event.id = Name("e", i);
    event.position = {LogFingerprint("leads", 0), i};
    log.push_back(event);
  }
  const Facts once = FoldAll(log);
  std::vector<LeadEvent> replayed = log;
  const size_t from = random() % log.size();
  replayed.insert(replayed.end(), log.begin() + static_cast<std::ptrdiff_t>(from), log.end());
  const Facts twice = FoldAll(replayed);
  RC_ASSERT(twice.SameFacts(once));
  RC_ASSERT(twice.applied_offsets == once.applied_offsets);
}

// What a fold kept goes through a copy between batches, as through a store.
Facts FoldInBatches(const std::vector<LeadEvent>& events, std::mt19937& random) {
  Facts stored;
  size_t next = 0;
  while (next < events.size()) {
    Facts facts = stored;
    for (auto batch = 1 + random() % 40; batch > 0 && next < events.size(); --batch) {
      Fold(events[next++], facts);
    }
    stored = facts;
  }
  return stored;
}

// Many types with properties, days far apart, and of each type more occasions than are kept.
std::vector<LeadEvent> EventsWithProperties(std::mt19937& random) {
  std::vector<LeadEvent> events;
  const int count = 200 + static_cast<int>(random() % 800);
  for (int i = 0; i < count; ++i) {
    LeadEvent event = support::Activity(Name("e", i), Name("t", static_cast<int>(random() % 80)));
    if (i % 2 == 0) event.activity = "t100";
    const auto ago = static_cast<TimeMs>(random() % 10 == 0 ? random() % 900 : random() % 30);
    event.occurred_at_ms -= ago * kDayMs;
    if (random() % 5 != 0) {
      event.properties["path"] = "/" + Name("", static_cast<int>(random() % 5));
    }
    if (random() % 3 == 0) event.properties["depth"] = ValueOf(static_cast<int>(random() % 4));
    event.position = {LogFingerprint("leads", 0), i};
    events.push_back(std::move(event));
  }
  return events;
}

// What is to be kept, from its definition: no fold.
std::map<std::string, Occasions> ExpectedOccasions(const std::vector<LeadEvent>& events) {
  std::map<std::string, Occasions> all;
  for (const LeadEvent& event : events) {
    if (event.properties.empty()) continue;
    const Occasion occasion{DayNumber(event.occurred_at_ms), event.properties};
    all[event.activity][occasion] += event.activity_count;
  }
  std::map<std::string, Occasions> kept;
  for (const auto& [type, occasions] : all) {
    if (kept.size() == kTypesWithPropertiesMax) break;
    const auto end = std::next(
        occasions.begin(), static_cast<std::ptrdiff_t>(std::min(occasions.size(), kOccasionsMax)));
    kept[type] = Occasions(occasions.begin(), end);
  }
  return kept;
}

RC_GTEST_PROP(FactsProperties, OccasionsAreTheNewestHoweverEventsCome, (uint32_t seed)) {
  std::mt19937 random(seed);
  std::vector<LeadEvent> events = EventsWithProperties(random);
  const Facts in_order = FoldInBatches(events, random);
  RC_ASSERT(in_order.occasions == ExpectedOccasions(events));
  std::shuffle(events.begin(), events.end(), random);
  for (size_t i = 0; i < events.size(); ++i) events[i].position.offset = static_cast<int64_t>(i);
  const Facts shuffled = FoldInBatches(events, random);
  CheckCaps(shuffled);
  RC_ASSERT(shuffled.activities == in_order.activities);
  RC_ASSERT(shuffled.occasions == in_order.occasions);
  // Redelivered from anywhere: nothing counts twice.
  Facts again = shuffled;
  for (size_t i = random() % events.size(); i < events.size(); ++i) Fold(events[i], again);
  RC_ASSERT(again.SameFacts(shuffled));
}

}  // namespace
}  // namespace baton::core
