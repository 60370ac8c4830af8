#include "simulation/recorder.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "core/roster.h"
#include "events/handoff_event_codec.h"
#include "events/lead_event_codec.h"
#include "simulation/recorded_action.h"

namespace baton::simulation {
namespace {

using core::ChangeType;
using platform::kafka::Record;

constexpr LeadIndex kNoLead = std::numeric_limits<LeadIndex>::max();  // behind all others
constexpr core::TimeMs kForever = std::numeric_limits<core::TimeMs>::max();

absl::Status TooMany(const char* what, size_t max) {
  return absl::ResourceExhaustedError(
      absl::StrCat("a simulation reads at most ", max, " ", what, "; begin later"));
}

bool IsClaim(const core::Change& change) {
  const auto strategy = change.details.find("strategy");
  return strategy != change.details.end() &&
         strategy->second == core::ChoiceBasisName(core::ChoiceBasis::kClaimed);
}

// What events came to: the change names one as its cause.
bool IsDecision(const core::Change& change) {
  return change.type == ChangeType::kQualified || change.type == ChangeType::kNurtured ||
         IsWithdrawal(change);
}

core::ErasureCause WhyErased(const core::Change& change) {
  const auto why = change.details.find("why");
  const bool by_retention = why != change.details.end() &&
                            why->second == core::ErasureCauseName(core::ErasureCause::kRetention);
  return by_retention ? core::ErasureCause::kRetention : core::ErasureCause::kRequest;
}

}  // namespace

LeadIndex Recorder::IndexOf(const core::LeadId& lead) {
  const auto [place, is_new] =
      recording_.lead_index.try_emplace(lead, static_cast<LeadIndex>(recording_.leads.size()));
  if (is_new) {
    recording_.leads.emplace_back().id = lead;
    changes_.emplace_back();
  }
  return place->second;
}

absl::Status Recorder::AddChange(const Record& record) {
  absl::StatusOr<store::OutboxEntry> entry = events::DecodeHandoffEvent(record);
  if (!entry.ok()) return entry.status();
  if (entry->key.workspace != workspace_) return absl::OkStatus();
  if (static_cast<size_t>(recording_.changes) >= kChangesMax) {
    return TooMany("changes", kChangesMax);
  }
  std::vector<Change>& known = changes_[IndexOf(entry->key.lead)];
  // What a store lost and said again in a higher epoch replaces what was said before.
  while (!known.empty() && known.back().version >= entry->version &&
         known.back().epoch < entry->epoch) {
    known.pop_back();
  }
  if (!known.empty() && known.back().version >= entry->version) return absl::OkStatus();
  if (known.empty()) known.reserve(4);
  known.push_back({entry->version, entry->epoch, entry->sequence, entry->policy_revision,
                   entry->at_ms, entry->due_at_ms, entry->cycle, entry->fit, entry->intent,
                   std::move(entry->change)});
  ++recording_.changes;
  recording_.has_changes = true;
  return absl::OkStatus();
}

absl::Status Recorder::AddEvent(const Record& record) {
  events::DecodedEvent decoded = events::DecodeEvent(record);
  if (auto* letter = std::get_if<events::DeadLetter>(&decoded)) {
    ++recording_.records;
    ++recording_.refused[std::string(events::DeadLetterClassName(letter->klass))];
    if (on_refused_) on_refused_(*letter);
    return absl::OkStatus();
  }
  if (auto* account = std::get_if<core::AccountEvent>(&decoded)) {
    return AddAccountEvent(record, *std::move(account));
  }
  auto& event = std::get<core::LeadEvent>(decoded);
  if (event.key.workspace != workspace_) return absl::OkStatus();
  if (events_.size() >= kEventsMax) return TooMany("events", kEventsMax);
  ++recording_.records;
  const LeadIndex lead = IndexOf(event.key.lead);
  recording_.leads[lead].has_events = true;
  Event& added = events_.emplace_back();
  added.lead = lead;
  added.partition = record.partition;
  added.offset = record.offset;
  added.at_ms = record.partition < 0 ? event.occurred_at_ms : record.timestamp_ms;
  if (record.partition >= 0) {
    event.position = {core::LogFingerprint(record.topic, record.partition), record.offset,
                      record.timestamp_ms};
  }
  added.what = lead_events_.size();
  lead_events_.push_back(std::move(event));
  return absl::OkStatus();
}

absl::Status Recorder::AddAccountEvent(const Record& record, core::AccountEvent event) {
  if (event.key.workspace != workspace_) return absl::OkStatus();
  if (events_.size() >= kEventsMax) return TooMany("events", kEventsMax);
  ++recording_.records;
  Event& added = events_.emplace_back();
  added.lead = kNoLead;
  added.partition = record.partition;
  added.offset = record.offset;
  added.at_ms = record.partition < 0 ? event.occurred_at_ms : record.timestamp_ms;
  added.is_account = true;
  added.what = recording_.accounts.size();
  if (record.partition >= 0) {
    event.position = {core::LogFingerprint(record.topic, record.partition), record.offset,
                      record.timestamp_ms};
  }
  recording_.accounts.push_back(std::move(event));
  return absl::OkStatus();
}

// Where a lead is placed a step ends.
bool Recorder::IsOfOneStep(const Change& before, const Change& change) {
  const core::Change& what = before.change;
  const bool is_placed = what.type == ChangeType::kAssigned ||
                         (what.type == ChangeType::kQueued && what.actor != "clock");
  return !is_placed && before.at_ms == change.at_ms && before.sequence + 1 == change.sequence;
}

void Recorder::TakeChange(const Change& change, Instant begin, RecordedLead& lead) {
  const core::Change& what = change.change;
  const Instant instant{change.at_ms, change.sequence};
  const auto life = static_cast<int32_t>(lead.erasures.size());
  if (what.type == ChangeType::kQualified) {
    lead.mqls.push_back({change.at_ms, change.sequence, life, change.cycle, change.policy_revision,
                         change.fit, change.intent, what.queue, what.cause});
  }
  if (what.type == ChangeType::kAssigned) {
    lead.assignments.push_back({change.at_ms,
                                change.sequence,
                                what.generation,
                                life,
                                change.cycle,
                                change.due_at_ms,
                                what.rep,
                                what.queue,
                                IsClaim(what),
                                {}});
    recording_.assigned_to[what.rep].push_back(begin);
  }
  if (what.type == ChangeType::kErased) lead.erasures.push_back({instant, WhyErased(what)});
  if (what.type == ChangeType::kQueued && what.actor == "clock") {
    lead.moves.push_back(instant);
  }
  if (IsSaidByClock(what)) lead.looks.push_back(instant);
  if (lead.assignments.empty()) return;
  RecordedAssignment& current = lead.assignments.back();
  const bool taken = what.type == ChangeType::kOfferExpired || what.type == ChangeType::kPulledBack;
  RecordedStep step{change.at_ms, change.sequence, taken, {}};
  const bool worked_on =
      std::any_of(current.steps.begin(), current.steps.end(), [](const RecordedStep& before) {
        return before.action.type == core::ActionType::kLogTouch ||
               before.action.type == core::ActionType::kReportOutcome;
      });
  if (std::optional<core::Action> action = ActionOf(what, current.queue, worked_on)) {
    step.action = *std::move(action);
    current.steps.push_back(std::move(step));
  } else if (step.expired) {
    current.steps.push_back(std::move(step));
  }
}

void Recorder::TakeChanges(LeadIndex lead) {
  RecordedLead& taken = recording_.leads[lead];
  const Change* before = nullptr;
  Instant begin;  // of the step that made the change
  for (const Change& change : changes_[lead]) {
    if (before == nullptr || !IsOfOneStep(*before, change)) begin = {change.at_ms, change.sequence};
    TakeChange(change, begin, taken);
    recording_.end_ms = std::max(recording_.end_ms, change.at_ms);
    before = &change;
  }
  for (const RecordedAssignment& assignment : taken.assignments) {
    RecordedPoint& point = recording_.points.emplace_back();
    point.at_ms = assignment.at_ms;
    point.sequence = assignment.sequence;
    point.lead = lead;
    point.generation = assignment.generation;
  }
  for (size_t i = 0; i < taken.erasures.size(); ++i) {
    RecordedPoint& point = recording_.points.emplace_back();
    point.at_ms = taken.erasures[i].instant.at_ms;
    point.sequence = taken.erasures[i].instant.sequence;
    point.lead = lead;
    point.erasure = static_cast<int32_t>(i);
  }
}

void Recorder::FindCauses() {
  absl::flat_hash_map<std::pair<LeadIndex, std::string_view>, const Change*> causes;
  for (LeadIndex lead = 0; lead < changes_.size(); ++lead) {
    for (const Change& change : changes_[lead]) {
      if (IsDecision(change.change))
        causes.try_emplace(std::pair(lead, std::string_view(change.change.cause)), &change);
    }
  }
  if (causes.empty()) return;
  for (Event& event : events_) {
    if (event.is_account) continue;
    const auto found =
        causes.find(std::pair(event.lead, std::string_view(lead_events_[event.what].id)));
    if (found == causes.end()) continue;
    event.caused = found->second;
    causes.erase(found);  // a repetition causes nothing
  }
}

void Recorder::FindInstant(core::TimeMs bound_ms, int64_t sequence, Event& account) {
  const bool in_its_batch = bound_ms > account.at_ms && bound_ms - account.at_ms <= kTogetherMax;
  if (in_its_batch) return;
  account.at_ms = std::max(account.at_ms, bound_ms);
  account.sequence = sequence;
}

void Recorder::FindInstants() {
  core::TimeMs bound_ms = kForever;
  for (size_t i = events_.size(); i-- > 0;) {
    Event& event = events_[i];
    if (i + 1 == events_.size() || events_[i + 1].partition != event.partition) bound_ms = kForever;
    if (event.caused != nullptr) event.at_ms = bound_ms = event.caused->at_ms;
    if (event.partition >= 0) event.at_ms = std::min(event.at_ms, bound_ms);
  }
  int64_t sequence = 0;  // of the latest change that the partition is known to have caused
  for (size_t i = 0; i < events_.size(); ++i) {
    Event& event = events_[i];
    if (i == 0 || events_[i - 1].partition != event.partition) bound_ms = sequence = 0;
    if (event.caused != nullptr) sequence = event.caused->sequence;
    if (event.partition < 0) continue;
    if (event.is_account) {
      FindInstant(bound_ms, sequence, event);
      continue;
    }
    if (event.at_ms > bound_ms && event.caused == nullptr) sequence = 0;
    event.at_ms = std::max(event.at_ms, bound_ms);
    event.sequence = sequence;
    bound_ms = event.at_ms;
  }
}

void Recorder::AddPointsOf(size_t first, size_t last, core::TimeMs first_change_ms) {
  core::TimeMs at_ms = 0;  // of the lead's previous point
  int64_t sequence = 0;
  bool decided = false;  // the lead has had its first decision
  size_t cause = first;  // the next event that caused a decision
  while (first < last) {
    cause = std::max(cause, first);
    while (cause < last && events_[cause].caused == nullptr) ++cause;
    const Change* change = cause == last ? nullptr : events_[cause].caused;
    const bool is_first = change != nullptr && !decided && change->version == 1;
    const bool together =
        change != nullptr && (is_first || change->at_ms - events_[first].at_ms <= kTogetherMax);
    RecordedPoint& point = recording_.points.emplace_back();
    point.lead = events_[first].lead;
    point.first_event = static_cast<uint32_t>(first);
    point.events = static_cast<uint32_t>(together ? cause + 1 - first : 1);
    point.at_ms = together ? change->at_ms : events_[first].at_ms;
    point.sequence = together ? change->sequence : events_[first].sequence;
    point.decides = together;
    // Of a lead, one event after the other.
    if (point.at_ms == at_ms) point.sequence = std::max(point.sequence, sequence);
    at_ms = point.at_ms;
    sequence = point.sequence;
    point.before_policy = changes_[point.lead].empty() && point.at_ms < first_change_ms;
    decided = decided || together;
    first += point.events;
  }
}

void Recorder::AddAccountPoints(size_t first) {
  std::vector<core::AccountEvent> accounts;  // in the order of the points
  accounts.reserve(recording_.accounts.size());
  for (size_t i = first; i < events_.size(); ++i) {
    RecordedPoint& point = recording_.points.emplace_back();
    point.at_ms = events_[i].at_ms;
    point.sequence = events_[i].sequence;
    point.account = static_cast<int64_t>(accounts.size());
    accounts.push_back(std::move(recording_.accounts[events_[i].what]));
  }
  recording_.accounts = std::move(accounts);
  events_.resize(first);
}

void Recorder::AddPoints(bool whole) {
  core::TimeMs first_change_ms = 0;
  if (whole && recording_.has_changes) {
    first_change_ms = kForever;
    for (const std::vector<Change>& changes : changes_) {
      if (!changes.empty()) first_change_ms = std::min(first_change_ms, changes.front().at_ms);
    }
  }
  const auto place = [](const Event& event) {
    return std::tuple(event.at_ms, event.partition, event.offset);
  };
  std::stable_sort(events_.begin(), events_.end(), [&](const Event& a, const Event& b) {
    return a.lead != b.lead ? a.lead < b.lead : place(a) < place(b);
  });
  for (size_t first = 0, last = 0; first < events_.size(); first = last) {
    if (events_[first].lead == kNoLead) return AddAccountPoints(first);
    while (last < events_.size() && events_[last].lead == events_[first].lead) ++last;
    AddPointsOf(first, last, first_change_ms);
  }
}

void Recorder::FinishPoints() {
  const auto before = [this](const RecordedPoint& a, const RecordedPoint& b) {
    if (a.at_ms != b.at_ms) return a.at_ms < b.at_ms;
    if (a.sequence != b.sequence) return a.sequence < b.sequence;
    const bool is_account = a.account >= 0;
    // Behind the change that it follows, before what has no known place.
    if (is_account != (b.account >= 0)) return is_account == (a.sequence == 0);
    if (is_account) return a.account < b.account;
    const bool has_events = a.events > 0;
    if (has_events != (b.events > 0)) return !has_events;
    if (has_events) {
      const Event &first = events_[a.first_event], &second = events_[b.first_event];
      return std::tuple(first.partition, first.offset) <
             std::tuple(second.partition, second.offset);
    }
    if (a.lead != b.lead) return recording_.leads[a.lead].id < recording_.leads[b.lead].id;
    return a.generation < b.generation;
  };
  std::sort(recording_.points.begin(), recording_.points.end(), before);
  if (recording_.points.empty()) return;
  recording_.begin_ms = recording_.points.front().at_ms;
  recording_.end_ms = std::max(recording_.end_ms, recording_.points.back().at_ms);
}

void Recorder::TakeEvents() {
  recording_.events.reserve(events_.size());
  for (const Event& event : events_) {
    recording_.events.push_back(std::move(lead_events_[event.what]));
  }
  lead_events_ = {};
}

Recording Recorder::Finish(bool whole) && {
  std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return std::tuple(a.partition, a.offset) < std::tuple(b.partition, b.offset);
  });
  FindCauses();
  FindInstants();
  for (LeadIndex lead = 0; lead < changes_.size(); ++lead) TakeChanges(lead);
  for (auto& [rep, instants] : recording_.assigned_to) std::sort(instants.begin(), instants.end());
  AddPoints(whole);
  FinishPoints();
  TakeEvents();
  return std::move(recording_);
}

}  // namespace baton::simulation
