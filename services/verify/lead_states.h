// The compacted state topic: the latest state of each lead. Not thread-safe.
#ifndef BATON_VERIFY_LEAD_STATES_H_
#define BATON_VERIFY_LEAD_STATES_H_

#include <string>

#include "absl/container/flat_hash_map.h"
#include "verify/change_history.h"
#include "verify/findings.h"
#include "verify/records.h"

namespace baton::verify {

class LeadStates {
 public:
  // In the order of each partition.
  void Add(const StateRecord& record);
  // Every lead of the store, once; `end`: where its feedback ended (version 0: unknown).
  void CheckLead(const StoredLead& lead, const LeadEnd& end);
  // After all leads.
  void Finish();

  const Findings& findings() const { return findings_; }

 private:
  absl::flat_hash_map<std::string, LeadEnd> latest_;
  Findings findings_;
};

}  // namespace baton::verify

#endif  // BATON_VERIFY_LEAD_STATES_H_
