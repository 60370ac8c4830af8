// Whatever the bytes, a record becomes an event within the caps or a dead letter with a reason.
#include <gtest/gtest.h>

#include <random>

#include "baton/events/v1/lead_events.pb.h"
#include "core/facts.h"
#include "event_records.h"
#include "events/dead_letter.h"

namespace baton::events {
namespace {

constexpr int kMutationsEach = 500;

using Random = std::mt19937_64;

size_t Below(Random& random, size_t bound) {
  return std::uniform_int_distribution<size_t>(0, bound - 1)(random);
}

std::vector<platform::kafka::Record> Seeds() {
  std::vector<platform::kafka::Record> records;
  for (const auto& [name, json] : Fixtures()) records.push_back(StructuredRecord(json));
  v1::LeadCaptured message;
  (*message.mutable_attributes())["country"].set_string_value("DE");
  (*message.mutable_attributes())["tags"].mutable_list_value()->add_values("a");
  (*message.mutable_attribution())["gclid"] = "x";
  records.push_back(
      MakeRecord(message.SerializeAsString(),
                 BinaryHeaders("dev.baton.lead.captured.v1", "application/protobuf")));
  records.push_back(
      MakeRecord(std::string("\0\0\0\0\x01\0", 6) + message.SerializeAsString(),
                 BinaryHeaders("dev.baton.lead.captured.v1", "application/protobuf")));
  records.push_back(MakeRecord(R"({"activity":"a","count":2})",
                               BinaryHeaders("dev.baton.lead.activity.v1", "application/json")));
  return records;
}

void MutateText(Random& random, std::string& text) {
  constexpr std::string_view kTokens[] = {"\"", "{",    "}", "[",    "]",       ",",
                                          ":",  "\\",   "1", "null", "\\ud800", "e99",
                                          "\0", "\xff", "-", ".",    "v2",      "true"};
  const size_t at = text.empty() ? 0 : Below(random, text.size());
  switch (Below(random, 5)) {
    case 0:
      if (!text.empty()) text[at] = static_cast<char>(Below(random, 256));
      break;
    case 1:
      text.erase(at, 1 + Below(random, 40));
      break;
    case 2:
      text.insert(at, std::string(kTokens[Below(random, std::size(kTokens))]));
      break;
    case 3:
      text.insert(at, text.substr(at, Below(random, 60)));
      break;
    default:
      text.insert(at, std::string(Below(random, 12), "[{\"x "[Below(random, 5)]));
      break;
  }
}

void Mutate(Random& random, platform::kafka::Record& record) {
  const size_t steps = 1 + Below(random, 4);
  for (size_t i = 0; i < steps; ++i) {
    const bool header = !record.headers.empty() && Below(random, 8) == 0;
    if (!header) {
      MutateText(random, record.value);
      continue;
    }
    auto& [name, value] = record.headers[Below(random, record.headers.size())];
    MutateText(random, Below(random, 4) == 0 ? name : value);
  }
}

void ExpectWithinCaps(const core::LeadEvent& event) {
  EXPECT_TRUE(core::IsValidId(event.key.workspace.str()));
  EXPECT_TRUE(core::IsValidId(event.key.lead.str()));
  EXPECT_FALSE(event.id.empty());
  EXPECT_LE(event.id.size(), kEventIdBytesMax);
  EXPECT_FALSE(event.source.empty());
  EXPECT_LE(event.source.size(), kEventSourceBytesMax);
  EXPECT_GE(event.occurred_at_ms, core::kTimeMsMin);
  EXPECT_LE(event.occurred_at_ms, kRecordTimeMs + kAheadMax);
  EXPECT_LE(event.attributes.size(), core::kAttributesMax);
  EXPECT_LE(event.attribution.size(), core::kAttributionMax);
  EXPECT_GE(event.activity_count, 1);
  EXPECT_LE(event.activity_count, kActivityCountMax);
  EXPECT_LE(event.activity.size(), core::kIdLengthMax);
}

TEST(DecodeMutationsTest, EveryMutationGivesAnEventOrADeadLetter) {
  const uint64_t seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  std::cout << "seed " << seed << "\n";
  Random random(seed);
  int events = 0;
  int letters = 0;
  for (const platform::kafka::Record& original : Seeds()) {
    for (int i = 0; i < kMutationsEach; ++i) {
      platform::kafka::Record record = original;
      Mutate(random, record);
      const Decoded decoded = DecodeLeadEvent(record);
      if (const auto* event = std::get_if<core::LeadEvent>(&decoded)) {
        ++events;
        ExpectWithinCaps(*event);
        continue;
      }
      ++letters;
      const auto& letter = std::get<DeadLetter>(decoded);
      EXPECT_FALSE(letter.reason.empty());
      EXPECT_LE(letter.field.size(), 2 * kFieldNameBytesMax);
      EXPECT_EQ(MakeDeadLetter(record, letter, "baton").value, record.value);
    }
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GE(events + letters, 10'000);
  EXPECT_GE(events, 200);
  EXPECT_GE(letters, 200);
}

}  // namespace
}  // namespace baton::events
