#include "policy/values.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "core/ids.h"
#include "core/roster.h"
#include "core/text.h"

namespace baton::policy {
namespace {

struct Unit {
  char letter;
  core::DurationMs size_ms;
};
constexpr std::array<Unit, 4> kUnits = {
    {{'d', core::kDayMs}, {'h', core::kHourMs}, {'m', core::kMinuteMs}, {'s', core::kSecondMs}}};

// Errors "<path> must be <what>, this is <found>".
std::nullopt_t MustBe(const YamlNode& node, const std::string& path, const std::string& what,
                      ErrorList& errors) {
  const std::string found =
      node.kind == YamlNode::Kind::kScalar ? Quoted(node.text) : Describe(node);
  AddError(node, absl::StrCat(path, " must be ", what, ", this is ", found), errors);
  return std::nullopt;
}

bool IsPlain(const YamlNode& node) {
  return node.kind == YamlNode::Kind::kScalar && !node.quoted;
}

}  // namespace

std::optional<std::string> ReadText(const YamlNode& node, const std::string& path, size_t max_bytes,
                                    ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kScalar || node.text.empty()) {
    return MustBe(node, path, "text", errors);
  }
  if (node.text.size() > max_bytes) {
    AddError(node,
             absl::StrCat(path, " has ", node.text.size(), " bytes, at most ", max_bytes,
                          " are allowed"),
             errors);
    return std::nullopt;
  }
  const auto is_control = [](unsigned char c) { return absl::ascii_iscntrl(c); };
  if (std::any_of(node.text.begin(), node.text.end(), is_control)) {
    return MustBe(node, path, "text without line breaks and control characters", errors);
  }
  return node.text;
}

std::optional<std::string> ReadId(const YamlNode& node, const std::string& path,
                                  ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kScalar || !core::IsValidId(node.text)) {
    return MustBe(node, path, "1 to 64 characters of A-Z, a-z, 0-9, _ and -", errors);
  }
  return node.text;
}

std::string ReadActivity(const YamlNode* node, const std::string& path, ErrorList& errors) {
  if (node == nullptr) return "";
  const std::string name = ReadText(*node, path, core::kIdLengthMax, errors).value_or("");
  const bool valid = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == ':' || c == '-';
  });
  if (!valid) {
    AddError(*node,
             absl::StrCat(path, " is the name of an activity: A-Z, a-z, 0-9, _ . : and -; ",
                          "this is ", Quoted(name)),
             errors);
  }
  return name;
}

std::optional<int64_t> ReadInt(const YamlNode& node, const std::string& path, int64_t min,
                               int64_t max, ErrorList& errors) {
  int64_t value = 0;
  if (!IsPlain(node) || !absl::SimpleAtoi(node.text, &value) || value < min || value > max) {
    return MustBe(node, path, absl::StrCat("a whole number from ", min, " to ", max), errors);
  }
  return value;
}

std::optional<double> ReadDouble(const YamlNode& node, const std::string& path, ErrorList& errors) {
  double value = 0;
  if (!IsPlain(node) || !absl::SimpleAtod(node.text, &value) || !std::isfinite(value)) {
    return MustBe(node, path, "a number", errors);
  }
  return value;
}

std::optional<bool> ReadBool(const YamlNode& node, const std::string& path, ErrorList& errors) {
  if (IsPlain(node) && node.text == "true") return true;
  if (IsPlain(node) && node.text == "false") return false;
  return MustBe(node, path, "true or false", errors);
}

std::optional<core::DurationMs> ReadDuration(const YamlNode& node, const std::string& path,
                                             core::DurationMs min, core::DurationMs max,
                                             ErrorList& errors) {
  const std::string what = absl::StrCat("a duration from ", FormatDuration(min), " to ",
                                        FormatDuration(max), ", such as 90s, 5m, 2h or 30d");
  if (node.kind != YamlNode::Kind::kScalar || node.text.empty()) {
    return MustBe(node, path, what, errors);
  }
  const std::string_view number = std::string_view(node.text).substr(0, node.text.size() - 1);
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& candidate) {
    return candidate.letter == node.text.back();
  });
  int64_t count = 0;
  const bool digits = !number.empty() && std::all_of(number.begin(), number.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
  if (unit == kUnits.end() || !digits || !absl::SimpleAtoi(core::ToAbsl(number), &count) ||
      count > max / unit->size_ms || count * unit->size_ms < min) {
    return MustBe(node, path, what, errors);
  }
  return count * unit->size_ms;
}

