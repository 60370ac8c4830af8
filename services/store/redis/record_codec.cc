#include "store/redis/record_codec.h"

#include <utility>

#include "baton/store/v1/record.pb.h"
#include "core/text.h"
#include "store/redis/account_codec.h"
#include "store/redis/facts_messages.h"
#include "store/redis/parse_blob.h"
#include "store/redis/shadow_messages.h"
#include "store/redis/text.h"

namespace baton::store::redis {
namespace {

void SetConditions(const std::vector<core::ConditionResult>& conditions,
                   google::protobuf::RepeatedPtrField<v1::Condition>& out) {
  for (const core::ConditionResult& condition : conditions) {
    v1::Condition& stored = *out.Add();
    stored.set_text(condition.condition);
    stored.set_found(condition.found);
    stored.set_held(condition.held);
    stored.set_error(condition.error);
  }
}

std::vector<core::ConditionResult> GetConditions(
    const google::protobuf::RepeatedPtrField<v1::Condition>& stored) {
  std::vector<core::ConditionResult> conditions;
  for (const v1::Condition& condition : stored) {
    conditions.push_back(
        {condition.text(), condition.found(), condition.held(), condition.error()});
  }
  return conditions;
}

void SetClock(const core::SlaClock& clock, v1::SlaClock& out) {
  out.set_sla(clock.sla);
  out.set_state(std::string(core::SlaStateName(clock.state)));
  out.set_generation(clock.generation);
  out.set_started_ms(clock.started_ms);
  out.set_from_ms(clock.from_ms);
  out.set_spent_ms(clock.spent_ms);
  out.set_due_ms(clock.due_ms);
  out.set_announced(clock.announced);
  out.set_touches_before(clock.touches_before);
}

// False if its state is none.
bool GetClock(const v1::SlaClock& stored, core::SlaClock& clock) {
  const std::optional<core::SlaState> state = core::ParseSlaState(stored.state());
  clock = {.sla = stored.sla(),
           .state = state.value_or(core::SlaState::kIdle),
           .generation = stored.generation(),
           .started_ms = stored.started_ms(),
           .from_ms = stored.from_ms(),
           .spent_ms = stored.spent_ms(),
           .due_ms = stored.due_ms(),
           .announced = stored.announced(),
           .touches_before = stored.touches_before()};
  return state.has_value();
}

}  // namespace

std::string EncodeJudgment(const core::Judgment& judgment) {
  v1::Judgment out;
  out.set_judged_at_ms(judgment.judged_at_ms);
  SetConditions(judgment.definition, *out.mutable_definition());
  out.set_disqualified_by(judgment.disqualified_by);
  out.set_disqualified_reason(judgment.disqualified_reason);
  out.set_qualified(judgment.qualified);
  out.set_route_rule(judgment.route.rule);
  out.set_route_queue(judgment.route.queue.str());
  out.set_route_priority(judgment.route.priority);
  for (const std::string& skill : judgment.route.skills) out.add_route_skills(skill);
  out.set_route_requirement(judgment.route.requirement);
  for (const core::RepId& owner : judgment.route.owners) out.add_route_owners(owner.str());
  out.set_route_owner_wait_ms(judgment.route.owner_wait_ms);
  for (const std::string& sla : judgment.slas) out.add_slas(sla);
  if (judgment.account != core::AccountFinding()) {
    SetFinding(judgment.account, *out.mutable_account());
  }
  for (const core::RuleStep& step : judgment.route_path) {
    v1::RuleStep& stored = *out.add_route_path();
    stored.set_rule(step.rule);
    stored.set_matched(step.matched);
    SetConditions(step.conditions, *stored.mutable_conditions());
  }
  out.set_route_left_out(judgment.route_left_out);
  for (const core::ConditionError& error : judgment.errors) {
    v1::ConditionError& kept = *out.add_errors();
    kept.set_section(static_cast<int32_t>(error.section));
    kept.set_rule(error.rule);
    kept.set_error(error.error);
  }
  if (!judgment.inputs_hash.empty()) SetInputs(judgment.inputs, *out.mutable_inputs());
  out.set_inputs_hash(judgment.inputs_hash);
  return out.SerializeAsString();
}

absl::Status DecodeJudgment(absl::string_view blob, core::Judgment& judgment) {
  v1::Judgment stored;
  if (!Parse(blob, stored)) return Unreadable("a lead's judgment");
  judgment.judged_at_ms = stored.judged_at_ms();
  judgment.definition = GetConditions(stored.definition());
  judgment.disqualified_by = stored.disqualified_by();
  judgment.disqualified_reason = stored.disqualified_reason();
  judgment.qualified = stored.qualified();
  judgment.route.rule = stored.route_rule();
  judgment.route.queue = core::QueueId::Trusted(stored.route_queue());
  judgment.route.priority = stored.route_priority();
  judgment.route.skills.assign(stored.route_skills().begin(), stored.route_skills().end());
  judgment.route.requirement = stored.route_requirement();
  for (const std::string& owner : stored.route_owners()) {
    judgment.route.owners.push_back(core::RepId::Trusted(owner));
  }
  judgment.route.owner_wait_ms = stored.route_owner_wait_ms();
  judgment.slas.assign(stored.slas().begin(), stored.slas().end());
  for (const v1::RuleStep& step : stored.route_path()) {
    judgment.route_path.push_back({step.rule(), step.matched(), GetConditions(step.conditions())});
  }
  judgment.route_left_out = stored.route_left_out();
  for (const v1::ConditionError& error : stored.errors()) {
    judgment.errors.push_back(
        {static_cast<core::RuleSection>(error.section()), error.rule(), error.error()});
  }
  judgment.inputs_hash = stored.inputs_hash();
  absl::StatusOr<core::AccountFinding> account = GetFinding(stored.account());
  if (!account.ok()) return account.status();
  judgment.account = *std::move(account);
  return GetInputs(stored.inputs(), judgment.inputs);
}

std::string EncodeRest(const core::LeadRecord& record) {
  v1::Rest out;
  out.set_first_touch_at_ms(record.first_touch_at_ms);
  out.set_last_touch_at_ms(record.last_touch_at_ms);
  out.set_touches(record.touches);
  out.set_reason(record.reason);
  out.set_revisit_at_ms(record.revisit_at_ms);
  out.set_amount_minor(record.amount_minor);
  out.set_currency(record.currency);
  out.set_close_date_ms(record.close_date_ms);
  out.set_home(record.home.str());
  out.set_home_since_ms(record.home_since_ms);
  out.set_widened(record.widened);
  out.set_escalated(record.escalated);
  out.set_last_owner(record.last_owner.str());
  out.set_paused_at_ms(record.paused_at_ms);
  out.set_paused_until_ms(record.paused_until_ms);
  out.set_closed_at_ms(record.closed_at_ms);
  out.set_erased_at_ms(record.erased_at_ms);
  for (const core::SlaClock& clock : record.clocks) SetClock(clock, *out.add_clocks());
  if (record.shadow.run != 0) SetNote(record.shadow, *out.mutable_shadow());
  for (const core::AnsweredRequest& answer : record.answered) {
    v1::AnsweredRequest& stored = *out.add_answered();
    stored.set_request_id(answer.request_id);
    stored.set_fingerprint(answer.fingerprint);
    stored.set_stage(std::string(core::StageName(answer.stage)));
    stored.set_rep(answer.rep.str());
    stored.set_generation(answer.generation);
    stored.set_version(answer.version);
    stored.set_actor(answer.actor);
  }
  for (const core::SalesMark& mark : record.sales_events) {
    v1::SalesMark& stored = *out.add_sales_events();
    stored.set_event(mark.event);
    stored.set_body(mark.body);
    stored.set_occurred_at_ms(mark.occurred_at_ms);
    stored.set_log(mark.log);
    stored.set_offset(mark.offset);
  }
  out.set_sales_forgotten_ms(record.sales_forgotten_ms);
  return out.SerializeAsString();
}

absl::Status DecodeRest(absl::string_view blob, core::LeadRecord& record) {
  v1::Rest stored;
  if (!Parse(blob, stored)) return Unreadable("the rest of a lead");
  record.first_touch_at_ms = stored.first_touch_at_ms();
  record.last_touch_at_ms = stored.last_touch_at_ms();
  record.touches = stored.touches();
  record.reason = stored.reason();
  record.revisit_at_ms = stored.revisit_at_ms();
  record.amount_minor = stored.amount_minor();
  record.currency = stored.currency();
  record.close_date_ms = stored.close_date_ms();
  record.home = core::QueueId::Trusted(stored.home());
  record.home_since_ms = stored.home_since_ms();
  record.widened = stored.widened();
  record.escalated = stored.escalated();
  record.last_owner = core::RepId::Trusted(stored.last_owner());
  for (const v1::AnsweredRequest& answer : stored.answered()) {
    const std::optional<core::Stage> stage = core::ParseStage(answer.stage());
    if (!stage.has_value()) return Unreadable("the stage of an answered request");
    record.answered.push_back({answer.request_id(), answer.fingerprint(), *stage,
                               core::RepId::Trusted(answer.rep()), answer.generation(),
                               answer.version(), answer.actor()});
  }
  for (const v1::SalesMark& mark : stored.sales_events()) {
    record.sales_events.push_back(
        {mark.event(), mark.body(), mark.occurred_at_ms(), mark.log(), mark.offset()});
  }
  record.sales_forgotten_ms = stored.sales_forgotten_ms();
  record.paused_at_ms = stored.paused_at_ms();
  record.paused_until_ms = stored.paused_until_ms();
  record.closed_at_ms = stored.closed_at_ms();
  record.erased_at_ms = stored.erased_at_ms();
  for (const v1::SlaClock& clock : stored.clocks()) {
    if (!GetClock(clock, record.clocks.emplace_back())) return Unreadable("a clock of a lead");
  }
  return stored.has_shadow() ? GetNote(stored.shadow(), record.shadow) : absl::OkStatus();
}

std::string EncodeChangeDetails(const core::Change& change) {
  v1::ChangeDetails out;
  out.set_reason(change.reason);
  out.set_actor(change.actor);
  out.set_cause(change.cause);
  for (const auto& [name, value] : change.details) (*out.mutable_details())[name] = value;
  return out.SerializeAsString();
}

absl::Status DecodeChangeDetails(absl::string_view blob, core::Change& change) {
  v1::ChangeDetails stored;
  if (!Parse(blob, stored)) return Unreadable("the details of a change");
  change.reason = stored.reason();
  change.actor = stored.actor();
  change.cause = stored.cause();
  for (const auto& [name, value] : stored.details()) change.details[name] = value;
  return absl::OkStatus();
}

std::string EncodeInput(const core::JourneyInput& input) {
  v1::JourneyInput out;
  out.set_at_ms(input.at_ms);
  out.set_type(input.type);
  out.set_source(input.source);
  out.set_id(input.id);
  return out.SerializeAsString();
}

absl::Status DecodeInput(absl::string_view blob, core::JourneyInput& input) {
  v1::JourneyInput stored;
  if (!Parse(blob, stored)) return Unreadable("a line of a journey");
  input = {stored.at_ms(), stored.type(), stored.source(), stored.id()};
  return absl::OkStatus();
}

}  // namespace baton::store::redis
