// The events of marketing: accounts first, so that the leads of the batch see them (but for what is
// delayed of accounts).
#ifndef BATON_INTAKE_MARKETING_HANDLER_H_
#define BATON_INTAKE_MARKETING_HANDLER_H_

#include <cstddef>
#include <string>
#include <vector>

#include "intake/account_applier.h"
#include "intake/batch_handler.h"
#include "intake/intake_metrics.h"
#include "intake/intake_ports.h"
#include "intake/lead_applier.h"

namespace baton::intake {

class MarketingHandler final : public BatchHandler {
 public:
  MarketingHandler(const IntakePorts& ports, WorkspaceFilter filter, IntakeMetrics& metrics,
                   size_t slice_leads);

  InputBatch MakeBatch(std::vector<platform::kafka::Record> records,
                       const std::string& input) override;
  absl::Status Apply(InputBatch& batch, int64_t epoch) override;

 private:
  const WorkspaceFilter filter_;
  AccountApplier accounts_;
  LeadApplier leads_;
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_MARKETING_HANDLER_H_
