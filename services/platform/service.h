// What the composition root starts, watches and stops: a role or a listener.
#ifndef BATON_PLATFORM_SERVICE_H_
#define BATON_PLATFORM_SERVICE_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace baton::platform {

class Service {
 public:
  virtual ~Service() = default;
  virtual std::string_view name() const = 0;
  // Starts own threads and returns. An error means: cannot ever work as configured.
  virtual absl::Status Start() = 0;
  // Stops taking work, finishes what is begun within `grace`, joins own threads. Idempotent.
  virtual void Stop(absl::Duration grace) = 0;
  // OK when it can do its work now, otherwise the reason in one line. Thread-safe, never blocks.
  virtual absl::Status Ready() const = 0;
};

}  // namespace baton::platform

#endif  // BATON_PLATFORM_SERVICE_H_
