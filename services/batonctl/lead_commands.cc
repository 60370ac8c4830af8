// batonctl lead get|list|journey|explain|recompute (submit: lead_submit.cc, erase: lead_erase.cc)
#include <memory>

#include "absl/strings/str_cat.h"
#include "baton/v1/lead_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/decision_text.h"
#include "batonctl/format.h"
#include "batonctl/lead_view.h"
#include "batonctl/list_watch.h"

namespace baton::batonctl {
namespace {

struct LeadArguments {
  std::string lead;
  std::string stage;
  int limit = kListLimitDefault;
  int generation = 0;
  std::vector<std::string> types;
  WatchOptions watch;
};

absl::Status Get(Session& session, const LeadArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("leads", arguments.lead);
  if (!name.ok()) return name.status();
  v1::GetLeadRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::GetLeadResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  return session.Print(response->lead(), LeadDetails(response->lead()), {response->lead().name()});
}

absl::StatusOr<v1::ListLeadsResponse> FetchLeads(Session& session, const LeadArguments& arguments) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListLeadsRequest request;
  request.set_parent(*parent);
  if (!arguments.stage.empty()) {
    const absl::StatusOr<v1::Stage> stage = ParseStage("--stage", arguments.stage);
    if (!stage.ok()) return stage.status();
    request.set_stage(*stage);
  }
  return AskPages<v1::ListLeadsResponse>(
      session.server(), request, arguments.limit,
      +[](const v1::ListLeadsResponse& page) { return page.leads_size(); });
}

absl::Status List(Session& session, const LeadArguments& arguments) {
  if (arguments.watch.watch) {
    return WatchList(session, arguments.watch, [&]() -> absl::StatusOr<Listing> {
      const auto response = FetchLeads(session, arguments);
      if (!response.ok()) return response.status();
      const std::vector<v1::Lead> leads(response->leads().begin(), response->leads().end());
      return ListingOf(LeadsTable(leads), leads);
    });
  }
  const auto response = FetchLeads(session, arguments);
  if (!response.ok()) return response.status();
  std::vector<std::string> names;
  for (const v1::Lead& lead : response->leads()) names.push_back(lead.name());
  NoteMore(session, response->next_page_token());
  return session.Print(*response, LeadsTable({response->leads().begin(), response->leads().end()}),
                       names);
}

absl::Status Journey(Session& session, const LeadArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("leads", arguments.lead);
  if (!name.ok()) return name.status();
  v1::GetLeadJourneyRequest request;
  request.set_name(*name);
  for (const std::string& type : arguments.types) request.add_types(type);
  const auto response = AskPages<v1::GetLeadJourneyResponse>(
      session.server(), request, arguments.limit,
      +[](const v1::GetLeadJourneyResponse& page) { return page.entries_size(); });
  if (!response.ok()) return response.status();
  if (response->dropped_count() > 0) {
    session.Note(absl::StrCat(response->dropped_count(), " oldest entries are no longer kept."));
  }
  NoteMore(session, response->next_page_token());
  return session.Print(*response, JourneyTable(*response), {*name});
}

absl::Status Explain(Session& session, const LeadArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("leads", arguments.lead);
  if (!name.ok()) return name.status();
  v1::ExplainLeadRequest request;
  request.set_name(*name);
  request.set_generation(arguments.generation);
  const auto response = Ask<v1::ExplainLeadResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  if (!session.options.is_text()) {
    return session.Print(*response, Table({}), {*name});
  }
  session.world().out << ExplainText(*response) << std::flush;
  return absl::OkStatus();
}

absl::Status Recompute(Session& session, const LeadArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("leads", arguments.lead);
  if (!name.ok()) return name.status();
  v1::RecomputeDecisionRequest request;
  request.set_name(*name);
  request.set_generation(arguments.generation);
  const auto response = Ask<v1::RecomputeDecisionResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  if (session.options.is_text()) {
    session.world().out << PrintableLines(RecomputedText(ShortName(*name), *response))
                        << std::flush;
  } else if (absl::Status printed = session.Print(*response, Table({}), {*name}); !printed.ok()) {
    return printed;
  }
  if (response->same()) return absl::OkStatus();
  return absl::DataLossError("the decision made again is not the one recorded");
}

void AddGeneration(CLI::App& command, int& generation) {
  command
      .add_option("--generation", generation,
                  "of the assignment; the latest 32 decisions are kept (default: the latest)")
      ->check(CLI::NonNegativeNumber);
}

CLI::App& AddOfLead(CLI::App& group, const std::string& name, const std::string& about,
                    std::string& lead) {
  CLI::App& command = *group.add_subcommand(name, about);
  command.add_option("LEAD", lead, "id of the lead")->required();
  return command;
}

}  // namespace

void AddLeadCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "lead", "Leads: what is known and what became of them");
  auto arguments = std::make_shared<LeadArguments>();

  CLI::App& get = AddOfLead(group, "get", "Shows a lead", arguments->lead);
  OnRun(get, session, [&session, arguments] { return Get(session, *arguments); });

  CLI::App& list = *group.add_subcommand("list", "Lists the leads of the workspace");
  list.add_option("--stage", arguments->stage, "only in this stage, such as QUEUED");
  AddLimit(list, arguments->limit);
  AddWatch(list, arguments->watch);
  OnRun(list, session, [&session, arguments] { return List(session, *arguments); });

  CLI::App& journey =
      AddOfLead(group, "journey", "Shows everything that happened to a lead", arguments->lead);
  journey.add_option("--type", arguments->types,
                     "only entries of this type, such as sla_breached or activity; repeatable");
  AddLimit(journey, arguments->limit);
  OnRun(journey, session, [&session, arguments] { return Journey(session, *arguments); });

  CLI::App& explain = AddOfLead(
      group, "explain", "Says why it is qualified, why this queue, why this rep, why it waits",
      arguments->lead);
  AddGeneration(explain, arguments->generation);
  OnRun(explain, session, [&session, arguments] { return Explain(session, *arguments); });

  CLI::App& recompute = AddOfLead(
      group, "recompute",
      "Makes a recorded decision again from its record alone; exit code 1 if it is another one",
      arguments->lead);
  AddGeneration(recompute, arguments->generation);
  OnRun(recompute, session, [&session, arguments] { return Recompute(session, *arguments); });

  AddLeadSubmit(group, session);
  AddLeadErase(group, session);
}

}  // namespace baton::batonctl
