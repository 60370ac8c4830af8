// Whatever happens to a lead in whatever order: moves are legal, caps hold, errors are the agreed
// ones.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/decide.h"
#include "core/errors.h"
#include "support/builders.h"

namespace baton::core {
namespace {

using support::kNow;

// One step: what happens, and three numbers to make it of.
using Step = std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>;

constexpr size_t kSteps = 300;

// The moves of a plan, and of the placement after it, as far as the store cannot change them.
class Lead {
 public:
  Lead() { record_.key = support::Key(); }

  const LeadRecord& record() const { return record_; }
  int moves() const { return moves_; }

  // Applies `plan` as a store does; `luck` decides whether somebody can take the lead.
  void Apply(const Plan& plan, int luck) {
    RC_ASSERT(plan.key == record_.key);
    RC_ASSERT(plan.expected_revision == record_.revision);
    Stage at = record_.stage;
    for (const Change& change : plan.changes) at = Move(at, change.stage);
    at = Move(at, plan.after.stage);
    const bool was_owned = IsOwned(record_.stage);
    record_ = plan.after;
    ++record_.revision;
    record_.version += static_cast<int64_t>(plan.changes.size());
    if (plan.placement == Placement::kOffer) Place(at, luck);
    if (plan.placement == Placement::kKeep) RC_ASSERT(IsOwned(record_.stage) == was_owned);
    if (plan.placement == Placement::kRelease) RC_ASSERT(IsClosed(record_.stage));
    CheckInvariants();
  }

 private:
  Stage Move(Stage from, Stage to) {
    if (from == to) return to;
    ++moves_;
    if (from == Stage::kNew) {  // a judged lead is scored on the way
      RC_ASSERT(IsAllowedMove(Stage::kNew, Stage::kScored));
      from = Stage::kScored;
    }
    RC_ASSERT(IsAllowedMove(from, to));
    return to;
  }

  void Place(Stage at, int luck) {
    at = Move(at, Stage::kQueued);
    record_.stage = Stage::kQueued;
    record_.due_at_ms = kNow;
    record_.timer = TimerKind::kRetry;
    RC_ASSERT(record_.rep.empty());
    if (luck % 3 == 0) return;
    const bool direct = luck % 3 == 1;
    record_.stage = Move(at, direct ? Stage::kAccepted : Stage::kOffered);
    record_.rep = support::RepNamed("r" + std::to_string(luck % 100));
    ++record_.generation;
    ++record_.version;
    record_.offered_at_ms = kNow;
    record_.timer = direct ? TimerKind::kNone : TimerKind::kOfferExpiry;
    record_.due_at_ms = direct ? 0 : kNow;
  }

  void CheckInvariants() const {
    const bool has_rep = IsOwned(record_.stage) || record_.stage == Stage::kWon;
    RC_ASSERT(record_.rep.empty() != has_rep);
    RC_ASSERT(record_.passed.size() <= kPassedMax);
    RC_ASSERT(record_.answered.size() <= kAnsweredRequestsMax);
    RC_ASSERT((record_.timer == TimerKind::kNone) == (record_.due_at_ms == 0));
    RC_ASSERT(!IsClosed(record_.stage) || record_.timer == TimerKind::kNone);
    RC_ASSERT(record_.cycle > 0 || record_.generation == 0);
    const bool to_be_worked = record_.stage >= Stage::kQueued && record_.stage <= Stage::kWorking;
    RC_ASSERT(!to_be_worked || record_.facts.consent != Consent::kWithdrawn);
  }

