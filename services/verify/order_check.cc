#include "verify/order_check.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace baton::verify {
namespace {

using core::ChangeType;
using Event = ChangeHistory::Event;
using Name = ChangeHistory::Name;

struct Step {
  Name rep = 0;
  int64_t time_ms = 0;
  int delta = 0;  // of the leads that the rep owns
  Name lead = 0;
};

// Place in a backlog.
struct Turn {
  int32_t priority = 0;
  int64_t queued_at_ms = 0;
  std::string lead;
  bool operator<(const Turn& other) const {
    return std::tuple(-priority, queued_at_ms, std::string_view(lead)) <
           std::tuple(-other.priority, other.queued_at_ms, std::string_view(other.lead));
  }
};

// The leads that wait in one queue, those with known wants by what they want.
struct Backlog {
  std::set<Name> all;
  std::map<std::string, std::set<Turn>> fresh;  // skills -> never had a rep in this cycle
};

struct Waiting {
  Name queue = 0;
  std::string skills;
  Turn turn;
};

class OrderSweep {
 public:
  OrderSweep(const ChangeHistory& history, const LeadWants& wants, Findings& findings)
      : history_(history), wants_(wants), findings_(findings) {}

  // All events of one instant.
  void Take(const std::vector<const Event*>& events) {
    std::vector<Waiting> served;
    std::set<Name> crowded;
    for (const Event* event : events) {
      if (backlogs_[event->queue].all.size() > kBacklogChecked) crowded.insert(event->queue);
    }
    absl::flat_hash_map<Name, const Event*> last;  // of each lead
    for (const Event* event : events) {
      const Event* before = std::exchange(last[event->lead], event);
      const auto waiting = waiting_.find(event->lead);
      if (event->stage != core::Stage::kQueued && waiting != waiting_.end()) {
        if (event->change == ChangeType::kAssigned) served.push_back(waiting->second);
        Leave(event->lead);
      } else if (event->change == ChangeType::kAssigned && before != nullptr &&
                 before->change == ChangeType::kQualified) {
        if (std::optional<Waiting> at_once = PlaceOf(*event)) served.push_back(*at_once);
      }
      if (event->stage != core::Stage::kQueued) PutInQueue(event->lead, 0);
    }
    for (const Waiting& one : served) {
      if (!crowded.contains(one.queue)) CheckTurn(one, events.front()->time_ms);
    }
    for (const auto& [lead, event] : last) {
      if (event->stage == core::Stage::kQueued) Join(*event);
    }
  }

 private:
  void PutInQueue(Name lead, Name queue) {
    Name& before = queue_of_[lead];
    if (before == queue) return;
    if (before != 0) backlogs_[before].all.erase(lead);
    if (queue != 0) backlogs_[queue].all.insert(lead);
    before = queue;
  }

  void Leave(Name lead) {
    const auto found = waiting_.find(lead);
    Backlog& backlog = backlogs_[found->second.queue];
    backlog.fresh[found->second.skills].erase(found->second.turn);
    waiting_.erase(found);
  }

  // Where a lead stands that has come to its queue in this instant; nullopt: it is not known.
  std::optional<Waiting> PlaceOf(const Event& event) const {
    const std::string& name = history_.name(event.lead);
    const auto wants = wants_.find(name);
    if (wants == wants_.end() || wants->second.cycle != event.cycle) return std::nullopt;
    const std::string& known_in = wants->second.queue;
    if (!known_in.empty() && known_in != history_.name(event.queue)) return std::nullopt;
    return Waiting{event.queue,
                   wants->second.skills,
                   {wants->second.priority, event.time_ms, name.substr(name.find('/') + 1)}};
  }

  void Join(const Event& event) {
    if (waiting_.contains(event.lead)) Leave(event.lead);
    const auto before = queue_of_.find(event.lead);
    const bool moved = before != queue_of_.end() && before->second != 0;  // from another queue
    PutInQueue(event.lead, event.queue);
    if (event.change != ChangeType::kQueued || moved) return;
    std::optional<Waiting> one = PlaceOf(event);
    if (!one) return;
    backlogs_[event.queue].fresh[one->skills].insert(one->turn);
    waiting_.emplace(event.lead, *std::move(one));
  }

  void CheckTurn(const Waiting& served, int64_t time_ms) {
    findings_.LookedAt(Check::kOrder);
    const std::set<Turn>& left = backlogs_[served.queue].fresh[served.skills];
    if (left.empty() || !(*left.begin() < served.turn)) return;
    findings_.Violation(
        Check::kOrder,
        absl::StrCat("queue ", history_.name(served.queue), ": lead ", served.turn.lead,
                     " (priority ", served.turn.priority, ", queued at ", served.turn.queued_at_ms,
                     ") got a rep at ", time_ms, " before lead ", left.begin()->lead, " (priority ",
                     left.begin()->priority, ", queued at ", left.begin()->queued_at_ms, ")"));
  }

  const ChangeHistory& history_;
  const LeadWants& wants_;
  Findings& findings_;
  absl::flat_hash_map<Name, Backlog> backlogs_;
  absl::flat_hash_map<Name, Waiting> waiting_;
  absl::flat_hash_map<Name, Name> queue_of_;
};

}  // namespace

void CheckCapacity(const ChangeHistory& history, const Capacities& capacities, Findings& findings) {
  std::vector<Step> steps;
  for (const Event& event : history.events()) {
    if (event.change == ChangeType::kAssigned) {
      steps.push_back({event.rep, event.time_ms, 1, event.lead});
    } else if (event.ends_ownership) {
      steps.push_back({event.rep, event.time_ms, -1, event.lead});
    }
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
    return std::tuple(a.rep, a.time_ms, a.delta) < std::tuple(b.rep, b.time_ms, b.delta);
  });
  Name rep = 0;
  int64_t open = 0, capacity = -1;
  for (const Step& step : steps) {
    if (step.rep != rep) {
      rep = step.rep;
      open = 0;
      const auto found = capacities.find(history.name(rep));
      capacity = found == capacities.end() ? -1 : found->second;
    }
    open += step.delta;
    if (step.delta < 0 || capacity < 0) continue;
    findings.LookedAt(Check::kCapacity);
    if (open <= capacity) continue;
    findings.Violation(
        Check::kCapacity,
        absl::StrCat("rep ", history.name(rep), " owned ", open, " leads at ", step.time_ms,
                     " with lead ", history.name(step.lead), ", capacity is ", capacity));
  }
}

void CheckOrder(const ChangeHistory& history, const LeadWants& wants, Findings& findings) {
  std::vector<const Event*> events;
  events.reserve(history.events().size());
  for (const Event& event : history.events()) events.push_back(&event);
  // Events of a lead are there in the order of its versions, which the sort keeps.
  std::stable_sort(events.begin(), events.end(),
                   [](const Event* a, const Event* b) { return a->time_ms < b->time_ms; });
  OrderSweep sweep(history, wants, findings);
  std::vector<const Event*> instant;
  for (const Event* event : events) {
    if (!instant.empty() && instant.front()->time_ms != event->time_ms) {
      sweep.Take(instant);
      instant.clear();
    }
    instant.push_back(event);
  }
  if (!instant.empty()) sweep.Take(instant);
}

}  // namespace baton::verify
