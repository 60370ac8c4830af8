// The webhooks of all workspaces, kept in step with the store. Not thread-safe.
#ifndef BATON_WEBHOOKS_DIRECTORY_H_
#define BATON_WEBHOOKS_DIRECTORY_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "webhooks/endpoint.h"

namespace baton::webhooks {

class Directory {
 public:
  using OfWorkspace = std::map<std::string, Endpoint, std::less<>>;  // by id

  // What is pending for all webhooks together takes at most `bytes_max`, but for what each queue
  // may hold of its own (kQueueBytesOwn).
  Directory(store::WebhookStore& store, const QueueLimits& limits,
            size_t bytes_max = kDeliveryBytesMax)
      : store_(store), limits_(limits), budget_(bytes_max) {}

  // Looks what has changed: one round trip, and one or two more for each workspace whose webhooks
  // did. A workspace that cannot be read (STATE_UNREADABLE) is logged and left out. After any other
  // error the rest is looked at the next time.
  absl::Status Refresh();

  // nullptr: none.
  OfWorkspace* Find(std::string_view workspace);
  Endpoint* Find(const store::WebhookKey& key);
  void ForEach(const std::function<void(Endpoint&)>& each);

  // Nothing is to be sent, whatever happens.
  bool idle();

 private:
  absl::Status Read(const core::WorkspaceId& workspace);

  store::WebhookStore& store_;
  const QueueLimits limits_;
  ByteBudget budget_;  // outlives the endpoints
  std::map<core::WorkspaceId, int64_t> versions_;
  std::map<std::string, OfWorkspace, std::less<>> workspaces_;
};

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_DIRECTORY_H_
