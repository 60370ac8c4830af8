#include "intake/sales_handler.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "core/erasure.h"
#include "core/errors.h"
#include "core/text.h"
#include "events/sales_actions.h"
#include "platform/log.h"
#include "platform/trace_context.h"

namespace baton::intake {
namespace {

constexpr int kIdleRoundsMax = 8;         // in a row, in which every lead was contended
constexpr size_t kReasonBytesMax = 2048;  // of a letter: a policy may have many valid codes

events::DeadLetterClass ClassOf(const absl::Status& refusal) {
  switch (refusal.code()) {
    case absl::StatusCode::kNotFound:
      return events::DeadLetterClass::kUnknownLead;
    case absl::StatusCode::kAborted:
      return events::DeadLetterClass::kStale;
    case absl::StatusCode::kFailedPrecondition:
      return events::DeadLetterClass::kWrongStage;
    default:
      return core::ErrorReason(refusal) == "MISSING_FIELD" ? events::DeadLetterClass::kMissingField
                                                           : events::DeadLetterClass::kBadValue;
  }
}

// Where the event says it: attributes have names of their own, all else is data.
std::string FieldOf(const absl::Status& refusal) {
  const std::string field = core::ErrorVariables(refusal)["field"];
  if (field.empty()) return absl::IsNotFound(refusal) ? "subject" : "";
  if (field == "id" || field == "time") return field;
  const events::SalesField* const known = events::FindSalesField(field);
  return absl::StrCat("data.", known == nullptr ? field : std::string(known->name));
}

events::DeadLetter LetterOf(const absl::Status& refusal) {
  return {ClassOf(refusal), FieldOf(refusal),
          core::Shortened(absl::StrCat(absl::StatusCodeToString(refusal.code()), " ",
                                       core::ErrorReason(refusal), ": ", refusal.message()),
                          kReasonBytesMax)};
}

void RefuseFront(const events::DeadLetter& letter, SalesWork& work, InputBatch& batch) {
  work.behind = work.items.front().record;
  RefuseSales(work.items.front().record, letter, batch);
  work.items.pop_front();
}

void RefuseAll(const events::DeadLetter& letter, SalesWork& work, InputBatch& batch) {
  while (!work.items.empty()) RefuseFront(letter, work, batch);
}

void RefuseUnreadable(const absl::Status& problem, SalesWork& work, InputBatch& batch) {
  const std::string reason(problem.message());
  const platform::TraceScope scope(work.items.back().event.traceparent);
  platform::LogError("intake.state_unreadable", {{"workspace", work.key.workspace.str()},
                                                 {"lead", work.key.lead.str()},
                                                 {"records", absl::StrCat(work.items.size())},
                                                 {"reason", reason}});
  RefuseAll({events::DeadLetterClass::kStateUnreadable, "subject", reason}, work, batch);
}

void Finish(SalesFate fate, SalesWork& work, InputBatch& batch) {
  SetFate(work.items.front().record, fate, batch);
  work.items.pop_front();
}

}  // namespace

SalesHandler::SalesHandler(const IntakePorts& ports, DecodeSales decode, WorkspaceFilter filter,
                           IntakeMetrics& metrics)
    : ports_(ports),
      decode_(std::move(decode)),
      filter_(std::move(filter)),
      metrics_(metrics),
      to_drain_(ports.roster) {}

InputBatch SalesHandler::MakeBatch(std::vector<platform::kafka::Record> records,
                                   const std::string& input) {
  return MakeSalesBatch(std::move(records), input, decode_, filter_);
}

absl::Status SalesHandler::Apply(InputBatch& batch, int64_t epoch) {
  for (int idle = 0; !batch.sales.empty() && idle < kIdleRoundsMax;) {
    bool moved = false;
    absl::Status status = ApplyOnce(batch, epoch, moved);
    std::erase_if(batch.sales, [&batch](SalesWork& work) {
      if (!work.waits) return work.items.empty();
      work.waits = false;
      batch.delayed_sales.push_back(std::move(work));
      return true;
    });
    to_drain_.Drain();
    if (!status.ok()) return status;
    idle = moved ? 0 : idle + 1;
  }
  if (batch.sales.empty()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(batch.sales.size(), " leads changed while events of sales were decided"));
}

absl::Status SalesHandler::ApplyOnce(InputBatch& batch, int64_t epoch, bool& moved) {
  times_.begun = absl::Now();
  std::vector<core::LeadKey> keys;
  for (const SalesWork& work : batch.sales) keys.push_back(work.key);
  const auto loaded = ports_.leads.Load(keys);
  if (!loaded.ok()) return loaded.status();
  if (loaded->epoch != epoch) return absl::AbortedError("the store is another incarnation");
  const auto policies = PoliciesOf(batch.sales, ports_.policies);
  if (!policies.ok()) return policies.status();

  const auto left = [&batch] {
    size_t items = 0;
    for (const SalesWork& work : batch.sales) items += work.items.size();
    return items;
  };
  const size_t before = left();
  std::vector<Attempt> attempts;
  for (size_t i = 0; i < batch.sales.size(); ++i) {
    absl::Status status = Decide(i, *loaded, *policies, batch, attempts);
    if (!status.ok()) return status;
  }
  absl::Status status = Commit(std::move(attempts), loaded->now_ms, batch);
  moved = left() < before;
  return status;
}

absl::Status SalesHandler::Decide(size_t index, const store::LoadedLeads& loaded,
                                  const ActivePolicies& policies, InputBatch& batch,
                                  std::vector<Attempt>& attempts) {
  SalesWork& work = batch.sales[index];
  const absl::StatusOr<agreement::ActivePolicy>& active = policies.at(work.key.workspace);
  const absl::StatusOr<core::LeadRecord>& record = loaded.records[index];
  if (active.ok() && !active->workspace_exists) {
    RefuseAll(UnknownWorkspace(), work, batch);
    return absl::OkStatus();
  }
  if (!active.ok() || !record.ok()) {
    RefuseUnreadable(active.ok() ? record.status() : active.status(), work, batch);
    return absl::OkStatus();
  }
  const core::SalesEvent& event = work.items.front().event;
  if (core::IsOfErased(event, *record)) {
    Finish(SalesFate::kIgnored, work, batch);  // nothing of the person goes to the dead letters
    return absl::OkStatus();
  }
  auto decision = core::DecideSalesEvent(*record, event, active->policy.get(), loaded.times[index]);
  if (!decision.ok()) {
    if (event.implied && absl::IsFailedPrecondition(decision.status())) {
      Finish(SalesFate::kIgnored, work, batch);
    } else {
      RefuseFront(LetterOf(decision.status()), work, batch);
    }
    return absl::OkStatus();
  }
  if (const auto* seen = std::get_if<core::SeenSalesEvent>(&*decision)) {
    Finish(seen->same_record ? SalesFate::kApplied : SalesFate::kDuplicate, work, batch);
    return absl::OkStatus();
  }
  if (absl::Status target = CheckTarget(event); !target.ok()) {
    if (!absl::IsInvalidArgument(target)) return target;
    RefuseFront(LetterOf(target), work, batch);
    return absl::OkStatus();
  }
  if (work.behind.has_value()) {
    work.waits = true;
    return absl::OkStatus();
  }
  attempts.push_back({index, record->rep, std::get<core::Plan>(*std::move(decision))});
  return absl::OkStatus();
}

absl::Status SalesHandler::CheckTarget(const core::SalesEvent& event) {
  const core::RepId& to = event.action.to;
  if (to.empty()) return absl::OkStatus();
  const absl::Status found = ports_.roster.GetRep(event.key.workspace, to).status();
  if (!absl::IsNotFound(found)) return found;
  return core::FieldError("to", absl::StrCat("there is no rep ", to.str()));
}

absl::Status SalesHandler::Commit(std::vector<Attempt> attempts, core::TimeMs now_ms,
                                  InputBatch& batch) {
  if (attempts.empty()) return absl::OkStatus();
  std::vector<core::Plan> plans;
  for (Attempt& attempt : attempts) plans.push_back(std::move(attempt.plan));
  times_.decided = absl::Now();
  const auto results = ports_.leads.Commit(plans);
  if (!results.ok()) return results.status();
  times_.committed = absl::Now();
  absl::Status status;
  for (size_t i = 0; i < attempts.size(); ++i) {
    status.Update(TakeResult(attempts[i], (*results)[i], now_ms, batch));
  }
  return status;
}

absl::Status SalesHandler::TakeResult(const Attempt& attempt, const store::CommitResult& result,
                                      core::TimeMs now_ms, InputBatch& batch) {
  SalesWork& work = batch.sales[attempt.work];
  switch (result.code) {
    case store::CommitCode::kCommitted: {
      to_drain_.Note(attempt.owner, result);
      const core::TimeMs read_ms = batch.records[work.items.front().record].timestamp_ms;
      metrics_.decision_seconds.Observe(
          static_cast<double>(std::max<core::DurationMs>(now_ms - read_ms, 0)) / core::kSecondMs);
      const SalesWork::Item& item = work.items.front();
      EmitEventSpans(batch, item.record, item.event.traceparent, work.key, times_);
      Finish(SalesFate::kApplied, work, batch);
      return absl::OkStatus();
    }
    case store::CommitCode::kStaleRevision:
    case store::CommitCode::kStalePolicy:
      metrics_.retried_commits.Add();
      return absl::OkStatus();
    case store::CommitCode::kOutboxFull:
      return absl::ResourceExhaustedError(
          "an outbox is full because Kafka does not take what it holds");
    case store::CommitCode::kUnknownWorkspace:
      RefuseAll(UnknownWorkspace(), work, batch);
      return absl::OkStatus();
    case store::CommitCode::kUnreadable:
      RefuseUnreadable(result.problem, work, batch);
      return absl::OkStatus();
    case store::CommitCode::kNotDue:
    case store::CommitCode::kTooManyLeads:
      break;
  }
  return absl::InternalError(absl::StrCat("the store refused an event of sales with code ",
                                          static_cast<int>(result.code)));
}

}  // namespace baton::intake
