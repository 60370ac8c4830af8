#include "dispatch/roster_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "dispatch/pages.h"
#include "dispatch/rep_preparation.h"
#include "dispatch/require_workspace.h"
#include "dispatch/roster_mapping.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

constexpr int kChangeRoundsMax = 5;
constexpr char kOwnerLeft[] = "OWNER_LEFT";

absl::Status QueueNotFound(const core::QueueId& queue) {
  return core::Error(absl::StatusCode::kNotFound, "QUEUE_NOT_FOUND",
                     absl::StrCat("the active policy has no queue ", queue.str(),
                                  " and no lead waits in one of that name"),
                     {{"queue", queue.str()}});
}

// An answer that holds one rep.
template <typename Response>
absl::StatusOr<Response> WithRep(absl::StatusOr<v1::Rep> rep) {
  if (!rep.ok()) return rep.status();
  Response response;
  *response.mutable_rep() = *std::move(rep);
  return response;
}

template <typename Response>
absl::StatusOr<Response> WithQueue(absl::StatusOr<v1::Queue> queue) {
  if (!queue.ok()) return queue.status();
  Response response;
  *response.mutable_queue() = *std::move(queue);
  return response;
}

}  // namespace

RosterService::RosterService(store::WorkspaceStore& workspaces, store::RosterStore& roster,
                             PolicySource policies, BulkReassigner& reassigner,
                             BacklogDrainer& drainer, const CallRunner& runner,
                             const TokenSealer& sealer)
    : workspaces_(workspaces),
      roster_(roster),
      policies_(std::move(policies)),
      reassigner_(reassigner),
      drainer_(drainer),
      runner_(runner),
      sealer_(sealer) {}

::grpc::ServerUnaryReactor* RosterService::CreateRep(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response, [this](const v1::CreateRepRequest& wanted) {
    return WithRep<v1::CreateRepResponse>(Create(wanted));
  });
}

::grpc::ServerUnaryReactor* RosterService::GetRep(::grpc::CallbackServerContext* context,
                                                  const ::grpc::ByteBuffer* request,
                                                  ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response, [this](const v1::GetRepRequest& wanted) {
    return WithRep<v1::GetRepResponse>(Get(wanted));
  });
}

::grpc::ServerUnaryReactor* RosterService::ListReps(::grpc::CallbackServerContext* context,
                                                    const ::grpc::ByteBuffer* request,
                                                    ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListRepsRequest& wanted) { return List(wanted); });
}

::grpc::ServerUnaryReactor* RosterService::UpdateRep(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response, [this](const v1::UpdateRepRequest& wanted) {
    return WithRep<v1::UpdateRepResponse>(Update(wanted));
  });
}

::grpc::ServerUnaryReactor* RosterService::DeleteRep(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::DeleteRepRequest& wanted) { return Delete(wanted); });
}

::grpc::ServerUnaryReactor* RosterService::SetRepPresence(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::SetRepPresenceRequest& wanted) {
                             return WithRep<v1::SetRepPresenceResponse>(SetPresence(wanted));
                           });
}

::grpc::ServerUnaryReactor* RosterService::ReassignLeads(::grpc::CallbackServerContext* context,
                                                         const ::grpc::ByteBuffer* request,
                                                         ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::ReassignLeadsRequest& wanted, const Caller& caller) {
                             return Reassign(wanted, caller);
                           });
}

::grpc::ServerUnaryReactor* RosterService::OffboardRep(::grpc::CallbackServerContext* context,
                                                       const ::grpc::ByteBuffer* request,
                                                       ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::OffboardRepRequest& wanted, const Caller& caller) {
                             return Offboard(wanted, caller);
                           });
}

::grpc::ServerUnaryReactor* RosterService::GetQueue(::grpc::CallbackServerContext* context,
                                                    const ::grpc::ByteBuffer* request,
                                                    ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response, [this](const v1::GetQueueRequest& wanted) {
    return WithQueue<v1::GetQueueResponse>(GetOneQueue(wanted));
  });
}

::grpc::ServerUnaryReactor* RosterService::ListQueues(::grpc::CallbackServerContext* context,
                                                      const ::grpc::ByteBuffer* request,
                                                      ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListQueuesRequest& wanted) { return ListAllQueues(wanted); });
}

::grpc::ServerUnaryReactor* RosterService::UpdateQueue(::grpc::CallbackServerContext* context,
                                                       const ::grpc::ByteBuffer* request,
                                                       ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::UpdateQueueRequest& wanted) {
                             return WithQueue<v1::UpdateQueueResponse>(ChangeQueue(wanted));
                           });
}

