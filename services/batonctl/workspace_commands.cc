// batonctl workspace create|get|list
#include <memory>

#include "absl/strings/str_cat.h"
#include "baton/v1/workspace_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"

namespace baton::batonctl {
namespace {

struct WorkspaceArguments {
  std::string id;
  std::string display_name;
  int limit = kListLimitDefault;
};

Table TableOf(const std::vector<v1::Workspace>& workspaces) {
  Table table({"WORKSPACE", "DISPLAY NAME", "POLICY", "CREATED"});
  for (const v1::Workspace& workspace : workspaces) {
    const int32_t revision = workspace.policy_revision();
    table.AddRow({ShortName(workspace.name()), workspace.display_name(),
                  revision == 0 ? "none" : absl::StrCat("revision ", revision),
                  FormatTime(workspace.create_time())});
  }
  return table;
}

absl::Status PrintOne(const Session& session, const v1::Workspace& workspace) {
  return session.Print(workspace, TableOf({workspace}), {workspace.name()});
}

absl::Status Create(Session& session, const WorkspaceArguments& arguments) {
  v1::CreateWorkspaceRequest request;
  request.set_workspace_id(arguments.id);
  request.mutable_workspace()->set_display_name(arguments.display_name);
  const auto response = Ask<v1::CreateWorkspaceResponse>(session.server(), request);
  return response.ok() ? PrintOne(session, response->workspace()) : response.status();
}

absl::Status Get(Session& session, const WorkspaceArguments& arguments) {
  if (!arguments.id.empty()) session.options.workspace = arguments.id;
  const absl::StatusOr<std::string> name = session.Workspace();
  if (!name.ok()) return name.status();
  v1::GetWorkspaceRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::GetWorkspaceResponse>(session.server(), request);
  return response.ok() ? PrintOne(session, response->workspace()) : response.status();
}

absl::Status List(Session& session, const WorkspaceArguments& arguments) {
  const auto response = AskPages<v1::ListWorkspacesResponse>(
      session.server(), v1::ListWorkspacesRequest(), arguments.limit,
      +[](const v1::ListWorkspacesResponse& page) { return page.workspaces_size(); });
  if (!response.ok()) return response.status();
  std::vector<std::string> names;
  for (const v1::Workspace& workspace : response->workspaces()) names.push_back(workspace.name());
  NoteMore(session, response->next_page_token());
  return session.Print(
      *response, TableOf({response->workspaces().begin(), response->workspaces().end()}), names);
}

}  // namespace

void AddWorkspaceCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "workspace", "Workspaces: one company each");
  auto arguments = std::make_shared<WorkspaceArguments>();

  CLI::App& create = *group.add_subcommand("create", "Creates a workspace");
  create.add_option("ID", arguments->id, "1 to 64 characters of A-Z, a-z, 0-9, _ and -")
      ->required();
  create.add_option("--display-name", arguments->display_name, "name for people");
  OnRun(create, session, [&session, arguments] { return Create(session, *arguments); });

  CLI::App& get = *group.add_subcommand("get", "Shows a workspace");
  get.add_option("ID", arguments->id, "default: --workspace");
  OnRun(get, session, [&session, arguments] { return Get(session, *arguments); });

  CLI::App& list = *group.add_subcommand("list", "Lists the workspaces");
  AddLimit(list, arguments->limit);
  OnRun(list, session, [&session, arguments] { return List(session, *arguments); });
}

}  // namespace baton::batonctl
