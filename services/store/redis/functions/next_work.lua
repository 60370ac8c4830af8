-- When time alone gives reps more leads: hours begin, leave ends, a day with its cap is over.

local DAY = 24 * 60 * 60 * 1000

-- When the rep's day ends (core::DayBegin).
local function day_end(hours, now)
  for _, day in ipairs(hours and hours.days or {}) do
    if day > now then
      return day
    end
  end
  return baton.day_begin(hours, now) + DAY
end

-- The first instant behind now at which `spans` begin or end, or `before` if that comes first.
local function next_edge(spans, now, before)
  for _, span in ipairs(spans) do
    if now < span.to then
      before = math.min(before, now < span.from and span.from or span.to)
    end
  end
  return before
end

-- The first instant behind now at which time alone makes the rules say something else of a rep
-- (core::NextWorkChange).
function baton.next_work_change(work, hours, now)
  local ramp, first = work.ramp, next_edge(work.leaves, now, math.huge)
  if work.calendar and hours then
    first = next_edge(hours.open, now, first)
  end
  if ramp and now < ramp.start + ramp.days * DAY then
    first = math.min(first, now + DAY - math.max(now - ramp.start, 0) % DAY)
  end
  return work.cap and math.min(first, day_end(hours, now)) or first
end

-- The first instant behind now at which time alone may give a member of the queue, which has been
-- read, more leads; 0: none is known.
function baton.next_work_of(queue)
  local members, now, hours = queue.members, queue.call.now, {}
  if not members.next_work or members.next_work <= now then
    local first = math.huge
    for i = 1, #members do
      local work = members[i].work
      local name = work and work.hours
      if name and hours[name] == nil then
        hours[name] = baton.hours_of(queue.workspace, name) or false
      end
      first = work and math.min(first, baton.next_work_change(work, hours[name] or nil, now)) or
        first
    end
    members.next_work = first
  end
  return members.next_work < math.huge and members.next_work or 0
end
