#include "dispatch/bulk_reassigner.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "core/errors.h"
#include "core/lifecycle.h"
#include "core/text.h"
#include "dispatch/action_mapping.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/resource_names.h"

namespace baton::dispatch {
namespace {

namespace v1 = ::baton::v1;

absl::StatusOr<size_t> LeadsIn(int32_t max_leads) {
  if (max_leads == 0) return BulkReassigner::kLeadsDefault;
  if (max_leads < 0 || max_leads > BulkReassigner::kLeadsMax) {
    return core::FieldError("max_leads", absl::StrCat("must be 1 to ", BulkReassigner::kLeadsMax));
  }
  return static_cast<size_t>(max_leads);
}

// The same wish for one lead.
v1::ReassignLeadRequest ForLead(const v1::ReassignLeadsRequest& request,
                                const core::LeadRecord& record) {
  v1::ReassignLeadRequest one;
  one.set_name(FormatAssignment(record.key, record.generation));
  one.set_reason(request.reason());
  one.set_queue(request.queue());
  one.set_note(request.note());
  one.set_rep(request.successor());
  return one;
}

void Add(const core::LeadRecord& record, v1::Reassignment& reassignment) {
  reassignment.add_leads(FormatLead(record.key));
  ++(*reassignment.mutable_stages())[std::string(core::StageName(record.stage))];
}

// The lead went its own way between the look and the act.
bool MovedOn(const absl::Status& status) {
  return core::ErrorReason(status) == "STALE_GENERATION" ||
         core::ErrorReason(status) == "WRONG_STAGE";
}

}  // namespace

absl::StatusOr<v1::Reassignment> BulkReassigner::Run(const v1::ReassignLeadsRequest& request,
                                                     const std::string& actor) {
  const auto name = ParseRep("name", request.name());
  if (!name.ok()) return name.status();
  const auto max = LeadsIn(request.max_leads());
  if (!max.ok()) return max.status();
  const auto state = roster_.GetRep(name->workspace, name->rep);
  if (!state.ok()) return state.status();
  if (absl::Status status = CheckSuccessor(*name, request.successor()); !status.ok()) {
    return status;
  }
  std::vector<core::LeadId> open = state->open;
  open.resize(std::min(open.size(), *max));
  const auto records = Owned(name->workspace, name->rep, open);
  if (!records.ok()) return records.status();

  v1::Reassignment reassignment;
  std::vector<PendingAction> actions;
  for (const core::LeadRecord& record : *records) {
    auto named = ToAction(ForLead(request, record));
    if (!named.ok()) return named.status();
    named->action.actor = actor;
    actions.push_back({std::move(named->key), std::move(named->action), [] { return false; }, {}});
  }
  if (request.validate_only()) {
    for (const core::LeadRecord& record : *records) Add(record, reassignment);
    reassignment.set_remaining_leads(ToInt32(static_cast<int64_t>(state->open.size())));
    return reassignment;
  }
  const std::vector<absl::Status> answers = Carry(std::move(actions));
  absl::Status failed;
  for (size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].ok()) {
      Add((*records)[i], reassignment);
    } else if (!MovedOn(answers[i])) {
      failed.Update(answers[i]);
    }
  }
  if (!failed.ok() && reassignment.leads().empty()) return failed;
  const auto after = roster_.GetRep(name->workspace, name->rep);
  if (!after.ok()) return after.status();
  reassignment.set_remaining_leads(ToInt32(static_cast<int64_t>(after->open.size())));
  return reassignment;
}

absl::Status BulkReassigner::CheckSuccessor(const RepName& rep, const std::string& text) {
  if (text.empty()) return absl::OkStatus();
  const auto successor = ParseRep("successor", text);
  if (!successor.ok()) return successor.status();
  if (successor->workspace != rep.workspace || successor->rep == rep.rep) {
    return core::FieldError("successor", "must be another rep of the same workspace");
  }
  const absl::Status found = roster_.GetRep(successor->workspace, successor->rep).status();
  if (!absl::IsNotFound(found)) return found;
  return core::FieldError("successor", absl::StrCat("there is no rep ", successor->rep.str()));
}

absl::StatusOr<std::vector<core::LeadRecord>> BulkReassigner::Owned(
    const core::WorkspaceId& workspace, const core::RepId& rep,
    const std::vector<core::LeadId>& open) {
  std::vector<core::LeadKey> keys;
  for (const core::LeadId& lead : open) keys.push_back({workspace, lead});
  std::vector<core::LeadRecord> owned;
  if (keys.empty()) return owned;
  auto loaded = leads_.Load(keys);
  if (!loaded.ok()) return loaded.status();
  for (absl::StatusOr<core::LeadRecord>& record : loaded->records) {
    if (!record.ok()) return record.status();
    if (record->rep == rep && core::IsOwned(record->stage)) owned.push_back(*std::move(record));
  }
  return owned;
}

std::vector<absl::Status> BulkReassigner::Carry(std::vector<PendingAction> actions) {
  std::vector<absl::Status> answers(actions.size());
  absl::BlockingCounter left(static_cast<int>(actions.size()));
  for (size_t i = 0; i < actions.size(); ++i) {
    actions[i].done = [&answers, &left, i](const absl::StatusOr<ActionAnswer>& answer) {
      answers[i] = answer.status();
      left.DecrementCount();
    };
    if (absl::Status status = batcher_.Submit(std::move(actions[i])); !status.ok()) {
      answers[i] = status;
      left.DecrementCount();
    }
  }
  left.Wait();
  return answers;
}

}  // namespace baton::dispatch
