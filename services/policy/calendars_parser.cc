// The section calendars (rules_parser.h).
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/calendar.h"
#include "core/text.h"
#include "policy/map_reader.h"
#include "policy/parse_policy.h"
#include "policy/policy_keys.h"
#include "policy/rules_parser.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr size_t kDateBytesMax = 10;

// Minutes of "09:30"; 24:00 is the end of the day.
std::optional<int> MinutesOf(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const size_t at : {0, 1, 3, 4}) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(text[at]))) return std::nullopt;
  }
  const int hours = (text[0] - '0') * 10 + (text[1] - '0');
  const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
  const int all = hours * 60 + minutes;
  return minutes < 60 && all <= core::kMinutesPerDay ? std::optional<int>(all) : std::nullopt;
}

// "09:00-18:00"
std::optional<core::DayWindow> ReadWindow(const YamlNode& node, const std::string& path,
                                          ErrorList& errors) {
  const std::string_view text = node.text;
  const size_t dash = text.find('-');
  const std::optional<int> from = MinutesOf(text.substr(0, dash));
  const std::optional<int> to =
      dash == std::string_view::npos ? std::nullopt : MinutesOf(text.substr(dash + 1));
  if (!from.has_value() || !to.has_value()) {
    AddError(node,
             absl::StrCat(path, " must be hours as \"09:00-18:00\", this is ",
                          node.kind == YamlNode::Kind::kScalar ? Quoted(text) : Describe(node)),
             errors);
    return std::nullopt;
  }
  if (*to <= *from) {
    AddError(node,
             absl::StrCat(path, " ends before it begins: ", Quoted(text), "; what goes past ",
                          "midnight is \"22:00-24:00\" and \"00:00-06:00\" on the next day"),
             errors);
    return std::nullopt;
  }
  return core::DayWindow{*from, *to};
}

core::DayWindows ReadWindows(const YamlNode& node, const std::string& path, ErrorList& errors) {
  core::DayWindows windows;
  const absl::Span<const YamlNode> items = ReadList(node, path, errors);
  if (items.size() > core::kDayWindowsMax) {
    AddError(node,
             absl::StrCat(path, " has ", items.size(), " windows, at most ", core::kDayWindowsMax,
                          " are allowed"),
             errors);
    return windows;
  }
  for (size_t i = 0; i < items.size(); ++i) {
    const auto window = ReadWindow(items[i], ItemPath(path, i), errors);
    if (!window.has_value()) continue;
    if (!windows.empty() && window->from <= windows.back().to) {
      AddError(items[i],
               absl::StrCat(ItemPath(path, i), " must begin behind the end of the one before it"),
               errors);
      continue;
    }
    windows.push_back(*window);
  }
  return windows;
}

// The days that "mon" or "mon-fri" means, Monday 0; the range may go over Sunday.
std::vector<size_t> ReadDays(const YamlNode& key, const std::string& path, ErrorList& errors) {
  const std::pair<std::string, std::string> ends =
      absl::StrSplit(key.text, absl::MaxSplits('-', 1));
  const auto first = std::find(kDays.begin(), kDays.end(), ends.first);
  const auto last =
      ends.second.empty() ? first : std::find(kDays.begin(), kDays.end(), ends.second);
  std::vector<size_t> days;
  if (first == kDays.end() || last == kDays.end() || key.text.back() == '-') {
    AddError(key,
             absl::StrCat(path, " names days as mon or mon-fri, this is ", Quoted(key.text),
                          DidYouMean(key.text, {kDays.begin(), kDays.end()})),
             errors);
    return days;
  }
  for (size_t day = first - kDays.begin();; day = (day + 1) % kDays.size()) {
    days.push_back(day);
    if (day == static_cast<size_t>(last - kDays.begin())) return days;
  }
}

