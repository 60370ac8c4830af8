// batonctl rep list|get|apply|set-presence|delete (reassign, offboard: rep_reassign_commands.cc)
#include <memory>

#include "absl/strings/str_cat.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/list_watch.h"
#include "batonctl/roster_arguments.h"
#include "batonctl/roster_changes.h"
#include "batonctl/roster_document.h"
#include "batonctl/roster_view.h"
#include "batonctl/roster_work.h"
#include "core/roster.h"

namespace baton::batonctl {
namespace {

struct RepArguments {
  std::string rep, file, presence;
  int limit = kListLimitDefault;
  WatchOptions watch;
  // apply by flags: what was not given stays as it is.
  CLI::Option *display_name = nullptr, *queues = nullptr, *weight = nullptr, *capacity = nullptr;
  WorkOptions work;
  std::string display_name_value, etag_value;
  std::vector<std::string> queue_values;
  int32_t weight_value = 1, capacity_value = 0;
};

absl::Status PrintReps(const Session& session, const google::protobuf::Message& message,
                       const std::vector<v1::Rep>& reps) {
  std::vector<std::string> names;
  for (const v1::Rep& rep : reps) names.push_back(rep.name());
  if (session.options.format == OutputFormat::kYaml) {
    session.world().out << RosterYaml(session.options.workspace, reps, {}) << std::flush;
    return absl::OkStatus();
  }
  return session.Print(message, RepsTable(reps), names);
}

absl::StatusOr<v1::ListRepsResponse> FetchReps(Session& session, int limit) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListRepsRequest request;
  request.set_parent(*parent);
  return AskPages<v1::ListRepsResponse>(
      session.server(), request, limit,
      +[](const v1::ListRepsResponse& page) { return page.reps_size(); });
}

absl::Status List(Session& session, const RepArguments& arguments) {
  if (arguments.watch.watch) {
    return WatchList(session, arguments.watch, [&]() -> absl::StatusOr<Listing> {
      const auto response = FetchReps(session, arguments.limit);
      if (!response.ok()) return response.status();
      const std::vector<v1::Rep> reps(response->reps().begin(), response->reps().end());
      return ListingOf(RepsTable(reps), reps);
    });
  }
  const auto response = FetchReps(session, arguments.limit);
  if (!response.ok()) return response.status();
  NoteMore(session, response->next_page_token());
  return PrintReps(session, *response, {response->reps().begin(), response->reps().end()});
}

absl::Status Get(Session& session, const RepArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("reps", arguments.rep);
  if (!name.ok()) return name.status();
  v1::GetRepRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::GetRepResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  return PrintReps(session, response->rep(), {response->rep()});
}

absl::Status SetPresence(Session& session, const RepArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("reps", arguments.rep);
  if (!name.ok()) return name.status();
  const absl::StatusOr<v1::Presence> presence = ParsePresence(arguments.presence);
  if (!presence.ok()) return presence.status();
  v1::SetRepPresenceRequest request;
  request.set_name(*name);
  request.set_presence(*presence);
  const auto response = Ask<v1::SetRepPresenceResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  return PrintReps(session, response->rep(), {response->rep()});
}

absl::Status Delete(Session& session, const RepArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("reps", arguments.rep);
  if (!name.ok()) return name.status();
  v1::DeleteRepRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::DeleteRepResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  session.Note(absl::StrCat("Rep ", ShortName(*name), " is deleted."));
  return absl::OkStatus();
}

// Queues by id become resource names.
absl::Status NameQueues(const Session& session, v1::Rep& rep) {
  for (std::string& queue : *rep.mutable_queues()) {
    const absl::StatusOr<std::string> name = session.Name("queues", queue);
    if (!name.ok()) return name.status();
    queue = *name;
  }
  return absl::OkStatus();
}

absl::Status ApplyFile(Session& session, const RepArguments& arguments) {
  const absl::StatusOr<RosterFile> roster = LoadRoster(session, arguments.file);
  if (!roster.ok()) return roster.status();
  if (!roster->queues.empty()) {
    session.Note("The queues of the file are not touched; batonctl queue apply does that.");
  }
  v1::ListRepsResponse stored;
  for (const RosterEntry& entry : roster->reps) {
    const auto request = RepUpdate(session, entry);
    if (!request.ok()) return request.status();
    auto response = Ask<v1::UpdateRepResponse>(session.server(), *request);
    if (!response.ok()) {
      return AfterSome(response.status(), "rep " + entry.id, stored.reps_size(),
                       roster->reps.size());
    }
    *stored.add_reps() = std::move(*response->mutable_rep());
  }
  return PrintReps(session, stored, {stored.reps().begin(), stored.reps().end()});
}

absl::Status ApplyFlags(Session& session, const RepArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("reps", arguments.rep);
  if (!name.ok()) return name.status();
  v1::UpdateRepRequest request;
  request.set_allow_missing(true);
  v1::Rep& rep = *request.mutable_rep();
  rep.set_name(*name);
  rep.set_etag(arguments.etag_value);
  rep.set_display_name(arguments.display_name_value);
  rep.set_weight(arguments.weight_value);
  rep.set_capacity(arguments.capacity_value);
  for (const std::string& queue : arguments.queue_values) rep.add_queues(queue);
  std::vector<std::string> work_fields;
  absl::Status status = arguments.work.Read(rep, work_fields);
  status.Update(NameQueues(session, rep));
  status.Update(NameDelegates(session, rep));
  if (!status.ok()) return status;
  if (!arguments.presence.empty()) {
    const absl::StatusOr<v1::Presence> presence = ParsePresence(arguments.presence);
    if (!presence.ok()) return presence.status();
    rep.set_presence(*presence);
    request.mutable_update_mask()->add_paths("presence");
  }
  const std::pair<const CLI::Option*, const char*> fields[] = {
      {arguments.display_name, "display_name"},
      {arguments.queues, "queues"},
      {arguments.weight, "weight"},
      {arguments.capacity, "capacity"}};
  for (const auto& [option, field] : fields) {
    if (option->count() > 0) request.mutable_update_mask()->add_paths(field);
  }
  for (const std::string& field : work_fields) request.mutable_update_mask()->add_paths(field);
  if (request.update_mask().paths().empty()) {
    return UsageError(
        "nothing to change: give --file, or some of --display-name, --queue, --weight, "
        "--capacity, --skill, --presence and the others that --help lists");
  }
  const auto response = Ask<v1::UpdateRepResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  return PrintReps(session, response->rep(), {response->rep()});
}

absl::Status Apply(Session& session, const RepArguments& arguments) {
  if (arguments.file.empty() == arguments.rep.empty()) {
    return UsageError("give either the id of a rep or --file");
  }
  return arguments.file.empty() ? ApplyFlags(session, arguments) : ApplyFile(session, arguments);
}

void AddApply(CLI::App& group, Session& session, const std::shared_ptr<RepArguments>& arguments) {
  CLI::App& apply = *group.add_subcommand("apply", "Creates or changes reps");
  apply.add_option("REP", arguments->rep, "id of one rep, changed by the options below");
  CLI::Option* file =
      apply.add_option("--file,-f", arguments->file, "a roster document; - is standard input");
  const auto flag = [file](CLI::Option* option) { return option->excludes(file); };
  arguments->display_name =
      flag(apply.add_option("--display-name", arguments->display_name_value, "name for people"));
  arguments->queues =
      flag(apply.add_option("--queue", arguments->queue_values, "a queue; repeat for more")
               ->allow_extra_args(false));
  arguments->weight = flag(apply
                               .add_option("--weight", arguments->weight_value,
                                           "share of the leads of each queue; of a new rep 1")
                               ->check(CLI::Range(1, core::kWeightMax)));
  arguments->capacity = flag(apply
                                 .add_option("--capacity", arguments->capacity_value,
                                             "leads owned at one time; of a new rep 5")
                                 ->check(CLI::Range(0, core::kCapacityMax)));
  arguments->work.AddTo(apply, file);
  flag(apply.add_option("--presence", arguments->presence,
                        "online, away or offline; a new rep is offline"));
  flag(apply.add_option("--etag", arguments->etag_value, "refuse unless the rep still has it"));
  OnRun(apply, session, [&session, arguments] { return Apply(session, *arguments); });
}

}  // namespace

void AddRepCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "rep", "Reps: the people who sell");
  auto arguments = std::make_shared<RepArguments>();

  CLI::App& list = *group.add_subcommand("list", "Lists the reps of the workspace");
  AddLimit(list, arguments->limit);
  AddWatch(list, arguments->watch);
  OnRun(list, session, [&session, arguments] { return List(session, *arguments); });

  CLI::App& get = *group.add_subcommand("get", "Shows a rep");
  get.add_option("REP", arguments->rep, "id of the rep")->required();
  OnRun(get, session, [&session, arguments] { return Get(session, *arguments); });

  AddApply(group, session, arguments);

  CLI::App& presence = *group.add_subcommand("set-presence", "Sets a rep online, away or offline");
  presence.add_option("REP", arguments->rep, "id of the rep")->required();
  presence.add_option("PRESENCE", arguments->presence, "online, away or offline")->required();
  OnRun(presence, session, [&session, arguments] { return SetPresence(session, *arguments); });

  AddRepReassign(group, session);

  CLI::App& remove = *group.add_subcommand("delete", "Deletes a rep who owns no lead");
  remove.add_option("REP", arguments->rep, "id of the rep")->required();
  OnRun(remove, session, [&session, arguments] { return Delete(session, *arguments); });
}

}  // namespace baton::batonctl
