// When a delivery that failed is tried again. Pure.
#ifndef BATON_WEBHOOKS_RETRY_H_
#define BATON_WEBHOOKS_RETRY_H_

#include <algorithm>
#include <cmath>

#include "absl/time/time.h"

namespace baton::webhooks {

struct RetrySettings {
  absl::Duration first = absl::Seconds(5);  // with the defaults 5 s, 20 s, 80 s, 5 min, 21 min, 1 h
  absl::Duration most = absl::Hours(1);
};

// The wait behind the `attempts`th failure in a row (>= 1): four times that before it, up to
// settings.most, then shortened or lengthened by up to a tenth as `chance`, 0 to 1, says, so that
// what failed together is not tried together.
inline absl::Duration RetryDelay(const RetrySettings& settings, int attempts, double chance) {
  const double growth = std::pow(4.0, std::min(attempts - 1, 20));
  const absl::Duration delay = std::min(settings.first * growth, settings.most);
  return delay * (0.9 + 0.2 * chance);
}

}  // namespace baton::webhooks

#endif  // BATON_WEBHOOKS_RETRY_H_
