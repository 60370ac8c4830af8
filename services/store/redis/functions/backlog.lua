-- A backlog: sorted set of lead ids; the score orders by priority descending, then by queued_at,
-- equal scores by id. 101 priorities x 2^45 ms stay below 2^53, so that scores are exact.

local SPAN = 2 ^ 45
local PRIORITY_MAX = baton.LIMIT.priority

-- As text: a number would cost Redis a conversion by way of floating point.
function baton.score_of(priority, queued_at)
  return string.format('%d', (PRIORITY_MAX - priority) * SPAN + queued_at)
end

-- Inverse of score_of: priority, queued_at.
function baton.place_of(score)
  local band = math.floor(score / SPAN)
  return PRIORITY_MAX - band, score - band * SPAN
end

-- Number of leads that stand at (score, id) or before, whether or not `id` still waits. `score` is
-- text.
function baton.rank_behind(backlog, score, id)
  local low = redis.call('ZCOUNT', backlog, '-inf', '(' .. score)
  local high = redis.call('ZCOUNT', backlog, '-inf', score)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if baton.is_before(id, redis.call('ZRANGE', backlog, middle, middle)[1]) then
      high = middle
    else
      low = middle + 1
    end
  end
  return low
end

-- The earliest queued_at of all who wait, 0 for none: looks at the first lead of each priority.
function baton.oldest_of(backlog)
  local oldest, from = 0, '0'
  while true do
    local first = redis.call('ZRANGEBYSCORE', backlog, from, '+inf', 'WITHSCORES', 'LIMIT', '0',
      '1')
    if not first[1] then
      return oldest
    end
    local priority, queued_at = baton.place_of(tonumber(first[2]))
    if oldest == 0 or queued_at < oldest then
      oldest = queued_at
    end
    from = baton.score_of(priority - 1, 0)
  end
end
