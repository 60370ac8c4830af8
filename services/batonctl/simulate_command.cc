// batonctl policy simulate
#include <algorithm>
#include <memory>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/output_choice.h"
#include "batonctl/simulate_input.h"
#include "batonctl/simulate_report.h"
#include "core/account_match.h"

namespace baton::batonctl {
namespace {

using simulation::Outcome;
using simulation::Recording;
using simulation::Setting;

constexpr char kSimulateFooter[] =
    "Replays the recorded events of leads and accounts through two policies, the baseline and the "
    "candidate, and\n"
    "prints what the candidate would have changed. Everything happens in this process: nothing is\n"
    "written, no offset is committed. The same input gives the same bytes.\n"
    "Reps do with a lead what they did with it then, as long after it came to them; where nothing\n"
    "is recorded they accept after --accept-after and close the lead --work-for later. From "
    "queues\n"
    "of mode pull they claim when they did then.\n"
    "'reproduced' says how far the baseline did what really happened: the measure of how far the\n"
    "other figures can be believed. The roster, and accounts that no event names, are\n"
    "taken as they are now, or from --roster and --accounts.\n"
    "Without --since the candidate is active from the first event; with it, from then on, on what\n"
    "the baseline did before. --since counts back from the newest record.";

struct SimulateArguments {
  std::string file;
  std::string baseline = "active";
  std::string since;
  int64_t from_offset = 0;
  std::vector<std::string> events;
  std::string roster, accounts;
  std::string reps = "recorded";
  std::string presence = "roster";
  std::string accept_after = "5m", work_for = "2d";
  OutputChoice output{{"table", "wide", "json", "yaml", "csv"}};
  KafkaArguments kafka;
};

struct Task {
  SimulatedPolicy baseline, candidate;
  Recording recording;
  Setting setting;  // without phases
  core::TimeMs since_ms = 0;
};

// The baseline first where it finds out what was decided together; else both at once.
struct Outcomes {
  absl::StatusOr<Outcome> baseline = absl::UnknownError("not run");
  absl::StatusOr<Outcome> candidate = absl::UnknownError("not run");
};

Outcomes RunBoth(const Task& task, const std::function<void(size_t, size_t)>& progress) {
  Setting baseline = task.setting;
  baseline.follows = true;
  baseline.phases = {{task.recording.begin_ms, &task.baseline.policy}};
  baseline.progress = progress;
  Setting candidate = task.setting;
  candidate.phases = {{task.since_ms, &task.candidate.policy}};
  if (task.since_ms > task.recording.begin_ms) {
    candidate.phases.insert(candidate.phases.begin(), baseline.phases.front());
  }
  Outcomes outcomes;
  std::thread other([&] { outcomes.candidate = Simulate(task.recording, candidate); });
  outcomes.baseline = Simulate(task.recording, baseline);
  other.join();
  if (outcomes.baseline.ok() && !outcomes.baseline->deferred.empty()) {
    candidate.deferred = outcomes.baseline->deferred;
    outcomes.candidate = Simulate(task.recording, candidate);
  }
  return outcomes;
}

absl::StatusOr<core::TimeMs> SinceOf(const std::string& text, const Recording& recording) {
  if (text.empty()) return recording.begin_ms;
  const absl::StatusOr<core::TimeMs> since_ms = ParseSince("--since", text, recording.end_ms);
  if (!since_ms.ok()) return since_ms.status();
  return std::max(*since_ms, recording.begin_ms);
}

void TakePresence(const Session& session, bool all_online, simulation::Roster& roster) {
  int64_t absent = 0;
  for (core::Rep& rep : roster.reps) {
    if (all_online) rep.presence = core::Presence::kOnline;
    if (rep.presence != core::Presence::kOnline) ++absent;
  }
  if (absent == 0) return;
  session.Note(absl::StrCat(absent, " of ",
                            Counted(static_cast<int64_t>(roster.reps.size()), "rep"),
                            " are not online and get no lead; --presence online counts them in"));
}

absl::StatusOr<Task> Prepare(Session& session, const SimulateArguments& arguments) {
  Task task;
  const auto accept_after = ParsePeriod("--accept-after", arguments.accept_after);
  if (!accept_after.ok()) return accept_after.status();
  const auto work_for = ParsePeriod("--work-for", arguments.work_for);
  if (!work_for.ok()) return work_for.status();
  if (!arguments.since.empty()) {  // once for its words, before all of Kafka is read
    const auto since_ms =
        ParseSince("--since", arguments.since, absl::ToUnixMillis(session.world().now()));
    if (!since_ms.ok()) return since_ms.status();
  }
  task.setting.behaviour = {arguments.reps == "recorded", *accept_after, *work_for};
  auto candidate = PolicyOfFile(session, arguments.file);
  if (!candidate.ok()) return candidate.status();
  task.candidate = *std::move(candidate);
  const core::WorkspaceId& workspace = task.candidate.policy.workspace;
  std::string& chosen = session.options.workspace;
  if (!chosen.empty() && chosen != workspace.str()) {
    return UsageError(absl::StrCat(arguments.file, " is a policy of workspace ", workspace.str(),
                                   ", --workspace says ", chosen));
  }
  chosen = workspace.str();
  task.setting.workspace = workspace;
  auto baseline = FindPolicy(session, arguments.baseline);
  if (!baseline.ok()) return baseline.status();
  task.baseline = *std::move(baseline);
  auto roster = FindRoster(session, arguments.roster);
  if (!roster.ok()) return roster.status();
  task.setting.roster = *std::move(roster);
  TakePresence(session, arguments.presence == "online", task.setting.roster);
  if (core::AsksForAccounts(task.baseline.policy) || core::AsksForAccounts(task.candidate.policy)) {
    auto accounts = FindAccounts(session, arguments.accounts);
    if (!accounts.ok()) return accounts.status();
    task.setting.accounts = *std::move(accounts);
  }

  simulation::Recorder recorder(workspace);
  auto recording =
      arguments.events.empty()
          ? ReadTopics(session, arguments.kafka, arguments.from_offset, std::move(recorder))
          : ReadFiles(session, arguments.events, std::move(recorder));
  if (!recording.ok()) return recording.status();
  task.recording = *std::move(recording);
  const auto since_ms = SinceOf(arguments.since, task.recording);
  if (!since_ms.ok()) return since_ms.status();
  task.since_ms = *since_ms;
  return task;
}

absl::Status Print(const Session& session, const std::string& output,
                   const SimulationReport& report) {
  std::ostream& out = session.world().out;
  if (output == "csv") {
    PrintSimulationCsv(report, out);
  } else if (session.options.is_data()) {
    std::ostringstream json;
    PrintSimulationJson(report, json);
    out << session.DataText(json.str());
  } else {
    PrintSimulationTable(report, session.style(), out);
  }
  return session.Written();
}

absl::Status SimulatePolicy(Session& session, const SimulateArguments& arguments) {
  const absl::StatusOr<std::string> output = arguments.output.Take(session);
  if (!output.ok()) return output.status();
  const absl::StatusOr<Task> task = Prepare(session, arguments);
  if (!task.ok()) return task.status();
  size_t told = 0;
  const Outcomes outcomes = RunBoth(*task, [&](size_t done, size_t of) {
    const size_t tenth = of == 0 ? 10 : done * 10 / of;
    if (tenth == told) return;
    told = tenth;
    session.Note(absl::StrCat("simulated ", tenth * 10, "%"));
  });
  if (!outcomes.baseline.ok()) return outcomes.baseline.status();
  if (!outcomes.candidate.ok()) return outcomes.candidate.status();
  SimulationReport report;
  report.workspace = task->setting.workspace.str();
  report.baseline_name = task->baseline.name;
  report.candidate_name = task->candidate.name;
  report.since_ms = task->since_ms;
  report.recording = &task->recording;
  report.baseline = &*outcomes.baseline;
  report.candidate = &*outcomes.candidate;
  report.comparison = Compare(*outcomes.baseline, *outcomes.candidate, task->since_ms);
  report.reproduction = Reproduce(task->recording, *outcomes.baseline, task->baseline.revision);
  return Print(session, *output, report);
}

}  // namespace

void AddPolicySimulate(CLI::App& policies, Session& session) {
  CLI::App& command =
      *policies
           .add_subcommand("simulate", "Shows what a policy would have done with recorded events")
           ->footer(kSimulateFooter);
  auto arguments = std::make_shared<SimulateArguments>();
  SimulateArguments& given = *arguments;
  command.add_option("--file,-f", given.file, "the candidate; - is standard input")->required();
  command
      .add_option("--baseline", given.baseline, "active, NAME@REVISION, or the file of a policy")
      ->capture_default_str();
  CLI::Option& since = *command.add_option(
      "--since", given.since, "the candidate begins so long ago (30d, 12h) or at this time");
  CLI::Option& from = *command.add_option("--from-offset", given.from_offset,
                                          "first offset to read of each input partition");
  from.check(CLI::NonNegativeNumber)->excludes(&since);
  command
      .add_option("--events", given.events,
                  "a file instead of Kafka: CloudEvents a line, or what kcat -J prints; repeat for "
                  "more")
      ->allow_extra_args(false)
      ->excludes(&from);
  command.add_option("--roster", given.roster, "a roster document; default: the server's roster");
  command.add_option("--accounts", given.accounts,
                     "accounts that no event names, a document; default: the server's");
  command.add_option("--presence", given.presence, "who takes leads: as the roster says, or all")
      ->check(CLI::IsMember({"roster", "online"}))
      ->capture_default_str();
  command.add_option("--reps", given.reps, "what reps do: what they did, or the model only")
      ->check(CLI::IsMember({"recorded", "model"}))
      ->capture_default_str();
  command.add_option("--accept-after", given.accept_after, "of the model")->capture_default_str();
  command.add_option("--work-for", given.work_for, "of the model")->capture_default_str();
  given.output.AddTo(command);
  AddKafkaOptions(command, given.kafka);
  OnRun(command, session, [&session, arguments] { return SimulatePolicy(session, *arguments); });
}

}  // namespace baton::batonctl
