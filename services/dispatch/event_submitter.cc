#include "dispatch/event_submitter.h"

#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "core/errors.h"
#include "core/facts.h"
#include "core/text.h"
#include "dispatch/event_batch.h"
#include "dispatch/proto_mapping.h"
#include "dispatch/require_workspace.h"
#include "dispatch/resource_names.h"
#include "events/lead_event_codec.h"

namespace baton::dispatch {
namespace {

using platform::kafka::OutRecord;

// The record as intake would read it, so that both hold it to the same rules.
events::Decoded Decode(const OutRecord& out, core::TimeMs now_ms) {
  platform::kafka::Record record;
  record.topic = out.topic;
  record.timestamp_ms = now_ms;
  record.has_key = record.has_value = true;
  record.key = out.key;
  record.value = out.value;
  record.headers = out.headers;
  return events::DecodeLeadEvent(record);
}

absl::Status NotDecidedYet() {
  return core::Error(absl::StatusCode::kDeadlineExceeded, "NOT_DECIDED_YET",
                     "the events were accepted but the leads are not decided yet; read them later");
}

absl::Status BrokerFailure(const absl::Status& status) {
  if (absl::IsResourceExhausted(status)) return Overloaded("events for the broker");
  return core::WithRetryAfter(
      core::Error(absl::StatusCode::kUnavailable, "BROKER_UNAVAILABLE",
                  absl::StrCat("the broker did not take the events: ", status.message(),
                               "; submitting them again with the same ids is safe")),
      absl::Seconds(1));
}

}  // namespace

struct EventSubmitter::Submission {
  std::vector<OutRecord> records;
  std::vector<AwaitedLead> leads;  // in the order of their first event
  bool wait_for_decision = false;
  std::shared_ptr<const Reply<Response>> reply;

  absl::Mutex mutex;
  size_t unanswered ABSL_GUARDED_BY(mutex) = 0;
  absl::Status failure ABSL_GUARDED_BY(mutex);
};

EventSubmitter::EventSubmitter(store::WorkspaceStore& workspaces, EventPublisher& publisher,
                               DecisionWaiter& waiter, std::string topic)
    : workspaces_(workspaces), publisher_(publisher), waiter_(waiter), topic_(std::move(topic)) {}

void EventSubmitter::Submit(const Request& request, const Reply<Response>& reply) {
  auto submission = Check(request, reply.call()->traceparent());
  if (!submission.ok()) return reply(submission.status());
  if (request.validate_only()) return reply(Response());
  (*submission)->reply = std::make_shared<const Reply<Response>>(reply);
  reply.call()->SetAnswerAtDeadline(ToGrpcStatus(
      NoAnswerInTime("the broker", "submitting the events again with the same ids is safe")));
  Publish(*submission);
}

absl::StatusOr<std::shared_ptr<EventSubmitter::Submission>> EventSubmitter::Check(
    const Request& request, const std::string& traceparent) {
  const auto workspace = ParseWorkspace("parent", request.parent());
  if (!workspace.ok()) return workspace.status();
  if (request.events().empty()) return WrongNumberOfEvents();
  if (absl::Status known = RequireWorkspace(workspaces_, *workspace); !known.ok()) return known;

  auto submission = std::make_shared<Submission>();
  submission->wait_for_decision = request.wait_for_decision();
  const core::TimeMs now_ms = absl::ToUnixMillis(absl::Now());
  std::map<core::LeadId, size_t> places;
  Violations violations;
  for (int i = 0; i < request.events_size(); ++i) {
    const std::string field = absl::StrCat("events[", i, "]");
    auto event = FromProto(field, *workspace, request.events(i), now_ms);
    if (!event.ok()) {
      violations.Add(event.status());
      continue;
    }
    event->traceparent = traceparent;
    OutRecord record = events::EncodeLeadEvent(topic_, *event);
    const events::Decoded decoded = Decode(record, now_ms);
    if (const auto* letter = std::get_if<events::DeadLetter>(&decoded)) {
      violations.Add(letter->field.empty() ? field : absl::StrCat(field, ".", letter->field),
                     letter->reason);
      continue;
    }
    const auto [place, is_new] = places.emplace(event->key.lead, submission->leads.size());
    if (is_new) submission->leads.push_back({event->key, 0});
    submission->leads[place->second].last_event = core::EventFingerprint(event->source, event->id);
    submission->records.push_back(std::move(record));
  }
  if (!violations.empty()) return violations.status();
  return submission;
}

void EventSubmitter::Publish(const std::shared_ptr<Submission>& submission) {
  {
    absl::MutexLock lock(&submission->mutex);
    submission->unanswered = submission->records.size();
  }
  const auto answered = [this, submission](const absl::Status& status) {
    {
      absl::MutexLock lock(&submission->mutex);
      if (!status.ok()) submission->failure = status;
      if (--submission->unanswered > 0) return;
    }
    OnAllPublished(submission);
  };
  for (OutRecord& record : submission->records) {
    const absl::Status accepted = publisher_.Publish(std::move(record), answered);
    if (!accepted.ok()) answered(accepted);
  }
}

void EventSubmitter::OnAllPublished(const std::shared_ptr<Submission>& submission) {
  const Reply<Response> reply = *submission->reply;
  {
    absl::MutexLock lock(&submission->mutex);
    if (!submission->failure.ok()) return reply(BrokerFailure(submission->failure));
  }
  Response response;
  response.set_accepted_count(static_cast<int32_t>(submission->records.size()));
  if (!submission->wait_for_decision) return reply(std::move(response));
  reply.call()->SetAnswerAtDeadline(ToGrpcStatus(NotDecidedYet()));
  DecisionWait wait;
  wait.leads = submission->leads;
  wait.abandoned = [call = reply.call()] { return call->Abandoned(); };
  wait.done = [reply, response](const std::vector<core::LeadRecord>& records) {
    Response whole = response;
    for (const core::LeadRecord& record : records) *whole.add_leads() = ToProto(record);
    reply(std::move(whole));
  };
  if (absl::Status added = waiter_.Add(std::move(wait)); !added.ok()) reply(added);
}

}  // namespace baton::dispatch
