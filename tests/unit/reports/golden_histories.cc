#include "golden_histories.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "core/text.h"
#include "support/source_tree.h"

namespace baton::reports {
namespace {

using Words = std::vector<std::string>;
using Fields = std::map<std::string, std::string>;

std::vector<std::string> LinesOf(const std::string& name) {
  std::istringstream file(support::SourceText(absl::StrCat("tests/golden/reports/", name)));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

core::DurationMs SpanOf(const std::string& text) {
  absl::Duration span;
  if (!absl::ParseDuration(text, &span)) throw std::runtime_error("no time: " + text);
  return absl::ToInt64Milliseconds(span);
}

int64_t IntOf(const std::string& text) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(text, &number)) throw std::runtime_error("no number: " + text);
  return number;
}

Fields FieldsOf(const Words& words, size_t from) {
  Fields fields;
  for (size_t i = from; i < words.size(); ++i) {
    fields.insert(absl::StrSplit(words[i], absl::MaxSplits('=', 1)));
  }
  return fields;
}

// Takes a field away; "" if it is not there or is "-".
std::string Take(Fields& fields, const std::string& name) {
  const auto found = fields.find(name);
  if (found == fields.end()) return "";
  std::string value = found->second == "-" ? "" : found->second;
  fields.erase(found);
  return value;
}

struct Pattern {
  std::string name;
  Fields fields;
  std::vector<Words> steps;
};

std::vector<Pattern> ReadPatterns() {
  std::vector<Pattern> patterns;
  for (const std::string& line : LinesOf("histories.txt")) {
    const std::string said = line.substr(0, line.find('#'));
    const Words words = absl::StrSplit(said, ' ', absl::SkipWhitespace());
    if (words.empty()) continue;
    if (line.front() == ' ') {
      patterns.back().steps.push_back(words);
    } else {
      patterns.push_back({words[0], FieldsOf(words, 1), {}});
    }
  }
  return patterns;
}

std::vector<core::Factor> FactorsOf(const std::string& text) {
  std::vector<core::Factor> factors;
  for (const std::string& each : Words(absl::StrSplit(text, ',', absl::SkipEmpty()))) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(each, '/');
    factors.push_back(
        {parts.first == "fit" ? core::FactorKind::kFit : core::FactorKind::kIntent, parts.second});
  }
  return factors;
}

// The entry of one step; `kept` are fields that stay until they are named again.
store::OutboxEntry EntryOf(const Pattern& pattern, const Words& step, Fields& kept) {
  const core::TimeMs begin_ms = kGoldenBegin + SpanOf(pattern.fields.at("at"));
  Fields fields = FieldsOf(step, 3);
  store::OutboxEntry entry;
  entry.epoch = 1;
  entry.at_ms = begin_ms + SpanOf(step[0]);
  entry.change.type = core::ParseChangeType(step[1]).value();
  entry.change.stage = core::ParseStage(step[2]).value();
  for (const char* name : {"cycle", "revision", "queue", "rep", "generation", "factors"}) {
    if (fields.contains(name)) kept[name] = Take(fields, name);
  }
  entry.cycle = static_cast<int32_t>(IntOf(kept["cycle"]));
  entry.policy_revision = IntOf(kept["revision"]);
  entry.change.queue = core::QueueId::Trusted(kept["queue"]);
  entry.change.rep = core::RepId::Trusted(kept["rep"]);
  entry.change.generation = kept["generation"].empty() ? 0 : IntOf(kept["generation"]);
  entry.factors = FactorsOf(kept["factors"]);
  entry.change.reason = Take(fields, "reason");
  if (const std::string span = Take(fields, "deadline"); !span.empty()) {
    entry.due_at_ms = entry.at_ms + SpanOf(span);
  }
  auto& details = entry.change.details;
  if (const std::string span = Take(fields, "signal"); !span.empty()) {
    details["signalTime"] = core::FormatTime(entry.at_ms - SpanOf(span));
  }
  if (const std::string span = Take(fields, "start"); !span.empty()) {
    details["startTime"] = core::FormatTime(begin_ms + SpanOf(span));
  }
  if (const std::string amount = Take(fields, "amount"); !amount.empty()) {
    details["amountMinor"] = amount;
  }
  details.insert(fields.begin(), fields.end());
  entry.sources = {{begin_ms, pattern.fields.at("source"), "e1"}};
  for (const char* name : {"campaign", "utm_campaign"}) {
    if (pattern.fields.contains(name)) entry.attribution[name] = pattern.fields.at(name);
  }
  return entry;
}

}  // namespace

std::vector<store::OutboxEntry> GoldenHistories() {
  std::vector<store::OutboxEntry> entries;
  for (const Pattern& pattern : ReadPatterns()) {
    Fields kept;
    std::vector<store::OutboxEntry> history;
    for (const Words& step : pattern.steps) {
      history.push_back(EntryOf(pattern, step, kept));
      history.back().version = static_cast<int64_t>(history.size());
    }
    for (int64_t lead = 1; lead <= IntOf(pattern.fields.at("leads")); ++lead) {
      for (store::OutboxEntry& entry : history) {
        entry.key = {core::WorkspaceId::Trusted("golden"),
                     core::LeadId::Trusted(absl::StrCat(pattern.name, "-", lead))};
        entry.sequence = static_cast<int64_t>(entries.size()) + 1;
        entries.push_back(entry);
      }
    }
  }
  return entries;
}

std::vector<GoldenNumber> GoldenNumbers() {
  std::vector<GoldenNumber> numbers;
  for (const std::string& line : LinesOf("expected.tsv")) {
    if (line.empty() || line.front() == '#') continue;
    Words words = absl::StrSplit(line, '\t');
    std::replace(words.begin(), words.end(), std::string("-"), std::string());
    constexpr size_t kValue = 6;
    GoldenNumber number = {words[0], words[1], words[2], words[3], words[4], words[5]};
    if (!absl::SimpleAtod(words.at(kValue), &number.value)) {
      throw std::runtime_error("no number: " + line);
    }
    numbers.push_back(std::move(number));
  }
  return numbers;
}

}  // namespace baton::reports
