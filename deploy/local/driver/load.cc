#include "demo/load.h"

#include <poll.h>
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace baton::demo {
namespace {

constexpr int kTellEveryMs = 200;

// Waits for the next turn; false when standard input has ended.
bool InputIsOpen() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (poll(&input, 1, kTellEveryMs) <= 0) return true;
  char byte = 0;
  return read(STDIN_FILENO, &byte, 1) > 0;
}

void Tell(const Publisher& publisher, const Reps& reps) {
  std::vector<std::string> failures = reps.Failures();
  if (!publisher.failure().empty()) failures.push_back("publishing: " + publisher.failure());
  const nlohmann::ordered_json line = {{"published", publisher.acknowledged()},
                                       {"total", publisher.total()},
                                       {"done", publisher.done()},
                                       {"failures", failures}};
  std::cout << line.dump() << std::endl;
}

}  // namespace

absl::Status RunLoad(Publisher& publisher, Reps& reps) {
  if (absl::Status status = reps.Enlist(); !status.ok()) return status;
  reps.Start();
  if (absl::Status status = publisher.Start(); !status.ok()) return status;
  while (InputIsOpen()) Tell(publisher, reps);
  publisher.Stop();
  reps.Stop();
  Tell(publisher, reps);
  return absl::OkStatus();
}

}  // namespace baton::demo
