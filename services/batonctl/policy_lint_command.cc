// batonctl policy lint
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/policy_file.h"
#include "batonctl/roster_arguments.h"
#include "batonctl/simulated_rep.h"
#include "policy/lint.h"

namespace baton::batonctl {
namespace {

using policy::Finding;
using policy::LintRep;
using policy::Severity;

constexpr char kLintAbout[] = "Finds what a valid policy probably does not mean";
constexpr char kLintFooter[] =
    "Rules that can never match, conditions that always hold, points out of reach, queues that\n"
    "nothing is routed to or that nobody serves, tables that nothing asks, missing tests. What is\n"
    "said of conditions is proven. With --severity note also rules that overlap, declarations "
    "that\n"
    "nothing reads, rules that no test reaches. Tests are not run: see batonctl policy test.\n"
    "Exit codes: 0 nothing found; 1 findings; 2 or more: could not check.";

struct LintArguments {
  std::string file, roster;
  bool of_server = false;
  std::string severity = "warning";
};

LintRep LintRepOf(const std::string& id, const v1::Rep& rep) {
  LintRep known;
  known.id = id;
  for (const std::string& queue : rep.queues()) known.queues.push_back(ShortName(queue));
  known.calendar = rep.calendar();
  known.attributes = SimulatedRep(rep, id).attributes;
  known.skills.assign(rep.skills().begin(), rep.skills().end());
  return known;
}

absl::StatusOr<std::vector<LintRep>> RepsOfFile(Session& session, const std::string& path) {
  const absl::StatusOr<RosterFile> roster = LoadRoster(session, path);
  if (!roster.ok()) return roster.status();
  std::vector<LintRep> reps;
  for (const RosterEntry& entry : roster->reps) reps.push_back(LintRepOf(entry.id, entry.rep));
  return reps;
}

absl::StatusOr<std::vector<LintRep>> RepsOfServer(Session& session) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListRepsRequest request;
  request.set_parent(*parent);
  const auto response = AskPages<v1::ListRepsResponse>(
      session.server(), request, kListLimitMax,
      +[](const v1::ListRepsResponse& page) { return page.reps_size(); });
  if (!response.ok()) return response.status();
  std::vector<LintRep> reps;
  for (const v1::Rep& rep : response->reps()) reps.push_back(LintRepOf(ShortName(rep.name()), rep));
  return reps;
}

std::string PlaceOf(const std::string& file, const Finding& finding) {
  return absl::StrCat(file, ":", finding.line, ":", finding.column);
}

Table TableOf(const std::string& file, const std::vector<Finding>& findings) {
  Table table({"PLACE", "SEVERITY", "CODE", "FINDING", "WHAT TO DO"});
  for (const Finding& finding : findings) {
    table.AddRow({PlaceOf(file, finding), std::string(SeverityName(finding.severity)), finding.code,
                  finding.message, finding.advice});
  }
  return table;
}

nlohmann::ordered_json JsonOf(const std::string& file, const std::vector<Finding>& findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"code", finding.code},
                    {"severity", SeverityName(finding.severity)},
                    {"line", finding.line},
                    {"column", finding.column},
                    {"message", finding.message},
                    {"advice", finding.advice}});
  }
  return {{"file", file}, {"findings", list}};
}

absl::StatusOr<std::vector<Finding>> Findings(Session& session, const LintArguments& arguments) {
  const absl::StatusOr<PolicyFile> file =
      ReadPolicyFile(session, arguments.file, DocumentTests::kAreNotRun);
  if (!file.ok()) return file.status();
  std::optional<std::vector<LintRep>> reps;
  if (!arguments.roster.empty() || arguments.of_server) {
    auto known =
        arguments.of_server ? RepsOfServer(session) : RepsOfFile(session, arguments.roster);
    if (!known.ok()) return known.status();
    reps = *std::move(known);
  }
  return policy::Lint({file->root, file->parsed, std::move(reps)});
}

absl::Status LintFile(Session& session, const LintArguments& arguments) {
  absl::StatusOr<std::vector<Finding>> findings = Findings(session, arguments);
  if (!findings.ok()) return NotAnAnswer(findings.status());
  const auto is_left_out = [&arguments](const Finding& finding) {
    return arguments.severity == "warning" && finding.severity < Severity::kWarning;
  };
  const size_t left_out = std::erase_if(*findings, is_left_out);
  const std::string notes =
      left_out == 0 ? ""
                    : absl::StrCat(" ", Counted(left_out, "note"), " more with --severity note.");
  std::vector<std::string> names;
  for (const Finding& finding : *findings) {
    names.push_back(absl::StrCat(PlaceOf(arguments.file, finding), ":", finding.code));
  }
  const absl::Status printed =
      session.Print(JsonOf(arguments.file, *findings), TableOf(arguments.file, *findings), names);
  if (!printed.ok()) return NotAnAnswer(printed);
  if (findings->empty()) {
    session.Note(absl::StrCat(arguments.file, ": nothing found.", notes));
  } else {
    session.Note(
        absl::StrCat(arguments.file, ": ", Counted(findings->size(), "finding"), ".", notes));
    session.exit_code = kExitFindings;
  }
  return absl::OkStatus();
}

}  // namespace

void AddPolicyLint(CLI::App& policies, Session& session) {
  CLI::App& lint = *policies.add_subcommand("lint", kLintAbout)->footer(kLintFooter);
  auto arguments = std::make_shared<LintArguments>();
  lint.add_option("--file,-f", arguments->file, "the document; - is standard input")->required();
  CLI::Option* roster =
      lint.add_option("--roster", arguments->roster, "a roster document: who serves the queues");
  lint.add_flag("--server-roster", arguments->of_server, "take the reps from the server")
      ->excludes(roster);
  lint.add_option("--severity", arguments->severity, "show findings from this one on")
      ->check(CLI::IsMember({"note", "warning"}))
      ->capture_default_str();
  OnRun(lint, session, [&session, arguments] { return LintFile(session, *arguments); });
}

}  // namespace baton::batonctl
