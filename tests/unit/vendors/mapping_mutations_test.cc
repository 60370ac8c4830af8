// What strangers may send: records and mapping files with bytes changed, cut off, doubled. Nothing
// crashes, and every outcome is one of those promised.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "support/source_tree.h"
#include "vendor_records.h"

namespace baton::vendors {
namespace {

constexpr int kRounds = 3000;

class Mutator {
 public:
  Mutator() : seed_(std::random_device()()), random_(seed_) {
    std::cout << "seed " << seed_ << "\n";
  }

  size_t Below(size_t bound) { return random_() % bound; }

  std::string Mutated(std::string text) {
    for (size_t i = 0, count = 1 + Below(4); i < count && !text.empty(); ++i) {
      const size_t at = Below(text.size());
      switch (Below(5)) {
        case 0:
          text[at] = static_cast<char>(Below(256));
          break;
        case 1:
          text.erase(at, 1 + Below(20));
          break;
        case 2:
          text.insert(at, text.substr(Below(text.size()), Below(40)));
          break;
        case 3:
          text.resize(at);
          break;
        default:
          text[at] = "{}[]\",:0.-e\\"[Below(12)];
          break;
      }
    }
    return text;
  }

 private:
  const unsigned seed_;
  std::mt19937 random_;
};

std::string Preset() {
  return support::SourceText("deploy/mappings/salesforce.yaml");
}

TEST(MappingMutationsTest, EveryRecordIsMappedIgnoredOrRefusedWithAReason) {
  auto parsed = SalesMapping::Parse(Preset(), "m.yaml");
  const auto mapping = std::get<std::shared_ptr<const SalesMapping>>(parsed);
  Mutator mutator;
  size_t refused = 0, mapped = 0;
  const std::vector<std::string> fixtures = {"opportunity_won", "lead_contacted", "lead_rejected",
                                             "phone_changed", "gap"};
  for (int i = 0; i < kRounds; ++i) {
    const std::string& fixture = fixtures[mutator.Below(fixtures.size())];
    const auto outcome =
        DecodeSalesRecord(RecordOf(mutator.Mutated(Fixture(fixture))), mapping.get());
    if (const auto* letter = std::get_if<events::DeadLetter>(&outcome)) {
      EXPECT_FALSE(letter->reason.empty());
      ++refused;
    }
    for (const core::SalesEvent& event : ActionsOf(outcome)) {
      ++mapped;
      EXPECT_TRUE(core::IsValidId(event.key.lead.str()));
      EXPECT_TRUE(core::IsValidId(event.key.workspace.str()));
      EXPECT_FALSE(event.id.empty());
      EXPECT_TRUE(!event.rep.empty() || event.action.generation != 0);
    }
  }
  EXPECT_GT(refused, 0u);
  EXPECT_GT(mapped, 0u);
}

TEST(MappingMutationsTest, EveryMappingFileIsReadOrItsErrorsAreTold) {
  Mutator mutator;
  const std::string preset = Preset();
  size_t wrong = 0;
  for (int i = 0; i < kRounds / 10; ++i) {
    auto parsed = SalesMapping::Parse(mutator.Mutated(preset), "m.yaml");
    const auto* errors = std::get_if<std::vector<policy::DocumentError>>(&parsed);
    if (errors == nullptr) continue;
    ++wrong;
    EXPECT_FALSE(errors->empty());
    for (const policy::DocumentError& error : *errors) EXPECT_FALSE(error.message.empty());
  }
  EXPECT_GT(wrong, 0u);
}

}  // namespace
}  // namespace baton::vendors
