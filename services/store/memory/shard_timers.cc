#include "store/memory/shard_timers.h"

#include <algorithm>
#include <iterator>

#include "store/lead_store.h"

namespace baton::store::memory {
namespace {

constexpr int64_t kLine = -(int64_t{1} << 50);  // before the first place in line

}  // namespace

// A workspace's turn: which timer is next, and how many were passed over before its first one.
struct ShardTimers::Turn {
  core::WorkspaceId workspace;
  const Timers& timers;
  Timers::const_iterator next;
  int passed_over = 0;

  bool HasDue(core::TimeMs now_ms) const { return next != timers.end() && next->first <= now_ms; }

  // Gives up to `count` timers; returns how many.
  int Give(int count, core::TimeMs now_ms, DueTimers& due) {
    int given = 0;
    for (; given < count && HasDue(now_ms); ++given, ++next) {
      due.timers.push_back({{workspace, next->second}, next->first});
    }
    return given;
  }
};

void ShardTimers::Remove(const core::LeadKey& key, core::TimeMs due_at_ms) {
  const auto found = workspaces_.find(key.workspace);
  if (found != workspaces_.end()) found->second.timers.erase({due_at_ms, key.lead});
}

void ShardTimers::Put(const core::LeadKey& key, core::TimeMs due_at_ms, core::TimeMs now_ms) {
  if (due_at_ms != 0) workspaces_[key.workspace].timers.insert({due_at_ms, key.lead});
  Settle(key.workspace, now_ms);
}

void ShardTimers::Settle(const core::WorkspaceId& id, core::TimeMs now_ms) {
  const auto found = workspaces_.find(id);
  if (found == workspaces_.end()) return;
  const auto& [timers, place] = found->second;
  if (timers.empty()) {
    MoveTo(0, id);
    workspaces_.erase(found);
  } else if (place >= 0 || timers.begin()->first > now_ms) {
    MoveTo(timers.begin()->first, id);
  }
}

void ShardTimers::MoveTo(int64_t place, const core::WorkspaceId& id) {
  int64_t& now_at = workspaces_.at(id).place;
  if (now_at != 0) places_.erase({now_at, id});
  if (place != 0) places_.insert({place, id});
  now_at = place;
}

std::vector<core::WorkspaceId> ShardTimers::NextInLine(core::TimeMs now_ms, int max) {
  const auto count = static_cast<size_t>(max);
  std::vector<core::WorkspaceId> turns, others;
  const auto end = places_.lower_bound({0, core::WorkspaceId()});  // of the line
  int64_t last = end == places_.begin() ? kLine : std::prev(end)->first;
  auto next = places_.begin();
  for (; next != end && turns.size() < count; ++next) turns.push_back(next->second);
  const bool is_longer = next != end;
  next = end;
  for (int found = 0; next != places_.end() && next->first <= now_ms && found < kPageSizeMax;
       ++next, ++found) {
    (turns.size() < count ? turns : others).push_back(next->second);
  }
  if (!is_longer && others.empty()) return turns;
  for (const core::WorkspaceId& id : others) MoveTo(++last, id);
  for (const core::WorkspaceId& id : turns) MoveTo(++last, id);
  return turns;
}

ShardTimers::Turn ShardTimers::NewTurn(const core::WorkspaceId& id, const PassedOver& passed_over,
                                       core::TimeMs now_ms) {
  const Timers& timers = workspaces_.at(id).timers;
  Turn turn{id, timers, timers.begin()};
  const auto passed = passed_over.find(id);
  if (passed == passed_over.end()) return turn;
  while (turn.passed_over < passed->second && turn.HasDue(now_ms)) {
    ++turn.next;
    ++turn.passed_over;
  }
  return turn.HasDue(now_ms) ? turn : Turn{id, timers, timers.begin()};
}

DueTimers ShardTimers::Due(core::TimeMs now_ms, int max, const PassedOver& passed_over) {
  DueTimers due;
  due.now_ms = now_ms;
  std::vector<Turn> turns;
  for (const core::WorkspaceId& id : NextInLine(now_ms, max)) {
    turns.push_back(NewTurn(id, passed_over, now_ms));
  }
  int left = max;
  for (size_t i = 0; i < turns.size(); ++i) {
    left -= turns[i].Give(left / static_cast<int>(turns.size() - i), now_ms, due);
  }
  for (Turn& turn : turns) left -= turn.Give(left, now_ms, due);
  const auto note = [&due](core::TimeMs later_ms) {
    if (due.next_due_at_ms == 0 || later_ms < due.next_due_at_ms) due.next_due_at_ms = later_ms;
  };
  const auto waiting = places_.lower_bound({now_ms + 1, core::WorkspaceId()});
  if (waiting != places_.end()) note(waiting->first);
  for (const Turn& turn : turns) {
    if (turn.HasDue(now_ms)) due.more[turn.workspace] = turn.passed_over;
    const auto later = turn.timers.lower_bound({now_ms + 1, core::LeadId()});
    if (later != turn.timers.end()) note(later->first);
  }
  std::sort(due.timers.begin(), due.timers.end());
  for (const Turn& turn : turns) Settle(turn.workspace, now_ms);  // of some none may be due
  return due;
}

}  // namespace baton::store::memory
