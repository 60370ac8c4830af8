// Ready-made events, policies and records for tests. Each gives a valid value; a test changes the
// fields that it is about.
#ifndef BATON_SUPPORT_BUILDERS_H_
#define BATON_SUPPORT_BUILDERS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/lead.h"
#include "core/policy.h"
#include "core/roster.h"

namespace baton::support {

// 2026-03-01T09:00:00Z, a Sunday.
inline constexpr core::TimeMs kNow = 1'772'355'600'000;

core::LeadKey Key(std::string_view lead = "l1", std::string_view workspace = "acme");
core::RepId RepNamed(std::string_view id);
core::QueueId QueueNamed(std::string_view id);

// Events of Key(), from source "/forms", not from a log.
core::LeadEvent Updated(std::string_view id, std::map<std::string, core::AttributeValue> attributes,
                        core::TimeMs at_ms = kNow);
core::LeadEvent Activity(std::string_view id, std::string_view activity, core::TimeMs at_ms = kNow,
                         int32_t count = 1);
// "page_view" with these properties.
core::LeadEvent ActivityWith(std::string_view id, core::Properties properties,
                             core::TimeMs at_ms = kNow, int32_t count = 1);
core::LeadEvent ConsentEvent(std::string_view id, core::Consent consent, core::TimeMs at_ms = kNow);
// A captured lead that SamplePolicy() qualifies for queue "dach": fit 50, intent 60.
core::LeadEvent QualifyingCapture(std::string_view id = "e1", core::TimeMs at_ms = kNow);

// The condition over what `policy` declares; throws if it is none.
core::Condition When(const core::Policy& policy, std::string_view text);
// Before its conditions are made.
void Declare(core::Policy& policy, core::AttributeTypes attributes,
             core::AttributeTypes event_properties = {}, core::AttributeTypes rep_attributes = {});

// Revision 1 of workspace "acme":
//   fit      mid-market: 200 <= employees < 5000, 30 points; target industry: saas or retail, 20;
//            student: email ends with .edu, -40
//   intent   demo request: 60 each; pricing page: page_view, 10 each, at most 30, half-life 7 days
//   mql      fit >= 30, intent >= 40, email present, consent not withdrawn
//   disqualify  competitor: industry "crm", reason COMPETITOR
//   routing  dach: country DE, AT or CH to "dach", priority 5, skill "de"; default to "triage"
//   queues   dach (offer, 2 h), triage (offer, 2 h), inside (direct); standard reasons
core::Policy SamplePolicy();

// A lead of SamplePolicy() in queue "dach" that has come to `stage`: OFFERED and later belong to
// rep "ada", generation 1, since kNow - 1 minute; QUEUED waits since then; earlier stages have
// facts only.
core::LeadRecord RecordIn(core::Stage stage);

// A rep who is online, in queue "dach", with the skill "de".
core::Rep SampleRep(std::string_view id);

// Somebody who can take a lead: online, capacity 5, nothing open, nothing owed.
core::Member SampleMember(std::string_view id, int32_t weight = 1);

}  // namespace baton::support

#endif  // BATON_SUPPORT_BUILDERS_H_
