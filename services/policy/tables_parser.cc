// The section tables (rules_parser.h), and what it names (given_tables.h).
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/ids.h"
#include "core/text.h"
#include "policy/given_tables.h"
#include "policy/map_reader.h"
#include "policy/parse_policy.h"
#include "policy/policy_keys.h"
#include "policy/rules_parser.h"
#include "policy/values.h"

namespace baton::policy {
namespace {

const YamlNode* EntryOf(const YamlNode* map, std::string_view wanted) {
  if (map == nullptr) return nullptr;
  for (const auto& [key, value] : map->entries) {
    if (key.text == wanted) return &value;
  }
  return nullptr;
}

std::string HashIn(const YamlNode& node) {
  return absl::AsciiStrToLower(node.text);
}

// Why the table that `pin` names is not that of `given`; "" if it is.
std::string WhyNot(const TablePin& pin, const GivenTables& given) {
  if (const auto why = given.missing.find(pin.name); why != given.missing.end()) {
    return why->second;
  }
  const auto table = given.tables.find(pin.name);
  if (table == given.tables.end()) return "it is not at hand";
  if (table->second->sha256() == pin.sha256) return "";
  return absl::StrCat("what is at hand has sha256 ", table->second->sha256(),
                      "; if that is what is meant, write it here");
}

void ParseTable(const YamlNode& key, const YamlNode& node, const GivenTables& given,
                core::Policy& policy, ErrorList& errors) {
  const std::string path =
      absl::StrCat("tables.", Printable(core::Shortened(key.text, core::kIdLengthMax)));
  const std::optional<std::string> id = ReadId(key, "the name of a table", errors);
  const MapReader map(node, path, kTableKeys, errors);
  if (!id.has_value()) return;
  policy.tables.emplace(*id, nullptr);
  const YamlNode* sha256 = map.Find("sha256");
  if (sha256 == nullptr) return;
  const TablePin pin{*id, HashIn(*sha256)};
  if (sha256->kind != YamlNode::Kind::kScalar || !core::IsTableHash(pin.sha256)) {
    AddError(*sha256,
             absl::StrCat(path, ".sha256 must be the SHA-256 of the CSV document, 64 hexadecimal ",
                          "digits, as sha256sum and batonctl table apply print it"),
             errors);
  } else if (const std::string why = WhyNot(pin, given); !why.empty()) {
    AddError(*sha256, absl::StrCat("table '", *id, "': ", why), errors);
  } else {
    policy.tables[*id] = given.tables.at(*id);
  }
}

}  // namespace

std::vector<TablePin> TablePinsOf(std::string_view yaml) {
  std::vector<TablePin> pins;
  if (!absl::StrContains(core::ToAbsl(yaml), "tables")) return pins;
  ErrorList errors("policy");
  const std::optional<YamlNode> root = ParseYaml(yaml, errors);
  const YamlNode* spec = root.has_value() ? EntryOf(&*root, "spec") : nullptr;
  const YamlNode* tables = EntryOf(spec, "tables");
  if (tables == nullptr) return pins;
  for (const auto& [key, value] : tables->entries) {
    const YamlNode* sha256 = EntryOf(&value, "sha256");
    if (sha256 == nullptr || !core::IsValidId(key.text)) continue;
    if (!core::IsTableHash(HashIn(*sha256)) || pins.size() == kTablesMax) continue;
    pins.push_back({key.text, HashIn(*sha256)});
  }
  return pins;
}

void ParseTables(const YamlNode& node, const GivenTables& given, core::Policy& policy,
                 ErrorList& errors) {
  if (node.kind != YamlNode::Kind::kMap) {
    AddError(node, "tables must be a mapping of names to tables", errors);
    return;
  }
  if (node.entries.size() > kTablesMax) {
    AddError(node,
             absl::StrCat("tables has ", node.entries.size(), " tables, at most ", kTablesMax,
                          " are allowed"),
             errors);
    return;
  }
  for (const auto& [key, value] : node.entries) ParseTable(key, value, given, policy, errors);
  size_t bytes = 0;
  for (const auto& [name, table] : policy.tables) {
    bytes += table == nullptr ? 0 : table->document_bytes();
  }
  if (bytes > kTableBytesTogetherMax) {
    AddError(node,
             absl::StrCat("the tables have ", bytes, " bytes together, at most ",
                          kTableBytesTogetherMax, " are allowed"),
             errors);
  }
}

}  // namespace baton::policy
