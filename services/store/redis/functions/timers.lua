-- Timers of a shard, by workspaces, so that none of them stands in another one's way. A workspace's
-- are a sorted set of its leads by when something of them is due first (clocks.lua). The shard's is
-- a sorted set of the workspaces that have timers, each at its place: when its first timer is due,
-- or, once more were due than have their turn at a time (due_timers.lua), below 0, in their line.

local LINE = -2 ^ 50 -- before the first place in line

-- A key that is derived (keys.lua). `workspace`: key of the workspace.
function baton.timers_key(workspace)
  return workspace .. ':timers'
end

-- A key of a wrong type stops the call here, before its first write.
function baton.check_timers(shard, workspace)
  shard.timed = shard.timed or {}
  if not shard.timed[workspace] then
    redis.call('ZCARD', baton.timers_key(workspace))
    shard.timed[workspace] = true
  end
end

-- Puts the workspace in its place; who stands in line stays there while its first timer is due.
-- timers: of the shard; own: of the workspace.
function baton.write_place(timers, own, workspace, now)
  local first = redis.call('ZRANGE', own, '0', '0', 'WITHSCORES')[2]
  local place = tonumber(redis.call('ZSCORE', timers, workspace) or '0')
  if not first then
    redis.call('ZREM', timers, workspace)
  elseif place >= 0 or tonumber(first) > now then
    redis.call('ZADD', timers, first, workspace)
  end
end

-- Timers of workspaces were written. timed: key of each -> a step of it.
function baton.write_places(timers, timed)
  for key, step in pairs(timed) do
    baton.write_place(timers, baton.timers_key(key), step.workspace, step.shard.now)
  end
end

-- At most `max` workspaces that have their turn, and those that then go to the end of the line:
-- others that were found due, and who had its turn; none if all that are due had theirs. `now`: as
-- text.
function baton.due_workspaces(timers, max, now)
  local line = redis.call('ZRANGEBYSCORE', timers, '-inf', '(0', 'LIMIT', '0',
    string.format('%d', max + 1))
  local found = redis.call('ZRANGEBYSCORE', timers, '0', now, 'LIMIT', '0',
    string.format('%d', baton.LIMIT.page))
  local turns, behind = baton.slice(line, 1, math.min(#line, max)), {}
  for _, workspace in ipairs(found) do
    local list = #turns < max and turns or behind
    list[#list + 1] = workspace
  end
  local crowded = #line > max or #behind > 0
  for _, workspace in ipairs(crowded and turns or {}) do
    behind[#behind + 1] = workspace
  end
  return turns, behind
end

-- These workspaces go to the end of the line, in their order.
function baton.write_line(timers, workspaces)
  local last = redis.call('ZRANGE', timers, '(0', '-inf', 'BYSCORE', 'REV', 'LIMIT', '0', '1',
    'WITHSCORES')[2]
  local place, list = math.max(tonumber(last or LINE), LINE), {}
  for i, workspace in ipairs(workspaces) do
    list[#list + 1], list[#list + 2] = string.format('%d', place + i), workspace
  end
  baton.send('ZADD', timers, list)
end