absl::StatusOr<v1::Rep> RosterService::Create(const v1::CreateRepRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto id = core::RepId::Parse(request.rep_id());
  if (!id.ok()) return core::FieldError("rep_id", "must be 1 to 64 characters of [A-Za-z0-9_-]");
  const auto rep = FromProto({*workspace, *id}, request.rep());
  if (!rep.ok()) return rep.status();
  const auto stored = Put(*workspace, core::Rep(), *rep);
  if (absl::IsAborted(stored.status())) {
    return core::Error(absl::StatusCode::kAlreadyExists, "REP_EXISTS",
                       absl::StrCat("rep ", id->str(), " exists already"), {{"rep", id->str()}});
  }
  if (!stored.ok()) return stored.status();
  drainer_.RepFreed(*workspace, *id);
  return ToProto(*workspace, *stored, 0);
}

absl::StatusOr<v1::Rep> RosterService::Get(const v1::GetRepRequest& request) {
  const auto name = ParseRep("name", request.name());
  if (!name.ok()) return name.status();
  const auto state = roster_.GetRep(name->workspace, name->rep);
  if (!state.ok()) return state.status();
  return ToProto(name->workspace, *state);
}

absl::StatusOr<v1::ListRepsResponse> RosterService::List(const v1::ListRepsRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListReps|", request.parent());
  const auto after = OpenPageToken(sealer_, context, request.page_token());
  if (!after.ok()) return after.status();
  if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;
  const auto reps = roster_.ListReps(*workspace);
  if (!reps.ok()) return reps.status();
  v1::ListRepsResponse response;
  const std::string next = Paginate(
      *reps, *page_size, *after, [](const store::RepState& state) { return state.rep.id.str(); },
      [&](const store::RepState& state) {
        v1::Rep& rep = *response.add_reps();
        rep = ToProto(*workspace, state);
        return rep.ByteSizeLong();
      });
  if (!next.empty()) response.set_next_page_token(MakePageToken(sealer_, context, next));
  return response;
}

absl::StatusOr<v1::Rep> RosterService::Update(const v1::UpdateRepRequest& request) {
  const auto name = ParseRep("rep.name", request.rep().name());
  if (!name.ok()) return name.status();
  const auto expected = ParseEtag("rep.etag", request.rep().etag(), -1);
  if (!expected.ok()) return expected.status();
  return ChangeRep(*name, *expected, request.allow_missing(),
                   [&](const store::RepState& stored) -> absl::StatusOr<core::Rep> {
                     const auto merged = Masked(ToProto(name->workspace, stored), request.rep(),
                                                request.update_mask());
                     if (!merged.ok()) return merged.status();
                     return FromProto(*name, *merged);
                   });
}

absl::StatusOr<v1::DeleteRepResponse> RosterService::Delete(const v1::DeleteRepRequest& request) {
  const auto name = ParseRep("name", request.name());
  if (!name.ok()) return name.status();
  if (absl::Status deleted = roster_.DeleteRep(name->workspace, name->rep); !deleted.ok()) {
    return deleted;
  }
  return v1::DeleteRepResponse();
}

absl::StatusOr<v1::Rep> RosterService::SetPresence(const v1::SetRepPresenceRequest& request) {
  const auto name = ParseRep("name", request.name());
  if (!name.ok()) return name.status();
  const auto presence = FromProto("presence", request.presence());
  if (!presence.ok()) return presence.status();
  return ChangeRep(*name, -1, /*allow_missing=*/false,
                   [&](const store::RepState& stored) -> absl::StatusOr<core::Rep> {
                     core::Rep rep = stored.rep;
                     rep.presence = *presence;
                     return rep;
                   });
}

absl::StatusOr<v1::ReassignLeadsResponse> RosterService::Reassign(
    const v1::ReassignLeadsRequest& request, const Caller& caller) {
  auto reassignment = reassigner_.Run(request, caller.actor());
  if (!reassignment.ok()) return reassignment.status();
  v1::ReassignLeadsResponse response;
  *response.mutable_reassignment() = *std::move(reassignment);
  return response;
}

absl::StatusOr<v1::OffboardRepResponse> RosterService::Offboard(
    const v1::OffboardRepRequest& request, const Caller& caller) {
  v1::OffboardRepResponse response;
  v1::ReassignLeadsRequest leads;
  leads.set_name(request.name());
  leads.set_reason(kOwnerLeft);
  leads.set_queue(request.queue());
  leads.set_successor(request.successor());
  leads.set_note(request.note());
  leads.set_max_leads(request.max_leads());
  leads.set_validate_only(true);  // before anything is changed
  auto reassignment = reassigner_.Run(leads, caller.actor());
  if (!reassignment.ok()) return reassignment.status();
  if (!request.validate_only()) {
    v1::SetRepPresenceRequest offline;
    offline.set_name(request.name());
    offline.set_presence(v1::PRESENCE_OFFLINE);
    auto set = SetPresence(offline);
    if (!set.ok()) return set.status();
    leads.set_validate_only(false);
    reassignment = reassigner_.Run(leads, caller.actor());
    if (!reassignment.ok()) return reassignment.status();
  }
  v1::GetRepRequest get;
  get.set_name(request.name());
  auto rep = Get(get);
  if (!rep.ok()) return rep.status();
  *response.mutable_reassignment() = *std::move(reassignment);
  *response.mutable_rep() = *std::move(rep);
  return response;
}

