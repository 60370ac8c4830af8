// The part of the clock role that keeps the hours of reps ahead of time (hours_renewal.h).
#ifndef BATON_CLOCK_HOURS_SERVICE_H_
#define BATON_CLOCK_HOURS_SERVICE_H_

#include <functional>
#include <string>

#include "clock/hours_renewal.h"
#include "platform/metrics.h"
#include "platform/service.h"
#include "platform/worker.h"

namespace baton::clock {

class HoursService : public platform::Service {
 public:
  HoursService(store::RosterStore& roster, store::WorkspaceStore& workspaces,
               agreement::PolicyCache& policies, std::function<core::TimeMs()> now,
               platform::Metrics& metrics);
  ~HoursService() override;

  std::string_view name() const override { return "hours"; }
  absl::Status Start() override;
  void Stop(absl::Duration grace) override;
  // A workspace whose hours cannot be renewed does not make the process unready: they last for
  // days.
  absl::Status Ready() const override { return absl::OkStatus(); }

 private:
  void Run();
  void Renew();

  HoursRenewal renewal_;
  platform::Counter& errors_;
  std::string told_;  // the latest reason that went into the log; empty: the latest run went well
  platform::Worker worker_;  // last: its thread uses all of the above
};

}  // namespace baton::clock

#endif  // BATON_CLOCK_HOURS_SERVICE_H_
