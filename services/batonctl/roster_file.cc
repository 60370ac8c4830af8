#include "batonctl/roster_file.h"

#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "batonctl/document_status.h"
#include "batonctl/exit_codes.h"
#include "batonctl/roster_work.h"
#include "core/roster.h"
#include "policy/document_head.h"
#include "policy/map_reader.h"
#include "policy/values.h"
#include "policy/yaml_tree.h"

namespace baton::batonctl {
namespace {

using policy::ErrorList;
using policy::KeyRule;
using policy::KeyStatus;
using policy::KeyTable;
using policy::MapReader;
using policy::YamlNode;

constexpr size_t kDisplayNameBytesMax = 128;
constexpr int64_t kCapacityDefault = 5;
constexpr std::array<std::string_view, 3> kPresences = {"online", "away", "offline"};

constexpr KeyRule kSpec[] = {{"reps"}, {"queues"}};
constexpr KeyRule kRep[] = {{"id", KeyStatus::kRequired},
                            {"display_name"},
                            {"queues", KeyStatus::kRequired},
                            {"weight"},
                            {"capacity"},
                            {"skills"},
                            {"daily_cap"},
                            {"calendar"},
                            {"time_zone"},
                            {"absences"},
                            {"ramp_up"},
                            {"attributes"},
                            {"presence"}};
constexpr KeyRule kQueue[] = {{"id", KeyStatus::kRequired}, {"display_name"}, {"paused"}};
constexpr KeyTable kSpecKeys = {"spec", kSpec};
constexpr KeyTable kRepKeys = {"rep", kRep};
constexpr KeyTable kQueueKeys = {"queue", kQueue};

// The id of a list's item, each once.
std::string ReadUniqueId(const MapReader& map, std::set<std::string>& seen) {
  const YamlNode* node = map.Find("id");
  if (node == nullptr) return "";
  const std::string id = policy::ReadId(*node, map.PathOf("id"), map.errors()).value_or("");
  if (!id.empty() && !seen.insert(id).second) {
    policy::AddError(*node, absl::StrCat("'", id, "' appears twice"), map.errors());
  }
  return id;
}

std::optional<std::string> ReadDisplayName(const MapReader& map) {
  const YamlNode* node = map.Find("display_name");
  if (node == nullptr) return std::nullopt;
  return policy::ReadText(*node, map.PathOf("display_name"), kDisplayNameBytesMax, map.errors());
}

int32_t ReadNumberOr(const MapReader& map, const std::string& key, int64_t min, int64_t max,
                     int64_t otherwise) {
  const YamlNode* node = map.Find(key);
  if (node == nullptr) return static_cast<int32_t>(otherwise);
  return static_cast<int32_t>(
      policy::ReadInt(*node, map.PathOf(key), min, max, map.errors()).value_or(otherwise));
}

RosterEntry ReadRep(const MapReader& map, std::set<std::string>& seen) {
  RosterEntry entry;
  entry.id = ReadUniqueId(map, seen);
  entry.rep.set_display_name(ReadDisplayName(map).value_or(""));
  if (const YamlNode* queues = map.Find("queues"); queues != nullptr) {
    for (const std::string& queue :
         policy::ReadIdList(*queues, map.PathOf("queues"), core::kQueuesPerRepMax, map.errors())) {
      entry.rep.add_queues(queue);
    }
  }
  entry.rep.set_weight(ReadNumberOr(map, "weight", 1, core::kWeightMax, 1));
  entry.rep.set_capacity(ReadNumberOr(map, "capacity", 0, core::kCapacityMax, kCapacityDefault));
  entry.fields = ReadRosterWork(map, entry.rep);
  if (const YamlNode* presence = map.Find("presence"); presence != nullptr) {
    const std::optional<size_t> word =
        policy::ReadWord(*presence, map.PathOf("presence"), kPresences, map.errors());
    entry.sets_presence = true;
    entry.rep.set_presence(static_cast<v1::Presence>(word.value_or(0) + v1::PRESENCE_ONLINE));
  }
  return entry;
}

QueueEntry ReadQueue(const MapReader& map, std::set<std::string>& seen) {
  QueueEntry entry;
  entry.id = ReadUniqueId(map, seen);
  entry.display_name = ReadDisplayName(map);
  if (const YamlNode* paused = map.Find("paused"); paused != nullptr) {
    entry.paused = policy::ReadBool(*paused, map.PathOf("paused"), map.errors());
  }
  return entry;
}

template <typename Entry>
std::vector<Entry> ReadEntries(const MapReader& spec, const std::string& key, const KeyTable& keys,
                               Entry (*read)(const MapReader&, std::set<std::string>&)) {
  std::vector<Entry> entries;
  const YamlNode* list = spec.Find(key);
  if (list == nullptr) return entries;
  std::set<std::string> seen;
  const absl::Span<const YamlNode> items = policy::ReadList(*list, key, spec.errors());
  for (size_t i = 0; i < items.size(); ++i) {
    entries.push_back(
        read(MapReader(items[i], policy::ItemPath(key, i), keys, spec.errors()), seen));
  }
  return entries;
}

}  // namespace

absl::StatusOr<RosterFile> ParseRoster(const std::string& yaml, const std::string& file_name) {
  RosterFile roster;
  ErrorList errors(file_name);
  if (const std::optional<YamlNode> root = policy::ParseYaml(yaml, errors); root.has_value()) {
    const policy::DocumentHead head =
        policy::ReadDocumentHead(*root, "Roster", /*with_workspace=*/true, errors);
    roster.workspace = head.workspace;
    if (head.spec != nullptr) {
      const MapReader spec(*head.spec, "spec", kSpecKeys, errors);
      roster.reps = ReadEntries<RosterEntry>(spec, "reps", kRepKeys, ReadRep);
      roster.queues = ReadEntries<QueueEntry>(spec, "queues", kQueueKeys, ReadQueue);
    }
  }
  if (!errors.empty()) return DocumentStatus(file_name, std::move(errors));
  return roster;
}

absl::StatusOr<v1::Presence> ParsePresence(const std::string& text) {
  for (size_t i = 0; i < kPresences.size(); ++i) {
    if (kPresences[i] == text) return static_cast<v1::Presence>(i + v1::PRESENCE_ONLINE);
  }
  return UsageError(
      absl::StrCat("presence is online, away or offline; this is ", policy::Quoted(text)));
}

std::string PresenceText(v1::Presence presence) {
  const int index = presence - v1::PRESENCE_ONLINE;
  if (index < 0 || index >= static_cast<int>(kPresences.size())) return "";
  return std::string(kPresences[index]);
}

}  // namespace baton::batonctl
