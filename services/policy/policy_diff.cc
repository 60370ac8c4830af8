#include "policy/policy_diff.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "policy/same_meaning.h"

namespace baton::policy {
namespace {

using Kind = YamlNode::Kind;

// Mappings whose keys name items.
constexpr std::array<std::string_view, 6> kItemMaps = {
    "attributes", "rep_attributes", "event_properties", "queues", "calendars", "tables"};
// Lists in which the first match wins.
constexpr std::array<std::string_view, 2> kOrderedLists = {"routing", "definition.disqualify"};

template <size_t N>
bool Has(const std::array<std::string_view, N>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const YamlNode* Find(const YamlNode& map, std::string_view key) {
  for (const auto& [name, value] : map.entries) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

// What tells an item of a list from its neighbours; nullopt: nothing but its place.
std::optional<std::string> NameOf(const YamlNode& item) {
  for (const std::string_view key : {"name", "code"}) {
    const YamlNode* name = Find(item, key);
    if (name != nullptr && name->kind == Kind::kScalar) return name->text;
  }
  const YamlNode* is_default = Find(item, "default");
  return is_default != nullptr && is_default->text == "true" ? std::optional<std::string>("default")
                                                             : std::nullopt;
}

bool IsNamedList(const YamlNode& node) {
  return node.kind == Kind::kList && !node.items.empty() &&
         std::all_of(node.items.begin(), node.items.end(),
                     [](const YamlNode& item) { return NameOf(item).has_value(); });
}

// A named item of a list, or an entry of a mapping.
struct Item {
  std::string name;
  std::string key;  // by which its value is understood (same_meaning.h)
  const YamlNode* node;
  int line;
};

std::vector<Item> ItemsOf(const YamlNode* node, const std::string& parent = "") {
  std::vector<Item> items;
  if (node == nullptr) return items;
  for (const YamlNode& item : node->items) {
    items.push_back({NameOf(item).value_or(""), "", &item, item.line});
  }
  for (const auto& [key, value] : node->entries) {
    items.push_back({key.text, KeyWithin(parent, key.text), &value, key.line});
  }
  return items;
}

const Item* FindItem(const std::vector<Item>& items, const std::string& name) {
  const auto found =
      std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

// A longest subsequence of `ranks` that ascends: the items that need not have moved.
std::vector<bool> Ascending(const std::vector<size_t>& ranks) {
  std::vector<size_t> length(ranks.size(), 1), previous(ranks.size());
  size_t best = 0;
  for (size_t i = 0; i < ranks.size(); ++i) {
    previous[i] = i;
    for (size_t j = 0; j < i; ++j) {
      if (ranks[j] < ranks[i] && length[j] + 1 > length[i]) {
        length[i] = length[j] + 1;
        previous[i] = j;
      }
    }
    if (length[i] > length[best]) best = i;
  }
  std::vector<bool> stays(ranks.size(), false);
  for (size_t i = best; i < ranks.size(); i = previous[i]) {
    stays[i] = true;
    if (previous[i] == i) break;
  }
  return stays;
}

class Differ {
 public:
  void Documents(const YamlNode& before, const YamlNode& after) {
    for (const std::string_view part : {"metadata", "spec"}) {
      const bool is_spec = part == "spec";
      const YamlNode* one = Find(before, part);
      const YamlNode* other = Find(after, part);
      Sections(one, other, is_spec ? "" : std::string(part));
    }
  }

  std::vector<PolicyChange> Take() && { return std::move(changes_); }

 private:
  // The entries of two mappings, each a section, or the place of sections.
  void Sections(const YamlNode* before, const YamlNode* after, const std::string& path) {
    std::vector<Item> one = ItemsOf(before), other = ItemsOf(after);
    for (const Item& item : one) Section(path, item.name, &item, FindItem(other, item.name));
    for (const Item& item : other) {
      if (FindItem(one, item.name) == nullptr) Section(path, item.name, nullptr, &item);
    }
  }

  void Section(const std::string& path, const std::string& key, const Item* before,
               const Item* after) {
    const YamlNode* one = before == nullptr ? nullptr : before->node;
    const YamlNode* other = after == nullptr ? nullptr : after->node;
    const std::string name = path.empty() ? key : absl::StrCat(path, ".", key);
    const bool named =
        (one == nullptr || IsNamedList(*one)) && (other == nullptr || IsNamedList(*other));
    const bool whole = one != nullptr && other != nullptr && one->kind != other->kind;
    if (path.empty() && Has(kItemMaps, key)) {
      Items(name, ItemsOf(one), ItemsOf(other));
    } else if (named) {
      Items(name, ItemsOf(one), ItemsOf(other));
      if (Has(kOrderedLists, name)) Moves(name, ItemsOf(one), ItemsOf(other));
    } else if (!whole && HoldsSections(name)) {
      Sections(one, other, name);
    } else if (before != nullptr && after != nullptr) {
      Fields(path.empty() ? name : path, "", path.empty() ? "" : key, *before, *after);
    } else {
      Field(path.empty() ? name : path, "", path.empty() ? "" : key, before, after);
    }
  }

  static bool HoldsSections(const std::string& name) {
    return name == "scoring" || name == "definition" || name == "reasons" || name == "recycle" ||
           name == "retention";
  }

  void Items(const std::string& section, const std::vector<Item>& before,
             const std::vector<Item>& after) {
    std::vector<const Item*> added;
    for (const Item& item : after) {
      if (FindItem(before, item.name) == nullptr) added.push_back(&item);
    }
    for (const Item& item : before) {
      const Item* other = FindItem(after, item.name);
      if (other != nullptr) {
        Fields(section, item.name, "", item, *other);
        continue;
      }
      const auto renamed = std::find_if(added.begin(), added.end(), [&](const Item* candidate) {
        return SameButName(*item.node, *candidate->node);
      });
      if (renamed == added.end()) {
        Add(ChangeKind::kRemoved, section, item.name, "", &item, nullptr);
      } else {
        changes_.push_back({ChangeKind::kRenamed, section, item.name, "", item.name,
                            (*renamed)->name, item.line, (*renamed)->line});
        added.erase(renamed);
      }
    }
    for (const Item* item : added) {
      Add(ChangeKind::kAdded, section, item->name, "", nullptr, item);
    }
  }

  void Moves(const std::string& section, const std::vector<Item>& before,
             const std::vector<Item>& after) {
    std::vector<const Item*> common;
    std::vector<size_t> ranks;
    for (const Item& item : before) {
      const Item* other = FindItem(after, item.name);
      if (other == nullptr) continue;
      common.push_back(&item);
      ranks.push_back(static_cast<size_t>(other - after.data()));
    }
    const std::vector<bool> stays = Ascending(ranks);
    for (size_t i = 0; i < common.size(); ++i) {
      if (stays[i]) continue;
      const auto place = static_cast<size_t>(common[i] - before.data());
      changes_.push_back({ChangeKind::kMoved, section, common[i]->name, "",
                          absl::StrCat(place + 1, " of ", before.size()),
                          absl::StrCat(ranks[i] + 1, " of ", after.size()), common[i]->line,
                          after[ranks[i]].line});
    }
  }

  // Two states of one item: what differs in its parts, or in itself if it has none.
  void Fields(const std::string& section, const std::string& item, const std::string& path,
              const Item& before, const Item& after) {
    if (SameMeaning(before.key, *before.node, *after.node)) return;
    if (before.node->kind != Kind::kMap || after.node->kind != Kind::kMap) {
      Field(section, item, path, &before, &after);
      return;
    }
    const std::vector<Item> one = ItemsOf(before.node, before.key);
    const std::vector<Item> other = ItemsOf(after.node, after.key);
    const auto path_of = [&](const std::string& key) {
      return path.empty() ? key : absl::StrCat(path, ".", key);
    };
    for (const Item& part : one) {
      const Item* match = FindItem(other, part.name);
      if (match != nullptr) {
        Fields(section, item, path_of(part.name), part, *match);
      } else {
        Field(section, item, path_of(part.name), &part, nullptr);
      }
    }
    for (const Item& part : other) {
      if (FindItem(one, part.name) == nullptr) {
        Field(section, item, path_of(part.name), nullptr, &part);
      }
    }
  }

  // One of the two may be missing.
  void Field(const std::string& section, const std::string& item, const std::string& field,
             const Item* before, const Item* after) {
    const ChangeKind kind = before == nullptr  ? ChangeKind::kAdded
                            : after == nullptr ? ChangeKind::kRemoved
                                               : ChangeKind::kChanged;
    Add(kind, section, item, field, before, after);
  }

  void Add(ChangeKind kind, const std::string& section, const std::string& item,
           const std::string& field, const Item* before, const Item* after) {
    changes_.push_back({kind, section, item, field,
                        before == nullptr ? "" : FlowText(*before->node),
                        after == nullptr ? "" : FlowText(*after->node),
                        before == nullptr ? 0 : before->line, after == nullptr ? 0 : after->line});
  }

  std::vector<PolicyChange> changes_;
};

}  // namespace

std::vector<PolicyChange> DiffPolicies(const YamlNode& before, const YamlNode& after) {
  Differ differ;
  const YamlNode one = WithoutDefaults(before), other = WithoutDefaults(after);
  differ.Documents(one, other);
  return std::move(differ).Take();
}

std::string_view ChangeKindName(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kAdded:
      return "added";
    case ChangeKind::kRemoved:
      return "removed";
    case ChangeKind::kChanged:
      return "changed";
    case ChangeKind::kMoved:
      return "moved";
    case ChangeKind::kRenamed:
      return "renamed";
  }
  return "";
}

}  // namespace baton::policy
