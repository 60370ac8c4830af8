// batonctl webhook create|get|list|update|delete|rotate-secret|test|replay
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "baton/v1/webhook_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/webhook_view.h"
#include "core/errors.h"

namespace baton::batonctl {
namespace {

constexpr absl::Duration kPingPatience = absl::Seconds(30);
constexpr absl::Duration kPingAskEvery = absl::Milliseconds(500);
constexpr char kTypeHelp[] =
    "only changes of this type, such as assigned, sla_warned, rejected; repeatable; default: all";

struct WebhookArguments {
  std::string webhook, url, etag, from;
  std::vector<std::string> types, queues;
  bool disabled = false, dry_run = false;
  int limit = kListLimitDefault;
  CLI::Option *types_option = nullptr, *queues_option = nullptr, *disabled_option = nullptr;
};

void AddFilters(const WebhookArguments& arguments, v1::Webhook& webhook) {
  for (const std::string& type : arguments.types) webhook.add_types(type);
  for (const std::string& queue : arguments.queues) webhook.add_queues(queue);
}

absl::Status PrintOne(const Session& session, const google::protobuf::Message& message,
                      const v1::Webhook& webhook, const std::string& secret = "") {
  if (!secret.empty()) {
    session.Note("Keep the secret: it is not shown again. Receivers check signatures with it.");
  }
  return session.Print(message, WebhookDetails(webhook, secret), {webhook.name()});
}

// A request about the webhook that is named.
template <typename Request>
absl::StatusOr<Request> RequestOf(const Session& session, const WebhookArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("webhooks", arguments.webhook);
  if (!name.ok()) return name.status();
  Request request;
  request.set_name(*name);
  return request;
}

absl::Status Create(Session& session, const WebhookArguments& arguments) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::CreateWebhookRequest request;
  request.set_parent(*parent);
  request.set_webhook_id(arguments.webhook);
  request.mutable_webhook()->set_url(arguments.url);
  request.mutable_webhook()->set_disabled(arguments.disabled);
  request.set_validate_only(arguments.dry_run);
  if (!arguments.dry_run) request.set_request_id(session.RequestId());
  AddFilters(arguments, *request.mutable_webhook());
  const auto response = Ask<v1::CreateWebhookResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  if (arguments.dry_run) session.Note("Not kept.");
  return PrintOne(session, *response, response->webhook(), response->secret());
}

absl::StatusOr<v1::Webhook> Fetch(Session& session, const WebhookArguments& arguments) {
  const auto request = RequestOf<v1::GetWebhookRequest>(session, arguments);
  if (!request.ok()) return request.status();
  auto response = Ask<v1::GetWebhookResponse>(session.server(), *request);
  if (!response.ok()) return response.status();
  return std::move(*response->mutable_webhook());
}

absl::Status GetWebhook(Session& session, const WebhookArguments& arguments) {
  const absl::StatusOr<v1::Webhook> webhook = Fetch(session, arguments);
  return webhook.ok() ? PrintOne(session, *webhook, *webhook) : webhook.status();
}

absl::Status ListWebhooks(Session& session, const WebhookArguments& arguments) {
  const absl::StatusOr<std::string> parent = session.Workspace();
  if (!parent.ok()) return parent.status();
  v1::ListWebhooksRequest request;
  request.set_parent(*parent);
  const auto response = AskPages<v1::ListWebhooksResponse>(
      session.server(), request, arguments.limit,
      +[](const v1::ListWebhooksResponse& page) { return page.webhooks_size(); });
  if (!response.ok()) return response.status();
  NoteMore(session, response->next_page_token());
  std::vector<std::string> names;
  for (const v1::Webhook& webhook : response->webhooks()) names.push_back(webhook.name());
  return session.Print(
      *response, WebhooksTable({response->webhooks().begin(), response->webhooks().end()}), names);
}

absl::Status UpdateWebhook(Session& session, const WebhookArguments& arguments) {
  const absl::StatusOr<std::string> name = session.Name("webhooks", arguments.webhook);
  if (!name.ok()) return name.status();
  v1::UpdateWebhookRequest request;
  v1::Webhook& webhook = *request.mutable_webhook();
  google::protobuf::FieldMask& mask = *request.mutable_update_mask();
  webhook.set_name(*name);
  webhook.set_etag(arguments.etag);
  webhook.set_url(arguments.url);
  webhook.set_disabled(arguments.disabled);
  AddFilters(arguments, webhook);
  if (!arguments.url.empty()) mask.add_paths("url");
  if (arguments.types_option->count() > 0) mask.add_paths("types");
  if (arguments.queues_option->count() > 0) mask.add_paths("queues");
  if (arguments.disabled_option->count() > 0) mask.add_paths("disabled");
  if (mask.paths().empty()) {
    return UsageError("nothing to change: give --url, --type, --queue, --disabled or --enabled");
  }
  // "" stands for none, so that a filter can be taken away.
  for (auto* filter : {webhook.mutable_types(), webhook.mutable_queues()}) {
    if (filter->size() == 1 && filter->Get(0).empty()) filter->Clear();
  }
  const auto response = Ask<v1::UpdateWebhookResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  return PrintOne(session, response->webhook(), response->webhook());
}

absl::Status DeleteWebhook(Session& session, const WebhookArguments& arguments) {
  auto request = RequestOf<v1::DeleteWebhookRequest>(session, arguments);
  if (!request.ok()) return request.status();
  request->set_etag(arguments.etag);
  const auto response = Ask<v1::DeleteWebhookResponse>(session.server(), *request);
  if (response.ok()) session.Note(absl::StrCat("Deleted ", request->name(), "."));
  return response.status();
}

absl::Status RotateSecret(Session& session, const WebhookArguments& arguments) {
  auto request = RequestOf<v1::RotateWebhookSecretRequest>(session, arguments);
  if (!request.ok()) return request.status();
  request->set_etag(arguments.etag);
  const auto response = Ask<v1::RotateWebhookSecretResponse>(session.server(), *request);
  if (!response.ok()) return response.status();
  return PrintOne(session, *response, response->webhook(), response->secret());
}

// Asks for a ping and waits for what comes of it; exit code 1 if that is no success.
absl::Status TestWebhook(Session& session, const WebhookArguments& arguments) {
  const auto request = RequestOf<v1::TestWebhookRequest>(session, arguments);
  if (!request.ok()) return request.status();
  const auto response = Ask<v1::TestWebhookResponse>(session.server(), *request);
  if (!response.ok()) return response.status();
  const absl::Time give_up_at = session.world().now() + kPingPatience;
  while (true) {
    const absl::StatusOr<v1::Webhook> webhook = Fetch(session, arguments);
    if (!webhook.ok()) return webhook.status();
    if (webhook->ping() == response->ping_id()) {
      const bool well = webhook->ping_outcome().starts_with("status 2");
      session.exit_code = well ? kExitOk : kExitRefused;
      session.Note(absl::StrCat(
          "The ping ", well ? "was delivered: " : "failed: ", webhook->ping_outcome(), "."));
      return PrintOne(session, *webhook, *webhook);
    }
    if (session.world().now() >= give_up_at) {
      return absl::UnavailableError(
          "no relay has sent the ping yet: is one running with the setting webhooks.hosts?");
    }
    session.world().sleep(kPingAskEvery);
  }
}

absl::Status Replay(Session& session, const WebhookArguments& arguments) {
  auto request = RequestOf<v1::ReplayWebhookRequest>(session, arguments);
  if (!request.ok()) return request.status();
  request->set_etag(arguments.etag);
  if (!arguments.from.empty()) {
    const auto from = ParseTime("--from", arguments.from);
    if (!from.ok()) return from.status();
    *request->mutable_from_time() = *from;
  }
  const auto response = Ask<v1::ReplayWebhookResponse>(session.server(), *request);
  if (!response.ok()) return response.status();
  return PrintOne(session, response->webhook(), response->webhook());
}

using WebhookArgumentsPtr = std::shared_ptr<WebhookArguments>;

// A command about one webhook.
CLI::App& AddOfWebhook(CLI::App& group, const WebhookArgumentsPtr& arguments,
                       const std::string& name, const std::string& about) {
  CLI::App& command = *group.add_subcommand(name, about);
  command.add_option("WEBHOOK", arguments->webhook, "id of the webhook")->required();
  return command;
}

CLI::App& WithEtag(CLI::App& command, const WebhookArgumentsPtr& arguments) {
  command.add_option("--etag", arguments->etag, "refuse unless the webhook still has it");
  return command;
}

void AddCreate(CLI::App& group, Session& session, const WebhookArgumentsPtr& arguments) {
  CLI::App& create = AddOfWebhook(group, arguments, "create",
                                  "Sends changes to a URL from now on, and shows its secret");
  create.add_option("--url", arguments->url, "where to; a host that the operator lists")
      ->required();
  create.add_option("--type", arguments->types, kTypeHelp);
  create.add_option("--queue", arguments->queues, "only of this queue; repeatable");
  create.add_flag("--disabled", arguments->disabled, "send nothing yet");
  create.add_flag("--dry-run", arguments->dry_run, "let the server check it only");
  OnChange(create, session, [&session, arguments] { return Create(session, *arguments); });
}

void AddUpdate(CLI::App& group, Session& session, const WebhookArgumentsPtr& arguments) {
  CLI::App& update =
      WithEtag(AddOfWebhook(group, arguments, "update", "Changes what is given"), arguments);
  update.add_option("--url", arguments->url, "where to");
  arguments->types_option =
      update.add_option("--type", arguments->types, absl::StrCat(kTypeHelp, " stays; \"\" is all"));
  arguments->queues_option = update.add_option("--queue", arguments->queues,
                                               "only of this queue; repeatable; \"\" is any");
  arguments->disabled_option =
      update.add_flag("--disabled,!--enabled", arguments->disabled, "send nothing for now");
  OnRun(update, session, [&session, arguments] { return UpdateWebhook(session, *arguments); });
}

}  // namespace

