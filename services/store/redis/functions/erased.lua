-- Erasing a lead: all that is of the person goes, and its remains (remains.lua) are written.

local LIMIT = baton.LIMIT

-- Who may have claimed the lead: the journey says who had it; of one that was cut, any rep may.
-- (Claims of a rep that is deleted go with it.)
local function claimers_of(step, journey)
  if step.before.journeyed > #journey then
    return redis.call('HKEYS', baton.reps_key(step.workspace_key))
  end
  local known, reps = {}, {}
  for i = 1, #journey do
    local rep = string.match(journey[i], '^C%d+|%d+|assigned|%u+|[%w_-]*|([%w_-]+)|')
    if rep and not known[rep] then
      known[rep], reps[#reps + 1] = true, rep
    end
  end
  return reps
end

-- What reps were answered who claimed the lead: {key, text} of each.
local function claims_of(step, journey)
  local claims = {}
  for _, rep in ipairs(claimers_of(step, journey)) do
    local key = baton.claims_key(step.workspace_key, rep)
    for _, text in ipairs(redis.call('LRANGE', key, '0', '-1')) do
      if string.match(text, '^[^|]*|%d+|([%w_-]+)|') == step.id then
        claims[#claims + 1] = {key = key, text = text}
      end
    end
  end
  return claims
end

-- Looks at all that is to go, so that its going cannot fail.
function baton.read_erasure(step)
  local workspace = step.workspace_key
  if step.mark == '' then
    baton.refuse('a lead is erased without its mark')
  end
  local erasure = {
    purges = baton.purges_key(baton.tag_of(workspace)),
    decisions = baton.decisions_key(workspace, step.id),
    claims = claims_of(step, redis.call('LRANGE', step.journey_key, '0', '-1')),
  }
  redis.call('ZCARD', erasure.purges)
  redis.call('LLEN', erasure.decisions)
  redis.call('ZCARD', baton.differing_key(workspace))
  redis.call('HLEN', baton.differences_key(workspace))
  return erasure
end

local function write_excess(marks, order)
  local excess = redis.call('ZCARD', order) - LIMIT.erased
  if excess > 0 then
    local oldest = redis.call('ZRANGE', order, '0', string.format('%d', excess - 1))
    baton.send('HDEL', marks, oldest)
    baton.send('ZREM', order, oldest)
  end
end

-- What is left of the lead: `text` under its mark.
function baton.write_remains(step, text)
  local workspace, now = step.workspace_key, string.format('%d', step.shard.now)
  local marks, order = baton.erased_key(workspace), baton.erased_order_key(workspace)
  redis.call('HSET', marks, step.mark, text)
  if not step.erasure then
    return -- it was erased before; only its offsets moved on
  end
  for _, key in ipairs({step.lead_key, step.journey_key, step.erasure.decisions}) do
    redis.call('DEL', key)
  end
  redis.call('ZREM', baton.differing_key(workspace), step.id)
  redis.call('HDEL', baton.differences_key(workspace), step.id)
  for _, claim in ipairs(step.erasure.claims) do
    redis.call('LREM', claim.key, '0', claim.text)
  end
  redis.call('ZADD', step.erasure.purges, now, step.erasure.sequence)
  redis.call('ZADD', order, now, step.mark)
  write_excess(marks, order)
end

-- The person is back: the lead is in its own place again.
function baton.write_return(step)
  redis.call('HDEL', baton.erased_key(step.workspace_key), step.mark)
  redis.call('ZREM', baton.erased_order_key(step.workspace_key), step.mark)
end
