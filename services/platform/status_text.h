// Statuses as people read them, in /readyz and in the log.
#ifndef BATON_PLATFORM_STATUS_TEXT_H_
#define BATON_PLATFORM_STATUS_TEXT_H_

#include <string>

#include "absl/status/status.h"

namespace baton::platform {

// "UNAVAILABLE: no answer", without what a status carries for programs.
inline std::string StatusText(const absl::Status& status) {
  return status.ToString(absl::StatusToStringMode::kWithNoExtraData);
}

}  // namespace baton::platform

#endif  // BATON_PLATFORM_STATUS_TEXT_H_
