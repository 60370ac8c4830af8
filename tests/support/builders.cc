#include "support/builders.h"

#include <utility>

namespace baton::support {

using core::CompareOp;
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

core::FieldMatch Field(std::string_view subject, CompareOp op,
                       std::vector<core::AttributeValue> values) {
  static const std::map<CompareOp, std::string> kTexts = {{CompareOp::kIn, "in"},
                                                          {CompareOp::kNotIn, "not in"},
                                                          {CompareOp::kLess, "<"},
                                                          {CompareOp::kLessEqual, "<="},
                                                          {CompareOp::kGreater, ">"},
                                                          {CompareOp::kGreaterEqual, ">="},
                                                          {CompareOp::kPresent, "present"},
                                                          {CompareOp::kAbsent, "absent"},
                                                          {CompareOp::kEndsWith, "ends with"}};
  std::string text = std::string(subject) + ": " + kTexts.at(op);
  return {std::string(subject), {{op, std::move(values)}}, std::move(text)};
}

Policy SamplePolicy() {
  Policy policy;
  policy.workspace = core::WorkspaceId::Trusted("acme");
  policy.name = "inbound";
  policy.revision = 1;
  policy.attributes = {{"country", core::AttributeType::kString},
                       {"email", core::AttributeType::kString},
                       {"employees", core::AttributeType::kInt},
                       {"industry", core::AttributeType::kString}};
  core::FieldMatch mid_market = Field("employees", CompareOp::kGreaterEqual, {int64_t{200}});
  mid_market.all.push_back({CompareOp::kLess, {int64_t{5000}}});
  const core::FieldMatch target =
      Field("industry", CompareOp::kIn, {std::string("saas"), std::string("retail")});
  policy.fit = {{"mid-market", {{mid_market}}, 30},
                {"target industry", {{target}}, 20},
                {"student", {{Field("email", CompareOp::kEndsWith, {std::string(".edu")})}}, -40}};
  policy.intent = {{"demo request", "demo_request", 60, 0, 0},
                   {"pricing page", "page_view", 10, 30, 7 * core::kDayMs}};
  policy.definition.fields = {Field("fit", CompareOp::kGreaterEqual, {int64_t{30}}),
                              Field("intent", CompareOp::kGreaterEqual, {int64_t{40}}),
                              Field("email", CompareOp::kPresent),
                              Field("consent", CompareOp::kNotIn, {std::string("withdrawn")})};
  policy.disqualify = {
      {"competitor", {{Field("industry", CompareOp::kIn, {std::string("crm")})}}, "COMPETITOR"}};
  const core::FieldMatch dach =
      Field("country", CompareOp::kIn, {std::string("DE"), std::string("AT"), std::string("CH")});
  policy.routing = {{"DACH", false, {{dach}}, {QueueNamed("dach"), 5, {"de"}}},
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
  record.candidates = {{RepNamed("ada"), core::CandidateReason::kChosen, 0, 500'000'000, 0, 5},
                       {RepNamed("bob"), core::CandidateReason::kFairness, 0, 500'000'000, 0, 5}};
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
