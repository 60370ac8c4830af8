#include "vendors/sales_mapping.h"

#include <cmath>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "core/text.h"
#include "events/cloud_event_reader.h"
#include "events/json_parser.h"
#include "events/rfc3339.h"
#include "events/sales_event_codec.h"
#include "expression/scratch.h"
#include "vendors/json_value.h"

namespace baton::vendors {

using core::ToAbsl;
using events::DeadLetter;
using events::DeadLetterClass;
using expression::Kind;
using expression::Value;

namespace {

constexpr size_t kErrorBytesMax = 256;
constexpr double kWholeMax = 9e15;  // beyond it a double does not say every whole number

DeadLetter BadFormula(const std::string& path, std::string_view why) {
  return {DeadLetterClass::kBadValue, absl::StrCat("mapping.", path),
          core::Shortened(why, kErrorBytesMax)};
}

// What CRMs write for whole numbers: 12 or 12.0.
std::optional<int64_t> WholeNumber(const Value& value) {
  if (value.kind() == Kind::kInt) return value.int_value();
  if (value.kind() != Kind::kDouble) return std::nullopt;
  const double number = value.double_value();
  if (!(std::abs(number) <= kWholeMax) || std::trunc(number) != number) return std::nullopt;
  return static_cast<int64_t>(number);
}

// An instant as RFC 3339: a timestamp, milliseconds since 1970, or a text as it is.
std::optional<std::string> InstantText(const Value& value) {
  if (value.kind() == Kind::kString) return std::string(value.text());
  const std::optional<int64_t> number = WholeNumber(value);
  if (!number && value.kind() != Kind::kTimestamp) return std::nullopt;
  const core::TimeMs at_ms = number ? *number : absl::ToUnixMillis(value.timestamp());
  if (at_ms < core::kTimeMsMin || at_ms > core::kTimeMsMax) return std::nullopt;
  std::string text;
  events::AppendRfc3339(text, at_ms);
  return text;
}

}  // namespace

// One record while it is read.
class SalesMapping::Reading {
 public:
  Reading(const SalesMapping& mapping, const platform::kafka::Record& record)
      : mapping_(mapping), record_(record), values_(mapping.environment_.slots()) {}

  MappedActions Run() {
    thread_local events::JsonParser parser;
    simdjson::dom::element root;
    if (!record_.has_value) return DeadLetter{DeadLetterClass::kNotParseable, "", "empty record"};
    if (events::Refusal refusal = parser.Parse(record_.value, "", root)) return *refusal;
    Bind(root);
    if (mapping_.accepts_ && !Holds(*mapping_.accepts_)) {
      return DeadLetter{DeadLetterClass::kUnknownType, "mapping.accepts",
                        "neither a CloudEvent nor what the mapping accepts"};
    }
    for (const SalesMapping::Refusal& refusal : mapping_.refusals_) {
      if (!Holds(refusal.when)) continue;
      return DeadLetter{DeadLetterClass::kBadValue, "mapping." + refusal.when.path, refusal.reason};
    }
    std::vector<const Rule*> rules;
    for (const Rule& rule : mapping_.rules_) {
      if (Holds(rule.when)) rules.push_back(&rule);
    }
    std::vector<core::SalesEvent> actions;
    if (rules.empty()) return actions;
    if (events::Refusal refusal = MakeActions(rules, actions)) return *refusal;
    return actions;
  }

 private:
  void Bind(const simdjson::dom::element& root) {
    for (const auto& [slot, value] : mapping_.constants_) At(slot) = value;
    At(mapping_.event_slot_) = json_.Of(root);
    for (const Let& let : mapping_.lets_) {
      const Value value = let.is.program->Evaluate(values_, scratch_);
      if (!value.is_error()) At(let.slot) = value;
    }
  }

  Value& At(int slot) { return values_[static_cast<size_t>(slot)]; }

  bool Holds(const Formula& formula) {
    return formula.program->Evaluate(values_, scratch_).IsTrue();
  }

  // The value of a formula; absent: there is no such formula, or it is null.
  events::Refusal Evaluate(const Formula& formula, Value& value) {
    value = formula.program->Evaluate(values_, scratch_);
    if (value.is_error()) return BadFormula(formula.path, value.text());
    if (value.kind() == Kind::kNull) value = Value();
    return std::nullopt;
  }
  events::Refusal EvaluateHead(const std::string& name, Value& value) {
    const auto formula = mapping_.heads_.find(name);
    value = Value();
    return formula == mapping_.heads_.end() ? std::nullopt : Evaluate(formula->second, value);
  }

  events::Refusal MakeActions(const std::vector<const Rule*>& rules,
                              std::vector<core::SalesEvent>& actions) {
    core::SalesEvent head;
    std::vector<std::string> leads;
    if (events::Refusal refusal = ReadHead(head)) return refusal;
    if (events::Refusal refusal = ReadLeads(leads)) return refusal;
    if (leads.size() * rules.size() > kActionsPerRecordMax) {
      return DeadLetter{DeadLetterClass::kTooLarge, "mapping.leads",
                        absl::StrCat("a record has at most ", kActionsPerRecordMax, " actions")};
    }
    for (const Rule* rule : rules) {
      core::SalesEvent event = head;
      event.id = absl::StrCat(head.id, "/", rule->name);
      event.implied = rule->implied;
      event.action.type = rule->action->type;
      event.action.outcome = rule->action->outcome;
      if (events::Refusal refusal = ReadFields(*rule, event)) return refusal;
      if (events::Refusal refusal = events::CheckComplete(event)) return refusal;
      if (!events::IsPrintableText(event.id, events::kEventIdBytesMax)) {
        return BadFormula("id", absl::StrCat("with the action's name it must be 1 to ",
                                             events::kEventIdBytesMax, " printable bytes"));
      }
      for (const std::string& lead : leads) {
        event.key.lead = core::LeadId::Trusted(lead);
        actions.push_back(event);
      }
    }
    return std::nullopt;
  }

