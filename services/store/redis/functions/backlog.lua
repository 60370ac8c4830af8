-- Places in a lane (core/policy.h, Turn): the score orders by band descending, then by time, equal
-- scores by id. 101 bands x 2^45 ms stay below 2^53, so that scores are exact.

local SPAN = 2 ^ 45
local PRIORITY_MAX = baton.LIMIT.priority

-- As text: a number would cost Redis a conversion by way of floating point. `policy`: of the queue.
function baton.score_of(priority, queued_at, policy)
  local band, at = priority, queued_at
  if policy.age_every > 0 and priority < policy.age_max then
    band = policy.age_max - 1
    at = math.max(0, queued_at - math.floor(priority * policy.age_every / policy.age_by))
  end
  return string.format('%d', (PRIORITY_MAX - band) * SPAN + at)
end

-- The earliest queued_at of all who wait, 0 for none.
function baton.oldest_of(backlog)
  local first = redis.call('ZRANGE', backlog, '0', '0', 'WITHSCORES')
  return tonumber(first[2] or 0)
end
