// Readiness of the store and the topics: asks now and then whether anything is set so that data
// would be lost, and tells the rest of the process through Ready().
#ifndef BATON_BATON_STORE_WATCH_H_
#define BATON_BATON_STORE_WATCH_H_

#include "platform/service.h"
#include "platform/worker.h"
#include "store/pipe_store.h"

namespace baton {

// Asks every 30 s while all is well, every second otherwise.
class StoreWatch : public platform::Service {
 public:
  explicit StoreWatch(store::StoreHealth& health);
  ~StoreWatch() override;
  std::string_view name() const override { return "store"; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  absl::Status Ready() const override { return ready_.Get(); }

 private:
  void Watch();

  store::StoreHealth& health_;
  platform::ReadyState ready_;
  platform::Worker worker_;  // last: its thread uses all of the above
};

}  // namespace baton

#endif  // BATON_BATON_STORE_WATCH_H_
