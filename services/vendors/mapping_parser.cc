// From YAML to a mapping: all that is wrong, with its places.
#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "policy/document_head.h"
#include "policy/map_reader.h"
#include "policy/source_place.h"
#include "policy/values.h"
#include "vendors/sales_mapping.h"

namespace baton::vendors {

using expression::Kind;
using expression::Problem;
using expression::Program;
using expression::Type;
using expression::Value;
using policy::ErrorList;
using policy::KeyRule;
using policy::KeyStatus;
using policy::KeyTable;
using policy::MapReader;
using policy::YamlNode;

namespace {

constexpr KeyRule kSpec[] = {{"tables"},
                             {"let"},
                             {"accepts"},
                             {"refuse"},
                             {"workspace", KeyStatus::kRequired},
                             {"source", KeyStatus::kRequired},
                             {"id", KeyStatus::kRequired},
                             {"time", KeyStatus::kRequired},
                             {"leads", KeyStatus::kRequired},
                             {"rep"},
                             {"generation"},
                             {"actions", KeyStatus::kRequired}};
constexpr KeyRule kLet[] = {{"name", KeyStatus::kRequired}, {"is", KeyStatus::kRequired}};
constexpr KeyRule kRefuse[] = {{"when", KeyStatus::kRequired}, {"reason", KeyStatus::kRequired}};
constexpr KeyRule kRule[] = {{"name", KeyStatus::kRequired},
                             {"action", KeyStatus::kRequired},
                             {"when", KeyStatus::kRequired},
                             {"implied"},
                             {"fields"}};
constexpr KeyTable kSpecKeys = {"spec", kSpec};
constexpr KeyTable kLetKeys = {"let", kLet};
constexpr KeyTable kRefuseKeys = {"refuse", kRefuse};
constexpr KeyTable kRuleKeys = {"action", kRule};

// What all actions of a record have in common.
constexpr std::string_view kHeads[] = {"workspace", "source", "id",        "time",
                                       "leads",     "rep",    "generation"};

constexpr char kEventName[] = "event";
constexpr size_t kRowBytesMax = 256;
constexpr size_t kReasonBytesMax = 512;
constexpr expression::Limits kLimits = {.cost_max = 100'000};  // some 2 ms

}  // namespace

class MappingParser {
 public:
  MappingParser(SalesMapping& mapping, ErrorList& errors) : mapping_(mapping), errors_(errors) {}

  void Parse(const YamlNode& node) {
    const MapReader spec(node, "spec", kSpecKeys, errors_);
    mapping_.event_slot_ = mapping_.environment_.AddVariable(kEventName, Type());
    names_.insert(kEventName);
    if (const YamlNode* tables = spec.Find("tables"); tables != nullptr) ParseTables(*tables);
    if (const YamlNode* lets = spec.Find("let"); lets != nullptr) ParseLets(*lets);
    if (const YamlNode* accepts = spec.Find("accepts"); accepts != nullptr) {
      mapping_.accepts_ = Condition(*accepts, "accepts");
    }
    if (const YamlNode* refuse = spec.Find("refuse"); refuse != nullptr) ParseRefusals(*refuse);
    for (const std::string_view head : kHeads) {
      const YamlNode* value = spec.Find(head);
      if (value == nullptr) continue;
      const std::string name(head);
      if (auto formula = Compile(*value, name)) mapping_.heads_.emplace(name, *std::move(formula));
    }
    if (const YamlNode* actions = spec.Find("actions"); actions != nullptr) ParseRules(*actions);
  }

 private:
  using Formula = SalesMapping::Formula;

  std::optional<Formula> Compile(const YamlNode& node, const std::string& path) {
    if (node.kind != YamlNode::Kind::kScalar || node.text.empty()) {
      AddError(node,
               absl::StrCat(path, " must be an expression such as 'event.Status', this is ",
                            policy::Describe(node)),
               errors_);
      return std::nullopt;
    }
    auto compiled = Program::Compile(node.text, mapping_.environment_, kLimits);
    if (const auto* problems = std::get_if<std::vector<Problem>>(&compiled)) {
      policy::AddProblems(node, path, *problems, errors_);
      return std::nullopt;
    }
    return Formula{path, std::make_shared<const Program>(std::get<Program>(std::move(compiled)))};
  }