  events::Refusal ReadHead(core::SalesEvent& head) {
    std::string workspace;
    if (events::Refusal refusal = ReadText("workspace", workspace)) return refusal;
    if (!core::IsValidId(workspace)) return BadFormula("workspace", "is not an id");
    head.key.workspace = core::WorkspaceId::Trusted(workspace);
    if (events::Refusal refusal = ReadText("id", head.id)) return refusal;
    if (events::Refusal refusal = ReadText("source", head.source)) return refusal;
    if (!events::IsPrintableText(head.source, events::kEventSourceBytesMax)) {
      return BadFormula("source", absl::StrCat("must be 1 to ", events::kEventSourceBytesMax,
                                               " bytes without control characters"));
    }
    Value time;
    if (events::Refusal refusal = EvaluateHead("time", time)) return refusal;
    const std::optional<std::string> text = InstantText(time);
    const auto at_ms = text ? events::ParseRfc3339(*text) : std::nullopt;
    if (!at_ms) return BadFormula("time", "must be an instant: milliseconds, RFC 3339, timestamp");
    if (record_.timestamp_ms > 0 && *at_ms > record_.timestamp_ms + events::kAheadMax) {
      return BadFormula("time", "is more than a day ahead of the Kafka record's timestamp");
    }
    head.occurred_at_ms = *at_ms;
    for (const char* name : {"rep", "generation"}) {
      Value value;
      if (events::Refusal refusal = EvaluateHead(name, value)) return refusal;
      if (events::Refusal refusal = Set(*events::FindSalesField(name), name, value, head)) {
        return refusal;
      }
    }
    return std::nullopt;
  }

  events::Refusal ReadText(const std::string& name, std::string& text) {
    Value value;
    if (events::Refusal refusal = EvaluateHead(name, value)) return refusal;
    if (value.kind() != Kind::kString) return BadFormula(name, "must be text");
    text = std::string(value.text());
    return std::nullopt;
  }

  events::Refusal ReadLeads(std::vector<std::string>& leads) {
    Value value;
    if (events::Refusal refusal = EvaluateHead("leads", value)) return refusal;
    expression::ListValue one = {value};
    const expression::ListValue& all = value.kind() == Kind::kList ? value.list() : one;
    for (const Value& lead : all) {
      if (lead.kind() != Kind::kString || !core::IsValidId(lead.text())) {
        return BadFormula("leads", "must be the id of a lead or a list of them");
      }
      leads.emplace_back(lead.text());
    }
    if (leads.empty()) return BadFormula("leads", "names no lead");
    return std::nullopt;
  }

  events::Refusal ReadFields(const Rule& rule, core::SalesEvent& event) {
    for (const auto& [field, formula] : rule.fields) {
      Value value;
      if (events::Refusal refusal = Evaluate(formula, value)) return refusal;
      if (events::Refusal refusal = Set(*field, formula.path, value, event)) return refusal;
    }
    return std::nullopt;
  }

  static events::Refusal Set(const events::SalesField& field, const std::string& path,
                             const Value& value, core::SalesEvent& event) {
    if (value.kind() == Kind::kAbsent) return std::nullopt;
    std::optional<std::string> text;
    std::optional<int64_t> number;
    if (field.kind == events::SalesFieldKind::kCount) {
      number = WholeNumber(value);
    } else if (field.kind == events::SalesFieldKind::kTime) {
      text = InstantText(value);
    } else if (value.kind() == Kind::kString) {
      text = std::string(value.text());
    }
    if (!text && !number) {
      return BadFormula(path, absl::StrCat("is ", ToAbsl(expression::TypeNameOf(value.kind())),
                                           ", which ", ToAbsl(field.name), " cannot be"));
    }
    return number ? events::SetSalesField(field, *number, event)
                  : events::SetSalesField(field, std::string_view(*text), event);
  }

  const SalesMapping& mapping_;
  const platform::kafka::Record& record_;
  std::vector<Value> values_;
  JsonValues json_;
  expression::Scratch scratch_;
};

MappedActions SalesMapping::Map(const platform::kafka::Record& record) const {
  return Reading(*this, record).Run();
}

absl::StatusOr<std::shared_ptr<const SalesMapping>> ReadSalesMapping(const std::string& path) {
  if (path.empty()) return std::shared_ptr<const SalesMapping>();
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat("mapping ", path, " cannot be read"));
  const std::string yaml{std::istreambuf_iterator<char>(file), {}};
  auto parsed = SalesMapping::Parse(yaml, path);
  if (auto* mapping = std::get_if<std::shared_ptr<const SalesMapping>>(&parsed)) {
    return std::move(*mapping);
  }
  std::string message = absl::StrCat("mapping ", path, " is not valid");
  for (const auto& error : std::get<std::vector<policy::DocumentError>>(parsed)) {
    absl::StrAppend(&message, "\n", policy::ToString(error));
  }
  return absl::InvalidArgumentError(message);
}

MappedActions DecodeSalesRecord(const platform::kafka::Record& record,
                                const SalesMapping* mapping) {
  if (mapping != nullptr && !events::IsCloudEvent(record)) return mapping->Map(record);
  events::DecodedSalesEvent decoded = events::DecodeSalesEvent(record);
  if (auto* letter = std::get_if<DeadLetter>(&decoded)) return *std::move(letter);
  return std::vector<core::SalesEvent>{std::get<core::SalesEvent>(std::move(decoded))};
}

}  // namespace baton::vendors
