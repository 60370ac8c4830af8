// SubmitLeadEvents: checks events, publishes them, waits for the broker or for the decision.
#ifndef BATON_DISPATCH_EVENT_SUBMITTER_H_
#define BATON_DISPATCH_EVENT_SUBMITTER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "baton/v1/lead_service.pb.h"
#include "dispatch/call_runner.h"
#include "dispatch/decision_waiter.h"
#include "dispatch/event_publisher.h"
#include "store/workspace_store.h"

namespace baton::dispatch {

// Thread-safe.
class EventSubmitter {
 public:
  using Request = ::baton::v1::SubmitLeadEventsRequest;
  using Response = ::baton::v1::SubmitLeadEventsResponse;

  EventSubmitter(store::WorkspaceStore& workspaces, EventPublisher& publisher,
                 DecisionWaiter& waiter, std::string topic);

  // Blocks on the store while it checks the workspace; the answer comes later on another thread.
  // All that is wrong with the events is said at once, by the rules of the event decoder. They
  // belong to the trace of the call.
  void Submit(const Request& request, const Reply<Response>& reply);

 private:
  struct Submission;
  absl::StatusOr<std::shared_ptr<Submission>> Check(const Request& request,
                                                    const std::string& traceparent);
  void Publish(const std::shared_ptr<Submission>& submission);
  void OnAllPublished(const std::shared_ptr<Submission>& submission);

  store::WorkspaceStore& workspaces_;
  EventPublisher& publisher_;
  DecisionWaiter& waiter_;
  const std::string topic_;
};

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_EVENT_SUBMITTER_H_
