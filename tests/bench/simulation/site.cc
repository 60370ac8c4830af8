#include "bench_simulation/site.h"

#include <array>
#include <limits>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "bench_base/must.h"
#include "events/handoff_event_codec.h"
#include "events/lead_event_codec.h"
#include "load/events.h"

namespace baton::bench {
namespace {

constexpr core::TimeMs kBeginMs = 1'790'000'000'000;
constexpr core::DurationMs kLivesMs = 30 * core::kDayMs;
constexpr char kPrincipal[] = "mia", kOtherPrincipal[] = "sam";
constexpr std::array kQueues = {"dach", "france", "us", "rest"};
constexpr int kWeights = 3;
constexpr int64_t kStillActive = 20'000;  // leads, the newest: they have the later events
constexpr int kReadMax = 1000;

store::StoreLimits NoLimits() {
  store::StoreLimits limits;
  limits.leads_per_workspace_max = std::numeric_limits<int64_t>::max();
  limits.outbox_max = std::numeric_limits<int32_t>::max();
  return limits;
}

}  // namespace

Site::Site(const core::Policy& policy, Sink sink)
    : now_ms_(kBeginMs),
      store_(1, NoLimits(), [this] { return now_ms_; }),
      policy_(policy),
      sink_(std::move(sink)) {
  const core::WorkspaceId& workspace = policy_.workspace;
  Must(store_.CreateWorkspace(workspace, ""));
  for (int i = 0; i < kSiteReps; ++i) {
    core::Rep rep;
    rep.id = core::RepId::Trusted(absl::StrFormat("rep-%03d", i));
    rep.display_name = absl::StrCat("Rep ", i);
    rep.queues = {core::QueueId::Trusted(kQueues[static_cast<size_t>(i) % kQueues.size()])};
    rep.weight = i % kWeights + 1;
    rep.capacity = kSiteCapacity;
    rep.presence = core::Presence::kOnline;
    reps_.push_back(Must(store_.PutRep(workspace, rep, -1)));
  }
  const store::PolicyRevision made = Must(store_.CreateRevision(policy_, "", kPrincipal));
  const store::RevisionKey key{workspace, made.revision};
  Must(store_.ApproveRevision(key, "", kPrincipal, store::ApproverRole::kMarketing));
  Must(store_.ApproveRevision(key, "", kOtherPrincipal, store::ApproverRole::kSales));
  policy_.revision = made.revision;
  store::Activation activation;
  activation.number = made.latest_activation + 1;
  activation.principal = kPrincipal;
  Must(store_.ActivateRevision(policy_, made.fingerprint, activation));
  published_ = Must(store_.Bounds(0)).last_sequence;
}

void Site::Live(int64_t events) {
  for (int64_t number = 0; number < events; ++number) {
    PassUntil(kBeginMs + number * kLivesMs / events);
    PublishEvent(number);
  }
}

void Site::PassUntil(core::TimeMs at_ms) {
  while (!duties_.empty() && duties_.top().at_ms <= at_ms) {
    const Duty duty = duties_.top();
    duties_.pop();
    now_ms_ = duty.at_ms;
    FireTimers();
    Act(duty);
  }
  now_ms_ = at_ms;
  FireTimers();
}

void Site::FireTimers() {
  for (const store::DueTimer& timer : Must(store_.Due(0, kReadMax, {})).timers) {
    const std::optional<core::Plan> plan =
        core::DecideTimer(Load(timer.key), &policy_, timer.due_at_ms, now_ms_);
    if (plan.has_value()) Commit(*plan);
  }
}

void Site::PublishEvent(int64_t number) {
  const auto leads = static_cast<int64_t>(steps_.size());
  const bool is_new = number % kEventsOfLead == 0;
  const int64_t lead = is_new ? leads : leads - 1 - Upto(std::min(leads, kStillActive));
  if (is_new) steps_.push_back(0);
  const std::string& workspace = policy_.workspace.str();
  const absl::Time at = absl::FromUnixMillis(now_ms_);
  const int step = steps_[static_cast<size_t>(lead)]++;
  const bool qualifies = lead % 3 == 0;
  LeadEvent event =
      step == 0 ? Captured(workspace, lead, qualifies, at) : Later(workspace, lead, step, at);
  const platform::kafka::Record& record =
      Emit({"baton.lead-events.v1",
            std::move(event.key),
            std::move(event.value),
            false,
            {{"content-type", "application/cloudevents+json"}}});
  auto decoded = events::DecodeEvent(record);
  auto& read = std::get<core::LeadEvent>(decoded);
  read.position = {core::LogFingerprint(record.topic, record.partition), record.offset, now_ms_};
  const core::LeadRecord before = Load(read.key);
  Commit(core::DecideEvents(before, {&read, 1}, &policy_, now_ms_));
}

// Of a hundred offers, five are declined and eight forgotten.
void Site::Act(const Duty& duty) {
  const core::LeadRecord record = Load(duty.lead);
  if (record.generation != duty.generation || !core::IsOwned(record.stage)) return;
  core::Action action;
  action.generation = duty.generation;
  if (record.stage == core::Stage::kOffered) {
    const int64_t chance = Upto(100);
    if (chance < 8) return;
    if (chance < 13) {
      action.type = core::ActionType::kDecline;
      action.reason = "AT_CAPACITY";
    }
  } else if (record.stage == core::Stage::kAccepted) {
    action.type = core::ActionType::kLogTouch;
    action.channel = "call";
  } else {
    action.type = core::ActionType::kReject;
    action.reason = "NO_NEED";
  }
  Commit(std::get<core::Plan>(Must(core::DecideAction(record, action, &policy_, now_ms_))));
  const core::LeadRecord after = Load(duty.lead);
  if (after.generation != record.generation || !core::IsOwned(after.stage)) {
    Drain(record.queue);
  } else if (after.stage == core::Stage::kAccepted) {
    duties_.push({now_ms_ + 1 + Upto(core::kHourMs), duty.lead, duty.generation});
  } else {
    duties_.push({now_ms_ + core::kDayMs + Upto(2 * core::kDayMs), duty.lead, duty.generation});
  }
}

void Site::Commit(const core::Plan& plan) {
  const auto results = Must(store_.Commit({&plan, 1}));
  MustHold(results.front().code == store::CommitCode::kCommitted, "a plan was refused");
  PublishChanges();
}

void Site::Drain(const core::QueueId& queue) {
  Must(store_.Drain(policy_.workspace, queue, 1));
  PublishChanges();
}

void Site::PublishChanges() {
  static const events::TopicNames kTopics = events::MakeTopicNames("baton");
  for (bool more = true; more;) {
    const auto read = Must(store_.Read({{0, published_}}, kReadMax, absl::ZeroDuration()));
    more = !read.empty();
    if (!more) return;
    for (const store::OutboxEntry& entry : read.at(0)) {
      Emit(std::move(events::EncodeHandoffEvent(entry, kTopics).front()));
      published_ = entry.sequence;
      if (entry.change.type != core::ChangeType::kAssigned) continue;
      duties_.push({now_ms_ + 1 + Upto(2 * core::kHourMs), entry.key, entry.change.generation});
    }
    Must(store_.Trim(0, published_, 0));
  }
}

core::LeadRecord Site::Load(const core::LeadKey& key) {
  return Must(std::move(Must(store_.Load({&key, 1})).records.front()));
}

const platform::kafka::Record& Site::Emit(platform::kafka::OutRecord sent) {
  emitted_ = {};
  emitted_.offset = offsets_[sent.topic]++;
  emitted_.topic = std::move(sent.topic);
  emitted_.partition = 0;
  emitted_.timestamp_ms = now_ms_;
  emitted_.has_key = emitted_.has_value = true;
  emitted_.key = std::move(sent.key);
  emitted_.value = std::move(sent.value);
  emitted_.headers = std::move(sent.headers);
  sink_(emitted_);
  return emitted_;
}

}  // namespace baton::bench
