#include "batonctl/letters.h"

#include <algorithm>
#include <array>
#include <deque>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "core/ids.h"
#include "core/text.h"
#include "expression/program.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

using expression::Kind;
using expression::Type;
using expression::Value;
using nlohmann::ordered_json;

constexpr std::string_view kMask = "***";
// What CloudEvents says of an event; the rest of a structured one is data.
constexpr std::array<std::string_view, 11> kEventNames = {
    "specversion",     "id",         "source",      "type",          "time",     "subject",
    "datacontenttype", "dataschema", "traceparent", "correlationid", "workspace"};

bool IsEventName(std::string_view name) {
  return std::find(kEventNames.begin(), kEventNames.end(), name) != kEventNames.end();
}

std::string HeaderText(const platform::kafka::Record& record, std::string_view name) {
  for (const auto& [header, value] : record.headers) {
    if (header == name) return value;
  }
  return "";
}

std::string IdOr(std::string text) {
  return core::IsValidId(text) ? std::move(text) : std::string();
}

// What the event says of itself counts; the key, "acme/lead-1", only says where it was put.
void ReadWhose(Letter& letter) {
  letter.workspace = IdOr(HeaderText(letter.record, "ce_workspace"));
  letter.lead = IdOr(HeaderText(letter.record, "ce_subject"));
  if (!letter.workspace.empty()) return;
  const ordered_json event = ordered_json::parse(letter.record.value, nullptr, false);
  const auto text = [&event](const char* name) {
    if (!event.is_object()) return std::string();
    const auto found = event.find(name);
    return found != event.end() && found->is_string() ? IdOr(found->get<std::string>()) : "";
  };
  letter.workspace = text("workspace");
  letter.lead = text("subject");
  if (!letter.workspace.empty()) return;
  const std::string& key = letter.record.key;
  const size_t slash = key.find('/');
  if (slash == std::string::npos) return;
  letter.workspace = IdOr(key.substr(0, slash));
  letter.lead = IdOr(key.substr(slash + 1));
}

void Mask(ordered_json& value) {
  if (value.is_structured()) {
    for (ordered_json& item : value) Mask(item);
  } else if (value.is_string() || value.is_number()) {
    value = kMask;
  }
}

std::string OriginText(const Letter& letter) {
  const events::LetterFacts& facts = letter.facts;
  return absl::StrCat(facts.origin_topic, "/", facts.origin_partition, "/", facts.origin_offset);
}

std::string TimeText(const Letter& letter) {
  return FormatTime(TimestampOf(letter.record.timestamp_ms));
}

// Headers by which Baton and CloudEvents say what it is; those of others may hold anything.
bool IsKnownHeader(const std::string& name) {
  return name == "content-type" || absl::StartsWith(name, "__dlq.errors.") ||
         absl::StartsWith(name, "baton-") ||
         (absl::StartsWith(name, "ce_") && IsEventName(std::string_view(name).substr(3)));
}

}  // namespace

std::string LetterPlace::name() const {
  return absl::StrCat(topic, "/", partition, "/", offset);
}

absl::StatusOr<LetterPlace> ParseLetterName(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  LetterPlace place{parts[0]};
  const bool known = parts.size() == 3 &&
                     std::find(std::begin(kLetterTopics), std::end(kLetterTopics), place.topic) !=
                         std::end(kLetterTopics);
  if (known && absl::SimpleAtoi(parts[1], &place.partition) &&
      absl::SimpleAtoi(parts[2], &place.offset)) {
    return place;
  }
  return UsageError(absl::StrCat(policy::Quoted(name), " names no letter: write ",
                                 "TOPIC/PARTITION/OFFSET, as `batonctl dlq list` shows it"));
}

Letter MakeLetter(const std::string& topic_word, const platform::kafka::Record& record) {
  Letter letter;
  letter.name = LetterPlace{topic_word, record.partition, record.offset}.name();
  letter.record = record;
  letter.facts = events::ReadLetter(record);
  ReadWhose(letter);
  return letter;
}

