// What a judgment looks at: the part of a lead's facts and account that its policy can see. Kept
// with the judgment that opened a handoff cycle, so that it can be computed again when the facts
// have moved on.
#ifndef BATON_CORE_INPUTS_H_
#define BATON_CORE_INPUTS_H_

#include <cstdint>
#include <map>
#include <string>

#include "core/facts.h"
#include "core/policy.h"

namespace baton::core {

struct Inputs {
  std::map<std::string, AttributeValue> attributes;  // those that the policy declares
  Consent consent = Consent::kUnknown;
  std::map<std::string, DayCounts> activities;  // all, because conditions may count any
  // Of the activities that intent rules count by event, with the properties that are declared.
  std::map<std::string, Occasions> occasions;
  // AccountFields() of the lead's account, if conditions of the policy read some (FieldsRead).
  std::map<std::string, AttributeValue> account;
  bool operator==(const Inputs&) const = default;
};

// With inputs = InputsOf(facts, policy, account), Judge(FactsFrom(inputs), policy, now,
// inputs.account) says the same as Judge(facts, policy, now, account).
Inputs InputsOf(const Facts& facts, const Policy& policy,
                const std::map<std::string, AttributeValue>& account = {});
Facts FactsFrom(const Inputs& inputs);

// SHA-256 (32 bytes) of the canonical encoding, which depends on neither platform nor order:
//   text "baton/inputs/1"
//   number of attributes, then for each, by name in byte order: text name, byte type, value
//   byte consent: 0 unknown, 1 granted, 2 withdrawn
//   number of activities, then for each, by name in byte order: text name, number of days, then for
//     each day, ascending: number day, number count
//   only with an account: number of its fields, then for each as for an attribute
// With occasions the first text is "baton/inputs/2", the account's fields are there in any case (0
// of them: no account), and then come:
//   number of types with occasions, then for each, by name in byte order: text name, number of
//     occasions, then for each, in their order: number day, properties as attributes, number count
// A number is 8 bytes, big-endian, two's complement; a text its length in bytes as a number, then
// the bytes. Types and values: 0 bool, a byte 0 or 1; 1 int, a number; 2 double, the 8 bytes of its
// IEEE 754 form, big-endian; 3 string, a text; 4 list, the number of its texts, then those.
std::string InputsHash(const Inputs& inputs);

}  // namespace baton::core

#endif  // BATON_CORE_INPUTS_H_
