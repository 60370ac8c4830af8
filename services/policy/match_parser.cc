#include "policy/match_parser.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/facts.h"
#include "core/text.h"
#include "expression/value.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

using core::AttributeType;
using expression::DebugString;
using expression::Value;

constexpr std::array<std::string_view, 3> kConsentWords = {"unknown", "granted", "withdrawn"};
// Names that CEL takes for something else unless they stand between backquotes.
constexpr std::array<std::string_view, 4> kKeywords = {"in", "true", "false", "null"};
constexpr char kOfEvent[] = "event.";
// The longer operator first where one begins with the other.
constexpr std::array<std::string_view, 5> kOperators = {">=", "<=", "!=", ">", "<"};

// One comparison of a field.
struct Clause {
  enum class Needs { kValue, kNone, kAbsence };

  std::string cel;              // empty: nothing besides what it needs
  Needs needs = Needs::kValue;  // kNone: an attribute that is absent passes
};

std::string Trimmed(absl::string_view text) {
  return std::string(absl::StripAsciiWhitespace(text));
}

std::string TypeName(AttributeType type) {
  return std::string(core::AttributeTypeName(type));
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

  std::string Cel() const {
    if (computed && name != "consent") return name;
    const bool of_event = absl::StartsWith(name, kOfEvent);
    const absl::string_view object = of_event ? kOfEvent : "lead.";
    const std::string field = of_event ? name.substr(object.size()) : name;
    const bool is_keyword = std::find(kKeywords.begin(), kKeywords.end(), field) != kKeywords.end();
    return is_keyword ? absl::StrCat(object, "`", field, "`") : absl::StrCat(object, field);
  }
};

