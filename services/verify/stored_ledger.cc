#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "verify/store_reader.h"

namespace baton::verify {

bool ReadLedger(const std::string& blob, std::map<std::string, int64_t>& owed_nano) {
  if (blob.empty()) return true;
  const nlohmann::json ledger = nlohmann::json::from_msgpack(blob, true, false);
  if (ledger.is_array() && ledger.empty()) return true;  // how Lua packs {}
  if (!ledger.is_object()) return false;
  for (const auto& [rep, owed] : ledger.items()) {
    if (!owed.is_number()) return false;
    owed_nano[rep] = owed.get<int64_t>();
  }
  return true;
}

bool AddGains(const std::string& ranked,
              const std::vector<std::pair<std::string, std::string>>& changes,
              std::map<std::string, int64_t>& owed_nano) {
  if (ranked.empty()) return true;
  std::map<std::string, size_t> groups;
  size_t number = 0;
  for (const absl::string_view ids : absl::StrSplit(ranked, ';')) {
    ++number;
    for (const absl::string_view rep : absl::StrSplit(ids, ',', absl::SkipEmpty())) {
      groups[std::string(rep)] = number;
    }
  }
  std::map<size_t, int64_t> gains;
  for (const auto& [field, text] : changes) {
    size_t group = 0;
    int64_t moved = 0;
    if (absl::string_view name = field; absl::ConsumePrefix(&name, "=")) {
      if (!absl::SimpleAtoi(name, &group) || !absl::SimpleAtoi(text, &gains[group])) return false;
      continue;
    }
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, '|');
    if (!absl::SimpleAtoi(parts.first, &moved)) return false;
    if (!absl::SimpleAtoi(parts.second, &group)) return false;
    owed_nano[field] += moved;
    groups[field] = group;
  }
  for (const auto& [rep, group] : groups) {
    if (group > 0) owed_nano[rep] += gains[group];
  }
  return true;
}

}  // namespace baton::verify
