// batonctl report alignment
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/output_choice.h"
#include "batonctl/report_scope.h"
#include "batonctl/report_view.h"
#include "report_page/page_html.h"

namespace baton::batonctl {
namespace {

constexpr char kAlignmentFooter[] =
    "One page for both teams: what was agreed and kept, with the change against the period before\n"
    "of equal length; the funnel; service levels; speed; why sales said no; what each team should\n"
    "change; workload and fairness; sources and campaigns. html is one file that needs nothing\n"
    "else: open it in a browser, send it by mail, print it. json and csv have all numbers.";

struct AlignmentArguments {
  ReportArguments scope{.since = "7d"};
  OutputChoice output{{"text", "table", "wide", "json", "yaml", "csv", "html"}};
  std::string out;  // a file; empty: standard output
};

absl::StatusOr<v1::Report> AskReport(Session& session, const v1::ReportScope& scope,
                                     v1::ReportDimension by,
                                     const std::vector<std::string>& sections) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::GetReportRequest request;
  request.set_parent(*parent);
  *request.mutable_scope() = scope;
  request.set_group_by(by);
  for (const std::string& section : sections) request.add_sections(section);
  auto response = Ask<v1::GetReportResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_report());
}

// The scope of the period of equal length that ends where `scope` begins.
v1::ReportScope Before(const v1::ReportScope& scope) {
  const auto ms = [](const google::protobuf::Timestamp& time) {
    constexpr int32_t kNanosOfMs = 1'000'000;
    return time.seconds() * core::kSecondMs + time.nanos() / kNanosOfMs;
  };
  v1::ReportScope before = scope;
  *before.mutable_end_time() = scope.start_time();
  *before.mutable_start_time() = TimestampOf(2 * ms(scope.start_time()) - ms(scope.end_time()));
  return before;
}

absl::StatusOr<report_page::PageInput> AskInput(Session& session,
                                                const ReportArguments& arguments) {
  const core::TimeMs now_ms = absl::ToUnixMillis(session.world().now());
  absl::StatusOr<v1::ReportScope> scope = ReportScopeOf(arguments, now_ms);
  if (!scope.ok()) return scope.status();
  if (!scope->has_end_time()) *scope->mutable_end_time() = TimestampOf(now_ms);
  const std::vector<std::string> origins = {"funnel", "acceptance", "dispositions", "value"};
  const struct {
    v1::ReportScope scope;
    v1::ReportDimension by;
    std::vector<std::string> sections;
    v1::Report report_page::PageInput::*report;
  } questions[] = {
      {*scope, v1::REPORT_DIMENSION_UNSPECIFIED, {}, &report_page::PageInput::now},
      {Before(*scope), v1::REPORT_DIMENSION_UNSPECIFIED, {}, &report_page::PageInput::before},
      {*scope, v1::REPORT_DIMENSION_SOURCE, origins, &report_page::PageInput::by_source},
      {*scope, v1::REPORT_DIMENSION_CAMPAIGN, origins, &report_page::PageInput::by_campaign}};
  report_page::PageInput input;
  for (const auto& question : questions) {
    absl::StatusOr<v1::Report> report =
        AskReport(session, question.scope, question.by, question.sections);
    if (!report.ok()) return report.status();
    input.*question.report = *std::move(report);
  }
  return input;
}

std::string InputJson(const report_page::PageInput& input) {
  nlohmann::ordered_json json;
  const auto add = [&json](const char* name, const v1::Report& report) {
    json[name] = nlohmann::ordered_json::parse(ToJson(report, /*one_line=*/true));
  };
  add("now", input.now);
  add("before", input.before);
  add("bySource", input.by_source);
  add("byCampaign", input.by_campaign);
  return json.dump(1) + "\n";
}

std::string InputCsv(const report_page::PageInput& input) {
  return absl::StrCat(ReportCsvHeader({"report"}), ReportCsvLines(input.now, {"now"}),
                      ReportCsvLines(input.before, {"before"}),
                      ReportCsvLines(input.by_source, {"by source"}),
                      ReportCsvLines(input.by_campaign, {"by campaign"}));
}

absl::Status Write(const Session& session, const std::string& path, const std::string& text) {
  if (path.empty()) {
    session.world().out << text;
    return session.Written();
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return FileError(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
  session.Note(absl::StrCat("Written to ", path, "."));
  return absl::OkStatus();
}

absl::Status Align(Session& session, const AlignmentArguments& arguments) {
  const absl::StatusOr<std::string> output = arguments.output.Take(session);
  if (!output.ok()) return output.status();
  const absl::StatusOr<report_page::PageInput> input = AskInput(session, arguments.scope);
  if (!input.ok()) return input.status();
  if (output->empty() && session.options.is_data()) {
    return Write(session, arguments.out, session.DataText(InputJson(*input)));
  }
  if (*output == "csv") return Write(session, arguments.out, InputCsv(*input));
  const report_page::Page page = report_page::MakePage(*input);
  if (*output == "html") return Write(session, arguments.out, report_page::PageHtml(page));
  TableStyle style = session.style();
  style.colour = style.colour && arguments.out.empty();
  return Write(session, arguments.out, PageText(page, style));
}

}  // namespace

void AddReportAlignment(CLI::App& reports, Session& session) {
  auto arguments = std::make_shared<AlignmentArguments>();
  CLI::App& command =
      *reports.add_subcommand("alignment", "The one page that both teams read each week")
           ->footer(kAlignmentFooter);
  AddReportScope(command, arguments->scope);
  command.get_option("--since")->description(
      "the period begins so long ago (7d, 24h) or at this time or date (default: 7d)");
  arguments->output.AddTo(command);
  command.add_option("--out", arguments->out, "writes to this file instead of standard output");
  OnRun(command, session, [&session, arguments] { return Align(session, *arguments); });
}

}  // namespace baton::batonctl
