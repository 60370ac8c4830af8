#include "policy/same_meaning.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/types/span.h"
#include "policy/document_error.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

using Kind = YamlNode::Kind;
using Words = absl::Span<const std::string_view>;

constexpr std::string_view kConditionKeys[] = {"when", "mql", "requires", "applies"};
constexpr std::string_view kCoolDown = "cool_down";
constexpr std::string_view kDurationKeys[] = {
    "accept_within", "retry_after", "half_life", kCoolDown, "wait", "max_wait", "after",
    "every",         "ago",         "target",    "closed",  "won",  "inactive"};
constexpr std::string_view kAttributeMaps[] = {"match", "lead", "properties"};

// What is meant where a key is missing; the JSON Schema says the same.
struct Default {
  std::string_view key, value;
};
constexpr Default kTargetDefaults[] = {{"priority", "0"}};
constexpr Default kQueueDefaults[] = {{"accept_within", "2h"},       {"retry_after", "5m"},
                                      {"strategy", "weighted_fair"}, {"count_owned", "true"},
                                      {"credit_returned", "false"},  {"away_after", "0"}};
constexpr Default kSlaDefaults[] = {{"breach", "notify"}};
constexpr Default kRecycleDefaults[] = {{"requalify", "policy"}};
constexpr Default kRetentionDefaults[] = {{"erased_may_return", "true"}};
constexpr Default kAgeDefaults[] = {{"by", "1"}, {"max", "100"}};
constexpr Default kEventDefaults[] = {{"times", "1"}, {"ago", "0s"}};
constexpr Default kAccountDefaults[] = {
    {"id", "account"}, {"customer", "false"}, {"open_opportunity", "false"}};
constexpr Default kReasonDefaults[] = {
    {"fault", "none"}, {"counts_in_acceptance", "true"}, {"needs_revisit_at", "false"}};

bool HasWord(Words words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<core::DurationMs> DurationOf(const std::string& text) {
  ErrorList ignored("");
  YamlNode node;
  node.kind = Kind::kScalar;
  node.text = text;
  return ReadDuration(node, "", 0, 36'500 * core::kDayMs, ignored);
}

bool IsWord(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// A condition without space, but that within quotes and between words.
std::string Tight(const std::string& text) {
  std::string tight;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == 0 && absl::ascii_isspace(static_cast<unsigned char>(c))) {
      const bool between_words =
          !tight.empty() && i + 1 < text.size() && IsWord(tight.back()) && IsWord(text[i + 1]);
      if (between_words) tight += ' ';
      continue;
    }
    if (quote != 0 && c == '\\' && i + 1 < text.size()) {
      tight.append(text, i++, 2);
      continue;
    }
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    }
    tight += c;
  }
  return tight;
}

bool SameText(const std::string& key, const std::string& one, const std::string& other) {
  if (one == other) return true;
  if (HasWord(kConditionKeys, key)) return Tight(one) == Tight(other);
  if (!HasWord(kDurationKeys, key)) return false;
  const std::optional<core::DurationMs> duration = DurationOf(one);
  return duration.has_value() && duration == DurationOf(other);
}

