-- Places in a lane: the score orders by priority descending, then by queued_at, equal scores by id.
-- 101 priorities x 2^45 ms stay below 2^53, so that scores are exact.

local SPAN = 2 ^ 45
local PRIORITY_MAX = baton.LIMIT.priority

-- As text: a number would cost Redis a conversion by way of floating point.
function baton.score_of(priority, queued_at)
  return string.format('%d', (PRIORITY_MAX - priority) * SPAN + queued_at)
end

-- The earliest queued_at of all who wait, 0 for none.
function baton.oldest_of(backlog)
  local first = redis.call('ZRANGE', backlog, '0', '0', 'WITHSCORES')
  return tonumber(first[2] or 0)
end
