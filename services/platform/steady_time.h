// Time for deadlines and pauses: it goes on when somebody sets the machine's clock.
#ifndef BATON_PLATFORM_STEADY_TIME_H_
#define BATON_PLATFORM_STEADY_TIME_H_

#include <chrono>

#include "absl/time/time.h"

namespace baton::platform {

// Only for comparing with other values of SteadyNow: its beginning means nothing.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace baton::platform

#endif  // BATON_PLATFORM_STEADY_TIME_H_
