#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "batonctl/app.h"
#include "batonctl/grpc_server.h"
#include "batonctl/interrupt.h"

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

std::optional<std::string> Ask(const std::string& question) {
  if (isatty(STDIN_FILENO) != 1) return std::nullopt;
  std::cerr << question << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  // Errors are told once, in batonctl's words; whoever sets the variable sees gRPC's too.
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);
  return baton::batonctl::Run(
      {argv + 1, argv + argc},
      {std::cout, std::cerr, WantsColour(), baton::batonctl::ConnectGrpc,
       baton::platform::kafka::ListTopics, baton::platform::kafka::CreateTopic, NewId, absl::Now,
       baton::batonctl::SleepUnlessInterrupted, baton::verify::Verify,
       baton::batonctl::CatchInterrupts, baton::batonctl::Interrupted, Ask,
       [](const baton::platform::kafka::KafkaConfig& config) {
         return baton::platform::kafka::Producer::Create(config, {});
       }});
}