YamlNode* FindIn(YamlNode& map, std::string_view key) {
  for (auto& [name, value] : map.entries) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

bool IsName(const std::string& key) {
  return key == "name" || key == "code";
}

// Every entry of `one` is in `other` and says the same there.
bool Covers(const std::string& parent, const YamlNode& one, const YamlNode& other, bool names) {
  return std::all_of(one.entries.begin(), one.entries.end(), [&](const YamlEntry& entry) {
    const std::string& key = entry.key.text;
    if (!names && IsName(key)) return true;
    return std::any_of(other.entries.begin(), other.entries.end(), [&](const YamlEntry& match) {
      return match.key.text == key && SameMeaning(KeyWithin(parent, key), entry.value, match.value);
    });
  });
}

std::vector<std::string> SortedTexts(const YamlNode& list) {
  std::vector<std::string> texts;
  for (const YamlNode& item : list.items) texts.push_back(item.text);
  std::sort(texts.begin(), texts.end());
  return texts;
}

bool IsPlainList(const YamlNode& list) {
  return std::all_of(list.items.begin(), list.items.end(),
                     [](const YamlNode& item) { return item.kind == Kind::kScalar; });
}

void Erase(absl::Span<const Default> defaults, YamlNode* map) {
  if (map == nullptr) return;
  std::erase_if(map->entries, [&](const YamlEntry& entry) {
    return std::any_of(defaults.begin(), defaults.end(), [&](const Default& known) {
      return entry.key.text == known.key && entry.value.kind == Kind::kScalar &&
             SameText(entry.key.text, entry.value.text, std::string(known.value));
    });
  });
}

void EraseOfTest(YamlNode& test) {
  YamlNode* given = FindIn(test, "given");
  if (given == nullptr) return;
  Erase(kAccountDefaults, FindIn(*given, "account"));
  YamlNode* events = FindIn(*given, "events");
  if (events == nullptr) return;
  for (YamlNode& event : events->items) Erase(kEventDefaults, &event);
}

}  // namespace

std::string KeyWithin(const std::string& parent, const std::string& key) {
  if (parent == kCoolDown) return parent;  // a map from reasons to durations
  return HasWord(kAttributeMaps, parent) ? "" : key;
}

bool SameMeaning(const std::string& key, const YamlNode& one, const YamlNode& other) {
  if (one.kind != other.kind) return false;
  switch (one.kind) {
    case Kind::kNull:
      return true;
    case Kind::kScalar:
      return SameText(key, one.text, other.text);
    case Kind::kMap:
      return one.entries.size() == other.entries.size() && Covers(key, one, other, true);
    case Kind::kList:
      break;
  }
  if (IsPlainList(one) && IsPlainList(other)) return SortedTexts(one) == SortedTexts(other);
  return std::equal(one.items.begin(), one.items.end(), other.items.begin(), other.items.end(),
                    [](const YamlNode& a, const YamlNode& b) { return SameMeaning("", a, b); });
}

bool SameButName(const YamlNode& one, const YamlNode& other) {
  if (one.kind != Kind::kMap || other.kind != Kind::kMap) return SameMeaning("", one, other);
  return Covers("", one, other, false) && Covers("", other, one, false);
}

YamlNode WithoutDefaults(YamlNode document) {
  YamlNode* spec = FindIn(document, "spec");
  if (spec == nullptr) return document;
  if (YamlNode* routing = FindIn(*spec, "routing"); routing != nullptr) {
    for (YamlNode& rule : routing->items) Erase(kTargetDefaults, FindIn(rule, "to"));
  }
  if (YamlNode* queues = FindIn(*spec, "queues"); queues != nullptr) {
    for (YamlEntry& queue : queues->entries) {
      Erase(kQueueDefaults, &queue.value);
      Erase(kAgeDefaults, FindIn(queue.value, "age"));
    }
  }
  if (YamlNode* levels = FindIn(*spec, "sla"); levels != nullptr) {
    for (YamlNode& level : levels->items) Erase(kSlaDefaults, &level);
  }
  Erase(kRecycleDefaults, FindIn(*spec, "recycle"));
  Erase(kRetentionDefaults, FindIn(*spec, "retention"));
  if (YamlNode* tests = FindIn(*spec, "tests"); tests != nullptr) {
    for (YamlNode& test : tests->items) EraseOfTest(test);
  }
  YamlNode* reasons = FindIn(*spec, "reasons");
  YamlNode* extend = reasons == nullptr ? nullptr : FindIn(*reasons, "extend");
  if (extend != nullptr) {
    for (YamlNode& reason : extend->items) Erase(kReasonDefaults, &reason);
  }
  return document;
}

}  // namespace baton::policy
