#include "dispatch/lead_service.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "agreement/policy_cache.h"
#include "core/errors.h"
#include "dispatch/event_batch.h"
#include "dispatch/explain.h"
#include "dispatch/pages.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/require_workspace.h"
#include "dispatch/resource_names.h"
#include "dispatch/unreadable.h"
#include "store/store_errors.h"

namespace baton::dispatch {
namespace {

constexpr int kTypesMax = 32;  // of a journey's filter
constexpr size_t kTypeBytesMax = 128;

// Where a journey's next page begins: an index among all entries ever, because the oldest ones may
// be dropped between two pages; and how many were dropped when it was made.
struct JourneyPlace {
  int64_t entry = 0;
  int64_t dropped = 0;
};

std::string ToText(const JourneyPlace& place) {
  return absl::StrCat(place.entry, ".", place.dropped);
}

JourneyPlace ParsePlace(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '.');
  JourneyPlace place;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &place.entry) ||
      !absl::SimpleAtoi(parts[1], &place.dropped)) {
    return {};
  }
  return place;
}

absl::Status CheckTypes(const v1::GetLeadJourneyRequest& request) {
  const bool short_ones =
      std::all_of(request.types().begin(), request.types().end(),
                  [](const std::string& type) { return type.size() <= kTypeBytesMax; });
  if (request.types_size() <= kTypesMax && short_ones) return absl::OkStatus();
  return core::FieldError("types", absl::StrCat("at most ", kTypesMax, " of at most ",
                                                kTypeBytesMax, " bytes are allowed"));
}

// The entry's type, or its first word, is one of those asked for.
bool IsWanted(const v1::GetLeadJourneyRequest& request, const std::string& type) {
  if (request.types().empty()) return true;
  const std::string word = type.substr(0, type.find(' '));
  return std::any_of(request.types().begin(), request.types().end(),
                     [&](const std::string& one) { return one == type || one == word; });
}

}  // namespace

LeadService::LeadService(store::Store& store, const CallRunner& runner, EventSubmitter& submitter,
                         LeadEraser& eraser, const TokenSealer& sealer)
    : store_(store), runner_(runner), submitter_(submitter), eraser_(eraser), sealer_(sealer) {}

::grpc::ServerUnaryReactor* LeadService::SubmitLeadEvents(::grpc::CallbackServerContext* context,
                                                          const ::grpc::ByteBuffer* request,
                                                          ::grpc::ByteBuffer* response) {
  using Request = v1::SubmitLeadEventsRequest;
  using Response = v1::SubmitLeadEventsResponse;
  const auto begin = [this](const Reply<Response>& reply, Request batch, const Caller&) {
    runner_.Submit(reply,
                   [this, reply, batch = std::move(batch)] { submitter_.Submit(batch, reply); });
  };
  return runner_.Start<Request, Response>(context, request, response, begin, ReadEventBatch);
}

::grpc::ServerUnaryReactor* LeadService::GetLead(::grpc::CallbackServerContext* context,
                                                 const ::grpc::ByteBuffer* request,
                                                 ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::GetLeadRequest& wanted,
                            const Caller& caller) -> absl::StatusOr<v1::GetLeadResponse> {
                       const auto record = Load(wanted.name(), caller);
                       if (!record.ok()) return record.status();
                       v1::GetLeadResponse answer;
                       *answer.mutable_lead() = ToProto(*record);
                       return answer;
                     });
}

::grpc::ServerUnaryReactor* LeadService::ListLeads(::grpc::CallbackServerContext* context,
                                                   const ::grpc::ByteBuffer* request,
                                                   ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ListLeadsRequest& wanted) { return List(wanted); });
}

::grpc::ServerUnaryReactor* LeadService::GetLeadJourney(::grpc::CallbackServerContext* context,
                                                        const ::grpc::ByteBuffer* request,
                                                        ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::GetLeadJourneyRequest& wanted, const Caller& caller) {
                       return Journey(wanted, caller);
                     });
}

::grpc::ServerUnaryReactor* LeadService::ExplainLead(::grpc::CallbackServerContext* context,
                                                     const ::grpc::ByteBuffer* request,
                                                     ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::ExplainLeadRequest& wanted, const Caller& caller) {
                       return ExplainOne(wanted, caller);
                     });
}

::grpc::ServerUnaryReactor* LeadService::RecomputeDecision(::grpc::CallbackServerContext* context,
                                                           const ::grpc::ByteBuffer* request,
                                                           ::grpc::ByteBuffer* response) {
  return runner_.Run(context, request, response,
                     [this](const v1::RecomputeDecisionRequest& wanted, const Caller& caller) {
                       return RecomputeOne(wanted, caller);
                     });
}

::grpc::ServerUnaryReactor* LeadService::EraseLead(::grpc::CallbackServerContext* context,
                                                   const ::grpc::ByteBuffer* request,
                                                   ::grpc::ByteBuffer* response) {
  return runner_.RunChange(context, request, response,
                           [this](const v1::EraseLeadRequest& wanted, const Caller& caller) {
                             return eraser_.Erase(wanted, caller);
                           });
}

absl::StatusOr<core::LeadRecord> LeadService::Load(absl::string_view name, const Caller& caller) {
  const auto key = ParseLead("name", name);
  if (!key.ok()) return key.status();
  auto loaded = store_.Load({&*key, 1});
  if (!loaded.ok()) return loaded.status();
  absl::StatusOr<core::LeadRecord>& record = loaded->records.front();
  // Whose a lead is that cannot be read, nobody knows: for a rep it is another's.
  const bool unknown = !caller.only_rep.empty() && IsUnreadable(record);
  const bool hidden = record.ok() && !caller.MayActFor(record->rep);
  const bool none = record.ok() && !core::Exists(*record);
  if (unknown || hidden || none) return store::LeadNotFound(*key);
  return std::move(record);
}

