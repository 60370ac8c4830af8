#include "core/requirement.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/canonical.h"
#include "core/text.h"
#include "expression/checker.h"
#include "expression/residual.h"

namespace baton::core {
namespace {

using expression::Node;
using expression::Op;
using expression::Problem;
using expression::Program;
using expression::Value;

constexpr char kRequirementSign = '?';
constexpr char kProfileSign = '@';
constexpr size_t kProfileBytes = 8;  // of a hash: enough for the reps of a workspace
constexpr std::string_view kRep = "rep";

// A name without a value: who reads it errs.
constexpr absl::string_view kTooLong = "longer_than_4096_bytes";

// Functions that only the lead of a judgment can be asked.
constexpr std::array<std::string_view, 7> kLeadFunctions = {
    "business_minutes", "count", "domain", "in_table", "is_freemail", "last", "lookup"};

// A requirement has been checked when it was a condition; values of the lead only make it longer.
constexpr expression::Limits kRequirementLimits = {.bytes_max = 2 * kRequirementBytesMax,
                                                   .depth_max = 200,
                                                   .nodes_max = 10'000,
                                                   .items_max = 10'000,
                                                   .cost_max = INT64_MAX};

bool IsLeadFunction(const Node& node) {
  return node.op == Op::kCall &&
         std::find(kLeadFunctions.begin(), kLeadFunctions.end(), node.name) != kLeadFunctions.end();
}

const char* WhyMisplaced(int slot, const Vocabulary& vocabulary) {
  if (vocabulary.IsOfAccount(slot)) {
    return "of the account; a queue can ask about rep, lead, fit and intent";
  }
  if (vocabulary.IsOfEvent(slot)) {
    return "a property of one activity; a queue can ask about rep, lead, fit and intent";
  }
  if (slot == Vocabulary::kNow) {
    return "another one each moment; what a rep needs for a lead is found out when the lead enters "
           "the queue";
  }
  return nullptr;
}

Value ValueOf(const AttributeValue& value, std::deque<expression::ListValue>& lists) {
  if (const auto* flag = std::get_if<bool>(&value)) return Value::Bool(*flag);
  if (const auto* whole = std::get_if<int64_t>(&value)) return Value::Int(*whole);
  if (const auto* number = std::get_if<double>(&value)) return Value::Double(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return Value::String(*text);
  expression::ListValue& items = lists.emplace_back();
  for (const std::string& item : std::get<std::vector<std::string>>(value)) {
    items.push_back(Value::String(item));
  }
  return Value::List(&items);
}

}  // namespace

std::vector<Problem> RequirementProblems(const Program& program, const Vocabulary& vocabulary) {
  std::vector<Problem> problems;
  std::vector<bool> foreign;  // by node: not of the lead alone
  for (const Node& node : program.syntax().nodes) {
    const bool is_variable = node.op == Op::kVariable || node.op == Op::kHasVariable;
    bool open = node.op == Op::kLocal || (is_variable && vocabulary.IsOfRep(node.slot));
    for (const int arg : node.args) open = open || (arg >= 0 && foreign[static_cast<size_t>(arg)]);
    foreign.push_back(open);
    const char* why = is_variable ? WhyMisplaced(node.slot, vocabulary) : nullptr;
    if (why != nullptr) {
      problems.push_back({node.offset, absl::StrCat("'", node.name, "' is ", why)});
    }
    if (open && IsLeadFunction(node)) {
      problems.push_back(
          {node.offset, absl::StrCat(node.name, " can be asked about the lead here, ",
                                     "not about rep or items of a list")});
    }
  }
  return problems;
}

std::string RequirementFor(const Condition& condition, const Subjects& subjects,
                           std::string& error) {
  std::vector<std::string> parts;
  error.clear();
  const auto is_open = [&subjects](int slot) { return subjects.vocabulary().IsOfRep(slot); };
  for (size_t i = 0; i < condition.size(); ++i) {
    subjects.scratch().Reset();
    std::string problem;
    std::string part = expression::Residual(condition.program(i), subjects.values(), is_open,
                                            subjects.scratch(), &problem);
    if (part == "false") {
      error.clear();
      return part;
    }
    if (error.empty()) error = Shortened(problem, kConditionErrorBytesMax);
    if (part != "true") parts.push_back(std::move(part));
  }
  for (std::string& part : parts) {
    const bool is_loose =
        part.find("||") != std::string::npos || part.find('?') != std::string::npos;
    if (is_loose && parts.size() > 1) part = absl::StrCat("(", part, ")");
  }
  std::string text = absl::StrJoin(parts, " && ");
  return text.size() > kRequirementBytesMax ? std::string(kTooLong) : text;
}

bool MayMeet(const std::map<std::string, AttributeValue>& attributes, const Condition& condition,
             const Vocabulary& vocabulary) {
  std::vector<Value> values(vocabulary.environment().slots());
  std::deque<expression::ListValue> lists;
  for (const auto& [name, value] : attributes) {
    const auto slot = vocabulary.environment().SlotOf(absl::StrCat(ToAbsl(kRep), ".", name));
    if (slot.has_value()) values[static_cast<size_t>(*slot)] = ValueOf(value, lists);
  }
  const auto is_open = [&vocabulary](int slot) { return !vocabulary.IsOfRep(slot); };
  expression::Scratch scratch(expression::kKibMade * 1024);
  for (size_t i = 0; i < condition.size(); ++i) {
    const Program& program = condition.program(i);
    const std::vector<Node>& nodes = program.syntax().nodes;
    if (std::any_of(nodes.begin(), nodes.end(), IsLeadFunction)) continue;
    const auto uses = program.Variables();
    const bool is_of_rep = std::all_of(uses.begin(), uses.end(), [&vocabulary](const auto& use) {
      return vocabulary.IsOfRep(use.slot);
    });
    scratch.Reset();
    const std::string left = expression::Residual(program, values, is_open, scratch);
    if (left == "false" || (is_of_rep && left != "true")) return false;
  }
  return true;
}

std::string RequirementWord(std::string_view requirement) {
  return absl::StrCat(std::string(1, kRequirementSign), ToAbsl(requirement));
}

std::vector<std::string> WantedWords(const std::vector<std::string>& skills,
                                     const std::string& requirement) {
  std::vector<std::string> words = skills;
  if (requirement.empty()) return words;
  std::string word = RequirementWord(requirement);
  const auto place = std::lower_bound(words.begin(), words.end(), word);
  words.insert(place, std::move(word));
  return words;
}

Wanted SplitWanted(const std::vector<std::string>& words) {
  Wanted wanted;
  for (const std::string& word : words) {
    if (!word.empty() && word.front() == kRequirementSign) {
      wanted.requirement = word.substr(1);
    } else {
      wanted.skills.push_back(word);
    }
  }
  return wanted;
}

Requirement::Requirement(std::string_view text) {
  environment_.ForgetTypes();
  auto parsed = expression::Parse(text, kRequirementLimits);
  const auto* syntax = std::get_if<expression::Syntax>(&parsed);
  if (syntax == nullptr) return;
  for (const Node& node : syntax->nodes) {
    if (node.op != Op::kSelect && node.op != Op::kHas) continue;
    const Node& object = syntax->nodes[static_cast<size_t>(node.args[0])];
    const std::string name = absl::StrCat(ToAbsl(kRep), ".", node.name);
    const bool is_new =
        object.op == Op::kName && object.name == kRep && !environment_.SlotOf(name).has_value();
    if (is_new) names_.push_back({node.name, environment_.AddVariable(name, {})});
  }
  auto compiled = Program::Compile(text, environment_, kRequirementLimits);
  if (auto* program = std::get_if<Program>(&compiled)) program_.emplace(std::move(*program));
}

bool Requirement::IsMetBy(const std::map<std::string, AttributeValue>& attributes) const {
  if (!program_.has_value()) return false;
  std::vector<Value> values(environment_.slots());
  std::deque<expression::ListValue> lists;
  for (const Name& name : names_) {
    const auto found = attributes.find(name.attribute);
    if (found == attributes.end()) continue;
    values[static_cast<size_t>(name.slot)] = ValueOf(found->second, lists);
  }
  // One for each thread: it asks for memory once.
  static thread_local expression::Scratch scratch(expression::kKibMade * 1024);
  scratch.Reset();
  return program_->Evaluate(values, scratch).IsTrue();
}

std::string ProfileWord(const std::map<std::string, AttributeValue>& attributes) {
  if (attributes.empty()) return absl::StrCat(std::string(1, kProfileSign), "0");
  Canonical canonical;
  canonical.Text("baton/profile/1");
  canonical.Values(attributes);
  const std::string hash = canonical.Hash();
  return absl::StrCat(std::string(1, kProfileSign),
                      absl::BytesToHexString(hash.substr(0, kProfileBytes)));
}

bool IsProfileWord(std::string_view word) {
  return !word.empty() && word.front() == kProfileSign;
}

}  // namespace baton::core
