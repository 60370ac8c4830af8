-- What calendars say of the next days (core::Hours): "day,day ...|from-until,from-until ...", or
-- "always" behind the "|".

local DAY = 24 * 60 * 60 * 1000

local parse_hours = baton.remembered(function(text)
  local days, windows = string.match(text, '^([%d,]*)|([%d,-]*%l*)$')
  if not days then
    baton.refuse('stored hours are not readable')
  end
  local hours = {always = windows == 'always', days = {}, open = {}}
  for day in string.gmatch(days, '%d+') do
    hours.days[#hours.days + 1] = tonumber(day)
  end
  for from, to in string.gmatch(windows, '(%d+)-(%d+)') do
    hours.open[#hours.open + 1] = {from = tonumber(from), to = tonumber(to)}
  end
  return hours
end)

-- nil: unknown.
function baton.hours_of(workspace, name)
  local text = redis.call('HGET', baton.hours_key(workspace), name)
  return text and parse_hours(text) or nil
end

function baton.day_begin(hours, now)
  local days, begin, last = hours and hours.days or {}, 0, true
  for i = 1, #days do
    if days[i] <= now then
      begin, last = days[i], i == #days
    end
  end
  if begin ~= 0 and not (last and now - begin >= DAY) then
    return begin
  end
  return begin + math.floor((now - begin) / DAY) * DAY
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

-- The first instant at which the rules may say something else of a rep; 0: at any, as leads are
-- counted or a delegate, who is no member, changes.
function baton.next_change(work, hours, now)
  local leave, ramp = baton.leave_of(work, now), work.ramp
  if work.cap or (leave and leave.delegate) then
    return 0
  end
  local first = next_edge(work.leaves, now, math.huge)
  if work.calendar and hours then
    first = next_edge(hours.open, now, first)
  end
  if ramp and now < ramp.start + ramp.days * DAY then
    first = math.min(first, now + DAY - math.max(now - ramp.start, 0) % DAY)
  end
  return first
end
