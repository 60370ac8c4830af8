// The events of sales: each is decided as if the rep had called, and committed before the lead's
// next one. What the lead does not allow is refused with the reason that the call would have got.
//
// Each round trip takes one event of every lead that still has some: one to load all leads, one for
// the policies, one to commit. What somebody else changed meanwhile is decided again.
#ifndef BATON_INTAKE_SALES_HANDLER_H_
#define BATON_INTAKE_SALES_HANDLER_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "intake/active_policies.h"
#include "intake/batch_handler.h"
#include "intake/batch_spans.h"
#include "intake/intake_metrics.h"
#include "intake/intake_ports.h"
#include "intake/to_drain.h"

namespace baton::intake {

class SalesHandler final : public BatchHandler {
 public:
  SalesHandler(const IntakePorts& ports, DecodeSales decode, WorkspaceFilter filter,
               IntakeMetrics& metrics);

  InputBatch MakeBatch(std::vector<platform::kafka::Record> records,
                       const std::string& input) override;
  absl::Status Apply(InputBatch& batch, int64_t epoch) override;

 private:
  // An event in a round, with the plan it led to.
  struct Attempt {
    size_t work = 0;    // index into InputBatch::sales
    core::RepId owner;  // before the event
    core::Plan plan;
  };

  // Sets `moved` if an event came to its end.
  absl::Status ApplyOnce(InputBatch& batch, int64_t epoch, bool& moved);
  absl::Status Decide(size_t work, const store::LoadedLeads& loaded, const ActivePolicies& policies,
                      InputBatch& batch, std::vector<Attempt>& attempts);
  // INVALID_ARGUMENT if the event reassigns to a rep that does not exist; or why the store does not
  // answer.
  absl::Status CheckTarget(const core::SalesEvent& event);
  absl::Status Commit(std::vector<Attempt> attempts, core::TimeMs now_ms, InputBatch& batch);
  absl::Status TakeResult(const Attempt& attempt, const store::CommitResult& result,
                          core::TimeMs now_ms, InputBatch& batch);

  const IntakePorts ports_;
  const DecodeSales decode_;
  const WorkspaceFilter filter_;
  IntakeMetrics& metrics_;
  RoundTimes times_;  // of the latest round
  ToDrain to_drain_;  // after the latest commits
};

}  // namespace baton::intake

#endif  // BATON_INTAKE_SALES_HANDLER_H_
