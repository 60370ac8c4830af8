#include "simulation/reproduction.h"

#include <algorithm>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace baton::simulation {
namespace {

// Lead, life, cycle.
using CycleKey = std::tuple<core::LeadId, int32_t, int32_t>;

template <typename CycleOfLead>
CycleKey KeyOf(const core::LeadId& lead, const CycleOfLead& cycle) {
  return {lead, cycle.life, cycle.cycle};
}

class Check {
 public:
  Check(const Outcome& outcome, int64_t revision) : revision_(revision) {
    for (const Cycle& cycle : outcome.cycles) played_[KeyOf(cycle.lead, cycle)] = &cycle;
  }

  void Add(const RecordedLead& lead) {
    for (const RecordedMql& mql : lead.mqls) {
      if (!lead.has_events) {
        ++result_.without_events;
      } else if (revision_ != 0 && mql.policy_revision != revision_) {
        ++result_.other_revisions;
        not_compared_.insert(KeyOf(lead.id, mql));
      } else {
        AddMql(lead, mql);
      }
    }
  }

  Reproduction Finish(const Outcome& outcome) {
    for (const Cycle& cycle : outcome.cycles) {
      const CycleKey key = KeyOf(cycle.lead, cycle);
      if (compared_.contains(key) || not_compared_.contains(key)) continue;
      ++result_.mqls.of;
      ++result_.routes.of;
      result_.assignments.of += static_cast<int64_t>(cycle.assigned.size());
      Tell(key, absl::StrCat("became an MQL by event ", cycle.cause, ", which did not happen"));
    }
    std::sort(told_.begin(), told_.end());
    result_.known = true;
    result_.differences_left = static_cast<int64_t>(told_.size());
    for (const auto& [key, sentence] : told_) {
      if (result_.differences.size() == kReproductionToldMax) break;
      result_.differences.push_back(sentence);
      --result_.differences_left;
    }
    return std::move(result_);
  }

 private:
  void Tell(const CycleKey& key, const std::string& what) {
    const auto& [lead, life, cycle] = key;
    const std::string back = life == 0 ? "" : absl::StrCat(" after erasure ", life);
    told_.emplace_back(key, absl::StrCat("lead ", lead.str(), back, ", cycle ", cycle, ": ", what));
  }

  void AddMql(const RecordedLead& lead, const RecordedMql& mql) {
    const CycleKey key = KeyOf(lead.id, mql);
    compared_.insert(key);
    const auto found = played_.find(key);
    const Cycle* cycle = found == played_.end() ? nullptr : found->second;
    ++result_.mqls.of;
    ++result_.routes.of;
    if (cycle == nullptr) {
      Tell(key, absl::StrCat("did not become an MQL by event ", mql.cause));
    } else {
      CompareMql(mql, *cycle);
    }
    CompareAssignments(lead, key, cycle);
  }

  void CompareMql(const RecordedMql& mql, const Cycle& cycle) {
    const CycleKey key = KeyOf(cycle.lead, cycle);
    if (mql.cause == cycle.cause && mql.fit == cycle.fit && mql.intent == cycle.intent) {
      ++result_.mqls.same;
    } else {
      Tell(key, absl::StrCat("MQL by event ", cycle.cause, " with fit ", cycle.fit, " and intent ",
                             cycle.intent, "; it was ", mql.cause, " with ", mql.fit, " and ",
                             mql.intent));
    }
    if (mql.queue == cycle.queue) {
      ++result_.routes.same;
    } else {
      Tell(key, absl::StrCat("went to queue ", cycle.queue.str(), "; it was ", mql.queue.str()));
    }
  }

  void CompareAssignments(const RecordedLead& lead, const CycleKey& key, const Cycle* cycle) {
    static const std::vector<Assigned> kNone;
    const std::vector<Assigned>& played = cycle == nullptr ? kNone : cycle->assigned;
    size_t next = 0;
    for (const RecordedAssignment& recorded : lead.assignments) {
      if (KeyOf(lead.id, recorded) != key) continue;
      const Assigned* other = next < played.size() ? &played[next] : nullptr;
      ++next;
      ++result_.assignments.of;
      if (other != nullptr && other->rep == recorded.rep && other->queue == recorded.queue) {
        ++result_.assignments.same;
        continue;
      }
      Tell(key, absl::StrCat("assignment ", next, " went to ",
                             other == nullptr ? "nobody" : other->rep.str(), "; it was ",
                             recorded.rep.str()));
    }
    for (; next < played.size(); ++next) {
      ++result_.assignments.of;
      Tell(key, absl::StrCat("assignment ", next + 1, " went to ", played[next].rep.str(),
                             "; there was none"));
    }
  }

  const int64_t revision_;
  Reproduction result_;
  absl::flat_hash_map<CycleKey, const Cycle*> played_;
  absl::flat_hash_set<CycleKey> compared_, not_compared_;
  std::vector<std::pair<CycleKey, std::string>> told_;
};

}  // namespace

Reproduction Reproduce(const Recording& recording, const Outcome& outcome, int64_t revision) {
  if (!recording.has_changes) return {};
  Check check(outcome, revision);
  for (const RecordedLead& lead : recording.leads) check.Add(lead);
  return check.Finish(outcome);
}

}  // namespace baton::simulation
