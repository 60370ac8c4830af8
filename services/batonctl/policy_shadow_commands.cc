// batonctl policy shadow start|stop|report
#include <memory>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "baton/v1/policy_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/format.h"
#include "batonctl/output_choice.h"
#include "batonctl/policy_names.h"
#include "batonctl/shadow_report.h"

namespace baton::batonctl {
namespace {

constexpr char kShadowFooter[] =
    "A draft in the shadow judges each lead that the active policy judges, on the same facts at "
    "the\n"
    "same instant, and decides nothing. report says what it would have done:\n"
    "  gained  MQL for the draft alone, so far\n"
    "  lost    MQL for the active policy alone\n"
    "  moved   MQL for both, on another way: queue, owners, priority or skills\n"
    "  same    MQL for both on one way, or for neither\n"
    "A lead counts once for each handoff cycle. What the draft once called MQL stays so, as it "
    "does\n"
    "for the active policy. Leads without events since the start are not in it.\n"
    "One draft runs at a time; a run ends by itself when the draft becomes active or is "
    "withdrawn,\n"
    "and its report stays until the next one starts.";

constexpr int kDifferencesMax = 1000;  // what a server keeps

struct ShadowArguments {
  std::string name;
  std::string role;
  OutputChoice output{{"table", "wide", "json", "yaml", "csv", "name"}};
};

absl::StatusOr<std::string> ShadowName(const Session& session) {
  const absl::StatusOr<std::string> workspace = session.Workspace();
  if (!workspace.ok()) return workspace.status();
  return absl::StrCat(*workspace, "/shadow");
}

absl::Status PrintShadowReport(const Session& session, const std::string& output,
                               const ShadowReport& report) {
  std::ostream& out = session.world().out;
  if (output == "csv") {
    PrintShadowCsv(report, out);
  } else if (session.options.is_data()) {
    std::ostringstream json;
    PrintShadowJson(report, json);
    out << session.DataText(json.str());
  } else if (session.options.is_text()) {
    PrintShadowTable(report, session.style(), out);
  } else {
    out << report.shadow.name() << "\n";
  }
  return session.Written();
}

absl::Status PrintRun(const Session& session, const v1::Shadow& shadow) {
  return session.Print(shadow, ShadowTable(shadow), {shadow.name()});
}

absl::Status Start(Session& session, const ShadowArguments& arguments) {
  const auto name = RevisionName(session, arguments.name);
  if (!name.ok()) return name.status();
  ActAs(session, arguments.role);
  v1::StartShadowRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::StartShadowResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  session.Note("It decides nothing; batonctl policy shadow report says what it would have done.");
  return PrintRun(session, response->shadow());
}

absl::Status Stop(Session& session, const ShadowArguments& arguments) {
  const auto name = ShadowName(session);
  if (!name.ok()) return name.status();
  ActAs(session, arguments.role);
  v1::StopShadowRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::StopShadowResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  session.Note("The report stays until the next run starts.");
  return PrintRun(session, response->shadow());
}

absl::Status Report(Session& session, const ShadowArguments& arguments) {
  const absl::StatusOr<std::string> output = arguments.output.Take(session);
  if (!output.ok()) return output.status();
  const auto name = ShadowName(session);
  if (!name.ok()) return name.status();
  v1::GetShadowRequest request;
  request.set_name(*name);
  const auto shadow = Ask<v1::GetShadowResponse>(session.server(), request);
  if (!shadow.ok()) return shadow.status();
  v1::ListShadowDifferencesRequest listing;
  listing.set_parent(*name);
  const auto differences = AskPages<v1::ListShadowDifferencesResponse>(
      session.server(), listing, kDifferencesMax,
      +[](const v1::ListShadowDifferencesResponse& page) { return page.differences_size(); });
  if (!differences.ok()) return differences.status();
  return PrintShadowReport(
      session, *output,
      {shadow->shadow(), {differences->differences().begin(), differences->differences().end()}});
}

}  // namespace

void AddPolicyShadow(CLI::App& policies, Session& session) {
  CLI::App& group =
      AddGroup(policies, "shadow", "Lets a draft judge leads beside the active policy");
  group.footer(kShadowFooter);
  auto arguments = std::make_shared<ShadowArguments>();
  const std::vector<std::string> roles = {"marketing", "sales", "admin"};

  CLI::App& start = *group.add_subcommand("start", "Starts a draft; nobody needs to approve it");
  start.add_option("NAME", arguments->name, "NAME@REVISION, or only @REVISION")->required();
  AddAs(start, arguments->role, roles);
  OnRun(start, session, [&session, arguments] { return Start(session, *arguments); });

  CLI::App& stop = *group.add_subcommand("stop", "Stops it");
  AddAs(stop, arguments->role, roles);
  OnRun(stop, session, [&session, arguments] { return Stop(session, *arguments); });

  CLI::App& report = *group.add_subcommand("report", "Counts and lists what it would have done")
                          ->footer(kShadowFooter);
  arguments->output.AddTo(report);
  OnRun(report, session, [&session, arguments] { return Report(session, *arguments); });
}

}  // namespace baton::batonctl
