// What the conditions of a policy may name, and where each value stands when they are evaluated.
//
//   fit, intent      int; what scoring adds up, so not for the conditions of scoring itself
//   lead.consent     string: "unknown", "granted" or "withdrawn"
//   lead.NAME        each declared attribute, of its type; absent where a lead has none
//   now              timestamp: when the lead is judged
//   event.NAME       each declared property of activities; only for conditions of intent rules,
//   which
//                    count occurrences; absent where an occurrence has none
//   rep.NAME         each declared attribute of reps; only for what queues require of their reps
//   account.NAME     of the account that the lead matches (account_match.h), see AccountFields;
//                    absent where there is no account
//
//   count(activity, window)  int: occurrences of the activity on the UTC days that the window up to
//                            now touches, as in count("page_view", duration("168h")). Facts keep
//                            activities by day
//   last(activity)           timestamp: start of the latest UTC day with the activity; an error if
//                            there was none
//   business_minutes(a, b, calendar)  int: minutes between the timestamps in which a calendar of
//                            spec.calendars is open; 0 unless a < b
//   domain(email)            string: the domain of an address as accounts have it ("acme.example":
//                            lower case, IDNA, without "www."); an error if it has none
//   is_freemail(text)        bool: whether an address, or a domain, is of a mail provider for
//                            everybody (free_mail.h), or below one
//   lookup(table, key)       string: the value of the key in a table of spec.tables; an error if
//   the
//                            table has no such key. With several columns of values
//                            lookup(table, key, column)
//   in_table(table, key)     bool: whether the table has the key
#ifndef BATON_CORE_VOCABULARY_H_
#define BATON_CORE_VOCABULARY_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/lead_functions.h"
#include "core/lookup_table.h"
#include "expression/environment.h"

namespace baton::core {

enum class AttributeType { kBool, kInt, kDouble, kString, kStringList };

using AttributeTypes = std::map<std::string, AttributeType>;

// "int", "list(string)" ...
std::string_view AttributeTypeName(AttributeType type);

// What conditions may name of an account, by name:
//   id, name, group          string
//   domain, domains          string: by which the lead matched; list(string): all it has
//   owner, customer_owner, opportunity_owner  string: ids of reps
//   customer, open_opportunity                bool
// An account without name, group or an owner does not have that one.
const AttributeTypes& AccountFields();

// Immutable, thread-safe. Outlives the conditions compiled with it.
class Vocabulary {
 public:
  // Slots of the computed ones.
  static constexpr int kFit = 0;
  static constexpr int kIntent = 1;
  static constexpr int kConsent = 2;
  static constexpr int kNow = 3;
  static constexpr int kAccount = 4;  // the first of AccountFields(), which follow each other

  struct Attribute {
    std::string name;
    AttributeType type = AttributeType::kString;
    int slot = 0;
  };

  explicit Vocabulary(const AttributeTypes& attributes = {}, const Calendars& calendars = {},
                      const Tables& tables = {}, const AttributeTypes& event_properties = {},
                      const AttributeTypes& rep_attributes = {});
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  const expression::Environment& environment() const { return environment_; }
  const std::vector<Attribute>& attributes() const { return attributes_; }          // by name
  const std::vector<Attribute>& account_fields() const { return account_fields_; }  // by name
  // By name; their slots follow each other in this order.
  const std::vector<Attribute>& event_properties() const { return event_properties_; }
  bool IsOfAccount(int slot) const;
  bool IsOfEvent(int slot) const;
  bool IsOfRep(int slot) const { return slot >= first_of_rep_; }

 private:
  expression::Environment environment_;
  std::vector<Attribute> attributes_;
  std::vector<Attribute> account_fields_;
  std::vector<Attribute> event_properties_;
  int first_of_rep_ = 0;  // slot; those of reps come last
};

}  // namespace baton::core

#endif  // BATON_CORE_VOCABULARY_H_