absl::StatusOr<v1::Rep> RosterService::ChangeRep(const RepName& name, int64_t expected_revision,
                                                 bool allow_missing, const RepChange& change) {
  absl::Status last;
  for (int round = 0; round < kChangeRoundsMax; ++round) {
    auto state = roster_.GetRep(name.workspace, name.rep);
    if (absl::IsNotFound(state.status()) && allow_missing) state = store::RepState();
    if (!state.ok()) return state.status();
    if (expected_revision >= 0 && expected_revision != state->rep.revision) {
      return store::EtagMismatch(expected_revision, state->rep.revision);
    }
    const auto changed = change(*state);
    if (!changed.ok()) return changed.status();
    const auto stored = Put(name.workspace, state->rep, *changed);
    if (stored.ok()) {
      drainer_.RepFreed(name.workspace, name.rep);
      return ToProto(name.workspace, *stored, state->open.size());
    }
    last = stored.status();
    if (!absl::IsAborted(last)) break;
  }
  return last;
}

absl::StatusOr<core::Rep> RosterService::Put(const core::WorkspaceId& workspace,
                                             const core::Rep& before, const core::Rep& rep) {
  const core::TimeMs now_ms = absl::ToUnixMillis(absl::Now());
  absl::Status prepared = PrepareRep(workspace, before, rep, policies_, roster_, now_ms);
  if (!prepared.ok()) return prepared;
  return roster_.PutRep(workspace, rep, before.revision);
}

absl::StatusOr<store::QueueState> RosterService::FindQueue(const QueueName& name) {
  if (absl::Status known = RequireWorkspace(workspaces_, name.workspace); !known.ok()) return known;
  auto queues = roster_.ListQueues(name.workspace);
  if (!queues.ok()) return queues.status();
  for (store::QueueState& queue : *queues) {
    if (queue.settings.id == name.queue) return std::move(queue);
  }
  return QueueNotFound(name.queue);
}

absl::StatusOr<v1::Queue> RosterService::GetOneQueue(const v1::GetQueueRequest& request) {
  const auto name = ParseQueue("name", request.name());
  if (!name.ok()) return name.status();
  const auto queue = FindQueue(*name);
  if (!queue.ok()) return queue.status();
  return ToProto(name->workspace, *queue);
}

absl::StatusOr<v1::ListQueuesResponse> RosterService::ListAllQueues(
    const v1::ListQueuesRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  const std::string context = absl::StrCat("ListQueues|", request.parent());
  const auto after = OpenPageToken(sealer_, context, request.page_token());
  if (!after.ok()) return after.status();
  if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;
  const auto queues = roster_.ListQueues(*workspace);
  if (!queues.ok()) return queues.status();
  v1::ListQueuesResponse response;
  const std::string next = Paginate(
      *queues, *page_size, *after,
      [](const store::QueueState& state) { return state.settings.id.str(); },
      [&](const store::QueueState& state) {
        v1::Queue& queue = *response.add_queues();
        queue = ToProto(*workspace, state);
        return queue.ByteSizeLong();
      });
  if (!next.empty()) response.set_next_page_token(MakePageToken(sealer_, context, next));
  return response;
}

absl::StatusOr<v1::Queue> RosterService::ChangeQueue(const v1::UpdateQueueRequest& request) {
  const auto name = ParseQueue("queue.name", request.queue().name());
  if (!name.ok()) return name.status();
  const auto expected = ParseEtag("queue.etag", request.queue().etag(), -1);
  if (!expected.ok()) return expected.status();
  absl::Status last;
  for (int round = 0; round < kChangeRoundsMax; ++round) {
    auto state = FindQueue(*name);
    if (!state.ok()) return state.status();
    const auto merged = Masked(state->settings, request.queue(), request.update_mask());
    if (!merged.ok()) return merged.status();
    const auto stored = roster_.PutQueue(name->workspace, *merged,
                                         *expected >= 0 ? *expected : state->settings.revision);
    if (stored.ok()) {
      if (!stored->paused) drainer_.QueueFreed(name->workspace, name->queue);
      state->settings = *stored;
      return ToProto(name->workspace, *state);
    }
    last = stored.status();
    if (!absl::IsAborted(last) || *expected >= 0) break;
  }
  return last;
}

}  // namespace baton::dispatch