std::string FormatDuration(core::DurationMs duration) {
  for (const Unit& unit : kUnits) {
    if (duration != 0 && duration % unit.size_ms == 0) {
      return absl::StrCat(duration / unit.size_ms, std::string(1, unit.letter));
    }
  }
  return duration == 0 ? "0s" : absl::StrCat(duration, "ms");
}

std::optional<core::TimeMs> ReadTime(const YamlNode& node, const std::string& path,
                                     ErrorList& errors) {
  absl::Time time;
  std::string error;
  if (node.kind != YamlNode::Kind::kScalar ||
      !absl::ParseTime(absl::RFC3339_full, node.text, &time, &error) ||
      absl::ToUnixMillis(time) < core::kTimeMsMin || absl::ToUnixMillis(time) > core::kTimeMsMax) {
    return MustBe(node, path, "an instant such as 2026-11-02T10:00:00Z", errors);
  }
  return absl::ToUnixMillis(time);
}

std::optional<size_t> ReadWord(const YamlNode& node, const std::string& path,
                               absl::Span<const std::string_view> words, ErrorList& errors) {
  if (node.kind == YamlNode::Kind::kScalar) {
    const auto found = std::find(words.begin(), words.end(), node.text);
    if (found != words.end()) return found - words.begin();
  }
  const std::vector<std::string> known(words.begin(), words.end());
  const std::string hint = node.kind == YamlNode::Kind::kScalar ? DidYouMean(node.text, known) : "";
  const std::string found =
      node.kind == YamlNode::Kind::kScalar ? Quoted(node.text) : Describe(node);
  AddError(
      node,
      absl::StrCat(path, " must be one of ", absl::StrJoin(known, ", "), "; this is ", found, hint),
      errors);
  return std::nullopt;
}

absl::Span<const YamlNode> ReadList(const YamlNode& node, const std::string& path,
                                    ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kList) {
    MustBe(node, path, "a list", errors);
    return {};
  }
  if (node.items.size() > kListItemsMax) {
    AddError(node,
             absl::StrCat(path, " has ", node.items.size(), " items, at most ", kListItemsMax,
                          " are allowed"),
             errors);
    return {};
  }
  return node.items;
}

namespace {

// Items that `read` takes, each once; sorted.
template <typename Read>
std::vector<std::string> ReadWords(const YamlNode& node, const std::string& path, size_t max_items,
                                   ErrorList& errors, Read read) {
  std::vector<std::string> words;
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  if (items.size() > max_items) {
    AddError(
        node,
        absl::StrCat(path, " has ", items.size(), " items, at most ", max_items, " are allowed"),
        errors);
    return words;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const std::optional<std::string> word = read(items[i], ItemPath(path, i));
    if (!word.has_value()) continue;
    if (std::find(words.begin(), words.end(), *word) != words.end()) {
      AddError(items[i], absl::StrCat("'", *word, "' appears twice in ", path), errors);
      continue;
    }
    words.push_back(*word);
  }
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace

std::vector<std::string> ReadIdList(const YamlNode& node, const std::string& path, size_t max_items,
                                    ErrorList& errors) {
  return ReadWords(node, path, max_items, errors,
                   [&](const YamlNode& item, const std::string& item_path) {
                     return ReadId(item, item_path, errors);
                   });
}

std::vector<std::string> ReadSkillList(const YamlNode& node, const std::string& path,
                                       ErrorList& errors) {
  const auto read = [&](const YamlNode& item,
                        const std::string& item_path) -> std::optional<std::string> {
    std::optional<std::string> skill;
    if (item.kind == YamlNode::Kind::kScalar) skill = core::WantedSkill(item.text);
    if (!skill.has_value()) {
      return MustBe(item, item_path, "a skill, as german or german>=3 (levels are 1 to 5)", errors);
    }
    return skill;
  };
  return ReadWords(node, path, core::kSkillsMax, errors, read);
}

core::DurationMs ReadDurationOr(const MapReader& map, std::string_view key, core::DurationMs min,
                                core::DurationMs max, core::DurationMs otherwise) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return otherwise;
  return ReadDuration(*node, map.PathOf(std::string(key)), min, max, map.errors())
      .value_or(otherwise);
}

bool ReadBoolOr(const MapReader& map, std::string_view key, bool otherwise) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return otherwise;
  return ReadBool(*node, map.PathOf(std::string(key)), map.errors()).value_or(otherwise);
}

std::string ItemPath(const std::string& path, size_t index) {
  return absl::StrCat(path, "[", index, "]");
}

}  // namespace baton::policy