// A condition over one letter.
struct LetterFilter::Expression {
  // The names of kLetterVariables.
  Expression() {
    for (const char* name : {"topic", "class", "field", "reason", "workspace", "lead", "key"}) {
      environment.AddVariable(name, Kind::kString);
    }
    for (const char* name :
         {"partition", "offset", "attempts", "size", "origin_partition", "origin_offset"}) {
      environment.AddVariable(name, Kind::kInt);
    }
    environment.AddVariable("time", Kind::kTimestamp);
    environment.AddVariable("headers", Type::Map(Kind::kString, Kind::kString));
  }

  std::vector<Value> ValuesOf(const Letter& letter, expression::Scratch& scratch) const {
    std::vector<Value> values(environment.slots());
    const auto set = [&](const char* name, const Value& value) {
      values[static_cast<size_t>(*environment.SlotOf(name))] = value;
    };
    const platform::kafka::Record& record = letter.record;
    const events::LetterFacts& facts = letter.facts;
    set("topic", Value::String(record.topic));
    set("class", Value::String(facts.klass));
    set("field", Value::String(facts.field));
    set("reason", Value::String(facts.reason));
    set("workspace", Value::String(letter.workspace));
    set("lead", Value::String(letter.lead));
    set("key", Value::String(record.key));
    set("partition", Value::Int(record.partition));
    set("offset", Value::Int(record.offset));
    set("attempts", Value::Int(facts.attempts));
    set("size", Value::Int(static_cast<int64_t>(record.value.size())));
    set("origin_partition", Value::Int(facts.origin_partition));
    set("origin_offset", Value::Int(facts.origin_offset));
    set("time", Value::Timestamp(absl::FromUnixMillis(record.timestamp_ms)));
    expression::MapValue headers;
    for (const auto& [name, value] : record.headers) {
      if (expression::Find(headers, Value::String(name)) == nullptr) {
        headers.emplace_back(Value::String(name), Value::String(value));
      }
    }
    set("headers", scratch.Map(headers));
    return values;
  }

  expression::Environment environment;
  std::optional<expression::Program> program;
};

LetterFilter::LetterFilter() = default;
LetterFilter::LetterFilter(LetterFilter&&) noexcept = default;
LetterFilter::~LetterFilter() = default;

absl::StatusOr<LetterFilter> LetterFilter::Make(const LetterChoice& choice) {
  LetterFilter filter;
  filter.choice_ = choice;
  if (choice.expression.empty()) return filter;
  filter.expression_ = std::make_unique<Expression>();
  auto compiled = expression::Program::Compile(choice.expression, filter.expression_->environment);
  if (const auto* problems = std::get_if<std::vector<expression::Problem>>(&compiled)) {
    std::string message = "--filter is not understood";
    for (const expression::Problem& problem : *problems) {
      absl::StrAppend(&message, "\n", expression::Describe(problem, choice.expression));
    }
    return UsageError(message);
  }
  filter.expression_->program.emplace(std::get<expression::Program>(std::move(compiled)));
  const Type& type = filter.expression_->program->type();
  if (type.is_dyn() || type.Is(Kind::kBool)) return filter;
  return UsageError(absl::StrCat("--filter must be true or false, this is ", type.Name()));
}

