#include "contract/store/differential_world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "support/builders.h"

namespace baton::contract {
namespace {

constexpr int kLeadsAtATime = 40;  // leads close, so new ones must come up
constexpr int kPicksPerNewLead = 10;
constexpr int kReps = 7;  // per workspace
constexpr size_t kEarlierMax = 50;
constexpr int kPartitions = 2;

const char* const kQueues[] = {"dach", "enterprise", "inside", "unnamed"};

const char* const kRequirements[] = {"lead.country in rep.countries", "rep.level >= 1",
                                     "lead.employees < 500 || rep.level > 1",
                                     "!has(rep.team) || lead.country != 'US'"};

template <typename Item, size_t kSize>
const Item& Pick(const Item (&items)[kSize], World& world) {
  return items[world.Number(static_cast<int>(kSize))];
}

core::QueuePolicy MakeQueue(const std::string& id, World& world) {
  core::QueuePolicy queue;
  queue.id = core::QueueId::Trusted(id);
  const bool direct = id == "enterprise" ? world.Chance(80) : world.Chance(10);
  queue.mode = direct             ? core::QueueMode::kDirect
               : world.Chance(15) ? core::QueueMode::kPull
                                  : core::QueueMode::kOffer;
  queue.strategy = static_cast<core::Strategy>(world.Number(4));
  queue.count_owned = world.Chance(50);
  queue.credit_returned = world.Chance(50);
  if (world.Chance(40)) {
    queue.age = {(1 + world.Number(60)) * core::kSecondMs, 1 + world.Number(7),
                 20 + world.Number(81)};
  }
  if (world.Chance(40)) {
    queue.widen = {{(5 + world.Number(20)) * core::kSecondMs, world.AnyQueue()}};
    if (world.Chance(50)) queue.widen.push_back({core::kMinuteMs, world.AnyQueue()});
  }
  if (world.Chance(40)) queue.max_wait_ms = (10 + world.Number(60)) * core::kSecondMs;
  if (world.Chance(50)) queue.escalate_to = world.AnyQueue();
  queue.accept_within_ms = (5 + world.Number(60)) * core::kSecondMs;
  queue.retry_after_ms = (1 + world.Number(30)) * core::kSecondMs;
  if (world.Chance(30)) queue.skills = {"saas"};
  if (world.Chance(50)) queue.away_after = 1 + world.Number(3);
  return queue;
}

}  // namespace

World::World(uint64_t seed)
    : random_(seed),
      workspaces_({core::WorkspaceId::Trusted("acme"), core::WorkspaceId::Trusted("beta"),
                   core::WorkspaceId::Trusted("late")}) {}

// Not std::uniform_int_distribution: its results differ between libraries.
int World::Number(int below) {
  return static_cast<int>(random_() % static_cast<uint64_t>(below));
}

bool World::Chance(int percent) {
  return Number(100) < percent;
}

const core::WorkspaceId& World::AnyWorkspace() {
  return workspaces_[static_cast<size_t>(Number(5) * 3 / 5)];
}

core::LeadKey World::AnyLead() {
  const core::WorkspaceId& workspace = AnyWorkspace();
  const int64_t number = lead_picks_++ / kPicksPerNewLead + Number(kLeadsAtATime);
  return {workspace, core::LeadId::Trusted(absl::StrCat("lead-", number))};
}

core::RepId World::AnyRep() {
  return core::RepId::Trusted(absl::StrCat("rep-", Number(kReps)));
}

core::QueueId World::AnyQueue() {
  return core::QueueId::Trusted(Pick(kQueues, *this));
}

core::LeadEvent World::NextEvent(core::TimeMs now_ms) {
  static const char* const kCountries[] = {"DE", "AT", "US", "FR \"quoted\""};
  static const char* const kActivities[] = {"demo_request", "page_view", "webinar"};
  core::LeadEvent event;
  event.key = AnyLead();
  event.id = absl::StrCat("event-", next_event_++);
  event.source = Chance(80) ? "form" : "crm/import #1";
  event.occurred_at_ms = now_ms - Number(3) * core::kDayMs - Number(100'000);
  event.type = static_cast<core::EventType>(Number(4));
  if (event.type == core::EventType::kCaptured || event.type == core::EventType::kUpdated) {
    if (Chance(70)) event.attributes["country"] = std::string(Pick(kCountries, *this));
    if (Chance(70)) event.attributes["employees"] = int64_t{Number(2000)};
    if (Chance(20)) event.attributes["ratio"] = Number(1000) / 7.0;
    if (Chance(20)) event.attributes["tools"] = std::vector<std::string>{"crm", "mail"};
    if (Chance(20)) event.attributes["partner"] = Chance(50);
  }
  if (event.type == core::EventType::kActivity || Chance(20)) {
    event.activity = Pick(kActivities, *this);
    event.activity_count = 1 + Number(3);
  }
  if (event.type == core::EventType::kConsent || Chance(10)) {
    event.consent = Chance(70) ? core::Consent::kGranted : core::Consent::kWithdrawn;
  }
  if (Chance(40)) event.attribution["campaign"] = absl::StrCat("c", Number(5));
  if (Chance(20)) event.attribution["gclid"] = "\xc3\xa9\n";
  if (Chance(30)) event.traceparent = absl::StrCat("00-trace-", Number(1000), "-01");
  return event;
}

std::vector<core::LeadEvent> World::Events(core::TimeMs now_ms) {
  std::vector<core::LeadEvent> events;
  const int count = 1 + Number(6);
  for (int i = 0; i < count; i++) {
    const bool repeats = !earlier_.empty() && Chance(12);
    core::LeadEvent event =
        repeats ? earlier_[static_cast<size_t>(Number(static_cast<int>(earlier_.size())))]
                : NextEvent(now_ms);
    const bool redelivered = repeats && Chance(40);  // by its old offset
    if (!redelivered) {
      const int partition = Number(kPartitions);
      event.position = {core::LogFingerprint("leads", partition), next_offset_[partition]++};
    }
    earlier_.push_back(event);
    if (earlier_.size() > kEarlierMax) earlier_.erase(earlier_.begin());
    events.push_back(std::move(event));
  }
  return events;
}

core::Action World::ActionOn(const core::LeadRecord& record, core::TimeMs now_ms) {
  using core::ActionType;
  using core::Stage;
  if (!last_action_.request_id.empty() && Chance(5)) return last_action_;
  static const ActionType kOffered[] = {ActionType::kAccept, ActionType::kAccept,
                                        ActionType::kDecline, ActionType::kReroute,
                                        ActionType::kReject};
  static const ActionType kOwned[] = {ActionType::kReportOutcome, ActionType::kReportOutcome,
                                      ActionType::kLogTouch,      ActionType::kReject,
                                      ActionType::kRecycle,       ActionType::kReroute,
                                      ActionType::kReassign,      ActionType::kRelease,
                                      ActionType::kPause,         ActionType::kResume};
  core::Action action;
  action.type = record.stage == Stage::kOffered ? Pick(kOffered, *this) : Pick(kOwned, *this);
  if (Chance(5)) action.type = static_cast<ActionType>(Number(11));
  action.generation = Chance(95) ? record.generation : record.generation - 1;
  return Completed(std::move(action), record.stage, now_ms);
}

core::Action World::ActionTowardsTheEnd(const core::LeadRecord& record, core::TimeMs now_ms) {
  core::Action action;
  action.type = record.stage == core::Stage::kOffered    ? core::ActionType::kAccept
                : record.stage == core::Stage::kAccepted ? core::ActionType::kLogTouch
                                                         : core::ActionType::kReportOutcome;
  action.generation = record.generation;
  return Completed(std::move(action), record.stage, now_ms);
}

core::Action World::Completed(core::Action action, core::Stage stage, core::TimeMs now_ms) {
  using core::ActionType;
  using core::Stage;
  switch (action.type) {
    case ActionType::kDecline:
      action.reason = "AT_CAPACITY";
      break;
    case ActionType::kReject:
      action.reason = Chance(90) ? "NO_NEED" : "NO_SUCH_REASON";
      break;
    case ActionType::kRecycle:
      action.reason = "NO_BUDGET";
      break;
    case ActionType::kReassign:
      if (Chance(50)) action.reason = "OWNER_LEFT";
      if (Chance(50)) action.to = AnyRep();
      if (Chance(30)) action.queue = AnyQueue();
      break;
    case ActionType::kReroute:
      action.reason = "WRONG_TERRITORY";
      if (Chance(50)) action.queue = AnyQueue();
      break;
    case ActionType::kReportOutcome:
      action.outcome = stage == Stage::kWorking ? Stage::kSql
                       : stage == Stage::kSql   ? Stage::kSqo
                       : Chance(50)             ? Stage::kWon
                                                : Stage::kLost;
      if (action.outcome == Stage::kLost) action.reason = "PRICE";
      action.amount_minor = 1 + Number(1'000'000);
      action.currency = "EUR";
      action.close_date_ms = now_ms + core::kDayMs;
      break;
    case ActionType::kPause:
      if (Chance(80)) action.until_ms = now_ms + (1 + Number(300)) * core::kSecondMs;
      break;
    case ActionType::kAccept:
    case ActionType::kRelease:
    case ActionType::kResume:
      break;
    case ActionType::kLogTouch:
      action.channel = "call";
      action.touch_outcome = Chance(50) ? "connected" : "no_answer";
      break;
  }
  if (Chance(20)) action.note = "a \"note\"\nof two lines";
  action.request_id = absl::StrCat("request-", next_request_++);
  action.fingerprint = random_();
  last_action_ = action;
  return action;
}

core::WorkRules World::NextWork(core::TimeMs now_ms) {
  core::WorkRules work;
  if (Chance(50)) work.daily_cap = 1 + Number(6);
  if (Chance(40)) work.calendar = Chance(80) ? "office" : "unknown";
  if (Chance(30)) work.zone = "Europe/Berlin";
  for (int i = Number(3); i > 0; --i) {
    const core::TimeMs from = now_ms + (Number(600) - 300) * core::kSecondMs;
    work.absences.push_back(
        {from, from + 1 + Number(300) * core::kSecondMs, Chance(70) ? AnyRep() : core::RepId()});
  }
  if (Chance(30)) {
    work.ramp = {now_ms - Number(5) * core::kDayMs, 1 + Number(5), 1 + Number(99)};
  }
  return work;
}

core::Hours World::HoursAround(core::TimeMs now_ms) {
  core::Hours hours;
  hours.always = Chance(20);
  core::TimeMs at = now_ms - Number(300) * core::kSecondMs;
  for (int i = Number(5); i > 0 && !hours.always; --i) {
    const core::TimeMs until = at + 1 + Number(300) * core::kSecondMs;
    hours.open.push_back({at, until});
    at = until + 1 + Number(100) * core::kSecondMs;
  }
  at = now_ms - Number(600) * core::kSecondMs;
  for (int i = Number(4); i > 0; --i) {
    hours.days.push_back(at);
    at += 1 + Number(600) * core::kSecondMs;
  }
  return hours;
}

core::Rep World::RepNamed(const core::RepId& id, core::TimeMs now_ms) {
  core::Rep rep;
  rep.id = id;
  rep.display_name = absl::StrCat("Rep ", id.str(), Chance(20) ? " \"x\"" : "");
  for (const char* queue : kQueues) {
    if (Chance(60)) rep.queues.push_back(core::QueueId::Trusted(queue));
  }
  rep.weight = 1 + Number(3);
  rep.capacity = Number(6);
  for (const char* skill : {"german", "saas"}) {
    if (Chance(60)) rep.skills.emplace_back(skill);
  }
  rep.presence = Chance(75)   ? core::Presence::kOnline
                 : Chance(50) ? core::Presence::kAway
                              : core::Presence::kOffline;
  if (Chance(50)) rep.work = NextWork(now_ms);
  if (Chance(20)) rep.attributes["team"] = std::string("a|b");
  if (Chance(60)) rep.attributes["level"] = int64_t{Number(3)};
  if (Chance(60)) rep.attributes["countries"] = std::vector<std::string>{"DE", "AT, \"x\""};
  return rep;
}

core::Sla World::NextSla(const std::string& name) {
  core::Sla sla;
  sla.name = name;
  sla.metric = static_cast<core::SlaMetric>(Number(5));
  sla.target_ms = (5 + Number(120)) * core::kSecondMs;
  if (Chance(30)) sla.warn_percent = 1 + Number(99);
  if (Chance(30)) sla.tiers = {{100, "rep"}, {150 + Number(50), "manager"}};
  if (sla.metric != core::SlaMetric::kAssign) sla.breach = static_cast<core::SlaBreach>(Number(4));
  if (sla.breach == core::SlaBreach::kReturn && Chance(50)) sla.return_to = AnyQueue();
  sla.restarts = Chance(50);
  if (sla.metric == core::SlaMetric::kCadence) sla.touches = 1 + Number(3);
  return sla;
}

core::Policy World::NextPolicy(const core::WorkspaceId& workspace) {
  core::Policy policy;
  policy.workspace = workspace;
  policy.name = "random";
  support::Declare(policy,
                   {{"country", core::AttributeType::kString},
                    {"employees", core::AttributeType::kInt},
                    {"partner", core::AttributeType::kBool},
                    {"ratio", core::AttributeType::kDouble},
                    {"tools", core::AttributeType::kStringList}},
                   {},
                   {{"countries", core::AttributeType::kStringList},
                    {"level", core::AttributeType::kInt},
                    {"team", core::AttributeType::kString}});
  const auto when = [&](const std::string& text) { return support::When(policy, text); };
  policy.fit = {{"big", when("lead.employees >= 200"), 30},
                {"dach", when("has(lead.country) && lead.country == 'DE'"), 20 + Number(20)},
                {"partner", when("has(lead.partner) && lead.partner"), -10}};
  for (const char* sla : {"one", "two", "three"}) {
    if (Chance(50)) policy.slas.push_back(NextSla(sla));
  }
  policy.intent = {{"demo", "demo_request", 30, 60, 7 * core::kDayMs},
                   {"views", "page_view", 3, 0, core::kDayMs}};
  policy.definition = when(absl::StrCat("fit >= ", Number(30), " && intent >= ", Number(5)));
  policy.disqualify = {{"no consent", when("lead.consent == 'withdrawn'"), "DO_NOT_CONTACT"}};
  for (const char* queue : {"dach", "enterprise", "inside"}) {
    if (queue == std::string("enterprise") && Chance(20)) continue;  // the policy drops it
    core::QueuePolicy& made = policy.queues[core::QueueId::Trusted(queue)];
    made = MakeQueue(queue, *this);
    if (Chance(40)) made.requirement = when(Pick(kRequirements, *this));
  }
  const auto skills = [&](const std::string& queue, std::vector<std::string> skill) {
    const auto found = policy.queues.find(core::QueueId::Trusted(queue));
    if (found == policy.queues.end()) return skill;
    skill.insert(skill.end(), found->second.skills.begin(), found->second.skills.end());
    std::sort(skill.begin(), skill.end());
    skill.erase(std::unique(skill.begin(), skill.end()), skill.end());
    return skill;
  };
  const auto rule = [&](const std::string& queue, std::vector<std::string> skill) {
    core::RouteRule made;
    made.name = queue;
    made.to = {core::QueueId::Trusted(queue), Number(4) * 30, skills(queue, std::move(skill))};
    if (Chance(60)) made.to.owner = core::OwnerOf::kLead;
    if (Chance(50)) made.to.owner_wait_ms = (1 + Number(30)) * core::kSecondMs;
    return made;
  };
  policy.routing = {rule("dach", {"german"}), rule("enterprise", {}), rule("inside", {})};
  policy.routing[0].when = when("lead.country == 'DE'");
  policy.routing[1].when = when("has(lead.employees) && lead.employees > 1000");
  policy.routing[2].is_default = true;
  policy.reasons = core::StandardReasons();
  return policy;
}

}  // namespace baton::contract
