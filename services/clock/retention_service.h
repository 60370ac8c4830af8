// The part of the clock role that erases people whom no policy wants kept (retention_walk.h).
#ifndef BATON_CLOCK_RETENTION_SERVICE_H_
#define BATON_CLOCK_RETENTION_SERVICE_H_

#include "absl/time/time.h"
#include "clock/retention_walk.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/worker.h"

namespace baton::clock {

struct RetentionOptions {
  absl::Duration every = absl::Hours(1);           // between two walks; > 0
  absl::Duration pause = absl::Milliseconds(250);  // between two steps: other work goes first
};

class RetentionService : public platform::Service {
 public:
  // All outlive this.
  RetentionService(store::LeadStore& leads, store::WorkspaceStore& workspaces,
                   agreement::PolicyCache& policies, RetentionOptions options,
                   platform::Metrics& metrics);
  ~RetentionService() override;

  std::string_view name() const override { return "retention"; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  // A walk that is held up does not make the process unready: it is about days.
  absl::Status Ready() const override { return absl::OkStatus(); }

 private:
  void Run();
  absl::Duration Step();

  const RetentionOptions options_;
  RetentionWalk walk_;
  platform::Counter& looked_at_;
  platform::Counter& erased_;
  platform::Counter& errors_;
  platform::Worker worker_;  // last: its thread uses all of the above
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_RETENTION_SERVICE_H_
