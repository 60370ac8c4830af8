#include "core/subjects.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/text.h"

namespace baton::core {
namespace {

using expression::Kind;
using expression::Value;
using StringList = std::vector<std::string>;

// In the order of AttributeValue's alternatives.
constexpr AttributeType kTypes[] = {AttributeType::kBool, AttributeType::kInt,
                                    AttributeType::kDouble, AttributeType::kString,
                                    AttributeType::kStringList};

Value ValueOf(const AttributeValue& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return Value::Bool(*flag);
  if (const auto* whole = std::get_if<int64_t>(&value)) return Value::Int(*whole);
  if (const auto* number = std::get_if<double>(&value)) return Value::Double(*number);
  return Value::String(std::get<std::string>(value));
}

// The int that `number` is, if it is one.
Value WholeOf(double number) {
  const bool is_whole = std::trunc(number) == number && number >= -0x1p63 && number < 0x1p63;
  return is_whole ? Value::Int(static_cast<int64_t>(number)) : Value();
}

std::string TextOf(const Value& value) {
  if (value.kind() == Kind::kString) return std::string(value.text());
  if (value.kind() == Kind::kList) {
    return absl::StrJoin(value.list(), ", ",
                         [](std::string* out, const Value& item) { out->append(item.text()); });
  }
  return expression::DebugString(value);
}

}  // namespace

Subjects::Subjects(const Vocabulary& vocabulary, const Facts& facts,
                   const std::map<std::string, AttributeValue>& account, TimeMs now_ms,
                   expression::Scratch& scratch)
    : vocabulary_(vocabulary), scratch_(scratch), values_(vocabulary.environment().slots()) {
  host_.facts = &facts;
  host_.now_ms = now_ms;
  scratch.set_host(&host_);
  values_[Vocabulary::kNow] = Value::Timestamp(absl::FromUnixMillis(now_ms));
  values_[Vocabulary::kConsent] = Value::String(ConsentName(facts.consent));
  // Both are ordered by name.
  auto fact = facts.attributes.begin();
  for (const Vocabulary::Attribute& attribute : vocabulary.attributes()) {
    while (fact != facts.attributes.end() && fact->first < attribute.name) ++fact;
    if (fact == facts.attributes.end()) break;
    if (fact->first != attribute.name) continue;
    values_[static_cast<size_t>(attribute.slot)] = Bind(attribute, fact->second.value);
  }
  if (account.empty()) return;
  for (const Vocabulary::Attribute& field : vocabulary.account_fields()) {
    const auto known = account.find(field.name);
    if (known == account.end()) continue;
    values_[static_cast<size_t>(field.slot)] = Bind(field, known->second);
  }
}

void Subjects::SetScores(int32_t fit, int32_t intent) {
  values_[Vocabulary::kFit] = Value::Int(fit);
  values_[Vocabulary::kIntent] = Value::Int(intent);
  found_.clear();
}

std::vector<Value> Subjects::Bind(const Properties& properties) {
  std::vector<Value> values;
  values.reserve(vocabulary_.event_properties().size());
  for (const Vocabulary::Attribute& property : vocabulary_.event_properties()) {
    const auto known = properties.find(property.name);
    values.push_back(known == properties.end() ? Value() : Bind(property, known->second));
  }
  return values;
}

void Subjects::SetEvent(absl::Span<const Value> properties) {
  if (properties.empty()) return;
  const auto first = static_cast<size_t>(vocabulary_.event_properties().front().slot);
  std::copy(properties.begin(), properties.end(), values_.begin() + static_cast<ptrdiff_t>(first));
  found_.clear();
}

Value Subjects::Bind(const Vocabulary::Attribute& attribute, const AttributeValue& value) {
  const AttributeType type = kTypes[value.index()];
  if (const auto* list = std::get_if<StringList>(&value); list && type == attribute.type) {
    expression::ListValue& items = lists_.emplace_back();
    items.reserve(list->size());
    for (const std::string& item : *list) items.push_back(Value::String(item));
    return Value::List(&items);
  }
  if (type == attribute.type) return ValueOf(value);
  if (attribute.type == AttributeType::kDouble && type == AttributeType::kInt) {
    return Value::Double(static_cast<double>(std::get<int64_t>(value)));
  }
  if (attribute.type == AttributeType::kInt && type == AttributeType::kDouble) {
    const Value whole = WholeOf(std::get<double>(value));
    if (whole.kind() == Kind::kInt) return whole;
  }
  return Refuse(attribute, value);
}

Value Subjects::Refuse(const Vocabulary::Attribute& attribute, const AttributeValue& value) {
  const std::string why = absl::StrCat("of type ", ToAbsl(AttributeTypeName(kTypes[value.index()])),
                                       ", declared ", ToAbsl(AttributeTypeName(attribute.type)));
  const auto* list = std::get_if<StringList>(&value);
  const std::string text = list != nullptr ? absl::StrJoin(*list, ", ") : TextOf(ValueOf(value));
  mismatches_.push_back({attribute.slot, absl::StrCat(NameOf(attribute.slot), " is ", why),
                         absl::StrCat(Shortened(text, kFoundBytesMax), " (", why, ")")});
  return Value::Error(mismatches_.back().error);
}

const std::string& Subjects::Found(int slot) {
  const auto [found, is_new] = found_.try_emplace(slot);
  if (is_new) found->second = TextAt(slot);
  return found->second;
}

std::string Subjects::TextAt(int slot) const {
  const Value& value = values_[static_cast<size_t>(slot)];
  if (!value.is_error()) return Shortened(TextOf(value), kFoundBytesMax);
  const auto mismatch = std::find_if(mismatches_.begin(), mismatches_.end(),
                                     [&](const Mismatch& one) { return one.slot == slot; });
  return mismatch->found;
}

}  // namespace baton::core
