// baton: the roles intake, dispatch, clock and relay, or all of them in one process.
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "baton/app.h"
#include "baton/config.h"
#include "platform/config.h"
#include "platform/process.h"
#include "platform/signals.h"

int main(int argc, char** argv) {
  baton::platform::StopSignals signals;
  if (const absl::Status kept = baton::platform::KeepMemoryPrivate(); !kept.ok()) {
    std::cerr << "baton: " << kept.message() << "\n";
    return 1;
  }
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    std::cout << "baton " BATON_VERSION "\n";
    return 0;
  }
  baton::BatonConfig config;
  const auto loaded =
      baton::LoadConfig({argv + 1, argv + argc}, baton::platform::ProcessEnvironment(), &config);
  for (const std::string& error : loaded.errors) std::cerr << "baton: " << error << "\n";
  if (!loaded.errors.empty()) return 2;
  if (!loaded.print.empty()) {
    std::cout << loaded.print;
    return 0;
  }
  const absl::Status status = baton::App(config).Run(signals);
  if (!status.ok()) std::cerr << "baton: " << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
