#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "event_records.h"

namespace baton::events {
namespace {

using Random = std::mt19937_64;

int64_t Between(Random& random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

std::string RandomText(Random& random, int64_t pieces_max) {
  constexpr std::string_view kPieces[] = {"a", "Z", "\"", "\\", "\n", "\x01", "é", "東", "🎯", "/"};
  std::string text;
  for (int64_t i = Between(random, 0, pieces_max); i > 0; --i) {
    text += kPieces[static_cast<size_t>(Between(random, 0, std::size(kPieces) - 1))];
  }
  return text;
}

core::AttributeValue RandomValue(Random& random) {
  switch (Between(random, 0, 4)) {
    case 0:
      return Between(random, 0, 1) == 1;
    case 1:
      return Between(random, std::numeric_limits<int64_t>::min(),
                     std::numeric_limits<int64_t>::max());
    case 2:
      return static_cast<double>(Between(random, -1'000'000, 1'000'000)) / 64.0;
    case 3:
      return RandomText(random, 20);
    default: {
      std::vector<std::string> items;
      for (int64_t i = Between(random, 0, 4); i > 0; --i) items.push_back(RandomText(random, 5));
      return items;
    }
  }
}

core::LeadEvent RandomEvent(Random& random) {
  core::LeadEvent event;
  event.key = {core::WorkspaceId::Trusted("acme"),
               core::LeadId::Trusted("lead-" + std::to_string(Between(random, 0, 999)))};
  event.id = "id " + std::to_string(random());
  event.source = "//crm.example/\"quoted\"";
  event.type = static_cast<core::EventType>(Between(random, 0, 3));
  event.occurred_at_ms = Between(random, core::kTimeMsMin, kRecordTimeMs);
  const bool captured = event.type == core::EventType::kCaptured;
  if (captured || event.type == core::EventType::kUpdated) {
    for (int64_t i = Between(random, 0, 6); i > 0; --i) {
      event.attributes["näme \"" + std::to_string(i)] = RandomValue(random);
    }
  }
  if (captured || event.type == core::EventType::kActivity) event.activity = "page_view";
  if (event.type == core::EventType::kActivity) {
    event.activity_count = static_cast<int32_t>(Between(random, 1, kActivityCountMax));
  }
  if (!event.activity.empty()) {
    for (int64_t i = Between(random, 0, 4); i > 0; --i) {
      core::AttributeValue value = RandomValue(random);
      if (std::holds_alternative<std::vector<std::string>>(value)) continue;
      event.properties["pröp" + std::to_string(i)] = std::move(value);
    }
  }
  if (captured || event.type == core::EventType::kConsent) {
    event.consent =
        Between(random, 0, 1) == 1 ? core::Consent::kGranted : core::Consent::kWithdrawn;
  }
  if (event.type != core::EventType::kConsent) {
    event.attribution["utm_campaign"] = RandomText(random, 10);
    event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  }
  return event;
}

TEST(EncodeLeadEventTest, DecodesToTheSameEvent) {
  const uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  Random random(seed);
  for (int i = 0; i < 2000; ++i) {
    const core::LeadEvent event = RandomEvent(random);
    const platform::kafka::OutRecord out = EncodeLeadEvent("topic", event);
    const Decoded decoded = DecodeLeadEvent(MakeRecord(out.value, out.headers));
    ASSERT_EQ(Outcome(decoded), "ok") << FieldOf(decoded) << " " << out.value << " seed " << seed;
    const auto& again = std::get<core::LeadEvent>(decoded);
    EXPECT_EQ(again.key, event.key);
    EXPECT_EQ(again.id, event.id);
    EXPECT_EQ(again.source, event.source);
    EXPECT_EQ(again.type, event.type);
    EXPECT_EQ(again.occurred_at_ms, event.occurred_at_ms);
    EXPECT_EQ(again.attributes, event.attributes);
    EXPECT_EQ(again.activity, event.activity);
    EXPECT_EQ(again.activity_count, event.activity_count);
    EXPECT_EQ(again.properties, event.properties);
    EXPECT_EQ(again.consent, event.consent);
    EXPECT_EQ(again.attribution, event.attribution);
    EXPECT_EQ(again.traceparent, event.traceparent);
    ASSERT_FALSE(HasFailure()) << out.value << " seed " << seed;
  }
}

TEST(EncodeLeadEventTest, KeysByWorkspaceAndLead) {
  Random random(1);
  core::LeadEvent event = RandomEvent(random);
  event.key.lead = core::LeadId::Trusted("lead-1");
  const platform::kafka::OutRecord out = EncodeLeadEvent("baton.lead-events.v1", event);
  EXPECT_EQ(out.topic, "baton.lead-events.v1");
  EXPECT_EQ(out.key, "acme/lead-1");
  EXPECT_FALSE(out.tombstone);
}

}  // namespace
}  // namespace baton::events
