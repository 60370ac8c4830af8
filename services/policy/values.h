// Reads single values of a document. Each function adds an error that names the value's path and
// answers nullopt if the value is not what it must be.
#ifndef BATON_POLICY_VALUES_H_
#define BATON_POLICY_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "core/time.h"
#include "policy/map_reader.h"

namespace baton::policy {

inline constexpr size_t kListItemsMax = 1000;

// 1..max_bytes of text without control characters.
std::optional<std::string> ReadText(const YamlNode& node, const std::string& path, size_t max_bytes,
                                    ErrorList& errors);

// 1 to 64 characters of [A-Za-z0-9_-].
std::optional<std::string> ReadId(const YamlNode& node, const std::string& path, ErrorList& errors);

// The name of an activity, as of a lead event: 1 to 64 characters of [A-Za-z0-9_.:-]; "" after an
// error, or where there is none (nullptr).
std::string ReadActivity(const YamlNode* node, const std::string& path, ErrorList& errors);

// A whole number, not in quotes, min <= value <= max.
std::optional<int64_t> ReadInt(const YamlNode& node, const std::string& path, int64_t min,
                               int64_t max, ErrorList& errors);

// A finite number, not in quotes.
std::optional<double> ReadDouble(const YamlNode& node, const std::string& path, ErrorList& errors);

// true or false.
std::optional<bool> ReadBool(const YamlNode& node, const std::string& path, ErrorList& errors);

// 90s, 5m, 2h, 30d: a whole number and one unit; min <= value <= max.
std::optional<core::DurationMs> ReadDuration(const YamlNode& node, const std::string& path,
                                             core::DurationMs min, core::DurationMs max,
                                             ErrorList& errors);
std::string FormatDuration(core::DurationMs duration);  // "2h"; in the largest unit that divides it

// An instant of RFC 3339.
std::optional<core::TimeMs> ReadTime(const YamlNode& node, const std::string& path,
                                     ErrorList& errors);

// One of `words`; its index.
std::optional<size_t> ReadWord(const YamlNode& node, const std::string& path,
                               absl::Span<const std::string_view> words, ErrorList& errors);

// The items of a list of at most kListItemsMax; empty after an error.
absl::Span<const YamlNode> ReadList(const YamlNode& node, const std::string& path,
                                    ErrorList& errors);

// A list of ids, each once; sorted.
std::vector<std::string> ReadIdList(const YamlNode& node, const std::string& path, size_t max_items,
                                    ErrorList& errors);

// A list of skills that a lead asks for (core::WantedSkill), each once; sorted.
std::vector<std::string> ReadSkillList(const YamlNode& node, const std::string& path,
                                       ErrorList& errors);

// The value of a key that may be left out.
core::DurationMs ReadDurationOr(const MapReader& map, std::string_view key, core::DurationMs min,
                                core::DurationMs max, core::DurationMs otherwise);
bool ReadBoolOr(const MapReader& map, std::string_view key, bool otherwise);

// "routing[1]".
std::string ItemPath(const std::string& path, size_t index);

}  // namespace baton::policy

#endif  // BATON_POLICY_VALUES_H_
