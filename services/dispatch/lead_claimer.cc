#include "dispatch/lead_claimer.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/errors.h"
#include "dispatch/action_mapping.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"
#include "dispatch/unreadable.h"

namespace baton::dispatch {
namespace {

absl::StatusOr<store::Claim> ToClaim(const v1::ClaimNextLeadRequest& request) {
  const auto rep = ParseRep("rep", request.rep());
  if (!rep.ok()) return rep.status();
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return status;
  if (static_cast<size_t>(request.queues_size()) > core::kQueuesPerRepMax) {
    return core::FieldError("queues", absl::StrCat("at most ", core::kQueuesPerRepMax));
  }
  store::Claim claim;
  claim.workspace = rep->workspace;
  claim.rep = rep->rep;
  for (const std::string& name : request.queues()) {
    const auto queue = ParseQueue("queues", name);
    if (!queue.ok()) return queue.status();
    if (queue->workspace != claim.workspace) {
      return core::FieldError("queues", "must be of the rep's workspace");
    }
    claim.queues.push_back(queue->queue);
  }
  claim.request_id = request.request_id();
  if (!claim.request_id.empty()) claim.fingerprint = Fingerprint(request);
  return claim;
}

absl::Status NothingWaits(const store::Claim& claim) {
  return core::Error(absl::StatusCode::kNotFound, "NOTHING_WAITS",
                     absl::StrCat("nothing waits that rep ", claim.rep.str(), " may claim"),
                     {{"rep", claim.rep.str()}});
}

}  // namespace

absl::StatusOr<v1::ClaimNextLeadResponse> LeadClaimer::Claim(
    const v1::ClaimNextLeadRequest& request, const Caller& caller) {
  absl::StatusOr<store::Claim> claim = ToClaim(request);
  if (!claim.ok()) return claim.status();
  claim->actor = caller.actor();
  const absl::StatusOr<store::ClaimResult> claimed = roster_.ClaimNext(*claim);
  if (!claimed.ok()) return claimed.status();
  for (const core::LeadId& lead : claimed->unreadable) {
    TellUnreadable(absl::StrCat("lead ", claim->workspace.str(), "/", lead.str(),
                                " waits to be claimed and what is stored of it cannot be read"));
  }
  if (claimed->lead.empty()) return NothingWaits(*claim);
  const auto loaded = leads_.Load({{claim->workspace, claimed->lead}});
  if (!loaded.ok()) return loaded.status();
  if (!loaded->records[0].ok()) return loaded->records[0].status();
  core::LeadRecord record = *loaded->records[0];
  if (record.generation != claimed->generation || record.rep != claim->rep) {
    // A repeated request: the lead has moved on since; told is what was answered first.
    record.stage = core::Stage::kAccepted;
    record.rep = claim->rep;
    record.generation = claimed->generation;
  }
  v1::ClaimNextLeadResponse response;
  *response.mutable_assignment() = ToAssignment(record);
  return response;
}

}  // namespace baton::dispatch
