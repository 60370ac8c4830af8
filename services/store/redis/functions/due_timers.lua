-- due_timers: the timers of a shard that are due, earliest first (TimerStore::Due). Drops those
-- whose lead has no timer at that time; one whose lead cannot be read is for the caller to tell.
-- KEYS: 1 meta, 2 timers
-- ARGV: 1 max, 2 clock
-- Returns: {now, due time of the first one not yet due or 0, member, due, member, due ...};
--          a member is "workspace/lead"
-- Idempotency: reads; what it drops stays dropped.

local function has_timer(tag, member, due)
  local workspace, lead = string.match(member, '^([%w_-]+)/([%w_-]+)$')
  if not workspace then
    return false
  end
  local key = baton.lead_key(baton.workspace_key(tag, workspace), lead)
  local text = redis.call('GET', key)
  if not text then
    return false
  end
  local readable, found = pcall(baton.parse_lead, text)
  return not readable or baton.due_of(found) == due
end

local function due_timers(keys, args)
  baton.expect_count(keys, 2, 'keys')
  baton.expect_count(args, 2, 'arguments')
  baton.whole(args[1], 'max', 1, baton.LIMIT.page)
  local now = baton.read_shard(keys[1], args[2]).now
  local tag = baton.tag_of(keys[2])
  local due = redis.call('ZRANGEBYSCORE', keys[2], '-inf', string.format('%d', now), 'WITHSCORES',
    'LIMIT', '0', args[1])
  local later = redis.call('ZRANGEBYSCORE', keys[2], '(' .. string.format('%d', now), '+inf',
    'WITHSCORES', 'LIMIT', '0', '1')
  local result, stale = {now, tonumber(later[2] or 0)}, {}
  for i = 1, #due, 2 do
    if has_timer(tag, due[i], tonumber(due[i + 1])) then
      result[#result + 1], result[#result + 2] = due[i], tonumber(due[i + 1])
    else
      stale[#stale + 1] = due[i]
    end
  end
  for _, member in ipairs(stale) do
    redis.call('ZREM', keys[2], member)
  end
  return result
end

baton.register('due_timers', due_timers)
