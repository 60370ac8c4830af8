// batonctl describe KIND NAME: one resource and what belongs to it, for people.
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "baton/v1/account_service.pb.h"
#include "baton/v1/assignment_service.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "baton/v1/policy_service.pb.h"
#include "baton/v1/roster_service.pb.h"
#include "baton/v1/webhook_service.pb.h"
#include "baton/v1/workspace_service.pb.h"
#include "batonctl/commands.h"
#include "batonctl/exit_codes.h"
#include "batonctl/kinds.h"
#include "batonctl/lead_view.h"
#include "batonctl/policy_view.h"
#include "batonctl/queue_policy.h"
#include "batonctl/roster_view.h"
#include "batonctl/webhook_view.h"
#include "policy/document_error.h"

namespace baton::batonctl {
namespace {

using nlohmann::ordered_json;

constexpr int kJourneyRead = 10'000;  // entries, to show the latest
constexpr int kJourneyShown = 10;
constexpr int kAssignmentsShown = 50;

// "openLeads" -> "open leads".
std::string Words(const std::string& name) {
  std::string words;
  for (const char c : name) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c))) words += ' ';
    words += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return words;
}

std::string ValueText(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  return absl::StrJoin(value, ", ", [](std::string* out, const ordered_json& item) {
    absl::StrAppend(out, ValueText(item));
  });
}

// All fields that say something, one a line.
Table FieldsTable(const google::protobuf::Message& message) {
  Table table({"", ""});
  const ordered_json fields = ordered_json::parse(ToJson(message, /*one_line=*/true));
  for (const auto& [name, value] : fields.items()) {
    if (value.empty() || value == "") continue;
    table.AddRow({Words(name), ValueText(value)});
  }
  return table;
}

void PrintSection(const Session& session, const std::string& title, const Table& table) {
  if (table.rows() == 0) return;
  session.world().out << "\n" << title << ":\n" << table.Render(session.style());
}

template <typename Response, typename Request>
absl::StatusOr<Response> AskNamed(Session& session, const std::string& collection,
                                  const std::string& text) {
  const absl::StatusOr<std::string> name = session.Name(collection, text);
  if (!name.ok()) return name.status();
  Request request;
  request.set_name(*name);
  return Ask<Response>(session.server(), request);
}

absl::Status PrintAssignments(Session& session, const std::string& parent) {
  v1::ListAssignmentsRequest request;
  request.set_parent(parent);
  const auto response = AskPages<v1::ListAssignmentsResponse>(
      session.server(), request, kAssignmentsShown,
      +[](const v1::ListAssignmentsResponse& page) { return page.assignments_size(); });
  if (!response.ok()) return response.status();
  PrintSection(session, "Assignments",
               AssignmentsTable({response->assignments().begin(), response->assignments().end()}));
  NoteMore(session, response->next_page_token());
  return absl::OkStatus();
}

absl::Status DescribeLead(Session& session, const std::string& text) {
  const auto lead = AskNamed<v1::GetLeadResponse, v1::GetLeadRequest>(session, "leads", text);
  if (!lead.ok()) return lead.status();
  session.world().out << LeadDetails(lead->lead()).Render(session.style());
  const auto explained =
      AskNamed<v1::ExplainLeadResponse, v1::ExplainLeadRequest>(session, "leads", text);
  if (!explained.ok()) return explained.status();
  session.world().out << "\n" << ExplainText(*explained);
  v1::GetLeadJourneyRequest request;
  request.set_name(lead->lead().name());
  auto journey = AskPages<v1::GetLeadJourneyResponse>(
      session.server(), request, kJourneyRead,
      +[](const v1::GetLeadJourneyResponse& page) { return page.entries_size(); });
  if (!journey.ok()) return journey.status();
  const int older = std::max(0, journey->entries_size() - kJourneyShown);
  journey->mutable_entries()->DeleteSubrange(0, older);
  PrintSection(session, older > 0 ? "Journey, latest" : "Journey", JourneyTable(*journey));
  return absl::OkStatus();
}