  std::optional<Formula> Condition(const YamlNode& node, const std::string& path) {
    std::optional<Formula> formula = Compile(node, path);
    if (!formula) return std::nullopt;
    const Type& type = formula->program->type();
    if (type.is_dyn() || type.Is(Kind::kBool)) return formula;
    AddError(node, absl::StrCat(path, " must be true or false, this is ", type.Name()), errors_);
    return std::nullopt;
  }

  // A name that expressions may use from now on; nullopt after an error.
  std::optional<std::string> NewName(const YamlNode& node, const std::string& path) {
    const auto legal = [](std::string_view text) {
      return !text.empty() && text.size() <= 64 && !absl::ascii_isdigit(text.front()) &&
             std::all_of(text.begin(), text.end(),
                         [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
    };
    if (node.kind != YamlNode::Kind::kScalar || !legal(node.text)) {
      AddError(
          node,
          absl::StrCat(path, " must be 1 to 64 characters of [A-Za-z0-9_],", " no digit first"),
          errors_);
      return std::nullopt;
    }
    if (!names_.insert(node.text).second) {
      AddError(node, absl::StrCat(path, ": ", policy::Quoted(node.text), " is a name already"),
               errors_);
      return std::nullopt;
    }
    return node.text;
  }

  void ParseTables(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::kMap || node.entries.size() > kMappingTablesMax) {
      AddError(node, absl::StrCat("tables must be at most ", kMappingTablesMax, " mappings"),
               errors_);
      return;
    }
    for (const policy::YamlEntry& entry : node.entries) {
      const std::string path = absl::StrCat("tables.", entry.key.text);
      const auto name = NewName(entry.key, path);
      if (!name) continue;
      const int slot =
          mapping_.environment_.AddVariable(*name, Type::Map(Kind::kString, Kind::kString));
      mapping_.constants_.emplace_back(slot, Value::Map(ParseRows(entry.value, path)));
    }
  }

  const expression::MapValue* ParseRows(const YamlNode& node, const std::string& path) {
    expression::MapValue& rows = mapping_.rows_.emplace_back();
    if (node.kind != YamlNode::Kind::kMap || node.entries.size() > kMappingRowsMax) {
      AddError(node,
               absl::StrCat(path, " must be a mapping of at most ", kMappingRowsMax, " texts"),
               errors_);
      return &rows;
    }
    for (const policy::YamlEntry& row : node.entries) {
      const std::string row_path = absl::StrCat(path, ".", row.key.text);
      const auto key = policy::ReadText(row.key, row_path, kRowBytesMax, errors_);
      const auto value = policy::ReadText(row.value, row_path, kRowBytesMax, errors_);
      if (!key || !value) continue;
      const Value kept_key = Value::String(mapping_.texts_.emplace_back(*key));
      rows.emplace_back(kept_key, Value::String(mapping_.texts_.emplace_back(*value)));
    }
    return &rows;
  }

  void ParseLets(const YamlNode& node) {
    const auto items = policy::ReadList(node, "let", errors_);
    CheckCount(node, "let", items.size(), kMappingLetsMax);
    for (size_t i = 0; i < items.size(); ++i) {
      const MapReader let(items[i], policy::ItemPath("let", i), kLetKeys, errors_);
      const YamlNode* name = let.Find("name");
      const YamlNode* is = let.Find("is");
      auto formula = is == nullptr ? std::nullopt : Compile(*is, let.PathOf("is"));
      const auto known = name == nullptr ? std::nullopt : NewName(*name, let.PathOf("name"));
      if (!known) continue;
      // Also after an error, so that what uses the name is no error, too.
      const Type type = formula ? formula->program->type() : Type();
      const int slot = mapping_.environment_.AddVariable(*known, type);
      if (formula) mapping_.lets_.push_back({slot, *std::move(formula)});
    }
  }

  void ParseRefusals(const YamlNode& node) {
    const auto items = policy::ReadList(node, "refuse", errors_);
    CheckCount(node, "refuse", items.size(), kMappingRulesMax);
    for (size_t i = 0; i < items.size(); ++i) {
      const MapReader map(items[i], policy::ItemPath("refuse", i), kRefuseKeys, errors_);
      const YamlNode* when = map.Find("when");
      const YamlNode* reason = map.Find("reason");
      if (when == nullptr || reason == nullptr) continue;
      auto formula = Condition(*when, map.PathOf("when"));
      const auto text = policy::ReadText(*reason, map.PathOf("reason"), kReasonBytesMax, errors_);
      if (formula && text) mapping_.refusals_.push_back({*std::move(formula), *text});
    }
  }

  void ParseRules(const YamlNode& node) {
    const auto items = policy::ReadList(node, "actions", errors_);
    CheckCount(node, "actions", items.size(), kMappingRulesMax);
    std::set<std::string> rules;
    for (size_t i = 0; i < items.size(); ++i) {
      const MapReader map(items[i], policy::ItemPath("actions", i), kRuleKeys, errors_);
      SalesMapping::Rule rule;
      if (const YamlNode* name = map.Find("name"); name != nullptr) {
        rule.name = policy::ReadId(*name, map.PathOf("name"), errors_).value_or("");
        if (!rule.name.empty() && !rules.insert(rule.name).second) {
          AddError(*name, absl::StrCat("action ", rule.name, " appears twice"), errors_);
        }
      }
      rule.implied = policy::ReadBoolOr(map, "implied", false);
      if (const YamlNode* action = map.Find("action"); action != nullptr) {
        rule.action = ReadAction(*action, map.PathOf("action"));
      }
      const YamlNode* when = map.Find("when");
      auto formula = when == nullptr ? std::nullopt : Condition(*when, map.PathOf("when"));
      if (const YamlNode* fields = map.Find("fields"); fields != nullptr) {
        ParseFields(*fields, map.PathOf("fields"), rule);
      }
      if (!formula || rule.action == nullptr) continue;
      rule.when = *std::move(formula);
      mapping_.rules_.push_back(std::move(rule));
    }
  }

  const events::SalesAction* ReadAction(const YamlNode& node, const std::string& path) {
    std::vector<std::string_view> words;
    for (const events::SalesAction& action : events::SalesActions()) words.push_back(action.word);
    const auto index = policy::ReadWord(node, path, words, errors_);
    return index ? &events::SalesActions()[*index] : nullptr;
  }

  void ParseFields(const YamlNode& node, const std::string& path, SalesMapping::Rule& rule) {
    if (node.kind != YamlNode::Kind::kMap) {
      AddError(node, absl::StrCat(path, " must be a mapping of fields to expressions"), errors_);
      return;
    }
    for (const policy::YamlEntry& entry : node.entries) {
      const std::string field_path = absl::StrCat(path, ".", entry.key.text);
      const events::SalesField* const field = events::FindSalesField(entry.key.text);
      if (field == nullptr || (rule.action != nullptr && !events::HasField(*rule.action, *field))) {
        AddError(entry.key, NoSuchField(entry.key.text, rule), errors_);
        continue;
      }
      if (auto formula = Compile(entry.value, field_path)) {
        rule.fields.emplace_back(field, *std::move(formula));
      }
    }
  }

  static std::string NoSuchField(const std::string& name, const SalesMapping::Rule& rule) {
    std::vector<std::string> known;
    for (const events::SalesField& field : events::SalesFields()) {
      if (rule.action == nullptr || events::HasField(*rule.action, field)) {
        known.emplace_back(field.name);
      }
    }
    return absl::StrCat("unknown field ", policy::Quoted(name), " in action ", rule.name,
                        policy::DidYouMean(name, known), "; it has ", absl::StrJoin(known, ", "));
  }

  void CheckCount(const YamlNode& node, const std::string& path, size_t count, size_t max) {
    if (count <= max) return;
    AddError(node, absl::StrCat(path, " has ", count, " items, at most ", max, " are allowed"),
             errors_);
  }

  SalesMapping& mapping_;
  ErrorList& errors_;
  std::set<std::string> names_;
};

std::variant<std::shared_ptr<const SalesMapping>, std::vector<policy::DocumentError>>
SalesMapping::Parse(std::string_view yaml, std::string_view file_name) {
  ErrorList errors(file_name);
  const std::shared_ptr<SalesMapping> mapping(new SalesMapping());
  if (const std::optional<YamlNode> root = policy::ParseYaml(yaml, errors); root.has_value()) {
    const policy::DocumentHead head =
        policy::ReadDocumentHead(*root, "SalesMapping", /*with_workspace=*/false, errors);
    if (head.spec != nullptr) MappingParser(*mapping, errors).Parse(*head.spec);
  }
  if (!errors.empty()) return std::move(errors).Take();
  return std::shared_ptr<const SalesMapping>(mapping);
}

}  // namespace baton::vendors
