#include "core/vocabulary.h"

#include "core/table_functions.h"

namespace baton::core {
namespace {

expression::Type TypeOf(AttributeType type) {
  using expression::Kind;
  switch (type) {
    case AttributeType::kBool:
      return Kind::kBool;
    case AttributeType::kInt:
      return Kind::kInt;
    case AttributeType::kDouble:
      return Kind::kDouble;
    case AttributeType::kString:
      return Kind::kString;
    case AttributeType::kStringList:
      return expression::Type::List(Kind::kString);
  }
  return {};
}

}  // namespace

std::string_view AttributeTypeName(AttributeType type) {
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

const AttributeTypes& AccountFields() {
  static const AttributeTypes fields = {{"customer", AttributeType::kBool},
                                        {"customer_owner", AttributeType::kString},
                                        {"domain", AttributeType::kString},
                                        {"domains", AttributeType::kStringList},
                                        {"group", AttributeType::kString},
                                        {"id", AttributeType::kString},
                                        {"name", AttributeType::kString},
                                        {"open_opportunity", AttributeType::kBool},
                                        {"opportunity_owner", AttributeType::kString},
                                        {"owner", AttributeType::kString}};
  return fields;
}

Vocabulary::Vocabulary(const AttributeTypes& attributes, const Calendars& calendars,
                       const Tables& tables, const AttributeTypes& event_properties,
                       const AttributeTypes& rep_attributes) {
  environment_.AddVariable("fit", expression::Kind::kInt);
  environment_.AddVariable("intent", expression::Kind::kInt);
  environment_.AddVariable("lead.consent", expression::Kind::kString);
  environment_.AddVariable("now", expression::Kind::kTimestamp);
  AddLeadFunctions(calendars, environment_);
  AddTableFunctions(tables, environment_);
  for (const auto& [name, type] : AccountFields()) {
    account_fields_.push_back(
        {name, type, environment_.AddVariable("account." + name, TypeOf(type))});
  }
  for (const auto& [name, type] : attributes) {
    attributes_.push_back({name, type, environment_.AddVariable("lead." + name, TypeOf(type))});
  }
  for (const auto& [name, type] : event_properties) {
    event_properties_.push_back(
        {name, type, environment_.AddVariable("event." + name, TypeOf(type))});
  }
  first_of_rep_ = static_cast<int>(environment_.slots());
  for (const auto& [name, type] : rep_attributes) {
    environment_.AddVariable("rep." + name, TypeOf(type));
  }
}

bool Vocabulary::IsOfAccount(int slot) const {
  return slot >= kAccount && slot < kAccount + static_cast<int>(account_fields_.size());
}

bool Vocabulary::IsOfEvent(int slot) const {
  return !event_properties_.empty() && slot >= event_properties_.front().slot && !IsOfRep(slot);
}

}  // namespace baton::core
