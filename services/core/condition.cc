#include "core/condition.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/text.h"
#include "expression/conjuncts.h"

namespace baton::core {
namespace {

using expression::Kind;
using expression::Problem;
using expression::Program;
using expression::Value;

std::string ErrorOf(const Value& value) {
  if (value.is_error()) return Shortened(value.text(), kConditionErrorBytesMax);
  return absl::StrCat("neither true nor false but of type ",
                      ToAbsl(expression::TypeNameOf(value.kind())));
}

}  // namespace

std::variant<Condition, std::vector<Problem>> Condition::Compile(std::string_view text,
                                                                 const Vocabulary& vocabulary,
                                                                 const expression::Limits& limits) {
  // The whole first: its problems have their places in the whole.
  auto whole = Program::Compile(text, vocabulary.environment(), limits);
  if (auto* problems = std::get_if<std::vector<Problem>>(&whole)) return std::move(*problems);
  const expression::Type& type = std::get<Program>(whole).type();
  if (!type.is_dyn() && !type.Is(Kind::kBool)) {
    return std::vector<Problem>{
        {0, absl::StrCat("a condition is true or false, this is ", type.Name())}};
  }
  Condition condition;
  for (const std::string_view part : expression::Conjuncts(text)) {
    auto problems = condition.AddTest(part, vocabulary, limits);
    if (!problems.empty()) return problems;
  }
  return condition;
}

std::vector<Problem> Condition::AddTest(std::string_view text, const Vocabulary& vocabulary,
                                        const expression::Limits& limits) {
  auto compiled = Program::Compile(text, vocabulary.environment(), limits);
  if (auto* problems = std::get_if<std::vector<Problem>>(&compiled)) return std::move(*problems);
  Test test{std::string(text),
            std::make_shared<const Program>(std::get<Program>(std::move(compiled))),
            {}};
  for (const expression::VariableUse& use : test.program->Variables()) {
    test.slots.push_back(use.slot);
    reads_account_ = reads_account_ || vocabulary.IsOfAccount(use.slot);
    reads_event_ = reads_event_ || vocabulary.IsOfEvent(use.slot);
  }
  cost_ += test.program->cost();
  tests_.push_back(std::move(test));
  return {};
}

Truth Condition::Evaluate(const Subjects& subjects, std::string* error) const {
  Truth truth = Truth::kHolds;
  for (const Test& test : tests_) {
    subjects.scratch().Reset();
    const Value value = test.program->Evaluate(subjects.values(), subjects.scratch());
    if (value.IsFalse()) return Truth::kFails;
    if (value.IsTrue() || truth == Truth::kErrs) continue;
    truth = Truth::kErrs;
    if (error != nullptr) *error = ErrorOf(value);
  }
  return truth;
}

ConditionResult Condition::ResultOf(const Test& test, const Value& value, Subjects& subjects,
                                    const std::vector<std::string>& calls) {
  ConditionResult result;
  result.condition = Shortened(test.text, kConditionTextBytesMax);
  result.held = value.IsTrue();
  if (!value.IsTrue() && !value.IsFalse()) result.error = ErrorOf(value);
  if (test.slots.size() == 1 && calls.empty()) {
    result.found = subjects.Found(test.slots.front());
    return result;
  }
  std::string& found = result.found;
  for (const int slot : test.slots) {
    if (found.size() > 2 * kFoundBytesMax) break;  // what follows would be cut
    absl::StrAppend(&found, found.empty() ? "" : ", ", subjects.NameOf(slot), " ",
                    subjects.Found(slot));
  }
  for (const std::string& call : calls) {
    if (found.size() > 2 * kFoundBytesMax) break;
    absl::StrAppend(&found, found.empty() ? "" : ", ", call);
  }
  if (found.size() > 2 * kFoundBytesMax) found = Shortened(found, 2 * kFoundBytesMax);
  return result;
}

Truth Condition::Explain(Subjects& subjects, Extent extent, std::vector<ConditionResult>& results,
                         std::string& error) const {
  Truth truth = Truth::kHolds;
  size_t bytes = 0;
  std::vector<std::string> calls;
  for (const Test& test : tests_) {
    const bool is_told = bytes < kExplanationBytesMax;
    subjects.scratch().Reset();
    calls.clear();
    subjects.Trace(is_told ? &calls : nullptr);
    const Value value = test.program->Evaluate(subjects.values(), subjects.scratch());
    subjects.Trace(nullptr);
    if (is_told) {
      results.push_back(ResultOf(test, value, subjects, calls));
      bytes += results.back().bytes();
    }
    if (value.IsFalse()) {
      truth = Truth::kFails;
      if (extent == Extent::kUntilFalse) break;
    } else if (!value.IsTrue() && truth == Truth::kHolds) {
      truth = Truth::kErrs;
      error = ErrorOf(value);
    }
  }
  return truth;
}

}  // namespace baton::core
