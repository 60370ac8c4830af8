#include "dispatch/lead_eraser.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/domain.h"
#include "core/errors.h"
#include "dispatch/action_mapping.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/require_workspace.h"
#include "dispatch/resource_names.h"
#include "store/drain.h"
#include "store/erase.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

constexpr size_t kEmailBytesMax = 320;
constexpr size_t kActorBytesMax = 80;  // of a change

// What is known of the lead while it is there. `journey`: entries.
v1::ErasedLead ErasedLeadOf(const store::ErasureResult& result, int64_t journey) {
  const core::LeadRecord& before = result.before;
  v1::ErasedLead lead;
  lead.set_name(FormatLead(before.key));
  if (result.erased_at_ms != 0) *lead.mutable_erase_time() = ToTimestamp(result.erased_at_ms);
  lead.set_version(ToInt32(result.version));
  lead.set_already_erased(result.fate == store::ErasureFate::kErasedBefore);
  if (lead.already_erased()) return lead;
  lead.set_stage(ToProto(before.stage));
  if (core::IsOwned(before.stage)) {
    lead.set_rep(FormatRep(before.key.workspace, before.rep));
  }
  lead.set_attribute_count(ToInt32(static_cast<int64_t>(before.facts.attributes.size())));
  lead.set_journey_entry_count(ToInt32(journey));
  lead.set_cycle_count(before.cycle);
  return lead;
}

// How many entries the journey of each lead has.
absl::StatusOr<std::vector<int64_t>> JourneysOf(store::LeadStore& leads,
                                                const std::vector<core::LeadKey>& keys) {
  std::vector<int64_t> sizes;
  for (const core::LeadKey& key : keys) {
    const auto page = leads.Journey(key, 0, store::kPageSizeMax);
    if (!page.ok()) return page.status();
    sizes.push_back(static_cast<int64_t>(page->entries.size()) + page->dropped);
  }
  return sizes;
}

}  // namespace

absl::StatusOr<std::vector<core::LeadKey>> LeadEraser::Find(const v1::EraseLeadRequest& request) {
  if (request.email().empty()) {
    const auto key = ParseLead("name", request.name());
    if (!key.ok()) return key.status();
    const auto loaded = leads_.Load({*key});
    if (!loaded.ok()) return loaded.status();
    const absl::StatusOr<core::LeadRecord>& record = loaded->records[0];
    if (record.ok() && record->revision == 0) return store::LeadNotFound(*key);
    return std::vector<core::LeadKey>{*key};
  }
  const auto workspace = ParseWorkspace("name", request.name());
  if (!workspace.ok()) return workspace.status();
  if (request.email().size() > kEmailBytesMax || core::NormalEmail(request.email()).empty()) {
    return core::FieldError("email", "is no e-mail address");
  }
  if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;
  const auto leads = leads_.LeadsWithEmail(*workspace, request.email(), kLeadsMax + 1);
  if (!leads.ok()) return leads.status();
  std::vector<core::LeadKey> keys;
  for (const core::LeadId& lead : *leads) keys.push_back({*workspace, lead});
  return keys;
}

absl::StatusOr<v1::EraseLeadResponse> LeadEraser::Erase(const v1::EraseLeadRequest& request,
                                                        const Caller& caller) {
  if (absl::Status named = RequireName(caller); !named.ok()) return named;
  if (absl::Status status = CheckRequestId(request.request_id()); !status.ok()) return status;
  auto keys = Find(request);
  if (!keys.ok()) return keys.status();
  v1::EraseLeadResponse response;
  response.set_more(keys->size() > static_cast<size_t>(kLeadsMax));
  if (response.more()) keys->resize(kLeadsMax);

  if (!keys->empty() && !request.validate_only()) {
    const absl::Status noted =
        leads_.NoteErasure(keys->front().workspace, request.request_id(), Fingerprint(request));
    if (!noted.ok()) return noted;
  }

  const auto journeys = JourneysOf(leads_, *keys);  // before they are gone
  if (!journeys.ok()) return journeys.status();
  store::ErasureOrder order;
  order.erasure.actor = caller.id().substr(0, kActorBytesMax);
  order.erasure.request_id = request.request_id();
  order.only_look = request.validate_only();
  const auto results = store::EraseLeads(leads_, *keys, order);
  if (!results.ok()) return results.status();
  absl::Status failed;
  for (size_t i = 0; i < results->size(); ++i) {
    const absl::StatusOr<store::ErasureResult>& result = (*results)[i];
    failed.Update(result.status());
    if (!result.ok()) continue;
    if (result->fate == store::ErasureFate::kUnknown) continue;
    const bool freed =
        result->fate == store::ErasureFate::kErased && core::IsOwned(result->before.stage);
    if (freed) drainer_.RepFreed(result->before.key.workspace, result->before.rep);
    *response.add_leads() = ErasedLeadOf(*result, (*journeys)[i]);
  }
  if (!failed.ok()) return failed;
  return response;
}

}  // namespace baton::dispatch
