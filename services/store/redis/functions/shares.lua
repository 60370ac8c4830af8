-- A workspace's turn at the due timers of its shard (timers.lua). A turn: {key of the workspace,
-- own: key of its timers, taken: how many of them so far, stale: leads of those that are none,
-- answer: {workspace, how many were passed over, 1: more are due or 0, lead, due, lead, due ...}}.

-- Up to `count` of a workspace's due timers from a rank on, {lead, due, lead, due ...}, and whether
-- there are more.
local function due_from(own, rank, count, now)
  local rows = redis.call('ZRANGE', own, string.format('%d', rank),
    string.format('%d', rank + count), 'WITHSCORES')
  local size = #rows
  while size > 0 and tonumber(rows[size]) > now do
    size = size - 2
  end
  return baton.slice(rows, 1, math.min(size, 2 * count)), size > 2 * count
end

-- One whose lead cannot be read counts.
local function has_timer(key, lead, due)
  if not string.find(lead, '^[%w_-]+$') then
    return false
  end
  local text = redis.call('GET', baton.lead_key(key, lead))
  if not text then
    return false
  end
  local readable, found = pcall(baton.parse_lead, text)
  return not readable or baton.due_of(found) == due
end

-- Takes up to `count` timers. Returns how many there were.
local function take(turn, count, now)
  local answer, stale = turn.answer, turn.stale
  local rows, more = due_from(turn.own, answer[2] + turn.taken, count, now)
  for i = 1, #rows, 2 do
    local due = tonumber(rows[i + 1])
    if has_timer(turn.key, rows[i], due) then
      answer[#answer + 1], answer[#answer + 2] = rows[i], due
    else
      stale[#stale + 1] = rows[i]
    end
  end
  turn.taken, answer[3] = turn.taken + #rows / 2, more and 1 or 0
  return #rows / 2
end

-- If nothing is due behind those that are to be passed over, none is: the workspace begins anew.
function baton.new_turn(key, workspace, passed_over, now)
  local own = baton.timers_key(key)
  if passed_over > 0 and #due_from(own, passed_over, 1, now) == 0 then
    passed_over = 0
  end
  return {key = key, own = own, taken = 0, stale = {}, answer = {workspace, passed_over, 0}}
end

-- Parts `max` timers among at most as many turns: to each its share, and what some do not need to
-- others.
function baton.part_timers(turns, max, now)
  local left = max
  for i, turn in ipairs(turns) do
    left = left - take(turn, math.floor(left / (#turns - i + 1)), now)
  end
  for _, turn in ipairs(turns) do
    if left > 0 and turn.answer[3] == 1 then
      left = left - take(turn, left, now)
    end
  end
end