void ReadHours(const YamlNode& node, const std::string& path, core::CalendarRules& rules,
               ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, absl::StrCat(path, " must be a mapping, as {mon-fri: [\"09:00-18:00\"]}"),
             errors);
    return;
  }
  std::array<bool, kDays.size()> given{};
  for (const auto& [key, value] : node.entries) {
    const std::string days_path = absl::StrCat(path, ".", Printable(core::Shortened(key.text, 16)));
    const core::DayWindows windows = ReadWindows(value, days_path, errors);
    for (const size_t day : ReadDays(key, path, errors)) {
      if (std::exchange(given[day], true)) {
        AddError(key, absl::StrCat(path, " says ", core::ToAbsl(kDays[day]), " twice"), errors);
      }
      rules.week[day] = windows;
    }
  }
  if (std::all_of(rules.week.begin(), rules.week.end(),
                  [](const auto& day) { return day.empty(); }))
    AddError(node, absl::StrCat(path, " must open on at least one day of the week"), errors);
}

void ReadDate(const YamlNode& node, const std::string& path, core::DayWindows windows,
              core::CalendarRules& rules, ErrorList& errors) {
  const std::optional<core::Date> date = core::ParseDate(node.text);
  if (node.kind != YamlNode::Kind::kScalar || !date.has_value()) {
    AddError(
        node,
        absl::StrCat(path, " must be a date from 1970 to 2170, as 2026-12-25, this is ",
                     node.kind == YamlNode::Kind::kScalar ? Quoted(node.text) : Describe(node)),
        errors);
  } else if (!rules.exceptions.emplace(*date, std::move(windows)).second) {
    AddError(node, absl::StrCat(node.text, " appears twice in ", path), errors);
  }
}

void ReadDates(const MapReader& map, core::CalendarRules& rules) {
  ErrorList& errors = map.errors();
  if (const YamlNode* holidays = map.Find("holidays"); holidays != nullptr) {
    const std::string path = map.PathOf("holidays");
    const absl::Span<const YamlNode> items = ReadList(*holidays, path, errors);
    for (size_t i = 0; i < items.size(); ++i) {
      ReadDate(items[i], ItemPath(path, i), {}, rules, errors);
    }
  }
  const YamlNode* exceptions = map.Find("exceptions");
  if (exceptions == nullptr) return;
  const std::string path = map.PathOf("exceptions");
  if (exceptions->kind != YamlNode::Kind::kMap) {
    AddError(*exceptions,
             absl::StrCat(path, " must be a mapping, as {2026-12-24: [\"09:00-12:00\"]}"), errors);
    return;
  }
  for (const auto& [key, value] : exceptions->entries) {
    const std::string date = Printable(core::Shortened(key.text, kDateBytesMax));
    core::DayWindows windows = ReadWindows(value, absl::StrCat(path, ".", date), errors);
    ReadDate(key, path, std::move(windows), rules, errors);
  }
}

void ParseCalendar(const YamlNode& key, const YamlNode& node, core::Policy& policy,
                   ErrorList& errors) {
  const std::string path =
      absl::StrCat("calendars.", Printable(core::Shortened(key.text, core::kIdLengthMax)));
  const std::optional<std::string> id = ReadId(key, "the name of a calendar", errors);
  const size_t errors_before = errors.count();
  const MapReader map(node, path, kCalendarKeys, errors);
  core::CalendarRules rules;
  if (const YamlNode* zone = map.Find("zone"); zone != nullptr) {
    rules.zone = zone->text;
    if (absl::Status status = core::CheckZone(rules.zone); !status.ok()) {
      AddError(*zone, absl::StrCat(path, ".", status.message()), errors);
    }
  }
  if (const YamlNode* hours = map.Find("hours"); hours != nullptr) {
    ReadHours(*hours, map.PathOf("hours"), rules, errors);
  }
  ReadDates(map, rules);
  if (errors.count() != errors_before) return;
  absl::StatusOr<core::Calendar> calendar = core::Calendar::Make(std::move(rules));
  if (!calendar.ok()) {
    AddError(node, absl::StrCat(path, ".", calendar.status().message()), errors);
  } else if (id.has_value()) {
    policy.calendars.emplace(*id, *std::move(calendar));
  }
}

}  // namespace

void ParseCalendars(const YamlNode& node, core::Policy& policy, ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, "calendars must be a mapping of names to calendars", errors);
    return;
  }
  if (node.entries.size() > kCalendarsMax) {
    AddError(node,
             absl::StrCat("calendars has ", node.entries.size(), " calendars, at most ",
                          kCalendarsMax, " are allowed"),
             errors);
    return;
  }
  for (const auto& [key, value] : node.entries) ParseCalendar(key, value, policy, errors);
}

}  // namespace baton::policy
