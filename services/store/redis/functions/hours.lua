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

-- The first instant at which the rules may say something else of a rep; 0: at any, as leads are
-- counted or a delegate, who is no member, changes.
function baton.next_change(work, hours, now)
  local leave = baton.leave_of(work, now)
  if work.cap or (leave and leave.delegate) then
    return 0
  end
  return baton.next_work_change(work, hours, now)
end
