#include "report_page/definitions.h"

namespace baton::report_page {

const std::vector<Definition>& Definitions() {
  static const std::vector<Definition> definitions = {
      {"funnel", "reached",
       "Cycles that came to this stage. captured counts leads, mql those that qualified."},
      {"funnel", "went_on", "Of these, the cycles that came to the next stage too."},
      {"funnel", "rejected",
       "Of these, came no further and were rejected (captured: disqualified by the policy)."},
      {"funnel", "recycled", "Of these, came no further and went back to marketing."},
      {"funnel", "lost", "Of these, came no further and were lost."},
      {"funnel", "open", "Of these, came no further so far and are not over (won: all)."},
      {"funnel", "again", "MQLs of leads that had qualified before: cycle 2 and above."},
      {"funnel", "conversion",
       "Came to the second stage within the horizon, of those that came to the first. Pending: "
       "younger than the horizon and still open."},
      {"acceptance", "delivered", "Cycles that were offered to a rep, or given at once."},
      {"acceptance", "acceptance",
       "Accepted, of accepted, rejected before that for a reason that counts, recycled before "
       "that, or undecided too long. Pending: delivered and not decided yet."},
      {"acceptance", "decided",
       "Accepted, of accepted, rejected and recycled. Pending: the rest of the delivered."},
      {"acceptance", "no_response", "Undecided for longer than agreed, of the delivered."},
      {"sla", "compliance",
       "Clocks met in time, of those met, met late and broken. Pending: warned and running."},
      {"sla", "warned", "Clocks that came near to their end."},
      {"sla", "met", "Clocks met in time."},
      {"sla", "met_late", "Clocks met after their time was over."},
      {"sla", "broken", "Clocks whose time was over and that were never met."},
      {"speed", "system_delay",
       "From the signal to the first offer. Who was never offered waits until now."},
      {"speed", "time_to_accept",
       "From its offer to the first acceptance. Who is not accepted waits until now."},
      {"speed", "reoffer_delay",
       "From the first offer to the offer of the rep who touched the lead."},
      {"speed", "time_to_first_touch",
       "From the offer of the rep who touched to the first touch. Who is untouched waits until "
       "now."},
      {"speed", "speed_to_lead",
       "From the signal to the first touch. Who is untouched waits until now."},
      {"dispositions", "rejected", "Cycles that sales rejected for this reason."},
      {"dispositions", "recycled", "Cycles that sales gave back to marketing for this reason."},
      {"dispositions", "lost", "Cycles that were lost for this reason."},
      {"dispositions", "declined", "Offers that reps declined for this reason."},
      {"dispositions", "rerouted", "Offers that reps sent to another team for this reason."},
      {"dispositions", "marketing_fault",
       "Rejected for the quality of the lead or of its data, of the delivered."},
      {"feedback", "feedback_rate",
       "With an answer (rejected, recycled, SQL, SQO, won, lost), of those delivered long enough "
       "ago. Pending: delivered later."},
      {"recycling", "recycle_rate", "Went back to marketing, of the delivered."},
      {"recycling", "requalified",
       "Qualified again, of those that went back. Pending: still cooling down."},
      {"recycling", "reassigned", "Offered to two reps or more, of the delivered."},
      {"recycling", "premature",
       "Given up as NO_RESPONSE with fewer touches than agreed, of those given up so."},
      {"recycling", "follow_up_depth",
       "Touches of an accepted cycle; those still open may get "
       "more."},
      {"leakage", "leakage",
       "With nobody for longer than allowed after an offer ended, of the "
       "delivered."},
      {"leakage", "undelivered", "Waits for its first offer longer than allowed, of the MQLs."},
      {"workload", "offers", "Offers of the rep."},
      {"workload", "accepted", "Offers that the rep accepted, or got at once."},
      {"workload", "declined", "Offers that the rep declined."},
      {"workload", "expired", "Offers that the rep did not answer in time."},
      {"workload", "returned", "Leads that the rep rerouted or gave back."},
      {"workload", "pulled_back", "Leads taken from the rep, who broke a service level."},
      {"workload", "open", "Leads that the rep has now."},
      {"workload", "touches", "Touches of these offers."},
      {"workload", "won", "Customers won by the rep."},
      {"fairness", "charged", "Offers that count in the ledger."},
      {"fairness", "deviation",
       "Leads that the rep got minus what the rep was entitled to, as the ledger says now."},
      {"fairness", "jain",
       "How even the reps' charged offers are: 1 is even, 1 / number of reps is all for one."},
      {"calibration", "acceptance_with", "Acceptance of the cycles to which the rule gave points."},
      {"calibration", "acceptance_without", "Acceptance of the cycles to which it gave none."},
      {"calibration", "won_with", "Won, of the delivered to which the rule gave points."},
      {"calibration", "won_without", "Won, of the delivered to which it gave none."},
      {"calibration", "acceptance_lift",
       "Acceptance with the rule / acceptance without it. Below 1 the rule points the wrong way."},
      {"calibration", "won_lift",
       "Share won with the rule / share won without it. Below 1 the rule points the wrong way."},
      {"value", "pipeline", "Amounts of the cycles that became opportunities."},
      {"value", "won", "Amounts of the cycles that were won."},
  };
  return definitions;
}

std::string DefinitionOf(const std::string& section, const std::string& figure) {
  for (const Definition& each : Definitions()) {
    if (section == each.section && figure == each.figure) return each.text;
  }
  return "";
}

std::vector<std::string> SectionIds() {
  std::vector<std::string> ids;
  for (const Definition& each : Definitions()) {
    if (ids.empty() || ids.back() != each.section) ids.emplace_back(each.section);
  }
  return ids;
}

}  // namespace baton::report_page
