// The section reasons (rules_parser.h).
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "policy/map_reader.h"
#include "policy/policy_keys.h"
#include "policy/rules_parser.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr core::DurationMs kCoolDownMax = 730 * core::kDayMs;

// In the order of core::ReasonClass and core::ReasonFault.
constexpr std::array<std::string_view, 5> kReasonClasses = {"reject", "recycle", "reroute",
                                                            "decline", "lost"};
constexpr std::array<std::string_view, 6> kReasonFaults = {"none",   "quality", "data",
                                                           "status", "consent", "timing"};
constexpr std::array<std::string_view, 2> kRequalify = {"policy", "same_rep"};

bool IsUpperSnake(const std::string& code) {
  return absl::ascii_isupper(static_cast<unsigned char>(code[0])) &&
         std::all_of(code.begin(), code.end(), [](unsigned char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

core::Reason ParseReason(const MapReader& map, const std::vector<core::Reason>& known) {
  ErrorList& errors = map.errors();
  core::Reason reason{};
  if (const YamlNode* code = map.Find("code"); code != nullptr) {
    reason.code = ReadText(*code, map.PathOf("code"), core::kIdLengthMax, errors).value_or("");
    if (!reason.code.empty() && !IsUpperSnake(reason.code)) {
      AddError(*code,
               absl::StrCat(map.PathOf("code"), " must be like NO_FIBRE_AREA, this is ",
                            Quoted(reason.code)),
               errors);
    } else if (core::FindReason(known, reason.code) != nullptr) {
      AddError(*code, absl::StrCat("reason '", reason.code, "' exists already"), errors);
    }
  }
  if (const YamlNode* name = map.Find("class"); name != nullptr) {
    reason.reason_class = static_cast<core::ReasonClass>(
        ReadWord(*name, map.PathOf("class"), kReasonClasses, errors).value_or(0));
  }
  if (const YamlNode* fault = map.Find("fault"); fault != nullptr) {
    reason.fault = static_cast<core::ReasonFault>(
        ReadWord(*fault, map.PathOf("fault"), kReasonFaults, errors).value_or(0));
  }
  reason.cool_down_ms = ReadDurationOr(map, "cool_down", core::kSecondMs, kCoolDownMax, 0);
  reason.counts_in_acceptance = ReadBoolOr(map, "counts_in_acceptance", true);
  reason.needs_revisit_at = ReadBoolOr(map, "needs_revisit_at", false);
  for (const std::string_view key : {"cool_down", "needs_revisit_at"}) {
    const YamlNode* node = map.Find(key);
    if (node == nullptr || reason.reason_class == core::ReasonClass::kRecycle) continue;
    AddError(*node, absl::StrCat(map.PathOf(std::string(key)), " is for reasons of class recycle"),
             errors);
  }
  return reason;
}

void ParseCoolDowns(const YamlNode& node, const std::string& path, core::Policy& policy,
                    ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, absl::StrCat(path, " must be a mapping, as {NO_BUDGET: 90d}"), errors);
    return;
  }
  for (const auto& [key, value] : node.entries) {
    const std::string& code = key.text;
    const auto reason =
        std::find_if(policy.reasons.begin(), policy.reasons.end(), [&code](const auto& one) {
          return one.code == code && one.reason_class == core::ReasonClass::kRecycle;
        });
    if (reason == policy.reasons.end()) {
      AddError(key,
               absl::StrCat(path, " names reasons of class recycle (",
                            core::CodesOfClass(policy.reasons, core::ReasonClass::kRecycle),
                            "), this is ", Quoted(code)),
               errors);
      continue;
    }
    const auto duration = ReadDuration(value, absl::StrCat(path, ".", reason->code),
                                       core::kSecondMs, kCoolDownMax, errors);
    if (duration.has_value()) reason->cool_down_ms = *duration;
  }
}

}  // namespace

void ParseReasons(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const MapReader reasons(node, "reasons", kReasonsKeys, errors);
  const YamlNode* extend = reasons.Find("extend");
  if (extend == nullptr) return;
  const absl::Span<const YamlNode> items = ReadList(*extend, "reasons.extend", errors);
  for (size_t i = 0; i < items.size(); ++i) {
    const MapReader map(items[i], ItemPath("reasons.extend", i), kReasonKeys, errors);
    policy.reasons.push_back(ParseReason(map, policy.reasons));
  }
}

void ParseRecycle(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  const MapReader map(node, "recycle", kRecycleKeys, errors);
  if (const YamlNode* cool_down = map.Find("cool_down"); cool_down != nullptr) {
    ParseCoolDowns(*cool_down, map.PathOf("cool_down"), policy, errors);
  }
  if (const YamlNode* requalify = map.Find("requalify"); requalify != nullptr) {
    policy.same_rep_again =
        ReadWord(*requalify, map.PathOf("requalify"), kRequalify, errors).value_or(0) == 1;
  }
}

}  // namespace baton::policy