  LeadRecord record_;
  int moves_ = 0;
};

LeadEvent EventOf(int number, int a, int b) {
  const std::string id = "e" + std::to_string(number % 7 == 0 ? a : 1000 + number);
  switch (a % 4) {
    case 0:
      return support::Updated(id, {{"country", std::string(b % 2 == 0 ? "DE" : "FR")}}, kNow - b);
    case 1:
      return support::ConsentEvent(id, b % 8 != 0 ? Consent::kGranted : Consent::kWithdrawn, kNow);
    case 2:
      return support::Activity(id, "demo_request", kNow);
    default:
      return support::QualifyingCapture(id, kNow);
  }
}

Action ActionOf(const LeadRecord& record, int type, int a, int b) {
  static constexpr std::array<const char*, 8> kReasons = {
      "AT_CAPACITY", "NO_NEED", "NO_BUDGET", "CONTRACT_LOCKED", "WRONG_SEGMENT", "PRICE", "", "?"};
  static constexpr std::array<Stage, 5> kOutcomes = {Stage::kSql, Stage::kSqo, Stage::kWon,
                                                     Stage::kLost, Stage::kErased};
  Action action;
  action.type = static_cast<ActionType>(type % 9);
  action.generation = record.generation + (a % 16 == 0 ? 1 : 0);
  action.reason = kReasons[static_cast<size_t>(b % 8)];
  action.channel = a % 8 == 1 ? "Not a word" : "call";
  action.touched_at_ms = a % 4 == 0 ? kNow : 0;
  action.outcome = kOutcomes[static_cast<size_t>(b % 5)];
  action.amount_minor = a - 10;
  action.currency = b % 8 == 0 ? "" : "EUR";
  action.close_date_ms = a % 8 == 2 ? 0 : kNow + kDayMs;
  action.queue = support::QueueNamed(a % 3 == 0 ? "triage" : a % 3 == 1 ? "" : "nowhere");
  action.note = std::string(static_cast<size_t>(a) * 5, 'n');
  if (a % 2 == 0) action.request_id = "q" + std::to_string(b);
  action.fingerprint = static_cast<uint64_t>(b);
  return action;
}

void CheckError(const absl::Status& status) {
  static const std::set<std::string> kExpected = {
      "LEAD_NOT_FOUND", "STALE_GENERATION", "WRONG_STAGE",   "UNKNOWN_REASON",
      "UNKNOWN_QUEUE",  "MISSING_FIELD",    "INVALID_FIELD", "REQUEST_ID_REUSED"};
  RC_ASSERT(kExpected.contains(ErrorReason(status)));
  RC_ASSERT(!status.message().empty());
}

void Act(const Policy& policy, const Action& action, int luck, Lead& lead) {
  const auto decision = DecideAction(lead.record(), action, &policy, kNow);
  if (!decision.ok()) return CheckError(decision.status());
  const Plan* plan = std::get_if<Plan>(&*decision);
  if (plan == nullptr) return;
  const bool left_alone = plan->changes.back().actor == "policy";  // consent was withdrawn
  RC_ASSERT(plan->changes.size() == (left_alone ? 2u : 1u));
  RC_ASSERT(plan->may_use_reserve);
  lead.Apply(*plan, luck);
  if (action.request_id.empty()) return;
  // Asking again gives the answer just given and changes nothing.
  const auto again = DecideAction(lead.record(), action, &policy, kNow);
  RC_ASSERT(again.ok());
  RC_ASSERT(std::holds_alternative<AnsweredRequest>(*again));
}

RC_GTEST_PROP(DecideProperties, EveryPlanMakesOnlyLegalMoves, ()) {
  const auto steps = *rc::gen::resize(
      rc::kNominalSize, rc::gen::container<std::vector<Step>>(kSteps, rc::gen::arbitrary<Step>()));
  const Policy policy = support::SamplePolicy();
  Lead lead;
  int number = 0;
  for (const auto& [what, a, b, luck] : steps) {
    ++number;
    if (what % 4 == 0) {
      const std::vector<LeadEvent> events = {EventOf(number, a, b)};
      lead.Apply(DecideEvents(lead.record(), events, what % 16 == 0 ? nullptr : &policy, kNow),
                 luck);
    } else if (what % 4 == 1) {
      const auto plan = DecideTimer(lead.record(), nullptr, lead.record().due_at_ms, kNow);
      if (plan) lead.Apply(*plan, luck);
    } else {
      Act(policy, ActionOf(lead.record(), what / 4, a, b), luck, lead);
    }
  }
  RC_CLASSIFY(lead.moves() >= 3, "three moves or more");
  RC_TAG(std::string(StageName(lead.record().stage)));
}

}  // namespace
}  // namespace baton::core
