// batonctl mapping test FILE < event.json
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "events/sales_actions.h"
#include "vendors/sales_mapping.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMappedBytesMax = 16 * 1024 * 1024;
constexpr char kMappingFooter[] =
    "The record is JSON as the CRM sends it; a CloudEvent is read without the mapping. Needs no\n"
    "server.\n"
    "Exit codes: 0 the record is understood, also if it asks for nothing; 1 it would become a "
    "dead\n"
    "letter; 2 or more: the mapping or the record cannot be read.";

struct MappingArguments {
  std::string mapping;
  std::string event = "-";
  bool each_line = false;
};

std::string ActionWord(const core::Action& action) {
  for (const events::SalesAction& known : events::SalesActions()) {
    const bool outcome = action.type == core::ActionType::kReportOutcome;
    if (known.type == action.type && (!outcome || known.outcome == action.outcome)) {
      return std::string(known.word);
    }
  }
  return "";
}

std::string InstantText(core::TimeMs at_ms) {
  return at_ms == 0 ? "" : FormatTime(TimestampOf(at_ms));
}

// What of the action is said, by the names of the fields.
ordered_json FieldsOf(const core::Action& action) {
  ordered_json fields = ordered_json::object();
  const auto text = [&fields](const char* name, const std::string& value) {
    if (!value.empty()) fields[name] = value;
  };
  if (action.generation > 0) fields["generation"] = action.generation;
  text("reason", action.reason);
  text("note", action.note);
  text("channel", action.channel);
  text("direction", action.direction);
  text("outcome", action.touch_outcome);
  text("queue", action.queue.str());
  text("touchTime", InstantText(action.touched_at_ms));
  if (action.amount_minor > 0) fields["amountMinor"] = action.amount_minor;
  text("currency", action.currency);
  text("closeTime", InstantText(action.close_date_ms));
  text("revisitTime", InstantText(action.revisit_at_ms));
  text("resumeTime", InstantText(action.until_ms));
  return fields;
}

// What the records asked for so far.
struct Mapped {
  Table table{{"WORKSPACE", "LEAD", "ACTION", "REP", "TIME", "FIELDS", "ID"}};
  ordered_json actions = ordered_json::array();
  std::vector<std::string> names;
};

void AddMapped(const core::SalesEvent& event, Mapped& mapped) {
  const ordered_json fields = FieldsOf(event.action);
  const std::string word = ActionWord(event.action);
  mapped.table.AddRow({event.key.workspace.str(), event.key.lead.str(),
                       absl::StrCat(word, event.implied ? " (implied)" : ""), event.rep.str(),
                       InstantText(event.occurred_at_ms), fields.empty() ? "" : fields.dump(),
                       event.id});
  mapped.actions.push_back({{"workspace", event.key.workspace.str()},
                            {"lead", event.key.lead.str()},
                            {"action", word},
                            {"implied", event.implied},
                            {"rep", event.rep.str()},
                            {"time", InstantText(event.occurred_at_ms)},
                            {"id", event.id},
                            {"source", event.source},
                            {"fields", fields}});
  mapped.names.push_back(word);
}

absl::Status TryRecord(const Session& session, const vendors::SalesMapping& mapping,
                       const std::string& text, const std::string& where, Mapped& mapped) {
  platform::kafka::Record record;
  record.has_value = true;
  record.value = text;
  record.timestamp_ms = absl::ToUnixMillis(session.world().now());
  const vendors::MappedActions found = vendors::DecodeSalesRecord(record, &mapping);
  if (const auto* letter = std::get_if<events::DeadLetter>(&found)) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, " would become a dead letter of class ",
                     std::string(events::DeadLetterClassName(letter->klass)),
                     letter->field.empty() ? "" : ", field ", letter->field, ": ", letter->reason));
  }
  const auto& actions = std::get<std::vector<core::SalesEvent>>(found);
  if (actions.empty()) session.Note(absl::StrCat(where, " asks for nothing: no rule holds."));
  for (const core::SalesEvent& event : actions) AddMapped(event, mapped);
  return absl::OkStatus();
}

absl::Status TestMapping(const Session& session, const MappingArguments& arguments) {
  const auto mapping = vendors::ReadSalesMapping(arguments.mapping);
  if (!mapping.ok()) return FileError(std::string(mapping.status().message()));
  const absl::StatusOr<std::string> text = ReadFile(arguments.event, kMappedBytesMax);
  if (!text.ok()) return text.status();
  std::vector<std::string> records = {*text};
  if (arguments.each_line) records = absl::StrSplit(*text, '\n', absl::SkipWhitespace());
  Mapped mapped;
  absl::Status status;
  int number = 0;
  for (const std::string& record : records) {
    ++number;
    const std::string where =
        arguments.each_line ? absl::StrCat("line ", number) : std::string("the record");
    status = TryRecord(session, **mapping, record, where, mapped);
    if (!status.ok()) break;
  }
  if (!status.ok() && mapped.names.empty()) return status;
  const absl::Status printed =
      session.Print(ordered_json{{"actions", mapped.actions}}, mapped.table, mapped.names);
  return status.ok() ? printed : status;
}

}  // namespace

void AddMappingCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "mapping", "Mapping files: what a CRM's own JSON means");
  auto arguments = std::make_shared<MappingArguments>();
  CLI::App& test =
      *group.add_subcommand("test", "Shows which actions a CRM's record becomes by a mapping file")
           ->footer(kMappingFooter);
  test.add_option("MAPPING", arguments->mapping, "the mapping file")->required();
  test.add_option("--file,-f", arguments->event, "the record; - is standard input")
      ->capture_default_str();
  test.add_flag("--lines", arguments->each_line, "each line is a record");
  OnRun(test, session, [&session, arguments] { return TestMapping(session, *arguments); });
}

}  // namespace baton::batonctl
