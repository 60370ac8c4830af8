// Records of decisions in sentences. Pure functions; what strangers sent is in them as it came.
#ifndef BATON_BATONCTL_DECISION_TEXT_H_
#define BATON_BATONCTL_DECISION_TEXT_H_

#include <string>

#include "baton/v1/lead_service.pb.h"

namespace baton::batonctl {

// By which revision, when and how it was decided, from what; empty if nothing was recorded.
std::string RecordText(const v1::ExplainLeadResponse& explanation);

// What came of making a decision again. `lead`: its id.
std::string RecomputedText(const std::string& lead,
                           const v1::RecomputeDecisionResponse& recomputed);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_DECISION_TEXT_H_
