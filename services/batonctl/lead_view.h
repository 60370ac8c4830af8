// Leads and assignments as tables and as an explanation in sentences. Pure functions.
#ifndef BATON_BATONCTL_LEAD_VIEW_H_
#define BATON_BATONCTL_LEAD_VIEW_H_

#include <string>
#include <vector>

#include "baton/v1/assignment_service.pb.h"
#include "baton/v1/lead_service.pb.h"
#include "batonctl/table.h"

namespace baton::batonctl {

Table LeadsTable(const std::vector<v1::Lead>& leads);
// One lead with all its fields, one a line.
Table LeadDetails(const v1::Lead& lead);
Table JourneyTable(const v1::GetLeadJourneyResponse& journey);
Table AssignmentsTable(const std::vector<v1::Assignment>& assignments);

// Text of strangers made fit for a terminal; its lines stay.
std::string PrintableLines(const std::string& text);

// Why it is (not) qualified with factors that sum to the scores, why this queue, why this rep and
// why not each other, why it waits.
std::string ExplainText(const v1::ExplainLeadResponse& explanation);

}  // namespace baton::batonctl

#endif  // BATON_BATONCTL_LEAD_VIEW_H_
