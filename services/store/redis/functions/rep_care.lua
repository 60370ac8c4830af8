-- Care for reps: how many offers in a row they left without an answer (hash: rep -> count), and
-- setting them away, which happens at the end of a call.
-- workspace.silent: counts by rep, as the call changes them; workspace.away: who is set away.

local AWAY = baton.PRESENCE.away

-- Reads what take_care needs; a key of a wrong type or a rep that cannot be read stops the call
-- here, before its first write.
function baton.read_care(workspace, plan, rep)
  if plan.away ~= '' or plan.silent_max > 0 then
    for _, id in ipairs({plan.away, rep}) do
      local text = id ~= '' and redis.call('HGET', baton.reps_key(workspace.key), id)
      if text then
        baton.member_of(id, text)
      end
    end
  end
  if rep ~= '' and not workspace.silent[rep] and (plan.answered or plan.silent_max > 0) then
    local count = redis.call('HGET', baton.silent_key(workspace.key), rep)
    workspace.silent[rep] = {stored = count ~= false, count = tonumber(count or 0)}
  end
end

-- Counts for `rep`, who had the lead. Returns true if it was silent too often.
function baton.take_care(workspace, plan, rep)
  if plan.away ~= '' then
    workspace.away[plan.away] = true
  end
  local silent = workspace.silent[rep]
  if rep == '' or not silent then
    return false
  end
  if plan.answered then
    silent.count = 0
  end
  if plan.silent_max > 0 then
    silent.count = silent.count + 1
    if silent.count >= plan.silent_max then
      silent.count, workspace.away[rep] = 0, true
      return true
    end
  end
  return false
end

-- `text` (of reps, or the rows of a queue) with the presence behind `start` replaced.
local function with_presence(text, start)
  local _, stop = string.find(text, '^%l+', start)
  return string.sub(text, 1, start - 1) .. AWAY .. string.sub(text, stop + 1)
end

local function write_away_in(queue_key, rep)
  local text = redis.call('HGET', queue_key, 'm') or ''
  local at = string.find(';' .. text, ';' .. rep .. '|', 1, true)
  if at then
    local _, stop = string.find(text, '^[%w_-]+|%d+|%d+|', at)
    baton.write_members(queue_key, with_presence(text, stop + 1))
  end
end

local function write_away(workspace, rep)
  local text = redis.call('HGET', baton.reps_key(workspace), rep)
  if not text then
    return
  end
  local revision, rest, presence, queues = string.match(text,
    '^(%d+)(|%d+|%d+|)(%l+)|([%w_,-]*)')
  if presence ~= baton.PRESENCE.online then
    return
  end
  local start = #revision + #rest + 1
  local changed = with_presence(text, start)
  redis.call('HSET', baton.reps_key(workspace), rep,
    string.format('%d', tonumber(revision) + 1) .. string.sub(changed, #revision + 1))
  for queue in string.gmatch(queues, '[^,]+') do
    write_away_in(baton.queue_key(workspace, queue), rep)
  end
end

function baton.write_care(workspace)
  for rep, silent in pairs(workspace.silent) do
    if silent.count > 0 then
      redis.call('HSET', baton.silent_key(workspace.key), rep, string.format('%d', silent.count))
    elseif silent.stored then
      redis.call('HDEL', baton.silent_key(workspace.key), rep)
    end
  end
  for rep in pairs(workspace.away) do
    write_away(workspace.key, rep)
  end
end