absl::StatusOr<bool> LetterFilter::Takes(const Letter& letter) const {
  const LetterChoice& want = choice_;
  const auto one_of = [](const std::vector<std::string>& wanted, const std::string& word) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), word) != wanted.end();
  };
  const int64_t at_ms = letter.record.timestamp_ms;
  const bool takes = one_of(want.names, letter.name) && one_of(want.classes, letter.facts.klass) &&
                     (want.workspace.empty() || want.workspace == letter.workspace) &&
                     (want.lead.empty() || want.lead == letter.lead) &&
                     (!want.since_ms || at_ms >= *want.since_ms) &&
                     (!want.until_ms || at_ms < *want.until_ms) &&
                     (!want.partition || *want.partition == letter.record.partition) &&
                     (!want.offset || *want.offset == letter.record.offset) &&
                     absl::StrContains(absl::AsciiStrToLower(letter.facts.reason),
                                       absl::AsciiStrToLower(want.reason));
  if (!takes || expression_ == nullptr) return takes;
  expression::Scratch scratch;
  const Value value =
      expression_->program->Evaluate(expression_->ValuesOf(letter, scratch), scratch);
  if (value.is_error()) {
    return UsageError(
        absl::StrCat("--filter fails for ", letter.name, ": ", core::ToAbsl(value.text())));
  }
  return value.IsTrue();
}

Table LettersTable(const std::vector<Letter>& letters) {
  Table table({"LETTER", "TIME", "CLASS", "FIELD", "WORKSPACE", "LEAD", "ATTEMPTS", "REASON"},
              {"ORIGIN", "BYTES"});
  for (const Letter& letter : letters) {
    const events::LetterFacts& facts = letter.facts;
    table.AddRow({letter.name, TimeText(letter), facts.klass, facts.field, letter.workspace,
                  letter.lead, absl::StrCat(facts.attempts), facts.reason, OriginText(letter),
                  absl::StrCat(letter.record.value.size())});
  }
  return table;
}

ordered_json LetterJson(const Letter& letter) {
  const events::LetterFacts& facts = letter.facts;
  ordered_json headers = ordered_json::object();
  for (const auto& [name, value] : letter.record.headers) {
    headers[name] = IsKnownHeader(name) ? value : std::string(kMask);
  }
  return {{"name", letter.name},
          {"time", TimeText(letter)},
          {"class", facts.klass},
          {"field", facts.field},
          {"reason", facts.reason},
          {"attempts", facts.attempts},
          {"workspace", letter.workspace},
          {"lead", letter.lead},
          {"key", letter.record.key},
          {"origin",
           {{"topic", facts.origin_topic},
            {"partition", facts.origin_partition},
            {"offset", facts.origin_offset},
            {"group", facts.group}}},
          {"sizeBytes", letter.record.value.size()},
          {"headers", headers}};
}

std::string MaskedBody(const Letter& letter) {
  ordered_json body = ordered_json::parse(letter.record.value, nullptr, false);
  if (body.is_discarded()) return "";
  const bool binary = !HeaderText(letter.record, "ce_id").empty();
  if (binary || !body.is_object()) {
    Mask(body);
  } else {
    for (const auto& [name, value] : body.items()) {
      if (!IsEventName(name) || value.is_structured()) Mask(value);
    }
  }
  return body.dump(1, ' ', false, ordered_json::error_handler_t::replace);
}

Table LetterDetails(const Letter& letter) {
  const events::LetterFacts& facts = letter.facts;
  Table table({"", ""});
  table.AddRow({"letter", letter.name});
  table.AddRow({"time", TimeText(letter)});
  table.AddRow({"class", facts.klass});
  table.AddRow({"field", facts.field});
  table.AddRow({"reason", facts.reason});
  table.AddRow({"attempts", absl::StrCat(facts.attempts)});
  table.AddRow({"workspace", letter.workspace});
  table.AddRow({"lead", letter.lead});
  table.AddRow({"origin", OriginText(letter)});
  table.AddRow({"group", facts.group});
  table.AddRow({"key", letter.record.key});
  table.AddRow({"bytes", absl::StrCat(letter.record.value.size(),
                                      facts.cut ? ", the record was longer" : "")});
  for (const auto& [name, value] : letter.record.headers) {
    if (absl::StartsWith(name, "__dlq.errors.") || absl::StartsWith(name, "baton-error-")) continue;
    table.AddRow({absl::StrCat("header ", name), IsKnownHeader(name) ? value : std::string(kMask)});
  }
  return table;
}

}  // namespace baton::batonctl
