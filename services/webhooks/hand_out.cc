#include "webhooks/hand_out.h"

#include <optional>
#include <string>

#include "platform/log.h"
#include "webhooks/message.h"

namespace baton::webhooks {

void HandOut(Directory& directory, const platform::kafka::Record& record, bool Lane::*given) {
  Directory::OfWorkspace* endpoints = directory.Find(WorkspaceOf(record));
  if (endpoints == nullptr) return;
  std::optional<absl::StatusOr<Message>> message;
  for (auto& [id, endpoint] : *endpoints) {
    const auto lane = endpoint.lanes.find(record.partition);
    if (lane == endpoint.lanes.end() || !(lane->second.*given)) continue;
    if (!message.has_value()) message = MakeMessage(record);
    if (!message->ok()) {
      platform::LogWarning("webhooks.not_a_change",
                           {{"why", std::string(message->status().message())}});
      return;
    }
    if (!Wants(endpoint.webhook, **message)) continue;
    endpoint.Offer(lane->second, record.partition, record.offset, (*message)->delivery);
  }
}

}  // namespace baton::webhooks
