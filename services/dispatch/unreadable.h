// A list goes on without the lead that cannot be read, and whoever takes the next waiting one gets
// the one behind it; whoever asks for that one gets the error.
#ifndef BATON_DISPATCH_UNREADABLE_H_
#define BATON_DISPATCH_UNREADABLE_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/lead.h"
#include "platform/log.h"

namespace baton::dispatch {

// `reason` names the lead.
inline void TellUnreadable(std::string reason) {
  platform::LogError("dispatch.state_unreadable", {{"reason", std::move(reason)}});
}

// True for an error, which is logged.
inline bool IsUnreadable(const absl::StatusOr<core::LeadRecord>& record) {
  if (record.ok()) return false;
  TellUnreadable(std::string(record.status().message()));
  return true;
}

}  // namespace baton::dispatch

#endif  // BATON_DISPATCH_UNREADABLE_H_