absl::StatusOr<v1::ListLeadsResponse> LeadService::List(const v1::ListLeadsRequest& request) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  std::optional<core::Stage> stage;
  if (request.stage() != v1::STAGE_UNSPECIFIED) {
    const auto wanted = FromProto("stage", request.stage());
    if (!wanted.ok()) return wanted.status();
    stage = *wanted;
  }
  const std::string context =
      absl::StrCat("ListLeads|", request.parent(), "|", static_cast<int>(request.stage()));
  const auto after = OpenPageToken(sealer_, context, request.page_token());
  if (!after.ok()) return after.status();
  if (absl::Status known = RequireWorkspace(store_, *workspace); !known.ok()) return known;

  const auto page = store_.ListLeads(*workspace, *after, *page_size);
  if (!page.ok()) return page.status();
  std::vector<core::LeadKey> keys;
  for (const core::LeadId& lead : page->leads) keys.push_back({*workspace, lead});
  const auto loaded = store_.Load(keys);
  if (!loaded.ok()) return loaded.status();

  v1::ListLeadsResponse response;
  std::string next_after = page->next_after;
  size_t bytes = 0;
  for (const absl::StatusOr<core::LeadRecord>& record : loaded->records) {
    if (IsUnreadable(record)) continue;
    const bool wanted = core::Exists(*record) && (!stage.has_value() || record->stage == *stage);
    if (!wanted) continue;
    v1::Lead lead = ToProto(*record);
    bytes += lead.ByteSizeLong();
    if (bytes > kPageBytesMax && !response.leads().empty()) {
      next_after = ParseLead("", response.leads().rbegin()->name())->lead.str();
      break;
    }
    *response.add_leads() = std::move(lead);
  }
  if (!next_after.empty()) {
    response.set_next_page_token(MakePageToken(sealer_, context, next_after));
  }
  return response;
}

absl::StatusOr<v1::GetLeadJourneyResponse> LeadService::Journey(
    const v1::GetLeadJourneyRequest& request, const Caller& caller) {
  const auto page_size = PageSize(request.page_size());
  if (!page_size.ok()) return page_size.status();
  if (absl::Status status = CheckTypes(request); !status.ok()) return status;
  const std::string context =
      absl::StrCat("GetLeadJourney|", request.name(), "|", absl::StrJoin(request.types(), "|"));
  const auto token = OpenPageToken(sealer_, context, request.page_token());
  if (!token.ok()) return token.status();
  const auto record = Load(request.name(), caller);
  if (!record.ok()) return record.status();

  const JourneyPlace place = ParsePlace(*token);
  auto page = store_.Journey(record->key, place.entry - place.dropped, *page_size);
  if (page.ok() && page->dropped != place.dropped && !token->empty()) {
    page = store_.Journey(record->key, place.entry - page->dropped, *page_size);
  }
  if (!page.ok()) return page.status();
  v1::GetLeadJourneyResponse response;
  for (const store::JourneyEntry& entry : page->entries) {
    if (!IsWanted(request, entry.type)) continue;
    *response.add_entries() = ToProto(record->key.workspace, entry);
  }
  response.set_dropped_count(ToInt32(page->dropped));
  if (page->next_index != 0) {
    response.set_next_page_token(
        MakePageToken(sealer_, context, ToText({page->next_index + page->dropped, page->dropped})));
  }
  return response;
}

absl::StatusOr<v1::ExplainLeadResponse> LeadService::ExplainOne(
    const v1::ExplainLeadRequest& request, const Caller& caller) {
  const auto record = Load(request.name(), caller);
  if (!record.ok()) return record.status();
  const auto past = store_.Decisions(record->key);
  if (!past.ok()) return past.status();
  const auto decisions = FindDecisions(*record, *past, request.generation());
  if (!decisions.ok()) return decisions.status();
  std::optional<store::WaitingOutlook> outlook;
  if (record->stage == core::Stage::kQueued) {
    auto found = store_.OutlookOf(record->key);
    if (!found.ok()) return found.status();
    if (found->waits) outlook = *std::move(found);
  }
  v1::ExplainLeadResponse response = Explain(*record, *decisions, outlook);
  for (const int64_t generation : GenerationsKept(*record, *past)) {
    response.add_generations(ToInt32(generation));
  }
  return response;
}

absl::StatusOr<v1::RecomputeDecisionResponse> LeadService::RecomputeOne(
    const v1::RecomputeDecisionRequest& request, const Caller& caller) {
  const auto record = Load(request.name(), caller);
  if (!record.ok()) return record.status();
  const auto past = store_.Decisions(record->key);
  if (!past.ok()) return past.status();
  const auto decisions = FindDecisions(*record, *past, request.generation());
  if (!decisions.ok()) return decisions.status();
  const core::WorkspaceId& workspace = record->key.workspace;
  if (!decisions->qualification.has_value()) return Recompute(workspace, *decisions, nullptr);
  const auto policy = agreement::PolicyAt(store_, store_, workspace,
                                          decisions->qualification->judgment.policy_revision);
  if (!policy.ok()) return policy.status();
  return Recompute(workspace, *decisions, policy->get());
}

}  // namespace baton::dispatch
