#include "policy/match_parser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/facts.h"
#include "core/text.h"
#include "policy/policy_keys.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

using core::AttributeType;
using core::CompareOp;
using core::Comparison;

constexpr size_t kConditionTextBytesMax = 200;  // shown by explanations, kept with each cycle
constexpr std::array<std::string_view, 3> kConsentWords = {"unknown", "granted", "withdrawn"};
// The longer operator first where one begins with the other.
constexpr std::array<std::pair<std::string_view, CompareOp>, 5> kOperators = {{
    {">=", CompareOp::kGreaterEqual},
    {"<=", CompareOp::kLessEqual},
    {"!=", CompareOp::kNotIn},
    {">", CompareOp::kGreater},
    {"<", CompareOp::kLess},
}};

std::string Trimmed(absl::string_view text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

// The subject of one condition, for reading its literals.
struct Subject {
  std::string name;
  AttributeType type = AttributeType::kString;
  bool computed = false;  // fit, intent, consent: always there
  const YamlNode& at;     // where errors point
  ErrorList& errors;

  std::nullopt_t Refuse(std::string_view message) const {
    AddError(at, message, errors);
    return std::nullopt;
  }
};

std::optional<core::AttributeValue> ReadLiteral(const Subject& subject, const std::string& text) {
  const auto mistyped = [&](const std::string& what) {
    return subject.Refuse(absl::StrCat(Quoted(text), " is not ", what, ", but ", subject.name,
                                       subject.computed ? " is " : " is declared ",
                                       AttributeTypeName(subject.type)));
  };
  switch (subject.type) {
    case AttributeType::kBool:
      if (text == "true" || text == "false") return text == "true";
      return mistyped("true or false");
    case AttributeType::kInt: {
      int64_t value = 0;
      if (absl::SimpleAtoi(text, &value)) return value;
      return mistyped("a whole number");
    }
    case AttributeType::kDouble: {
      double value = 0;
      if (absl::SimpleAtod(text, &value) && std::isfinite(value)) return value;
      return mistyped("a number");
    }
    case AttributeType::kString:
    case AttributeType::kStringList:
      break;
  }
  if (text.empty()) return subject.Refuse(absl::StrCat(subject.name, " needs a value"));
  if (text.size() > core::kAttributeBytesMax) {
    return subject.Refuse(absl::StrCat("a value of ", subject.name, " has more than ",
                                       core::kAttributeBytesMax, " bytes, so no lead has it"));
  }
  if (subject.name == "consent" &&
      std::find(kConsentWords.begin(), kConsentWords.end(), text) == kConsentWords.end()) {
    const std::vector<std::string> words(kConsentWords.begin(), kConsentWords.end());
    return subject.Refuse(absl::StrCat("consent is unknown, granted or withdrawn, never ",
                                       Quoted(text), DidYouMean(text, words)));
  }
  return text;
}

std::optional<Comparison> ReadSuffix(const Subject& subject, const std::string& text) {
  if (subject.type != AttributeType::kString || subject.computed) {
    return subject.Refuse(absl::StrCat("'*' (ends with) is for attributes declared string; ",
                                       subject.name, " is ", AttributeTypeName(subject.type)));
  }
  const std::string ending = text.substr(1);
  if (ending.empty() || ending.find('*') != std::string::npos) {
    return subject.Refuse("'*' stands once, first, before what the value ends with, as in *.edu");
  }
  std::optional<core::AttributeValue> value = ReadLiteral(subject, ending);
  if (!value.has_value()) return std::nullopt;
  return Comparison{CompareOp::kEndsWith, {*std::move(value)}};
}

std::optional<Comparison> ReadPresence(const Subject& subject, CompareOp op) {
  if (subject.computed) {
    return subject.Refuse(absl::StrCat(subject.name, " is computed and always present"));
  }
  return Comparison{op, {}};
}

// One part of a condition text: ">= 200", "!= x", "*.edu", "present".
std::optional<Comparison> ReadPart(const Subject& subject, const std::string& part) {
  if (part == "present") return ReadPresence(subject, CompareOp::kPresent);
  if (part == "absent") return ReadPresence(subject, CompareOp::kAbsent);
  if (part.starts_with('*')) return ReadSuffix(subject, part);
  for (const auto& [sign, op] : kOperators) {
    if (!part.starts_with(sign)) continue;
    const bool ordered =
        subject.type == AttributeType::kInt || subject.type == AttributeType::kDouble;
    if (op != CompareOp::kNotIn && !ordered) {
      return subject.Refuse(absl::StrCat("'", core::ToAbsl(sign), "' compares numbers; ",
                                         subject.name, " is ", AttributeTypeName(subject.type)));
    }
    std::optional<core::AttributeValue> value =
        ReadLiteral(subject, Trimmed(part.substr(sign.size())));
    if (!value.has_value()) return std::nullopt;
    return Comparison{op, {*std::move(value)}};
  }
  if (part.starts_with('=')) {
    return subject.Refuse("a plain value means equality, without '='");
  }
  return subject.Refuse(absl::StrCat(
      "each part between commas needs an operator (>=, <=, >, <, !=, *, present, absent); ",
      Quoted(part), " has none; for any of several values write a list"));
}

// Whether a scalar is a condition rather than a plain value.
bool IsConditionText(const std::string& text) {
  for (const std::string_view sign : {">", "<", "!=", "*", "="}) {
    if (text.starts_with(sign)) return true;
  }
  const std::string first = Trimmed(text.substr(0, text.find(',')));
  return first == "present" || first == "absent";
}

std::vector<Comparison> ReadScalar(const Subject& subject) {
  std::vector<Comparison> all;
  const std::string text = Trimmed(subject.at.text);
  if (!IsConditionText(text)) {
    std::optional<core::AttributeValue> value = ReadLiteral(subject, subject.at.text);
    if (value.has_value()) all.push_back({CompareOp::kIn, {*std::move(value)}});
    return all;
  }
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    std::optional<Comparison> one = ReadPart(subject, Trimmed(part));
    if (one.has_value()) all.push_back(*std::move(one));
  }
  return all;
}

