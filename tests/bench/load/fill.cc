#include <algorithm>
#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "load/commands.h"
#include "load/events.h"
#include "load/publisher.h"

namespace baton::bench {

int Fill(const FillOptions& options) {
  auto publisher = Publisher::Open(options.brokers, absl::Milliseconds(5));
  if (!publisher.ok()) {
    std::cerr << "fill: " << publisher.status() << "\n";
    return 1;
  }
  const absl::Time begin = absl::Now();
  for (int64_t from = 0; from < options.leads; from += options.interleaved) {
    const int64_t to = std::min<int64_t>(from + options.interleaved, options.leads);
    for (int step = 0; step < options.events_per_lead; ++step) {
      for (int64_t lead = from; lead < to; ++lead) {
        // Spread over the whole range.
        const bool qualifies = lead * 37 % 100 < options.qualified_percent;
        (*publisher)
            ->Send(step == 0 ? Captured(options.workspace, lead, qualifies)
                             : Later(options.workspace, lead, step));
      }
    }
  }
  if (absl::Status status = (*publisher)->Finish(); !status.ok()) {
    std::cerr << "fill: " << status << "\n";
    return 1;
  }
  const int64_t records = options.leads * options.events_per_lead;
  std::cout << absl::StrFormat(
                   R"({"records": %d, "per_second": %.0f})", records,
                   static_cast<double>(records) / absl::ToDoubleSeconds(absl::Now() - begin))
            << std::endl;
  return 0;
}

}  // namespace baton::bench
