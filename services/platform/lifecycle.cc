#include "platform/lifecycle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "platform/log.h"

namespace baton::platform {
namespace {

// The same error, naming whose it is. (Abseil of Debian 12 knows no std::string_view.)
absl::Status Named(std::string_view name, const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat(std::string(name), ": ", status.message()));
}

}  // namespace

void Lifecycle::Add(Service& service) {
  absl::MutexLock lock(&mutex_);
  services_.push_back(&service);
}

absl::Status Lifecycle::Start() {
  std::vector<Service*> services;
  {
    absl::MutexLock lock(&mutex_);
    services = services_;
  }
  for (Service* service : services) {
    if (absl::Status status = service->Start(); !status.ok()) {
      Stop();
      return Named(service->name(), status);
    }
    ++running_;
    LogInfo("service.started", {{"service", std::string(service->name())}});
  }
  return absl::OkStatus();
}

void Lifecycle::Stop() {
  std::vector<Service*> services;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    services = services_;
  }
  const absl::Time deadline = absl::Now() + grace_;
  while (running_ > 0) {
    Service* service = services[--running_];
    const absl::Time begin = absl::Now();
    service->Stop(std::max(deadline - begin, absl::ZeroDuration()));
    LogInfo("service.stopped", {{"service", std::string(service->name())},
                                {"took", absl::FormatDuration(absl::Now() - begin)}});
  }
}

absl::Status Lifecycle::Run(StopSignals& signals) {
  if (absl::Status status = Start(); !status.ok()) return status;
  const int signal = signals.Wait();
  LogInfo("process.stopping", {{"signal", absl::StrCat(signal)}});
  signals.ExitOnNext();
  Stop();
  return absl::OkStatus();
}

std::vector<ServiceState> Lifecycle::States() const {
  std::vector<Service*> services;
  bool stopping = false;
  {
    absl::MutexLock lock(&mutex_);
    services = services_;
    stopping = stopping_;
  }
  std::vector<ServiceState> states;
  if (stopping) states.push_back({"lifecycle", absl::UnavailableError("stopping")});
  for (const Service* service : services) {
    states.push_back({std::string(service->name()), service->Ready()});
  }
  return states;
}

absl::Status ReadyOf(const std::vector<ServiceState>& states) {
  for (const ServiceState& state : states) {
    if (!state.ready.ok()) return Named(state.name, state.ready);
  }
  return absl::OkStatus();
}

}  // namespace baton::platform
