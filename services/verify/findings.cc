#include "verify/findings.h"

#include <utility>

namespace baton::verify {
namespace {

struct Description {
  std::string_view name;
  std::string_view rule;
};

// In the order of the enumeration.
constexpr std::array<Description, kChecks> kDescriptions = {{
    {"conservation", "each input record is applied, a duplicate or a dead letter"},
    {"dead-letters", "each names its origin and reason and keeps the bytes"},
    {"counters", "the services' totals say the same"},
    {"versions", "each lead's versions come once, in order, without gap"},
    {"moves", "each change is one that the lifecycle allows"},
    {"one-owner", "a lead has at most one owner, by generation"},
    {"capacity", "a rep never owns more leads than its capacity"},
    {"timers", "none fires early; a lead has one iff its stage needs it"},
    {"assignments", "the assignment events are those of the feedback"},
    {"lead-state", "the compacted state is the last feedback's"},
    {"store", "each lead is where its feedback ended"},
    {"places", "each lead is in exactly one place"},
    {"choice", "each owner could take the lead when it was chosen"},
    {"order", "those who wait for the same are served in order"},
    {"fairness", "each ledger sums to zero, nobody is owed too much (ADR 7)"},
    {"decisions", "each recorded decision, computed again, is the same (ADR 15)"},
    {"sales", "each event of sales acted once or is a dead letter (ADR 20)"},
}};

}  // namespace

std::string_view CheckName(Check check) {
  return kDescriptions[static_cast<size_t>(check)].name;
}

std::string_view CheckRule(Check check) {
  return kDescriptions[static_cast<size_t>(check)].rule;
}

void Findings::Violation(Check check, std::string sentence) {
  CheckResult& result = at(check);
  ++result.violations;
  if (result.examples.size() < kExamplesMax) result.examples.push_back(std::move(sentence));
}

void Findings::Add(const Findings& other) {
  for (size_t i = 0; i < kChecks; ++i) {
    const CheckResult& from = other.results_[i];
    CheckResult& to = results_[i];
    to.looked_at += from.looked_at;
    to.violations += from.violations;
    for (const std::string& example : from.examples) {
      if (to.examples.size() < kExamplesMax) to.examples.push_back(example);
    }
  }
}

int64_t Findings::violations() const {
  int64_t sum = 0;
  for (const CheckResult& result : results_) sum += result.violations;
  return sum;
}

}  // namespace baton::verify
