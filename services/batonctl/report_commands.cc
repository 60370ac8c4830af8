// batonctl report funnel|acceptance|...|all|leads (alignment: report_alignment.cc)
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/output_choice.h"
#include "batonctl/report_scope.h"
#include "batonctl/report_view.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

constexpr char kReportFooter[] =
    "A share is shown as 63.2% (12 of 19, 2 pending, 1 left out), \"-\" if it is of nothing. "
    "Times\n"
    "are percentiles; whoever still waits is in them with the time waited so far, and >= says "
    "that\n"
    "one is a lower bound. batonctl report leads lists the leads behind a number. What each "
    "number\n"
    "counts: services/reports/KPIS.md.";

struct SectionArguments {
  ReportArguments scope;
  OutputChoice output{{"table", "wide", "json", "yaml", "csv"}};
};

struct LeadsArguments {
  ReportArguments scope;
  std::string cell;  // SECTION/FIGURE[/ITEM]
  std::string part;
  std::string group;
  std::string at;
  OutputChoice output{{"table", "wide", "json", "yaml", "csv", "name"}};
  int limit = kListLimitDefault;
};

core::TimeMs NowMs(const Session& session) {
  return absl::ToUnixMillis(session.world().now());
}

absl::Status WriteOut(const Session& session, const std::string& text) {
  session.world().out << text;
  return session.Written();
}

// `section` empty: all of them.
absl::Status Show(Session& session, const SectionArguments& arguments, const std::string& section) {
  const absl::StatusOr<std::string> output = arguments.output.Take(session);
  if (!output.ok()) return output.status();
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<v1::ReportScope> scope = ReportScopeOf(arguments.scope, NowMs(session));
  if (!scope.ok()) return scope.status();
  v1::GetReportRequest request;
  request.set_parent(*parent);
  *request.mutable_scope() = *scope;
  if (!section.empty()) request.add_sections(section);
  request.set_group_by(GroupingOf(arguments.scope));
  const auto response = Ask<v1::GetReportResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  const v1::Report& report = response->report();
  if (*output == "csv") {
    return WriteOut(session, absl::StrCat(ReportCsvHeader({}), ReportCsvLines(report, {})));
  }
  if (session.options.is_data()) {
    return WriteOut(session,
                    session.DataText(absl::StrCat(ToJson(report, /*one_line=*/false), "\n")));
  }
  return WriteOut(session, ReportText(report, session.style()));
}

// "SECTION/FIGURE[/ITEM]"; an item may have slashes of its own.
absl::StatusOr<v1::ReportCell> ParseCell(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('/', 2));
  if (parts.size() < 2 || parts[0].empty() || parts[1].empty()) {
    return UsageError(absl::StrCat("a number is named SECTION/FIGURE or SECTION/FIGURE/ITEM, such ",
                                   "as funnel/reached/mql; this is ", policy::Quoted(text)));
  }
  v1::ReportCell cell;
  cell.set_section(parts[0]);
  cell.set_figure(parts[1]);
  if (parts.size() > 2) cell.set_item(parts[2]);
  return cell;
}

absl::StatusOr<v1::ListReportLeadsRequest> LeadsRequest(const Session& session,
                                                        const LeadsArguments& arguments) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  const absl::StatusOr<v1::ReportScope> scope = ReportScopeOf(arguments.scope, NowMs(session));
  if (!scope.ok()) return scope.status();
  const absl::StatusOr<v1::ReportCell> cell = ParseCell(arguments.cell);
  if (!cell.ok()) return cell.status();
  v1::ListReportLeadsRequest request;
  request.set_parent(*parent);
  *request.mutable_scope() = *scope;
  request.set_group_by(GroupingOf(arguments.scope));
  *request.mutable_cell() = *cell;
  request.mutable_cell()->set_part(arguments.part);
  request.mutable_cell()->set_group(arguments.group);
  if (!arguments.at.empty()) {
    const auto at = ParseTime("--at", arguments.at);
    if (!at.ok()) return at.status();
    *request.mutable_read_time() = *at;
  }
  return request;
}

absl::Status ListLeads(Session& session, const LeadsArguments& arguments) {
  const absl::StatusOr<std::string> output = arguments.output.Take(session);
  if (!output.ok()) return output.status();
  const auto request = LeadsRequest(session, arguments);
  if (!request.ok()) return request.status();
  const auto response = AskPages<v1::ListReportLeadsResponse>(
      session.server(), *request, arguments.limit,
      +[](const v1::ListReportLeadsResponse& page) { return page.leads_size(); });
  if (!response.ok()) return response.status();
  NoteMore(session, response->next_page_token());
  if (*output == "csv") return WriteOut(session, ReportLeadsCsv(*response));
  std::vector<std::string> names;
  for (const v1::ReportLead& lead : response->leads()) names.push_back(lead.name());
  return session.Print(*response, ReportLeadsTable(*response), names);
}

void AddSection(CLI::App& group, Session& session, const std::string& name,
                const std::string& about, const std::string& section) {
  auto arguments = std::make_shared<SectionArguments>();
  CLI::App& command = *group.add_subcommand(name, about)->footer(kReportFooter);
  AddReportScope(command, arguments->scope);
  AddReportGrouping(command, arguments->scope);
  arguments->output.AddTo(command);
  OnRun(command, session,
        [&session, arguments, section] { return Show(session, *arguments, section); });
}

void AddLeads(CLI::App& group, Session& session) {
  auto arguments = std::make_shared<LeadsArguments>();
  CLI::App& command = *group.add_subcommand("leads", "Lists the leads behind a number of a report");
  command
      .add_option("NUMBER", arguments->cell,
                  "SECTION/FIGURE[/ITEM], such as acceptance/acceptance or "
                  "dispositions/rejected/NO_NEED")
      ->required();
  command
      .add_option("--part", arguments->part,
                  "of a share or of percentiles (default: those counted)")
      ->check(
          CLI::IsMember({"numerator", "denominator", "excluded", "pending", "count", "censored"}));
  AddReportScope(command, arguments->scope);
  AddReportGrouping(command, arguments->scope);
  command.add_option("--group", arguments->group, "with --by: of this source, queue, rep ...");
  command.add_option("--at", arguments->at, "as of this time: that at which the report was made");
  arguments->output.AddTo(command);
  AddLimit(command, arguments->limit);
  OnRun(command, session, [&session, arguments] { return ListLeads(session, *arguments); });
}

}  // namespace

void AddReportCommands(CLI::App& app, Session& session) {
  CLI::App& group =
      AddGroup(app, "report", "Reports: the numbers that marketing and sales both read");
  const std::pair<const char*, const char*> sections[] = {
      {"funnel", "How far leads came, and where they were lost"},
      {"acceptance", "How many of the delivered leads sales took"},
      {"sla", "Service levels kept and broken"},
      {"speed", "How long leads waited, from signal to first touch"},
      {"dispositions", "Why sales said no"},
      {"feedback", "How many leads marketing heard back of"},
      {"recycling", "What went back to marketing and came again"},
      {"leakage", "Leads that nobody has"},
      {"workload", "What each rep got and did"},
      {"fairness", "What reps got against what they were entitled to"},
      {"calibration", "Which scoring rules find the leads that sales takes and wins"},
      {"value", "Money in the pipeline and won"}};
  for (const auto& [section, about] : sections) AddSection(group, session, section, about, section);
  AddSection(group, session, "all", "Everything", "");
  AddLeads(group, session);
  AddReportAlignment(group, session);
}

}  // namespace baton::batonctl
