#include "core/inputs.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#include <variant>
#include <vector>

namespace baton::core {
namespace {

// The canonical encoding, item by item.
class Canonical {
 public:
  void Byte(uint8_t value) { bytes_.push_back(static_cast<char>(value)); }
  void Number(uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) Byte(static_cast<uint8_t>(value >> shift));
  }
  void Signed(int64_t value) { Number(static_cast<uint64_t>(value)); }
  void Text(std::string_view text) {
    Number(text.size());
    bytes_.append(text);
  }
  void Values(const std::map<std::string, AttributeValue>& values) {
    Number(values.size());
    for (const auto& [name, value] : values) {
      Text(name);
      Byte(static_cast<uint8_t>(value.index()));
      std::visit([this](const auto& held) { Add(held); }, value);
    }
  }

  std::string Hash() const {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
    SHA256(reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size(), digest.data());
    return {digest.begin(), digest.end()};
  }

 private:
  void Add(bool value) { Byte(value ? 1 : 0); }
  void Add(int64_t value) { Signed(value); }
  void Add(double value) { Number(std::bit_cast<uint64_t>(value)); }
  void Add(const std::string& value) { Text(value); }
  void Add(const std::vector<std::string>& values) {
    Number(values.size());
    for (const std::string& value : values) Text(value);
  }

  std::string bytes_;
};

// With what the policy declares of them; those that differ in other properties alone are one.
Occasions Declared(const Occasions& occasions, const Policy& policy) {
  Occasions declared;
  for (const auto& [occasion, count] : occasions) {
    Occasion seen{occasion.day, {}};
    for (const auto& [name, value] : occasion.properties) {
      if (policy.event_properties.contains(name)) seen.properties.emplace(name, value);
    }
    declared[std::move(seen)] += count;
  }
  return declared;
}

bool CountsByEvent(const Policy& policy, const std::string& activity) {
  return std::any_of(policy.intent.begin(), policy.intent.end(), [&](const IntentRule& rule) {
    return rule.activity == activity && rule.when.reads_event();
  });
}

}  // namespace

Inputs InputsOf(const Facts& facts, const Policy& policy,
                const std::map<std::string, AttributeValue>& account) {
  Inputs inputs;
  for (const auto& [name, attribute] : facts.attributes) {
    if (policy.attributes.contains(name)) inputs.attributes.emplace(name, attribute.value);
  }
  inputs.consent = facts.consent;
  inputs.activities = facts.activities;
  for (const auto& [activity, occasions] : facts.occasions) {
    if (!CountsByEvent(policy, activity)) continue;
    inputs.occasions.emplace(activity, Declared(occasions, policy));
  }
  inputs.account = account;
  return inputs;
}

Facts FactsFrom(const Inputs& inputs) {
  Facts facts;
  for (const auto& [name, value] : inputs.attributes) facts.attributes[name].value = value;
  facts.consent = inputs.consent;
  facts.activities = inputs.activities;
  facts.occasions = inputs.occasions;
  return facts;
}

std::string InputsHash(const Inputs& inputs) {
  Canonical canonical;
  const bool has_occasions = !inputs.occasions.empty();
  canonical.Text(has_occasions ? "baton/inputs/2" : "baton/inputs/1");
  canonical.Values(inputs.attributes);
  canonical.Byte(static_cast<uint8_t>(inputs.consent));
  canonical.Number(inputs.activities.size());
  for (const auto& [type, days] : inputs.activities) {
    canonical.Text(type);
    canonical.Number(days.size());
    for (const auto& [day, count] : days) {
      canonical.Signed(day);
      canonical.Signed(count);
    }
  }
  if (has_occasions || !inputs.account.empty()) canonical.Values(inputs.account);
  if (has_occasions) canonical.Number(inputs.occasions.size());
  for (const auto& [type, occasions] : inputs.occasions) {
    canonical.Text(type);
    canonical.Number(occasions.size());
    for (const auto& [occasion, count] : occasions) {
      canonical.Signed(occasion.day);
      canonical.Values(occasion.properties);
      canonical.Signed(count);
    }
  }
  return canonical.Hash();
}

}  // namespace baton::core
