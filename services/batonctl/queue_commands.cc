// batonctl queue list|get|apply|pause|resume
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "baton/v1/roster_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/list_watch.h"
#include "batonctl/queue_policy.h"
#include "batonctl/roster_arguments.h"
#include "batonctl/roster_changes.h"
#include "batonctl/roster_document.h"
#include "batonctl/roster_view.h"

namespace baton::batonctl {
namespace {

struct QueueArguments {
  std::string queue, file, display_name, etag;
  bool pause = false;
  int limit = kListLimitDefault;
  WatchOptions watch;
  CLI::Option *display_name_option = nullptr, *pause_option = nullptr;
};

absl::Status PrintQueues(const Session& session, const google::protobuf::Message& message,
                         const std::vector<v1::Queue>& queues) {
  std::vector<std::string> names;
  for (const v1::Queue& queue : queues) names.push_back(queue.name());
  if (session.options.format == OutputFormat::kYaml) {
    session.world().out << RosterYaml(session.options.workspace, {}, queues) << std::flush;
    return absl::OkStatus();
  }
  return session.Print(message, QueuesTable(queues), names);
}

absl::StatusOr<v1::ListQueuesResponse> FetchQueues(Session& session, int limit) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListQueuesRequest request;
  request.set_parent(*parent);
  return AskPages<v1::ListQueuesResponse>(
      session.server(), request, limit,
      +[](const v1::ListQueuesResponse& page) { return page.queues_size(); });
}

absl::Status List(Session& session, const QueueArguments& arguments) {
  if (arguments.watch.watch) {
    return WatchList(session, arguments.watch, [&]() -> absl::StatusOr<Listing> {
      const auto response = FetchQueues(session, arguments.limit);
      if (!response.ok()) return response.status();
      const std::vector<v1::Queue> queues(response->queues().begin(), response->queues().end());
      return ListingOf(QueuesTable(queues), queues);
    });
  }
  const auto response = FetchQueues(session, arguments.limit);
  if (!response.ok()) return response.status();
  NoteMore(session, response->next_page_token());
  return PrintQueues(session, *response, {response->queues().begin(), response->queues().end()});
}

absl::Status Get(Session& session, const QueueArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("queues", arguments.queue);
  if (!name.ok()) return name.status();
  v1::GetQueueRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::GetQueueResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  const v1::Queue& queue = response->queue();
  if (!session.options.is_text()) return PrintQueues(session, queue, {queue});
  Table details = QueueDetails(queue);
  AddQueuePolicy(session, queue.name(), details);
  return session.Print(queue, details, {queue.name()});
}

absl::StatusOr<v1::Queue> Update(Session& session, const QueueEntry& entry,
                                 const std::string& etag) {
  const auto request = QueueUpdate(session, entry, etag);
  if (!request.ok()) return request.status();
  auto response = Ask<v1::UpdateQueueResponse>(session.server(), *request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_queue());
}

absl::Status UpdateAndPrint(Session& session, const QueueEntry& entry, const std::string& etag) {
  const absl::StatusOr<v1::Queue> queue = Update(session, entry, etag);
  return queue.ok() ? PrintQueues(session, *queue, {*queue}) : queue.status();
}

absl::Status ApplyFile(Session& session, const QueueArguments& arguments) {
  const absl::StatusOr<RosterFile> roster = LoadRoster(session, arguments.file);
  if (!roster.ok()) return roster.status();
  if (!roster->reps.empty()) {
    session.Note("The reps of the file are not touched; batonctl rep apply does that.");
  }
  v1::ListQueuesResponse stored;
  for (const QueueEntry& entry : roster->queues) {
    absl::StatusOr<v1::Queue> queue = Update(session, entry, "");
    if (!queue.ok()) {
      return AfterSome(queue.status(), "queue " + entry.id, stored.queues_size(),
                       roster->queues.size());
    }
    *stored.add_queues() = *std::move(queue);
  }
  return PrintQueues(session, stored, {stored.queues().begin(), stored.queues().end()});
}

absl::Status Apply(Session& session, const QueueArguments& arguments) {
  if (arguments.file.empty() == arguments.queue.empty()) {
    return UsageError("give either the id of a queue or --file");
  }
  if (!arguments.file.empty()) return ApplyFile(session, arguments);
  QueueEntry entry{arguments.queue, std::nullopt, std::nullopt};
  if (arguments.display_name_option->count() > 0) entry.display_name = arguments.display_name;
  if (arguments.pause_option->count() > 0) entry.paused = arguments.pause;
  return UpdateAndPrint(session, entry, arguments.etag);
}

void AddApply(CLI::App& group, Session& session, const std::shared_ptr<QueueArguments>& arguments) {
  CLI::App& apply = *group.add_subcommand("apply", "Changes the settings of queues");
  apply.add_option("QUEUE", arguments->queue, "id of one queue, changed by the options below");
  CLI::Option* file =
      apply.add_option("--file,-f", arguments->file, "a roster document; - is standard input");
  arguments->display_name_option =
      apply.add_option("--display-name", arguments->display_name, "name for people")
          ->excludes(file);
  arguments->pause_option =
      apply.add_flag("--paused,!--no-paused", arguments->pause, "make no offers; leads wait")
          ->excludes(file);
  apply.add_option("--etag", arguments->etag, "refuse unless the queue still has it")
      ->excludes(file);
  OnRun(apply, session, [&session, arguments] { return Apply(session, *arguments); });
}

}  // namespace

void AddQueueCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "queue", "Queues: where qualified leads wait for a team");
  auto arguments = std::make_shared<QueueArguments>();

  CLI::App& list = *group.add_subcommand("list", "Lists the queues of the workspace");
  AddLimit(list, arguments->limit);
  AddWatch(list, arguments->watch);
  OnRun(list, session, [&session, arguments] { return List(session, *arguments); });

  CLI::App& get = *group.add_subcommand("get", "Shows a queue and what its reps are owed");
  get.add_option("QUEUE", arguments->queue, "id of the queue")->required();
  OnRun(get, session, [&session, arguments] { return Get(session, *arguments); });

  AddApply(group, session, arguments);

  for (const bool paused : {true, false}) {
    CLI::App& command = *group.add_subcommand(
        paused ? "pause" : "resume",
        paused ? "Stops a queue's offers; leads wait" : "Lets a queue's leads be offered again");
    command.add_option("QUEUE", arguments->queue, "id of the queue")->required();
    OnRun(command, session, [&session, arguments, paused] {
      return UpdateAndPrint(session, {arguments->queue, std::nullopt, paused}, "");
    });
  }
}

}  // namespace baton::batonctl
