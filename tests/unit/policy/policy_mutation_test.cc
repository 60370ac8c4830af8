// Damaged documents are refused or accepted, never a crash, an exception or an endless loop.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>

#include "policy_testing.h"

namespace baton::policy {
namespace {

constexpr int kMutationsPerRun = 2000;

// One to eight edits: bytes changed, pieces removed, repeated, or moved, YAML's own signs put in.
std::string Mutated(std::string text, std::mt19937_64& random) {
  const std::string signs = "{}[]:,-?&*!|>'\"%@`#~\n\t \\=<0\x80\xff";
  const auto below = [&](size_t n) { return n == 0 ? 0 : random() % n; };
  for (size_t edits = 1 + below(8); edits > 0; --edits) {
    const size_t at = below(text.size());
    const size_t length = below(40);
    const size_t to = below(text.size());
    switch (random() % 5) {
      case 0:
        text[at] = static_cast<char>(random());
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(to, text.substr(at, length));
        break;
      case 3:
        text.insert(at, 1, signs[below(signs.size())]);
        break;
      default:
        text[at] = signs[below(signs.size())];
        break;
    }
    if (text.empty()) text = "a";
  }
  return text;
}

TEST(PolicyMutationTest, NeverCrashes) {
  const char* given = std::getenv("BATON_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "seed " << seed << " (again: BATON_TEST_SEED=" << seed << ")" << std::endl;
  std::mt19937_64 random(seed);
  const std::string sample = SamplePolicy();
  int refused = 0;
  for (int i = 0; i < kMutationsPerRun; ++i) {
    const ParsedPolicy parsed = ParsePolicy(Mutated(sample, random), "policy.yaml");
    for (const DocumentError& error : parsed.errors) {
      ASSERT_GE(error.line, 1);
      ASSERT_GE(error.column, 1);
      ASSERT_FALSE(error.message.empty());
    }
    if (parsed.ok()) {
      ASSERT_FALSE(parsed.policy.routing.empty());
      ASSERT_FALSE(parsed.policy.definition.empty());
      ASSERT_FALSE(parsed.policy.workspace.empty());
      continue;
    }
    ASSERT_FALSE(InvalidPolicy(parsed.errors).ok());
    ++refused;
  }
  EXPECT_GT(refused, kMutationsPerRun / 2);
}

}  // namespace
}  // namespace baton::policy
