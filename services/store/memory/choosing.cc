#include "store/memory/choosing.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/requirement.h"
#include "store/memory/fits.h"

namespace baton::store::memory {
namespace {

using core::LeadRecord;
using core::QueueId;
using core::RepId;
using core::Stage;

// What `values` has for `queue` and `rep`, or 0.
int64_t NumberOf(const std::map<QueueId, std::map<RepId, int64_t>>& values, const QueueId& queue,
                 const RepId& rep) {
  const auto of_queue = values.find(queue);
  if (of_queue == values.end()) return 0;
  const auto found = of_queue->second.find(rep);
  return found == of_queue->second.end() ? 0 : found->second;
}

// nullptr: the rep needs none, or none are known.
const core::Hours* HoursFor(const core::Rep& rep, const WorkspaceState& workspace) {
  const auto found = workspace.hours.find(core::HoursName(rep.work));
  return found == workspace.hours.end() ? nullptr : &found->second;
}

core::Member MemberOf(const core::Rep& rep, const QueueId& queue, const WorkspaceState& workspace,
                      core::TimeMs now_ms) {
  const int32_t given = rep.work.daily_cap > 0 ? GivenTo(rep, workspace, now_ms).count : 0;
  core::Member member = core::AsMember(rep, HoursFor(rep, workspace), given, now_ms);
  if (const auto open = workspace.open.find(rep.id); open != workspace.open.end()) {
    member.open = static_cast<int32_t>(open->second.size());
  }
  member.last_assigned_ms = NumberOf(workspace.last_assigned, queue, rep.id);
  member.owed_nano = NumberOf(workspace.ledgers, queue, rep.id);
  return member;
}

// Delegates of members on leave that are not in the queue themselves stand in for them.
std::vector<core::Member> Members(const QueueId& queue, const WorkspaceState& workspace,
                                  core::TimeMs now_ms) {
  std::map<RepId, core::Member> members;
  std::map<RepId, int64_t> stand_ins;  // with whose weight
  for (const RepId& id : MembersOf(workspace, queue)) {
    const core::Rep& rep = workspace.reps.at(id);
    members.emplace(id, MemberOf(rep, queue, workspace, now_ms));
    const core::Absence* absence = core::AbsenceAt(rep.work, now_ms);
    if (absence != nullptr) stand_ins.emplace(absence->delegate, members.at(id).weight);
  }
  for (const auto& [id, weight] : stand_ins) {
    const auto rep = workspace.reps.find(id);
    if (rep == workspace.reps.end() || members.contains(id)) continue;
    members.emplace(id, MemberOf(rep->second, queue, workspace, now_ms)).first->second.weight =
        weight;
  }
  std::vector<core::Member> ordered;
  for (auto& [id, member] : members) ordered.push_back(std::move(member));
  return ordered;
}

// Those of the lead's owners that are reps, and behind each who is on leave the delegate; each
// once.
std::vector<core::Member> Owners(const LeadRecord& record, const Site& site) {
  std::vector<core::Member> owners;
  const auto add = [&](const RepId& id) -> const core::Rep* {
    const auto rep = site.workspace.reps.find(id);
    if (rep == site.workspace.reps.end()) return nullptr;
    const bool known = std::any_of(owners.begin(), owners.end(),
                                   [&id](const core::Member& owner) { return owner.rep == id; });
    if (!known) {
      owners.push_back(MemberOf(rep->second, record.queue, site.workspace, site.now_ms));
    }
    return &rep->second;
  };
  for (const RepId& id : record.owners) {
    const core::Rep* owner = add(id);
    if (owner == nullptr) continue;
    const core::Absence* absence = core::AbsenceAt(owner->work, site.now_ms);
    if (absence != nullptr) add(absence->delegate);
  }
  return owners;
}

// One of Owners.
bool IsAskedFirst(const RepId& id, const LeadRecord& record, const Site& site) {
  const std::vector<core::Member> owners = Owners(record, site);
  return std::any_of(owners.begin(), owners.end(),
                     [&id](const core::Member& owner) { return owner.rep == id; });
}

// One of Members.
bool IsMember(const core::Rep& rep, const QueueId& queue, const Site& site) {
  if (std::find(rep.queues.begin(), rep.queues.end(), queue) != rep.queues.end()) return true;
  for (const RepId& id : MembersOf(site.workspace, queue)) {
    const core::Absence* absence = core::AbsenceAt(site.workspace.reps.at(id).work, site.now_ms);
    if (absence != nullptr && absence->delegate == rep.id) return true;
  }
  return false;
}

}  // namespace

core::Choice Choose(const LeadRecord& record, const Site& site) {
  const std::vector<core::Member> owners = Owners(record, site);
  std::vector<core::Member> members = Members(record.queue, site.workspace, site.now_ms);
  for (core::Member& member : members) NoteFit(record.requirement, site.workspace, member);
  const core::QueuePolicy policy = PolicyOf(site.workspace, record.queue);
  core::Pool pool;
  pool.members = members;
  pool.owners = owners;
  pool.owners_only = record.owners_only;
  pool.strategy = policy.strategy;
  pool.count_owned = policy.count_owned;
  return core::ChooseFrom(pool, core::WantedWords(record.judgment.route.skills, record.requirement),
                          record.passed);
}

bool MayClaim(const core::Rep& rep, const LeadRecord& record, const Site& site) {
  core::Member member = MemberOf(rep, record.queue, site.workspace, site.now_ms);
  NoteFit(record.requirement, site.workspace, member);
  return core::MayClaim(member, core::WantedWords(record.judgment.route.skills, record.requirement),
                        record.passed, Owners(record, site), record.owners_only);
}

Place PlaceOf(const LeadRecord& record, const WorkspaceState& workspace) {
  const core::Ageing age = PolicyOf(workspace, record.queue).age;
  return {core::TurnOf(record.judgment.route.priority, record.queued_at_ms, age), record.key.lead};
}

bool WouldOvertake(const LeadRecord& record, const RepId& id, const Site& site) {
  const auto backlog = site.workspace.backlogs.find(record.queue);
  if (backlog == site.workspace.backlogs.end() || backlog->second.empty()) return false;
  const Place own = PlaceOf(record, site.workspace);
  const core::Rep& rep = site.workspace.reps.at(id);
  const bool is_member = IsMember(rep, record.queue, site);
  for (const Place& place : backlog->second) {
    if (!(place < own)) break;
    if (place.lead == own.lead) continue;
    const LeadRecord& waiting = site.workspace.FindLead(place.lead)->record;
    if ((is_member || IsAskedFirst(id, waiting, site)) && MayClaim(rep, waiting, site)) return true;
  }
  return false;
}

bool WouldBePlaced(const LeadRecord& record, const Site& site) {
  if (!IsGivenOut(record.queue, site.workspace)) return false;
  const core::Choice choice = Choose(record, site);
  return !choice.rep.empty() && !WouldOvertake(record, choice.rep, site);
}

bool IsGivenOut(const QueueId& queue, const WorkspaceState& workspace) {
  return !IsPaused(workspace, queue) && PolicyOf(workspace, queue).mode != core::QueueMode::kPull;
}

GivenToday GivenTo(const core::Rep& rep, const WorkspaceState& workspace, core::TimeMs now_ms) {
  const core::TimeMs day_ms = core::DayBegin(HoursFor(rep, workspace), now_ms);
  const auto found = workspace.given.find(rep.id);
  if (found != workspace.given.end() && found->second.day_ms == day_ms) return found->second;
  return {day_ms, 0};
}

core::TimeMs NextWorkOf(const QueueId& queue, const Site& site) {
  const std::vector<RepId> ids = MembersOf(site.workspace, queue);
  std::set<RepId> members(ids.begin(), ids.end());
  for (const RepId& id : ids) {
    const core::Absence* absence = core::AbsenceAt(site.workspace.reps.at(id).work, site.now_ms);
    if (absence != nullptr) members.insert(absence->delegate);
  }
  std::optional<core::TimeMs> first;
  for (const RepId& id : members) {
    const auto rep = site.workspace.reps.find(id);
    if (rep == site.workspace.reps.end()) continue;
    const std::optional<core::TimeMs> next =
        core::NextWorkChange(rep->second.work, HoursFor(rep->second, site.workspace), site.now_ms);
    if (next.has_value()) first = std::min(first.value_or(*next), *next);
  }
  return first.value_or(0);
}

WaitingOutlook OutlookOf(const LeadRecord& record, const Site& site) {
  WaitingOutlook outlook;
  if (record.stage != Stage::kQueued) return outlook;
  outlook.waits = true;
  outlook.mode = PolicyOf(site.workspace, record.queue).mode;
  outlook.paused = IsPaused(site.workspace, record.queue);
  if (!IsGivenOut(record.queue, site.workspace)) return outlook;
  const std::vector<core::Member> owners = Owners(record, site);
  outlook.for_owners =
      record.owners_only && std::any_of(owners.begin(), owners.end(), [&](const auto& owner) {
        return std::find(record.passed.begin(), record.passed.end(), owner.rep) ==
               record.passed.end();
      });
  const core::Choice choice = Choose(record, site);
  outlook.pool = core::MakePool(choice.candidates);
  outlook.waits_turn = !choice.rep.empty() && WouldOvertake(record, choice.rep, site);
  return outlook;
}

core::Member MemberNow(const core::Rep& rep, const QueueId& queue, const Site& site) {
  return MemberOf(rep, queue, site.workspace, site.now_ms);
}

std::vector<RepId> MembersOf(const WorkspaceState& workspace, const QueueId& queue) {
  std::vector<RepId> members;
  for (const auto& [id, rep] : workspace.reps) {
    if (std::find(rep.queues.begin(), rep.queues.end(), queue) != rep.queues.end()) {
      members.push_back(id);
    }
  }
  return members;
}

core::QueuePolicy PolicyOf(const WorkspaceState& workspace, const QueueId& queue) {
  const auto found = workspace.queue_policies.find(queue);
  if (found != workspace.queue_policies.end()) return found->second;
  core::QueuePolicy defaults;
  defaults.id = queue;
  return defaults;
}

bool IsPaused(const WorkspaceState& workspace, const QueueId& queue) {
  const auto found = workspace.queue_settings.find(queue);
  return found != workspace.queue_settings.end() && found->second.paused;
}

}  // namespace baton::store::memory
