#include "core/inputs.h"

#include <algorithm>

#include "core/canonical.h"

namespace baton::core {
namespace {

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
    return rule.when.reads_event() && rule.activity == activity;
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
