-- due_timers: due timers of a shard, of each workspace that has some its share (TimerStore::Due).
-- Drops those whose lead has no timer at that time; one whose lead cannot be read is for the caller
-- to tell.
-- KEYS: 1 meta, 2 timers
-- ARGV: 1 max, 2 clock, then for each workspace of which some are passed over: its id, how many
-- Returns: {now, due time of the first one not yet due or 0, then for each workspace that had its
--          turn what shares.lua says}
-- Idempotency: what it drops stays dropped; a repetition is the turn of those who come next.

local function read_args(keys, args)
  baton.expect_count(keys, 2, 'keys')
  local max = baton.whole(args[1], 'max', 1, baton.LIMIT.page)
  if #args % 2 ~= 0 then
    baton.refuse('wrong number of arguments')
  end
  local passed_over = {}
  for i = 3, #args, 2 do
    passed_over[baton.id(args[i], 'workspace')] =
      baton.whole(args[i + 1], 'passed over', 0, baton.LIMIT.number)
  end
  return max, passed_over
end

-- When the first one is due that is not yet; 0: there is none. `now`: as text.
local function next_due(timers, turns, now)
  local first = math.huge
  local function look(key)
    local later = redis.call('ZRANGEBYSCORE', key, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', '0',
      '1')
    first = math.min(first, tonumber(later[2] or math.huge))
  end
  look(timers)
  for _, turn in ipairs(turns) do
    look(turn.own)
  end
  return first < math.huge and first or 0
end

local function due_timers(keys, args)
  local max, passed_over = read_args(keys, args)
  local now = baton.read_shard(keys[1], args[2]).now
  local timers, tag, text = keys[2], baton.tag_of(keys[2]), string.format('%d', now)
  local named, behind = baton.due_workspaces(timers, max, text)
  local turns = {}
  for i, workspace in ipairs(named) do
    turns[i] = baton.new_turn(baton.workspace_key(tag, workspace), workspace,
      passed_over[workspace] or 0, now)
  end
  baton.part_timers(turns, max, now)
  local result = {now, next_due(timers, turns, text)}
  -- All is read: from here on nothing fails.
  baton.write_line(timers, behind)
  for i, turn in ipairs(turns) do
    baton.send('ZREM', turn.own, turn.stale)
    if turn.taken == 0 or #turn.stale > 0 then
      baton.write_place(timers, turn.own, named[i], now)
    end
    result[i + 2] = turn.answer
  end
  return result
end

baton.register('due_timers', due_timers)