// Any of the values: either all plain or all suffixes.
std::vector<Comparison> ReadAnyOf(const Subject& list) {
  Comparison any;
  const absl::Span<const YamlNode> items = ReadList(list.at, list.name, list.errors);
  if (list.at.items.empty()) list.Refuse(absl::StrCat("the list of ", list.name, " is empty"));
  for (const YamlNode& node : items) {
    const Subject item = {list.name, list.type, list.computed, node, list.errors};
    const bool suffix = node.text.starts_with('*');
    if (node.kind != YamlNode::Kind::kScalar) {
      item.Refuse(
          absl::StrCat("a value of ", list.name, " must be text, this is ", Describe(node)));
    } else if (suffix != items.front().text.starts_with('*')) {
      item.Refuse("a list holds either plain values or '*' values, not both");
    } else if (!suffix && node.text != "present" && node.text != "absent" &&
               IsConditionText(node.text)) {
      item.Refuse(absl::StrCat("a list means any of its plain values; write the comparison ",
                               Quoted(node.text), " outside of a list"));
    } else if (suffix) {
      std::optional<Comparison> one = ReadSuffix(item, node.text);
      if (one.has_value()) any.values.push_back(std::move(one->values.front()));
      any.op = CompareOp::kEndsWith;
    } else {
      std::optional<core::AttributeValue> value = ReadLiteral(item, node.text);
      if (value.has_value()) any.values.push_back(*std::move(value));
    }
  }
  return {std::move(any)};
}

// The condition as written: "country: [DE, AT, CH]".
std::string ConditionText(const std::string& subject, const YamlNode& value) {
  const bool is_list = value.kind == YamlNode::Kind::kList;
  std::string text = is_list ? std::string("[") : value.text;
  if (is_list) {
    for (const YamlNode& item : value.items) {
      absl::StrAppend(&text, text.size() > 1 ? ", " : "", item.text);
      if (text.size() > kConditionTextBytesMax) break;
    }
    if (text.size() <= kConditionTextBytesMax) text += "]";
  }
  return absl::StrCat(subject, ": ", Printable(core::Shortened(text, kConditionTextBytesMax)));
}

}  // namespace

std::string AttributeTypeName(AttributeType type) {
  switch (type) {
    case AttributeType::kBool:
      return "bool";
    case AttributeType::kInt:
      return "int";
    case AttributeType::kDouble:
      return "double";
    case AttributeType::kString:
      return "string";
    case AttributeType::kStringList:
      return "list(string)";
  }
  return "unknown";
}

MatchParser::MatchParser(const AttributeTypes& attributes, bool with_scores, ErrorList& errors)
    : subjects_(attributes), with_scores_(with_scores), errors_(errors) {
  subjects_["consent"] = AttributeType::kString;
  if (with_scores) subjects_["fit"] = subjects_["intent"] = AttributeType::kInt;
}

core::Match MatchParser::Parse(const YamlNode& node, const std::string& path) const {
  core::Match match;
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node,
             node.kind == YamlNode::Kind::kScalar
                 ? absl::StrCat(path, ": ", core::ToAbsl(kNoExpressions))
                 : absl::StrCat(path, " must be a mapping of attributes to conditions"),
             errors_);
    return match;
  }
  if (node.entries.empty()) {
    AddError(node, absl::StrCat(path, " needs at least one condition"), errors_);
  }
  for (const auto& [key, value] : node.entries) {
    const bool score = key.text == "fit" || key.text == "intent";
    const auto declared = subjects_.find(key.text);
    if (declared == subjects_.end()) {
      std::vector<std::string> known;
      for (const auto& [name, type] : subjects_) known.push_back(name);
      AddError(
          key,
          score ? absl::StrCat("'", key.text, "' is what scoring computes; it can stand ",
                               "in definition and routing, not in ", path)
                : absl::StrCat("attribute ", Quoted(key.text), " in ", path,
                               " is not declared in spec.attributes", DidYouMean(key.text, known)),
          errors_);
      continue;
    }
    const bool computed = key.text == "consent" || (score && with_scores_);
    const Subject subject = {key.text, declared->second, computed, value, errors_};
    core::FieldMatch field = {key.text, {}, ConditionText(key.text, value)};
    if (value.kind == YamlNode::Kind::kScalar) {
      field.all = ReadScalar(subject);
    } else if (value.kind == YamlNode::Kind::kList) {
      field.all = ReadAnyOf(subject);
    } else {
      subject.Refuse(absl::StrCat(key.text, " needs a value, a list of values or a condition such ",
                                  "as \">= 200, < 5000\", present or absent; this is ",
                                  Describe(value)));
    }
    match.fields.push_back(std::move(field));
  }
  return match;
}

}  // namespace baton::policy