absl::Status DescribeQueue(Session& session, const std::string& text) {
  const auto queue = AskNamed<v1::GetQueueResponse, v1::GetQueueRequest>(session, "queues", text);
  if (!queue.ok()) return queue.status();
  Table details = QueueDetails(queue->queue());
  AddQueuePolicy(session, queue->queue().name(), details);
  session.world().out << details.Render(session.style());
  return PrintAssignments(session, queue->queue().name());
}

absl::Status DescribeRep(Session& session, const std::string& text) {
  const auto rep = AskNamed<v1::GetRepResponse, v1::GetRepRequest>(session, "reps", text);
  if (!rep.ok()) return rep.status();
  session.world().out << FieldsTable(rep->rep()).Render(session.style());
  return PrintAssignments(session, rep->rep().name());
}

absl::Status DescribePolicy(Session& session, const std::string& text) {
  const absl::StatusOr<std::string> workspace = session.Workspace();
  if (!workspace.ok()) return workspace.status();
  v1::GetPolicyRequest request;
  request.set_name(absl::StrCat(*workspace, "/policies/", text));
  auto policy = Ask<v1::GetPolicyResponse>(session.server(), request);
  if (!policy.ok()) return policy.status();
  v1::Policy& shown = *policy->mutable_policy();
  const std::string yaml = std::move(*shown.mutable_yaml());
  shown.clear_yaml();
  session.world().out << RevisionTable({shown}).Render(session.style());
  PrintSection(session, "History", HistoryTable({shown}));
  session.world().out << "\nDocument:\n" << yaml;
  return absl::OkStatus();
}

absl::Status DescribeWorkspace(Session& session, const std::string& text) {
  session.options.workspace = text;
  const absl::StatusOr<std::string> name = session.Workspace();
  if (!name.ok()) return name.status();
  v1::GetWorkspaceRequest request;
  request.set_name(*name);
  const auto response = Ask<v1::GetWorkspaceResponse>(session.server(), request);
  if (!response.ok()) return response.status();
  session.world().out << FieldsTable(response->workspace()).Render(session.style());
  return absl::OkStatus();
}

absl::Status DescribeOther(Session& session, const std::string& kind, const std::string& name) {
  if (kind == "workspace") return DescribeWorkspace(session, name);
  if (kind == "account") {
    const auto response =
        AskNamed<v1::GetAccountResponse, v1::GetAccountRequest>(session, "accounts", name);
    if (!response.ok()) return response.status();
    session.world().out << FieldsTable(response->account()).Render(session.style());
    return absl::OkStatus();
  }
  if (kind == "webhook") {
    const auto response =
        AskNamed<v1::GetWebhookResponse, v1::GetWebhookRequest>(session, "webhooks", name);
    if (!response.ok()) return response.status();
    session.world().out << WebhookDetails(response->webhook(), "").Render(session.style());
    return absl::OkStatus();
  }
  return UsageError(
      absl::StrCat("describe takes leads, queues, reps, policies, accounts, webhooks ",
                   "and workspaces; for a ", kind, ": batonctl get ", kind));
}

absl::Status Describe(Session& session, const std::string& word, const std::string& name) {
  const absl::StatusOr<Kind> kind = FindKind(word);
  if (!kind.ok()) return kind.status();
  if (!session.options.is_text()) {
    return UsageError("describe is for people; for programs: batonctl get KIND NAME -o json");
  }
  const std::string which = kind->name;
  absl::Status status = which == "lead"     ? DescribeLead(session, name)
                        : which == "queue"  ? DescribeQueue(session, name)
                        : which == "rep"    ? DescribeRep(session, name)
                        : which == "policy" ? DescribePolicy(session, name)
                                            : DescribeOther(session, which, name);
  session.world().out.flush();
  return status;
}

}  // namespace

void AddDescribeCommand(CLI::App& app, Session& session) {
  auto kind = std::make_shared<std::string>();
  auto name = std::make_shared<std::string>();
  CLI::App& describe =
      *app.add_subcommand("describe", "Shows one resource and what belongs to it, for people");
  describe.add_option("KIND", *kind, "lead, queue, rep, policy, account, webhook or workspace")
      ->required();
  describe.add_option("NAME", *name, "its id; of a policy NAME or NAME@REVISION")->required();
  OnRun(describe, session, [&session, kind, name] { return Describe(session, *kind, *name); });
}

}  // namespace baton::batonctl
