#include "intake/marketing_handler.h"

#include <utility>

namespace baton::intake {

MarketingHandler::MarketingHandler(const IntakePorts& ports, WorkspaceFilter filter,
                                   IntakeMetrics& metrics, size_t slice_leads)
    : filter_(std::move(filter)),
      accounts_(ports.accounts, metrics),
      leads_(ports.leads, ports.accounts, ports.roster, ports.policies, metrics, slice_leads) {}

InputBatch MarketingHandler::MakeBatch(std::vector<platform::kafka::Record> records,
                                       const std::string& input) {
  return intake::MakeBatch(std::move(records), input, filter_);
}

absl::Status MarketingHandler::Apply(InputBatch& batch, int64_t epoch) {
  if (absl::Status status = accounts_.Apply(batch, epoch); !status.ok()) return status;
  return leads_.Apply(batch, epoch);
}

}  // namespace baton::intake
