// Every field of what a store gives back, as text: "field=value" pairs in a fixed order. Equal
// texts mean equal values, and a difference can be read. Ordered containers keep their order.
#ifndef BATON_SUPPORT_DESCRIBE_H_
#define BATON_SUPPORT_DESCRIBE_H_

#include <string>

#include "store/store.h"

namespace baton::support {

std::string Describe(const core::Facts& facts);
std::string Describe(const core::Judgment& judgment);
std::string Describe(const core::LeadRecord& record);
std::string Describe(const core::AssignmentDecision& decision);
std::string Describe(const core::PastDecisions& past);
std::string Describe(const core::Change& change);
std::string Describe(const core::Rep& rep);
std::string Describe(const core::QueueSettings& settings);
std::string Describe(const store::RepState& rep);
std::string Describe(const store::QueueState& queue);
std::string Describe(const store::WaitingOutlook& outlook);
std::string Describe(const store::JourneyEntry& entry);
std::string Describe(const store::CommitResult& result);
std::string Describe(const store::OutboxEntry& entry);
std::string Describe(const store::OutboxBounds& bounds);
std::string Describe(const store::Workspace& workspace);
std::string Describe(const store::PolicyDocument& document);
// All but the fingerprint, which each store makes in its own way.
std::string Describe(const store::PolicyRevision& revision);
// All but the fingerprint.
std::string Describe(const store::ShadowRun& run);
std::string Describe(const core::ShadowDifference& difference);
std::string Describe(const store::InputCounters& counters);

}  // namespace baton::support

#endif  // BATON_SUPPORT_DESCRIBE_H_
