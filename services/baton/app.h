// The composition root: makes the store, the listeners and the roles that a configuration asks for,
// and runs them. Listeners with port 0 take a free one, so tests run the very same code.
#ifndef BATON_BATON_APP_H_
#define BATON_BATON_APP_H_

#include <memory>

#include "absl/status/status.h"
#include "baton/config.h"
#include "platform/signals.h"

namespace baton {

// One process. Belongs to one thread.
class App {
 public:
  explicit App(BatonConfig config);
  ~App();

  // Starts everything, waits for SIGTERM or SIGINT, drains and stops. The error says why it could
  // not start: a port taken, a store of another installation, a wrong Kafka setting.
  absl::Status Run(platform::StopSignals& signals);

 private:
  struct Parts;
  const BatonConfig config_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace baton

#endif  // BATON_BATON_APP_H_
