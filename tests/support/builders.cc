#include "support/builders.h"

#include <stdexcept>
#include <utility>
#include <variant>

namespace baton::support {

using core::LeadEvent;
using core::LeadRecord;
using core::Policy;
using core::Stage;

namespace {

LeadEvent EventOf(core::EventType type, std::string_view id, core::TimeMs at_ms) {
  LeadEvent event;
  event.key = Key();
  event.id = id;
  event.source = "/forms";
  event.type = type;
  event.occurred_at_ms = at_ms;
  return event;
}

core::QueuePolicy QueueOf(std::string_view id, core::QueueMode mode) {
  core::QueuePolicy queue;
  queue.id = QueueNamed(id);
  queue.mode = mode;
  return queue;
}

}  // namespace

core::LeadKey Key(std::string_view lead, std::string_view workspace) {
  return {core::WorkspaceId::Trusted(workspace), core::LeadId::Trusted(lead)};
}

core::RepId RepNamed(std::string_view id) {
  return core::RepId::Trusted(id);
}

core::QueueId QueueNamed(std::string_view id) {
  return core::QueueId::Trusted(id);
}

LeadEvent Updated(std::string_view id, std::map<std::string, core::AttributeValue> attributes,
                  core::TimeMs at_ms) {
  LeadEvent event = EventOf(core::EventType::kUpdated, id, at_ms);
  event.attributes = std::move(attributes);
  return event;
}

LeadEvent Activity(std::string_view id, std::string_view activity, core::TimeMs at_ms,
                   int32_t count) {
  LeadEvent event = EventOf(core::EventType::kActivity, id, at_ms);
  event.activity = activity;
  event.activity_count = count;
  return event;
}

LeadEvent ActivityWith(std::string_view id, core::Properties properties, core::TimeMs at_ms,
                       int32_t count) {
  LeadEvent event = Activity(id, "page_view", at_ms, count);
  event.properties = std::move(properties);
  return event;
}

LeadEvent ConsentEvent(std::string_view id, core::Consent consent, core::TimeMs at_ms) {
  LeadEvent event = EventOf(core::EventType::kConsent, id, at_ms);
  event.consent = consent;
  return event;
}

LeadEvent QualifyingCapture(std::string_view id, core::TimeMs at_ms) {
  LeadEvent event = EventOf(core::EventType::kCaptured, id, at_ms);
  event.attributes = {{"country", std::string("DE")},
                      {"email", std::string("ada@shop.example")},
                      {"employees", int64_t{300}},
                      {"industry", std::string("retail")}};
  event.activity = "demo_request";
  event.consent = core::Consent::kGranted;
  event.attribution = {{"utm_campaign", "spring"}};
  return event;
}

core::Condition When(const Policy& policy, std::string_view text) {
  auto compiled = core::Condition::Compile(text, *policy.vocabulary);
  if (const auto* problems = std::get_if<std::vector<expression::Problem>>(&compiled)) {
    throw std::invalid_argument(expression::Describe(problems->front(), text));
  }
  return std::get<core::Condition>(std::move(compiled));
}

void Declare(Policy& policy, core::AttributeTypes attributes, core::AttributeTypes event_properties,
             core::AttributeTypes rep_attributes) {
  policy.vocabulary = std::make_shared<const core::Vocabulary>(
      attributes, core::Calendars(), core::Tables(), event_properties, rep_attributes);
  policy.attributes = std::move(attributes);
  policy.event_properties = std::move(event_properties);
  policy.rep_attributes = std::move(rep_attributes);
}

Policy SamplePolicy() {
  Policy policy;
  policy.workspace = core::WorkspaceId::Trusted("acme");
  policy.name = "inbound";
  policy.revision = 1;
  Declare(policy, {{"country", core::AttributeType::kString},
                   {"email", core::AttributeType::kString},
                   {"employees", core::AttributeType::kInt},
                   {"industry", core::AttributeType::kString}});
  policy.fit = {
      {"mid-market",
       When(policy, "has(lead.employees) && lead.employees >= 200 && lead.employees < 5000"), 30},
      {"target industry", When(policy, "has(lead.industry) && lead.industry in ['saas', 'retail']"),
       20},
      {"student", When(policy, "has(lead.email) && lead.email.endsWith('.edu')"), -40}};
  policy.intent = {{"demo request", "demo_request", 60, 0, 0},
                   {"pricing page", "page_view", 10, 30, 7 * core::kDayMs}};
  policy.definition = When(policy,
                           "fit >= 30 && intent >= 40 && has(lead.email) && "
                           "lead.consent != 'withdrawn'");
  policy.disqualify = {
      {"competitor", When(policy, "has(lead.industry) && lead.industry == 'crm'"), "COMPETITOR"}};
  policy.routing = {{"DACH",
                     false,
                     When(policy, "has(lead.country) && lead.country in ['DE', 'AT', 'CH']"),
                     {QueueNamed("dach"), 5, {"de"}}},
                    {"default", true, {}, {QueueNamed("triage"), 0, {}}}};
  for (const core::QueuePolicy& queue :
       {QueueOf("dach", core::QueueMode::kOffer), QueueOf("triage", core::QueueMode::kOffer),
        QueueOf("inside", core::QueueMode::kDirect)}) {
    policy.queues[queue.id] = queue;
  }
  policy.reasons = core::StandardReasons();
  return policy;
}

LeadRecord RecordIn(Stage stage) {
  constexpr core::TimeMs kSince = kNow - core::kMinuteMs;
  LeadRecord record;
  record.key = Key();
  record.revision = 1;
  record.stage = stage;
  core::Fold(QualifyingCapture("e0", kSince), record.facts);
  if (stage == Stage::kNew || stage == Stage::kScored || stage == Stage::kNurture) return record;

  record.cycle = 1;
  record.version = 2;
  record.judgment = core::Judge(record.facts, SamplePolicy(), kSince);
  record.queue = QueueNamed("dach");
  record.queued_at_ms = kSince;
  if (stage == Stage::kMql || stage == Stage::kQueued) return record;

  record.generation = 1;
  record.offered_at_ms = kSince;
  record.pool = core::MakePool(std::vector<core::Candidate>{
      {RepNamed("ada"), core::CandidateReason::kChosen, 0, 500'000'000, 0, 5},
      {RepNamed("bob"), core::CandidateReason::kFairness, 0, 500'000'000, 0, 5}});
  if (core::IsOwned(stage) || stage == Stage::kWon) record.rep = RepNamed("ada");
  if (stage == Stage::kOffered) {
    record.due_at_ms = kSince + 2 * core::kHourMs;
    record.timer = core::TimerKind::kOfferExpiry;
    return record;
  }
  record.accepted_at_ms = kSince + core::kSecondMs;
  if (stage == Stage::kAccepted) return record;
  record.first_touch_at_ms = kSince + 2 * core::kSecondMs;
  record.last_touch_at_ms = record.first_touch_at_ms;
  record.touches = 1;
  return record;
}

core::Rep SampleRep(std::string_view id) {
  core::Rep rep;
  rep.id = RepNamed(id);
  rep.display_name = id;
  rep.queues = {QueueNamed("dach")};
  rep.skills = {"de"};
  rep.presence = core::Presence::kOnline;
  return rep;
}

core::Member SampleMember(std::string_view id, int32_t weight) {
  core::Member member;
  member.rep = RepNamed(id);
  member.weight = weight;
  member.capacity = 5;
  member.presence = core::Presence::kOnline;
  return member;
}

}  // namespace baton::support
