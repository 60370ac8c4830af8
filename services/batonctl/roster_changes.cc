#include "batonctl/roster_changes.h"

#include <google/protobuf/util/field_mask_util.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "batonctl/exit_codes.h"
#include "batonctl/format.h"
#include "batonctl/roster_document.h"
#include "batonctl/roster_work.h"

namespace baton::batonctl {
namespace {

using google::protobuf::util::FieldMaskUtil;

// The ids of a document as the names of resources.
absl::Status NameAll(const Session& session, const std::string& collection,
                     const std::vector<std::string*>& ids) {
  for (std::string* id : ids) {
    if (id->empty()) continue;
    const absl::StatusOr<std::string> name = session.Name(collection, *id);
    if (!name.ok()) return name.status();
    *id = *name;
  }
  return absl::OkStatus();
}

// `stored` with what `request` sets.
template <typename Resource>
Resource Merged(Resource stored, const Resource& wanted, const google::protobuf::FieldMask& mask) {
  FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  FieldMaskUtil::MergeMessageTo(wanted, mask, options, &stored);
  stored.set_name(wanted.name());
  return stored;
}

// What the server has under `name`; an empty response if nothing.
template <typename Response, typename Request>
absl::StatusOr<Response> Stored(Session& session, const std::string& name, bool& exists) {
  Request request;
  request.set_name(name);
  auto response = Ask<Response>(session.server(), request);
  exists = response.ok();
  if (absl::IsNotFound(response.status())) return Response();
  return response;
}

template <typename Response, typename Request>
std::function<absl::Status()> Sender(Session& session, const Request& request) {
  return [&session, request] { return Ask<Response>(session.server(), request).status(); };
}

absl::StatusOr<PlannedChange> PlanQueue(Session& session, const QueueEntry& entry) {
  const auto request = QueueUpdate(session, entry, "");
  if (!request.ok()) return request.status();
  bool exists = false;
  const auto stored =
      Stored<v1::GetQueueResponse, v1::GetQueueRequest>(session, request->queue().name(), exists);
  if (!stored.ok()) return stored.status();
  return PlannedChange{
      "queue", entry.id, exists ? QueueEntryJson(stored->queue()) : nlohmann::ordered_json(),
      QueueEntryJson(Merged(stored->queue(), request->queue(), request->update_mask())),
      Sender<v1::UpdateQueueResponse>(session, *request)};
}

absl::StatusOr<PlannedChange> PlanRep(Session& session, const RosterEntry& entry) {
  const auto request = RepUpdate(session, entry);
  if (!request.ok()) return request.status();
  bool exists = false;
  const auto stored =
      Stored<v1::GetRepResponse, v1::GetRepRequest>(session, request->rep().name(), exists);
  if (!stored.ok()) return stored.status();
  return PlannedChange{"rep", entry.id,
                       exists ? RepEntryJson(stored->rep()) : nlohmann::ordered_json(),
                       RepEntryJson(Merged(stored->rep(), request->rep(), request->update_mask())),
                       Sender<v1::UpdateRepResponse>(session, *request)};
}

absl::StatusOr<PlannedChange> PlanAccount(Session& session, const AccountEntry& entry) {
  const auto request = AccountUpdate(session, entry);
  if (!request.ok()) return request.status();
  bool exists = false;
  const auto stored = Stored<v1::GetAccountResponse, v1::GetAccountRequest>(
      session, request->account().name(), exists);
  if (!stored.ok()) return stored.status();
  return PlannedChange{
      "account", entry.id, exists ? AccountEntryJson(stored->account()) : nlohmann::ordered_json(),
      AccountEntryJson(request->account()), Sender<v1::UpdateAccountResponse>(session, *request)};
}

template <typename Entry>
absl::Status PlanAll(Session& session, const std::vector<Entry>& entries,
                     absl::StatusOr<PlannedChange> (*plan)(Session&, const Entry&),
                     std::vector<PlannedChange>& changes) {
  for (const Entry& entry : entries) {
    absl::StatusOr<PlannedChange> change = plan(session, entry);
    if (!change.ok()) return change.status();
    changes.push_back(*std::move(change));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::UpdateRepRequest> RepUpdate(const Session& session, const RosterEntry& entry) {
  v1::UpdateRepRequest request;
  v1::Rep& rep = *request.mutable_rep();
  rep = entry.rep;
  const absl::StatusOr<std::string> name = session.Name("reps", entry.id);
  if (!name.ok()) return name.status();
  rep.set_name(*name);
  std::vector<std::string*> queues;
  for (std::string& queue : *rep.mutable_queues()) queues.push_back(&queue);
  absl::Status named = NameAll(session, "queues", queues);
  named.Update(NameDelegates(session, rep));
  if (!named.ok()) return named;
  request.set_allow_missing(true);
  for (const char* field : {"display_name", "queues", "weight", "capacity", "skills"}) {
    request.mutable_update_mask()->add_paths(field);
  }
  for (const std::string& field : entry.fields) request.mutable_update_mask()->add_paths(field);
  if (entry.sets_presence) request.mutable_update_mask()->add_paths("presence");
  return request;
}

absl::StatusOr<v1::UpdateAccountRequest> AccountUpdate(const Session& session,
                                                       const AccountEntry& entry) {
  v1::UpdateAccountRequest request;
  v1::Account& account = *request.mutable_account();
  account = entry.account;
  const absl::StatusOr<std::string> name = session.Name("accounts", entry.id);
  if (!name.ok()) return name.status();
  account.set_name(*name);
  const absl::Status named = NameAll(session, "reps",
                                     {account.mutable_owner(), account.mutable_customer_owner(),
                                      account.mutable_opportunity_owner()});
  if (!named.ok()) return named;
  request.set_allow_missing(true);
  return request;
}

absl::StatusOr<v1::UpdateQueueRequest> QueueUpdate(const Session& session, const QueueEntry& entry,
                                                   const std::string& etag) {
  const absl::StatusOr<std::string> name = session.Name("queues", entry.id);
  if (!name.ok()) return name.status();
  v1::UpdateQueueRequest request;
  request.mutable_queue()->set_name(*name);
  request.mutable_queue()->set_etag(etag);
  if (entry.display_name.has_value()) {
    request.mutable_queue()->set_display_name(*entry.display_name);
    request.mutable_update_mask()->add_paths("display_name");
  }
  if (entry.paused.has_value()) {
    request.mutable_queue()->set_paused(*entry.paused);
    request.mutable_update_mask()->add_paths("paused");
  }
  if (request.update_mask().paths().empty()) {
    return UsageError(absl::StrCat("nothing to change in queue ", entry.id,
                                   ": give a display name or whether it is paused"));
  }
  return request;
}

absl::StatusOr<std::vector<PlannedChange>> PlanRoster(Session& session, const RosterFile& roster) {
  std::vector<PlannedChange> changes;
  absl::Status status = PlanAll(session, roster.queues, PlanQueue, changes);
  if (status.ok()) status = PlanAll(session, roster.reps, PlanRep, changes);
  if (!status.ok()) return status;
  return changes;
}

absl::StatusOr<std::vector<PlannedChange>> PlanAccounts(Session& session,
                                                        const AccountFile& accounts) {
  std::vector<PlannedChange> changes;
  const absl::Status status = PlanAll(session, accounts.accounts, PlanAccount, changes);
  if (!status.ok()) return status;
  return changes;
}

}  // namespace baton::batonctl
