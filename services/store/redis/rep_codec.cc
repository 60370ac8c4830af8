// Reps and their hours (roster_codec.h).
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/requirement.h"
#include "nlohmann/json.hpp"
#include "store/redis/names.h"
#include "store/redis/roster_codec.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

constexpr absl::string_view kAlways = "always";

// functions/work.lua
std::string EncodeWork(const core::WorkRules& work) {
  std::vector<std::string> parts;
  if (work.daily_cap > 0) parts.push_back(absl::StrCat("cap=", work.daily_cap));
  if (const std::string name = core::HoursName(work); !name.empty()) {
    parts.push_back(absl::StrCat("hours=", name));
  }
  if (const core::RampUp& ramp = work.ramp; ramp.days > 0) {
    parts.push_back(absl::StrCat("ramp=", ramp.start_ms, ":", ramp.days, ":", ramp.from_percent));
  }
  for (const core::Absence& absence : work.absences) {
    parts.push_back(absl::StrCat("leave=", absence.from_ms, ":", absence.until_ms, ":",
                                 absence.delegate.str()));
  }
  return absl::StrJoin(parts, ",");
}

bool DecodePart(absl::string_view name, absl::string_view value, core::WorkRules& work) {
  const std::vector<std::string> items = absl::StrSplit(value, ':');
  if (name == "cap") return absl::SimpleAtoi(value, &work.daily_cap);
  if (name == "hours") {
    const std::pair<std::string, std::string> names =
        absl::StrSplit(value, absl::MaxSplits('@', 1));
    work.calendar = names.first;
    work.zone = names.second;
    return true;
  }
  if (items.size() != 3) return false;
  if (name == "ramp") {
    return absl::SimpleAtoi(items[0], &work.ramp.start_ms) &&
           absl::SimpleAtoi(items[1], &work.ramp.days) &&
           absl::SimpleAtoi(items[2], &work.ramp.from_percent);
  }
  core::Absence& absence = work.absences.emplace_back();
  absence.delegate = core::RepId::Trusted(items[2]);
  return name == "leave" && absl::SimpleAtoi(items[0], &absence.from_ms) &&
         absl::SimpleAtoi(items[1], &absence.until_ms);
}

void DecodeWork(Items& items, core::WorkRules& work) {
  for (const absl::string_view part : absl::StrSplit(items.Word(), ',', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> sides =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    if (!DecodePart(sides.first, sides.second, work)) items.Fail();
  }
}

std::vector<std::string> WithProfile(const core::Rep& rep) {
  std::vector<std::string> words = rep.skills;
  if (!rep.attributes.empty()) words.push_back(core::ProfileWord(rep.attributes));
  return words;
}

std::optional<core::AttributeValue> ValueOf(const nlohmann::json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_integer()) return value.get<int64_t>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> list;
  for (const nlohmann::json& item : value) {
    if (!item.is_string()) return std::nullopt;
    list.push_back(item.get<std::string>());
  }
  return list;
}

}  // namespace

std::string EncodeAttributes(const std::map<std::string, core::AttributeValue>& attributes) {
  if (attributes.empty()) return "";
  nlohmann::json all = nlohmann::json::object();
  for (const auto& [name, value] : attributes) {
    std::visit([&all, &name = name](const auto& held) { all[name] = held; }, value);
  }
  return all.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

absl::StatusOr<std::map<std::string, core::AttributeValue>> DecodeAttributes(
    const std::string& text) {
  std::map<std::string, core::AttributeValue> attributes;
  if (text.empty()) return attributes;
  const nlohmann::json all = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!all.is_object()) return Unreadable("attributes of a rep");
  for (const auto& [name, value] : all.items()) {
    std::optional<core::AttributeValue> read = ValueOf(value);
    if (!read.has_value()) return Unreadable("an attribute of a rep");
    attributes.emplace(name, *std::move(read));
  }
  return attributes;
}

std::string EncodeRep(const core::Rep& rep) {
  std::string text = absl::StrCat(
      rep.weight, "|", rep.capacity, "|", NameIn(kPresenceNames, rep.presence), "|",
      JoinIds(rep.queues), "|", JoinEscaped(WithProfile(rep)), "|", Escape(rep.display_name));
  if (!rep.work.empty() || !rep.attributes.empty()) {
    absl::StrAppend(&text, "|", EncodeWork(rep.work), "|",
                    Escape(EncodeAttributes(rep.attributes)));
  }
  return text;
}

absl::StatusOr<core::Rep> DecodeRep(const std::string& id, const std::string& stored) {
  Items items(stored, "a stored rep");
  core::Rep rep;
  rep.id = core::RepId::Trusted(id);
  rep.revision = items.Number();
  rep.weight = static_cast<int32_t>(items.Number());
  rep.capacity = static_cast<int32_t>(items.Number());
  const std::optional<core::Presence> presence = ValueIn(kPresenceNames, items.Word());
  if (!presence.has_value()) items.Fail();
  rep.presence = presence.value_or(core::Presence::kOffline);
  rep.queues = SplitIds<core::QueueId>(items.Word());
  rep.skills = items.List();
  std::erase_if(rep.skills, [](const std::string& word) { return core::IsProfileWord(word); });
  rep.display_name = items.Unescaped();
  if (!items.at_end()) {
    DecodeWork(items, rep.work);
    auto attributes = DecodeAttributes(items.Unescaped());
    if (!attributes.ok()) return attributes.status();
    rep.attributes = *std::move(attributes);
  }
  if (!items.status().ok()) return items.status();
  return rep;
}

std::string EncodeHours(const core::Hours& hours) {
  const auto span = [](std::string* out, const core::Hours::Window& window) {
    absl::StrAppend(out, window.from_ms, "-", window.until_ms);
  };
  return absl::StrCat(absl::StrJoin(hours.days, ","), "|",
                      hours.always ? std::string(kAlways) : absl::StrJoin(hours.open, ",", span));
}

}  // namespace baton::store::redis
