-- When and how much reps work: the rules of core/work.h on the text that roster_codec.cc writes:
-- "cap=20,hours=dach@Europe/Vienna,ramp=start:days:percent,leave=from:until:delegate", each part
-- only if there is one, leave up to 16 times.

local DAY, PERMILLE = 24 * 60 * 60 * 1000, 1000
local REASON = baton.REASON

local READERS = {
  cap = function(work, value)
    work.cap = baton.whole(value, 'daily cap', 1, baton.LIMIT.daily_cap)
  end,
  hours = function(work, value)
    work.hours, work.calendar = value, string.match(value, '^[%w_-]+') ~= nil
  end,
  ramp = function(work, value)
    local start, days, percent = string.match(value, '^(%d+):(%d+):(%d+)$')
    work.ramp = {
      start = baton.whole(start, 'start of a ramp', 0, baton.LIMIT.clock),
      days = baton.whole(days, 'days of a ramp', 1, baton.LIMIT.ramp_days),
      permille = baton.whole(percent, 'percent of a ramp', 1, 99) * PERMILLE / 100,
    }
  end,
  leave = function(work, value)
    local from, to, delegate = string.match(value, '^(%d+):(%d+):([%w_-]*)$')
    work.leaves[#work.leaves + 1] = {
      from = baton.whole(from, 'begin of a leave', 0, baton.LIMIT.clock),
      to = baton.whole(to, 'end of a leave', 0, baton.LIMIT.clock),
      delegate = delegate ~= '' and delegate or nil,
    }
  end,
}

-- nil: nothing of this kind.
function baton.parse_work(text)
  if text == '' then
    return nil
  end
  local work = {leaves = {}}
  for part in string.gmatch(text, '[^,]+') do
    local name, value = string.match(part, '^(%l+)=([%w_@/:+-]+)$')
    local read = name and READERS[name] or baton.refuse('work of a rep is not readable')
    read(work, value)
  end
  if #work.leaves > baton.LIMIT.absences then
    baton.refuse('too many absences')
  end
  return work
end

-- The one of spans {from, to} that holds now, or nil.
function baton.within(spans, now)
  for _, span in ipairs(spans) do
    if span.from <= now and now < span.to then
      return span
    end
  end
  return nil
end

-- The leave that holds now, or nil.
function baton.leave_of(work, now)
  return baton.within(work.leaves, now)
end

-- Why rules of work keep a rep from leads, or nil.
function baton.unavailable(work, hours, now)
  if baton.leave_of(work, now) then
    return REASON.on_leave
  elseif work.calendar and not (hours and baton.within(hours.open, now)) then
    return REASON.outside_hours
  end
  return nil
end

function baton.ramp_permille(ramp, now)
  local day = math.floor(math.max(now - ramp.start, 0) / DAY)
  return ramp.permille +
    math.floor((PERMILLE - ramp.permille) * math.min(day, ramp.days) / ramp.days)
end
