-- The members of a queue as they are at this instant. Who has no rules of work is as he is stored.
-- `call`: see kept.lua.

local PERMILLE = 1000

-- A copy of a member whose rules of work are carried out; notes in `live` until when it is right.
local function at_work(workspace, member, call, live)
  local work, now = member.work, call.now
  local hours = work.hours and baton.hours_of(workspace, work.hours) or nil
  local copy = {
    rep = member.rep, weight = member.weight, capacity = member.capacity, skills = member.skills,
    presence = member.presence, profile = member.profile, work = work,
    absent = member.absent or baton.unavailable(work, hours, now),
    delegate = (baton.leave_of(work, now) or {}).delegate,
  }
  if work.ramp then
    local permille = baton.ramp_permille(work.ramp, now)
    copy.weight = member.weight / PERMILLE * permille
    copy.capacity = member.capacity > 0 and
      math.max(1, math.floor(member.capacity * permille / PERMILLE)) or 0
  end
  if work.cap then
    copy.given = baton.given_of(workspace, call, member.rep, baton.day_begin(hours, now))
  end
  live.until_ms = math.min(live.until_ms, baton.next_change(work, hours, now))
  return copy
end

-- A rep from the hash of reps, as it is now; nil: there is none.
function baton.rep_at_work(workspace, rep, call)
  local text = redis.call('HGET', baton.reps_key(workspace), rep)
  local member = text and baton.member_of(rep, text)
  return member and member.work and at_work(workspace, member, call, {until_ms = 0}) or
    member
end

-- The name of the rep's hours, or ''.
function baton.hours_name(workspace, rep)
  local text = redis.call('HGET', baton.reps_key(workspace), rep)
  local member = text and baton.member_of(rep, text)
  return member and member.work and member.work.hours or ''
end

-- Delegates of members on leave that are no members stand in for them, with their weight.
local function add_stand_ins(workspace, members, live, call)
  local known, added = {}, false
  for i = 1, #live do
    known[live[i].rep] = true
  end
  for _, i in ipairs(members.working) do
    local delegate = live[i].delegate
    if delegate and not known[delegate] then
      local found = baton.rep_at_work(workspace, delegate, call)
      known[delegate] = true
      if found then
        live[#live + 1] = {
          rep = found.rep, weight = live[i].weight, capacity = found.capacity,
          absent = found.absent, presence = found.presence, skills = found.skills,
          profile = found.profile, given = found.given, work = found.work,
        }
        added = true
      end
    end
  end
  if added then
    table.sort(live, function(one, other) return baton.is_before(one.rep, other.rep) end)
  end
  return live
end

-- members: as parsed; shared, so read only. Adds until_ms, the instant until which the result is
-- right while nothing else changes, and hours: name -> text of those that it rests on.
function baton.members_now(workspace, members, call)
  if #members.working == 0 then
    return members
  end
  local live = {until_ms = math.huge, hours = {}}
  for i = 1, #members do
    live[i] = members[i]
  end
  for _, i in ipairs(members.working) do
    live[i] = at_work(workspace, members[i], call, live)
    local name = members[i].work.hours
    if name and live.hours[name] == nil then
      live.hours[name] = redis.call('HGET', baton.hours_key(workspace), name)
    end
  end
  return add_stand_ins(workspace, members, live, call)
end
