#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "batonctl/app.h"
#include "batonctl/grpc_server.h"

namespace {

std::string NewId() {
  absl::BitGen random;
  return absl::StrFormat("%016x%016x", absl::Uniform<uint64_t>(random),
                         absl::Uniform<uint64_t>(random));
}

// https://no-color.org: set and not empty.
bool WantsColour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return (no_colour == nullptr || *no_colour == '\0') && isatty(STDOUT_FILENO) == 1;
}

}  // namespace

int main(int argc, char** argv) {
  return baton::batonctl::Run(
      {argv + 1, argv + argc},
      {std::cout, std::cerr, WantsColour(), baton::batonctl::ConnectGrpc,
       baton::platform::kafka::ListTopics, baton::platform::kafka::CreateTopic, NewId, absl::Now,
       absl::SleepFor, baton::verify::Verify});
}