void AddWebhookCommands(CLI::App& app, Session& session) {
  CLI::App& group = AddGroup(app, "webhook", "Webhooks: changes sent over HTTPS");
  auto arguments = std::make_shared<WebhookArguments>();
  AddCreate(group, session, arguments);

  CLI::App& get = AddOfWebhook(group, arguments, "get", "Shows a webhook and how it does");
  OnRun(get, session, [&session, arguments] { return GetWebhook(session, *arguments); });

  CLI::App& list = *group.add_subcommand("list", "Lists the webhooks of the workspace");
  AddLimit(list, arguments->limit);
  OnRun(list, session, [&session, arguments] { return ListWebhooks(session, *arguments); });

  AddUpdate(group, session, arguments);

  CLI::App& remove =
      WithEtag(AddOfWebhook(group, arguments, "delete", "Forgets a webhook"), arguments);
  OnRun(remove, session, [&session, arguments] { return DeleteWebhook(session, *arguments); });

  CLI::App& rotate = WithEtag(
      AddOfWebhook(group, arguments, "rotate-secret",
                   "Makes a new secret; the one before signs as well for another 24 hours"),
      arguments);
  OnRun(rotate, session, [&session, arguments] { return RotateSecret(session, *arguments); });

  CLI::App& test = AddOfWebhook(group, arguments, "test",
                                "Sends a ping and waits for the answer; exit code 1 if it fails");
  OnRun(test, session, [&session, arguments] { return TestWebhook(session, *arguments); });

  CLI::App& replay =
      WithEtag(AddOfWebhook(group, arguments, "replay",
                            "Lets a parked webhook go on where it stopped, or from a time"),
               arguments);
  replay.add_option("--from", arguments->from,
                    "send everything since then once more: 2026-03-31 or 2026-03-31T09:30:00Z");
  OnRun(replay, session, [&session, arguments] { return Replay(session, *arguments); });
}

}  // namespace baton::batonctl