std::string DoubleLiteral(double value) {
  const std::string text = DebugString(Value::Double(value));
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

// In CEL.
std::optional<std::string> ReadLiteral(const Subject& subject, const std::string& text) {
  const auto mistyped = [&](const std::string& what) {
    return subject.Refuse(absl::StrCat(Quoted(text), " is not ", what, ", but ", subject.name,
                                       subject.computed ? " is " : " is declared ",
                                       TypeName(subject.type)));
  };
  switch (subject.type) {
    case AttributeType::kBool:
      if (text == "true" || text == "false") return text;
      return mistyped("true or false");
    case AttributeType::kInt: {
      int64_t value = 0;
      if (absl::SimpleAtoi(text, &value)) return absl::StrCat(value);
      return mistyped("a whole number");
    }
    case AttributeType::kDouble: {
      double value = 0;
      if (absl::SimpleAtod(text, &value) && std::isfinite(value)) return DoubleLiteral(value);
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
  return DebugString(Value::String(text));
}

std::optional<std::string> ReadEnding(const Subject& subject, const std::string& text) {
  if (subject.type != AttributeType::kString || subject.computed) {
    return subject.Refuse(absl::StrCat("'*' (ends with) is for attributes declared string; ",
                                       subject.name, " is ", TypeName(subject.type)));
  }
  const std::string ending = text.substr(1);
  if (ending.empty() || ending.find('*') != std::string::npos) {
    return subject.Refuse("'*' stands once, first, before what the value ends with, as in *.edu");
  }
  return ReadLiteral(subject, ending);
}

// One that any of `literals` satisfies.
Clause AnyOf(const Subject& subject, const std::vector<std::string>& literals) {
  const std::string list = absl::StrCat("[", absl::StrJoin(literals, ", "), "]");
  const bool is_one = literals.size() == 1;
  if (subject.type == AttributeType::kStringList) {
    return {is_one ? absl::StrCat(literals[0], " in ", subject.Cel())
                   : absl::StrCat(list, ".exists(item, item in ", subject.Cel(), ")")};
  }
  return {is_one ? absl::StrCat(subject.Cel(), " == ", literals[0])
                 : absl::StrCat(subject.Cel(), " in ", list)};
}

Clause AnyEnding(const Subject& subject, const std::vector<std::string>& literals) {
  if (literals.size() == 1) return {absl::StrCat(subject.Cel(), ".endsWith(", literals[0], ")")};
  return {absl::StrCat("[", absl::StrJoin(literals, ", "), "].exists(ending, ", subject.Cel(),
                       ".endsWith(ending))")};
}

Clause Unequal(const Subject& subject, const std::string& literal) {
  const bool is_list = subject.type == AttributeType::kStringList;
  return {is_list ? absl::StrCat("!(", literal, " in ", subject.Cel(), ")")
                  : absl::StrCat(subject.Cel(), " != ", literal),
          Clause::Needs::kNone};
}

std::optional<Clause> ReadPresence(const Subject& subject, Clause::Needs needs) {
  if (subject.computed) {
    return subject.Refuse(absl::StrCat(subject.name, " is computed and always present"));
  }
  return Clause{"", needs};
}

// One part of a condition text: ">= 200", "!= x", "*.edu", "present".
std::optional<Clause> ReadPart(const Subject& subject, const std::string& part) {
  if (part == "present") return ReadPresence(subject, Clause::Needs::kValue);
  if (part == "absent") return ReadPresence(subject, Clause::Needs::kAbsence);
  if (part.starts_with('*')) {
    const std::optional<std::string> ending = ReadEnding(subject, part);
    if (!ending.has_value()) return std::nullopt;
    return AnyEnding(subject, {*ending});
  }
  for (const std::string_view sign : kOperators) {
    if (!part.starts_with(sign)) continue;
    const bool ordered =
        subject.type == AttributeType::kInt || subject.type == AttributeType::kDouble;
    if (sign != "!=" && !ordered) {
      return subject.Refuse(absl::StrCat("'", core::ToAbsl(sign), "' compares numbers; ",
                                         subject.name, " is ", TypeName(subject.type)));
    }
    const std::optional<std::string> literal =
        ReadLiteral(subject, Trimmed(part.substr(sign.size())));
    if (!literal.has_value()) return std::nullopt;
    if (sign == "!=") return Unequal(subject, *literal);
    return Clause{absl::StrCat(subject.Cel(), " ", core::ToAbsl(sign), " ", *literal)};
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

std::vector<Clause> ReadScalar(const Subject& subject) {
  std::vector<Clause> all;
  const std::string text = Trimmed(subject.at.text);
  if (!IsConditionText(text)) {
    const std::optional<std::string> literal = ReadLiteral(subject, subject.at.text);
    if (literal.has_value()) all.push_back(AnyOf(subject, {*literal}));
    return all;
  }
  for (const absl::string_view part : absl::StrSplit(text, ',')) {
    std::optional<Clause> one = ReadPart(subject, Trimmed(part));
    if (one.has_value()) all.push_back(*std::move(one));
  }
  return all;
}

// Any of the values: either all plain or all endings.
std::vector<Clause> ReadAnyOf(const Subject& list) {
  std::vector<std::string> literals;
  const absl::Span<const YamlNode> items = ReadList(list.at, list.name, list.errors);
  if (list.at.items.empty()) list.Refuse(absl::StrCat("the list of ", list.name, " is empty"));
  const bool endings = !items.empty() && items.front().text.starts_with('*');
  for (const YamlNode& node : items) {
    const Subject item = {list.name, list.type, list.computed, node, list.errors};
    std::optional<std::string> literal;
    if (node.kind != YamlNode::Kind::kScalar) {
      item.Refuse(
          absl::StrCat("a value of ", list.name, " must be text, this is ", Describe(node)));
    } else if (endings != node.text.starts_with('*')) {
      item.Refuse("a list holds either plain values or '*' values, not both");
    } else if (!endings && node.text != "present" && node.text != "absent" &&
               IsConditionText(node.text)) {
      item.Refuse(absl::StrCat("a list means any of its plain values; write the comparison ",
                               Quoted(node.text), " outside of a list"));
    } else {
      literal = endings ? ReadEnding(item, node.text) : ReadLiteral(item, node.text);
    }
    if (literal.has_value()) literals.push_back(*std::move(literal));
  }
  if (literals.empty()) return {};
  return {endings ? AnyEnding(list, literals) : AnyOf(list, literals)};
}

// The field in CEL: what an absent attribute makes of it, then the comparisons.
std::string FieldCel(const Subject& subject, const std::vector<Clause>& clauses) {
  const auto any_needs = [&](Clause::Needs needs) {
    return std::any_of(clauses.begin(), clauses.end(),
                       [&](const Clause& clause) { return clause.needs == needs; });
  };
  std::vector<std::string> parts;
  const std::string has = absl::StrCat("has(", subject.Cel(), ")");
  const bool needs_value = any_needs(Clause::Needs::kValue);
  const bool needs_absence = any_needs(Clause::Needs::kAbsence);
  if (!subject.computed && needs_value) parts.push_back(has);
  if (needs_absence) parts.push_back("!" + has);
  for (const Clause& clause : clauses) {
    const bool passes = needs_absence && clause.needs == Clause::Needs::kNone;
    if (!clause.cel.empty() && !passes) parts.push_back(clause.cel);
  }
  const std::string all = absl::StrJoin(parts, " && ");
  const bool absent_passes = !subject.computed && !needs_value && !needs_absence;
  return absent_passes ? absl::StrCat("!", has, " || ", all) : all;
}

}  // namespace

MatchParser::MatchParser(const core::Policy& policy, Names names, ErrorList& errors)
    : subjects_(policy.attributes), names_(names), errors_(errors) {
  subjects_["consent"] = AttributeType::kString;
  if (names == Names::kScores) subjects_["fit"] = subjects_["intent"] = AttributeType::kInt;
  if (names != Names::kEvent) return;
  for (const auto& [name, type] : policy.event_properties) subjects_[kOfEvent + name] = type;
}

void MatchParser::RefuseName(const YamlNode& key, const std::string& path) const {
  const bool of_event = absl::StartsWith(key.text, kOfEvent);
  const bool is_score = key.text == "fit" || key.text == "intent";
  if (is_score || (of_event && names_ != Names::kEvent)) {
    AddError(key,
             absl::StrCat("'", Printable(key.text), "' is ",
                          of_event ? kPlaceOfEvents : kPlaceOfScores, ", not in ", path),
             errors_);
    return;
  }
  std::vector<std::string> known;
  for (const auto& [name, type] : subjects_) known.push_back(name);
  AddError(key,
           absl::StrCat(of_event ? "property " : "attribute ", Quoted(key.text), " in ", path,
                        " is not declared in spec.", of_event ? "event_properties" : "attributes",
                        DidYouMean(key.text, known)),
           errors_);
}

std::vector<MatchField> MatchParser::Parse(const YamlNode& node, const std::string& path) const {
  std::vector<MatchField> fields;
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node,
             node.kind == YamlNode::Kind::kScalar
                 ? absl::StrCat(path, " is a mapping of attributes to conditions; a condition in ",
                                "one text is written as when: 'lead.employees >= 200'")
                 : absl::StrCat(path, " must be a mapping of attributes to conditions"),
             errors_);
    return fields;
  }
  if (node.entries.empty()) {
    AddError(node, absl::StrCat(path, " needs at least one condition"), errors_);
  }
  for (const auto& [key, value] : node.entries) {
    const auto declared = subjects_.find(key.text);
    if (declared == subjects_.end()) {
      RefuseName(key, path);
      continue;
    }
    const bool computed = key.text == "consent" || key.text == "fit" || key.text == "intent";
    const Subject subject = {key.text, declared->second, computed, value, errors_};
    std::vector<Clause> clauses;
    if (value.kind == YamlNode::Kind::kScalar) {
      clauses = ReadScalar(subject);
    } else if (value.kind == YamlNode::Kind::kList) {
      clauses = ReadAnyOf(subject);
    } else {
      subject.Refuse(absl::StrCat(key.text, " needs a value, a list of values or a condition such ",
                                  "as \">= 200, < 5000\", present or absent; this is ",
                                  Describe(value)));
    }
    if (!clauses.empty()) fields.push_back({FieldCel(subject, clauses), value});
  }
  return fields;
}

}  // namespace baton::policy
