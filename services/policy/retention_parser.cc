// The section retention (rules_parser.h).
#include <string_view>

#include "policy/map_reader.h"
#include "policy/policy_keys.h"
#include "policy/rules_parser.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr core::DurationMs kRetentionMax = 36500 * core::kDayMs;

}  // namespace

void ParseRetention(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const MapReader map(node, "retention", kRetentionKeys, errors);
  const auto keep = [&map](std::string_view key) {
    return ReadDurationOr(map, key, core::kRetentionMin, kRetentionMax, 0);
  };
  core::Retention& retention = policy.retention;
  retention.closed_ms = keep("closed");
  retention.won_ms = keep("won");
  retention.inactive_ms = keep("inactive");
  retention.may_return = ReadBoolOr(map, "erased_may_return", true);
}

}  // namespace baton::policy
