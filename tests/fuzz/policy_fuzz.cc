// A policy document with its tests, and a lead that it judges.
#include "core/qualification.h"
#include "fuzz/fuzz.h"
#include "policy/parse_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using baton::fuzz::Require;
  const std::string_view yaml = baton::fuzz::Text(data, size);
  const auto parsed = baton::policy::ParsePolicy(yaml, "policy.yaml");
  const auto again = baton::policy::ParsePolicy(yaml, "policy.yaml");
  Require(parsed.errors.size() == again.errors.size(), "the same text has the same errors");
  if (!parsed.ok()) {
    Require(!baton::policy::InvalidPolicy(parsed.errors).ok(), "errors are an error");
    return 0;
  }
  const auto results = baton::policy::RunTests(parsed.policy, parsed.tests);
  Require(results.size() == parsed.tests.size(), "each test has a result");
  baton::core::Facts facts;
  facts.attributes["email"].value = std::string("ada@example.org");
  facts.attributes["employees"].value = int64_t{300};
  facts.attributes["country"].value = std::string("DE");
  facts.activities["demo_request"][19'675] = 2;
  facts.occasions["demo_request"] = {{{19'675, {{"path", std::string("/pricing")}}}, 1},
                                     {{19'675, {{"seconds", int64_t{3}}}}, 1}};
  const auto judgment = baton::core::Judge(facts, parsed.policy, 1'700'000'000'000);
  const auto same = baton::core::Judge(facts, parsed.policy, 1'700'000'000'000);
  Require(judgment == same, "a judgment is a function of facts, policy and time");
  return 0;
}
